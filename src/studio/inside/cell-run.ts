import type { GRUStep, LSTMStep, SimpleRNNStep } from '../../rnn/index.js';

export const CELL_KINDS = ['SimpleRNN', 'GRU', 'LSTM'] as const;
export type CellKind = (typeof CELL_KINDS)[number];
export type StepCell = SimpleRNNStep | GRUStep | LSTMStep;
type Step = ReturnType<StepCell['forward']>;

/** The letters a to z, each a number of its own, and one for all else. */
export const ALPHABET = 27;

export interface CellChoice {
  readonly units: number;
  readonly seed: number;
  /** What the recurrent kernel, which begins orthogonal, is multiplied by. @default 1 */
  readonly recurrentScale?: number;
  /** Of an LSTM. @default 1 */
  readonly forgetBias?: number;
}

/** A cell with weights as they are before any training. */
export async function makeCell(
  kind: CellKind,
  { units, seed, recurrentScale = 1, forgetBias = 1 }: CellChoice,
): Promise<StepCell> {
  const { GRUStep, LSTMStep, SimpleRNNStep } = await import('../../rnn/index.js');
  const options = { units, seed, inputDim: ALPHABET };
  if (kind === 'GRU') return new GRUStep(options);
  const cell = kind === 'LSTM' ? new LSTMStep(options) : new SimpleRNNStep(options);
  const [kernel, recurrent, bias] = cell.getWeights().map(({ data }) => Float64Array.from(data));
  if (kind === 'LSTM') bias.fill(forgetBias, units, 2 * units);
  else recurrent.forEach((weight, i) => (recurrent[i] = recurrentScale * weight));
  cell.setWeights([kernel, recurrent, bias]);
  return cell;
}

/** A letter as a row of zeros and one 1. */
function oneHot(letter: string): Float64Array {
  const row = new Float64Array(ALPHABET);
  const place = letter.toLowerCase().charCodeAt(0) - 'a'.charCodeAt(0);
  row[place >= 0 && place < ALPHABET - 1 ? place : ALPHABET - 1] = 1;
  return row;
}

/** Runs the cell over letters, from states of zeros. */
export function unroll(cell: StepCell, letters: readonly string[]): Step[] {
  const steps: Step[] = [];
  for (const letter of letters) steps.push(cell.forward(oneHot(letter), steps.at(-1)?.states));
  return steps;
}

/** A gate or state of a cell over the steps. */
export interface Part {
  readonly name: string;
  readonly about: string;
  /** For each step a number for each unit. */
  readonly values: readonly Float64Array[];
}

const GATES: Readonly<Record<CellKind, readonly (readonly [name: string, about: string])[]>> = {
  SimpleRNN: [],
  GRU: [
    ['Update gate z', 'how much of the state stays as it was'],
    ['Reset gate r', 'how much of the state the candidate sees'],
    ['Candidate h̃', 'what the state would become'],
  ],
  LSTM: [
    ['Input gate i', 'how much of the candidate comes in'],
    ['Forget gate f', 'how much of the memory stays'],
    ['Candidate g', 'what would be written'],
    ['Output gate o', 'how much of the memory shows'],
  ],
};

/** The gates and the states of a run. */
export function partsOf(kind: CellKind, units: number, steps: readonly Step[]): Part[] {
  const gates = GATES[kind].map(([name, about], gate) => ({
    ...{ name, about },
    values: steps.map(({ cache }) =>
      Float64Array.from(cache.arrays.get('projected')!).subarray(gate * units, (gate + 1) * units),
    ),
  }));
  const states = steps[0]?.states.map((_, state) => ({
    name: state === 0 ? 'Hidden state h' : 'Memory c',
    about: state === 0 ? 'what the next step and the next layer see' : 'what is kept',
    values: steps.map((step) => Float64Array.from(step.states[state])),
  }));
  // The memory stands before what shows of it.
  return [...gates, ...(states ?? []).reverse()];
}

const norm = (runs: readonly ArrayLike<number>[]): number =>
  Math.sqrt(runs.reduce((sum, run) => Array.from(run).reduce((all, x) => all + x * x, sum), 0));

/** The gradient of the sum of the last hidden state, by each state of the last step. */
function fromLastHidden(steps: readonly Step[]): readonly Float64Array[] {
  return steps.at(-1)!.states.map((state, i) => new Float64Array(state.length).fill(i === 0 ? 1 : 0));
}

/**
 * The gradient of the last hidden state, every unit counted alike, as it flows back.
 * @returns its length at each step, the last first, as a share of what it was there
 */
export function gradientsBack(cell: StepCell, steps: readonly Step[]): number[] {
  let flowing = fromLastHidden(steps);
  const first = norm(flowing);
  return [...steps].reverse().map(({ cache }) => {
    const length = norm(flowing) / first;
    flowing = cell.backward(flowing, cache).dStates;
    return length;
  });
}

/** How far backpropagation is from differences, of one weight of a cell. */
export interface CheckedWeight {
  readonly name: string;
  /** Numbers that were moved. */
  readonly checked: number;
  /** |a − n| / (|a| + |n|) over them. */
  readonly error: number;
}

const MOVE = 1e-5;
/** Of each weight at most. */
const MOST_CHECKED = 60;

/** Checks the gradients of the sum of the last hidden state by central differences. */
export function checkGradients(cell: StepCell, letters: readonly string[]): CheckedWeight[] {
  const weights = cell.getWeights().map(({ data }) => Float64Array.from(data));
  const loss = (): number => {
    cell.setWeights(weights);
    return unroll(cell, letters)
      .at(-1)!
      .states[0].reduce((sum, x) => sum + x, 0);
  };
  const steps = unroll(cell, letters);
  const totals = weights.map(({ length }) => new Float64Array(length));
  let flowing = fromLastHidden(steps);
  for (const { cache } of [...steps].reverse()) {
    const { dStates, gradients } = cell.backward(flowing, cache);
    gradients.forEach((gradient, w) => gradient.forEach((x, i) => (totals[w][i] += x)));
    flowing = dStates;
  }
  return weights.map((weight, w) => {
    // Rows of letters that the word has not have no gradient: those that move something come first.
    const places = [...weight.keys()]
      .sort((a, b) => Math.abs(totals[w][b]) - Math.abs(totals[w][a]))
      .slice(0, MOST_CHECKED);
    const numeric = places.map((place) => {
      const before = weight[place];
      weight[place] = before + MOVE;
      const above = loss();
      weight[place] = before - MOVE;
      const below = loss();
      weight[place] = before;
      return (above - below) / (2 * MOVE);
    });
    cell.setWeights(weights);
    const own = places.map((place) => totals[w][place]);
    const apart = norm([own.map((x, i) => x - numeric[i])]);
    return {
      name: ['kernel', 'recurrent kernel', 'bias'][w] ?? `weight ${w + 1}`,
      checked: places.length,
      error: apart / (norm([own]) + norm([numeric]) || 1),
    };
  });
}
