/**
 * Negative sampling written down plainly in double precision, as another judge of the kernels:
 * Mikolov et al. 2013, equation 4, with dynamic windows and thinning, over BigInt random numbers.
 */

/** Rows of numbers. */
export type Matrix = number[][];

export interface PlainModel {
  readonly inputs: Matrix;
  readonly outputs: Matrix;
}

export interface PlainSettings {
  readonly window: number;
  readonly negative: number;
  readonly sg: 0 | 1;
  readonly cbowMean: 0 | 1;
  readonly shrinkWindows: boolean;
}

export const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));
const dot = (a: readonly number[], b: readonly number[]): number =>
  a.reduce((sum, x, i) => sum + x * b[i], 0);

/** -log sigmoid(h . v_0) - sum over the others of log sigmoid(-h . v_k). */
export function sampledLoss(h: readonly number[], outputs: Matrix, targets: readonly number[]): number {
  return targets.reduce((loss, target, k) => {
    const score = dot(h, outputs[target]);
    return loss - Math.log(sigmoid(k === 0 ? score : -score));
  }, 0);
}

/**
 * One step of gradient ascent; changes `outputs`, and returns what h changes by. A target that
 * comes twice is changed twice, the second time from what the first left, as the kernels have it:
 * they take six targets at a time.
 */
export function plainStep(
  h: readonly number[],
  outputs: Matrix,
  targets: readonly number[],
  rate: number,
): number[] {
  const change = h.map(() => 0);
  for (let first = 0; first < targets.length; first += 6) {
    const group = targets.slice(first, first + 6);
    const gains = group.map(
      (target, k) => rate * ((first + k === 0 ? 1 : 0) - sigmoid(dot(h, outputs[target]))),
    );
    group.forEach((target, k) => {
      outputs[target].forEach((value, i) => (change[i] += gains[k] * value));
      h.forEach((value, i) => (outputs[target][i] += gains[k] * value));
    });
  }
  return change;
}

/** xorshift64*, its low and high half. */
export function* randomNumbers(seed: bigint): Generator<{ low: number; high: number }, never> {
  const mask = (1n << 64n) - 1n;
  for (let state = seed; ;) {
    state ^= state >> 12n;
    state = (state ^ (state << 25n)) & mask;
    state ^= state >> 27n;
    const bits = (state * 2685821657736338717n) & mask;
    yield { low: Number(bits & 0xffffffffn), high: Number(bits >> 32n) };
  }
}

/**
 * Trains on one sentence.
 * @param rowsOf the input rows of a word, the word's own first
 * @param keep by word, a share of 2^32 - 1
 * @param noise threshold and alias by word
 */
export function plainSentence(
  { inputs, outputs }: PlainModel,
  sentence: readonly number[],
  rate: number,
  random: Generator<{ low: number; high: number }, never>,
  tables: { keep: ArrayLike<number>; noise: ArrayLike<number>; rowsOf: (word: number) => number[] },
  settings: PlainSettings,
): number[] {
  const { keep, noise, rowsOf } = tables;
  const draw = () => random.next().value;
  const below = (count: number): number => Math.floor((draw().high * count) / 2 ** 32);
  const kept = sentence.filter((word) => keep[word] >= draw().high);
  const targetsFor = (word: number): number[] => {
    const targets = [word];
    for (let i = 0; i < settings.negative; i++) {
      const { low, high } = draw();
      const place = Math.floor((high * outputs.length) / 2 ** 32);
      const noiseWord = low < noise[2 * place] ? place : noise[2 * place + 1];
      if (noiseWord !== word) targets.push(noiseWord);
    }
    return targets;
  };
  const mean = (rows: readonly number[], scale: number): number[] =>
    inputs[0].map((_, i) => rows.reduce((sum, row) => sum + inputs[row][i], 0) * scale);
  const addTo = (rows: readonly number[], change: readonly number[]): void => {
    for (const row of rows) change.forEach((value, i) => (inputs[row][i] += value));
  };
  kept.forEach((center, at) => {
    const span = settings.shrinkWindows ? 1 + below(settings.window) : settings.window;
    const around = kept.filter((_, place) => place !== at && Math.abs(place - at) <= span);
    if (around.length === 0) return;
    if (settings.sg === 1) {
      const rows = rowsOf(center);
      for (const word of around) {
        const h = mean(rows, 1 / rows.length);
        addTo(rows, plainStep(h, outputs, targetsFor(word), rate));
      }
      return;
    }
    const rows = around.flatMap(rowsOf);
    const h = mean(rows, settings.cbowMean === 1 ? 1 / rows.length : 1);
    const change = plainStep(h, outputs, targetsFor(center), rate);
    addTo(rows, settings.cbowMean === 1 ? change : change.map((value) => value / rows.length));
  });
  return kept;
}
