import { SeqkitError } from '../../base/errors.js';
import type { SpeechEmbedding } from '../embedding/speech-embedding.js';
import { Random } from '../../base/math/random.js';
import type { Network } from '../../rnn/model/network.js';
import { splitClips, type ClipSet } from '../clips/clips.js';
import { ExamplePool } from '../examples/example-pool.js';
import { tailThreshold, type TailThreshold } from '../detection/tail-threshold.js';
import { reachedThreshold } from '../detection/reached-threshold.js';
import { shareAlarms } from '../detection/alarm-budget.js';
import { scoresOfWord, type ScoredRecording } from '../detection/scored-recording.js';
import { thresholdsTo } from '../detection/threshold-grid.js';
import { tradeoffCurve, type TradeoffPoint } from '../detection/trigger-evaluation.js';
import type { ModelSelectionSettings, TriggerPreset } from '../detection/trigger-settings.js';
import { heardIn, scored } from './held-out.js';

/** How good weights are on clips that were held back. */
export interface Validation {
  /** Share of the words missed, the mean over the rates of false alarms that were asked for. */
  missed: number;
  /** Weighted cross-entropy, which decides between equal shares. */
  loss: number;
}

/** All weights of a network, layer by layer. */
type Weights = Float32Array[][];

/** The weights of an epoch, and how good they are where there are clips to judge by. */
export interface Candidate {
  weights: Weights;
  validation: Validation | undefined;
}

/** Examples that are mixed at a time for the threshold. */
const AT_ONCE = 128;
const THRESHOLDS = thresholdsTo(0.9995);

/**
 * Sets clips apart to judge checkpoints by, so that training mixes its examples from the others;
 * undefined where there are too few of the word.
 */
export function validationClips(
  clips: ClipSet,
  { share, minActivates }: ModelSelectionSettings,
  seed: number,
): { train: ClipSet; validation: ClipSet } | undefined {
  if (clips.activates.length < minActivates) return undefined;
  const random = new Random(seed).fork('judges');
  const split = (list: ClipSet['activates'] = []) =>
    list.length < 2 / share ? { train: list, test: [] } : splitClips(list, share, random);
  const [activates, negatives, speech] = [clips.activates, clips.negatives, clips.speech].map(split);
  return {
    train: { ...clips, activates: activates.train, negatives: negatives.train, speech: speech.train },
    // Takes of one's own are all trained on, and so judge nothing.
    validation: {
      ...{ ...clips, ownTakes: [] },
      ...{ activates: activates.test, negatives: negatives.test, speech: speech.test },
    },
  };
}

/**
 * Keeps the weights of the last epochs, judges each on clips that were held back, and averages the best
 * (Izmailov et al. 2018 average along a run; here the judges choose which).
 */
export class ModelSelection {
  readonly #network: Network;
  readonly #preset: TriggerPreset;
  readonly #words: readonly string[];
  readonly #settings: ModelSelectionSettings;
  readonly #validation: ExamplePool | undefined;
  readonly #seed: number | undefined;
  /** Features of examples without the words that are not trained on, (frames, bands) each. */
  readonly #held: readonly Float32Array[];
  #kept: Candidate[] = [];
  #tails: Record<string, TailThreshold> | undefined;

  /**
   * @param validation clips that the network is not trained on; without them the last checkpoints are averaged
   * @param held features of examples without the words that it is not trained on, for the threshold
   */
  constructor(
    {
      network,
      preset,
      words,
      embedding,
    }: {
      network: Network;
      preset: TriggerPreset;
      words: readonly string[];
      embedding?: SpeechEmbedding | undefined;
    },
    settings: ModelSelectionSettings,
    validation: { clips: ClipSet; seed: number; examples: number; threads?: number } | undefined,
    held: readonly Float32Array[] = [],
  ) {
    this.#held = held;
    this.#network = network;
    this.#preset = preset;
    this.#words = words;
    this.#settings = settings;
    this.#seed = validation?.seed;
    if (validation === undefined) return;
    const { clips, seed, examples, threads = 1 } = validation;
    // Where the tail decides, what is made of the word itself would be all of it: life has no halves of it.
    const { synthesis } = preset;
    const judging = settings.thresholdTail
      ? { ...preset, synthesis: { ...synthesis, lookAlikeShare: 0, splicedShare: 0 } }
      : preset;
    this.#validation = new ExamplePool(clips, judging, examples, seed, words, {
      ...{ spare: AT_ONCE, threads, embedding },
    });
  }

  /** Mixes the examples to judge by. */
  async open(): Promise<void> {
    const { size = 0 } = this.#validation ?? {};
    const seed = this.#seed!;
    await this.#validation?.mixAll(
      Array.from({ length: size }, (_, place) => ({ place, number: { seed, example: place } })),
    );
  }

  /** Ends the threads that mixed them. */
  dispose(): void {
    this.#validation?.dispose();
  }

  /** How sure the thresholds are, by word, where they were set by the tail. */
  get tails(): Readonly<Record<string, TailThreshold>> | undefined {
    return this.#tails;
  }

  get candidates(): readonly Candidate[] {
    return this.#kept;
  }

  /** Goes on from the candidates of a run that was broken off. */
  restore(candidates: readonly Candidate[]): void {
    this.#kept = [...candidates];
  }

  /**
   * Takes the network's weights as a candidate; where there are more than the settings say, the worst is let go,
   * or the first of those that are not judged.
   * @returns how good they are, and whether they are better than all before
   */
  async keep(): Promise<{ validation: Validation | undefined; isBest: boolean }> {
    const validation = await this.#validate();
    const isBest =
      validation === undefined || this.#kept.every((kept) => compare(validation, kept.validation!) < 0);
    this.#kept.push({ weights: weightsOf(this.#network), validation });
    if (this.#kept.length > this.#settings.candidates) {
      const worst = validation && [...this.#kept].sort((a, b) => compare(b.validation!, a.validation!))[0];
      this.#kept.splice(worst === undefined ? 0 : this.#kept.indexOf(worst), 1);
    }
    return { validation, isBest };
  }

  /** Gives the network the average of the best candidates, or the best alone where it is better. */
  async settle(): Promise<Validation | undefined> {
    if (this.#kept.length === 0) return undefined;
    // The later first: among equals it is the better trained one.
    const ranked = [...this.#kept].reverse();
    if (this.#validation !== undefined) ranked.sort((a, b) => compare(a.validation!, b.validation!));
    const [best] = ranked;
    setWeights(
      this.#network,
      averageOf(ranked.slice(0, this.#settings.averaged).map(({ weights }) => weights)),
    );
    const averaged = await this.#validate();
    if (averaged === undefined || compare(averaged, best.validation!) <= 0) return averaged;
    setWeights(this.#network, best.weights);
    return best.validation;
  }

  /**
   * The lowest threshold that keeps to the rate of false alarms that the settings name, over examples without the
   * word; of several words for each, the alarms shared by what each word misses. Undefined where there is nothing to
   * validate by or no threshold keeps to it; words of which none does are left out.
   */
  async threshold(): Promise<number | Record<string, number> | undefined> {
    if (this.#settings.thresholdTail && this.#held.length > 0) return this.#byTail(await this.#hear());
    if (this.#validation === undefined) return undefined;
    const validation = this.#validation;
    const seed = this.#seed!;
    const { thresholdAlarmsPerHour: wanted, thresholdExamples: max } = this.#settings;
    // A short training is not kept waiting for its threshold.
    const count = Math.min(max, 4 * validation.size);
    const recordings: ScoredRecording[] = [];
    for (let from = 0; from < count; from += AT_ONCE) {
      const jobs = Array.from({ length: Math.min(AT_ONCE, count - from) }, (_, n) => ({
        place: validation.size + n,
        number: { seed, example: validation.size + from + n, wordless: true as const },
      }));
      await validation.mixAll(jobs);
      recordings.push(...(await this.#score(validation, validation.size, jobs.length)).recordings);
    }
    const words = this.#words;
    const { firing } = this.#preset;
    if (this.#settings.thresholdTail) return this.#byTail(recordings);
    const curvesOf = (scored: readonly ScoredRecording[]) =>
      words.map((word) =>
        tradeoffCurve(
          scored.map((recording) => scoresOfWord(recording, word)),
          firing,
          THRESHOLDS,
        ),
      );
    const curves = curvesOf(recordings);
    if (words.length === 1) return lowestAt(curves[0], wanted)?.threshold;
    const said = curvesOf((await this.#score(validation, 0, validation.size)).recordings);
    const hours = recordings.reduce((sum, { seconds }) => sum + seconds / 3600, 0);
    const options = curves.map((curve, word) =>
      curve.map(({ threshold, falseAlarmsPerHour }, i) => ({
        ...{ threshold, missed: said[word][i].missed },
        alarms: Math.round(falseAlarmsPerHour * hours),
      })),
    );
    // A word that fires too often even at the highest keeps the preset's, and leaves the alarms to the others.
    const part = (wanted * hours) / words.length;
    const able = [...words.keys()].filter((n) => options[n][options[n].length - 1].alarms <= part);
    const shared = shareAlarms(
      able.map((n) => options[n]),
      wanted * hours,
    );
    return shared && Object.fromEntries(able.map((n, i) => [words[n], shared[i].threshold]));
  }

  /**
   * The alarms shared evenly among the words. A tail reaches further than the sound that it is fitted to, and may ask
   * for more than the word itself comes to: no threshold is above what most of the held-back examples reach.
   */
  async #byTail(recordings: readonly ScoredRecording[]): Promise<Record<string, number> | undefined> {
    const words = this.#words;
    const part = this.#settings.thresholdAlarmsPerHour / words.length;
    const random = new Random(this.#seed ?? 0).fork('threshold');
    try {
      this.#tails = Object.fromEntries(
        words.map((word) => [word, tailThreshold(recordings, word, this.#preset.firing, part, random)]),
      );
    } catch (error) {
      if (!(error instanceof SeqkitError) || error.code !== 'too-little-data') throw error;
      return undefined;
    }
    const heard =
      this.#validation && (await this.#score(this.#validation, 0, this.#validation.size)).recordings;
    return Object.fromEntries(
      words.map((word) => {
        const { threshold } = this.#tails![word];
        return [word, Math.min(threshold, heard ? reachedThreshold(heard, word, this.#preset.firing) : 1)];
      }),
    );
  }

  async #validate(): Promise<Validation | undefined> {
    if (this.#validation === undefined) return undefined;
    const { recordings, loss } = await this.#score(this.#validation, 0, this.#validation.size);
    const words = this.#words;
    const rates = this.#settings.falseAlarmsPerHour;
    let [missed, said] = [0, 0];
    for (const word of words) {
      const own = recordings.map((recording) => scoresOfWord(recording, word));
      const curve = tradeoffCurve(own, this.#preset.firing, THRESHOLDS);
      const count = words.length === 1 ? 1 : own.reduce((sum, recording) => sum + recording.words.length, 0);
      if (count === 0) continue;
      const atRates = rates.reduce((sum, rate) => sum + missedAt(curve, rate / words.length), 0);
      missed += (count * atRates) / rates.length;
      said += count;
    }
    return { missed: said === 0 ? 1 : missed / said, loss };
  }

  /** What the network hears in `count` examples of a pool, and its loss on them. */
  async #score(
    pool: ExamplePool,
    first: number,
    count: number,
  ): Promise<{ recordings: ScoredRecording[]; loss: number }> {
    const words = this.#words;
    const recordings: ScoredRecording[] = [];
    const { exampleSeconds: seconds } = this.#preset.synthesis;
    let [loss, weight] = [0, 0];
    for (let from = 0; from < count; from += 32) {
      const indices = Int32Array.from({ length: Math.min(32, count - from) }, (_, i) => first + from + i);
      const { x, y, sampleWeight } = pool.batch(indices);
      const { data: logits } = await this.#network.predict(x);
      for (let i = 0; i < logits.length; i++) {
        // One weight a step, whichever the word.
        const stepWeight = sampleWeight.data[Math.floor(i / words.length)];
        loss += stepWeight * crossEntropy(logits[i], y.data[i]);
        weight += stepWeight;
      }
      indices.forEach((example, n) => {
        const said = { name: `${example}`, words: pool.wordsIn(example), seconds };
        const outputs = logits.length / indices.length;
        const own = logits.subarray(n * outputs, (n + 1) * outputs);
        recordings.push(scored(said, own, words, pool.timing));
      });
    }
    return { recordings, loss: loss / weight };
  }

  /** What the network hears in features that were held back. */
  #hear(): Promise<ScoredRecording[]> {
    const { exampleSeconds: seconds } = this.#preset.synthesis;
    const sounds = this.#held.map((features, n) => ({ name: `held ${n}`, words: [], seconds, features }));
    return heardIn(sounds, { network: this.#network, preset: this.#preset, words: this.#words });
  }
}

/** Misses at the lowest threshold from which on no higher one gives more false alarms than wanted. */
function missedAt(curve: readonly TradeoffPoint[], rate: number): number {
  return lowestAt(curve, rate)?.missed ?? 1;
}

/** The lowest threshold from which on no higher one gives more false alarms than wanted. */
function lowestAt(curve: readonly TradeoffPoint[], rate: number): TradeoffPoint | undefined {
  let lowest: TradeoffPoint | undefined;
  for (let i = curve.length - 1; i >= 0 && curve[i].falseAlarmsPerHour <= rate; i--) lowest = curve[i];
  return lowest;
}

function compare(a: Validation, b: Validation): number {
  return a.missed - b.missed || a.loss - b.loss;
}

/** Of one logit, -(y log p + (1 - y) log(1 - p)), without overflow. */
function crossEntropy(logit: number, label: number): number {
  return Math.max(logit, 0) - logit * label + Math.log1p(Math.exp(-Math.abs(logit)));
}

function weightsOf(network: Network): Weights {
  return network.layers.map((layer) => layer.getWeights().map(({ data }) => Float32Array.from(data)));
}

function setWeights(network: Network, weights: Weights): void {
  network.layers.forEach((layer, index) => layer.setWeights(weights[index]));
}

/** The mean of each weight: near the end of a run they lie in one basin. */
function averageOf(all: readonly Weights[]): Weights {
  return all[0].map((layer, l) =>
    layer.map((values, w) =>
      values.map((_, i) => all.reduce((sum, weights) => sum + weights[l][w][i], 0) / all.length),
    ),
  );
}
