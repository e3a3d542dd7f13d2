import { Random } from '../rnn/random.js';
import type { Sequential } from '../rnn/sequential.js';
import { Adam } from '../rnn/training/optimizers.js';
import { cosineSchedule } from '../rnn/training/schedules.js';
import { CheckpointChoice, clipsToJudgeBy, type Judgement } from './checkpoint-choice.js';
import type { ClipSet } from './clips.js';
import { ExamplePool } from './example-pool.js';
import { recordOf, type ExampleNumber, type ExampleRecord } from './example-record.js';
import { describeRun, TriggerCheckpoint } from './trigger-checkpoint.js';
import type { TriggerPreset } from './trigger-settings.js';

/** How far `fit` is. */
export interface TriggerProgress {
  phase: 'mixing' | 'training' | 'mining';
  done: number;
  /** Examples to mix, or to train on over all epochs. */
  total: number;
  /** Of the last batch, while training. */
  loss?: number;
}

/** What an epoch has come to. */
export interface EpochReport {
  /** From 1. */
  epoch: number;
  /** Mean of the batches. */
  loss: number;
  /** Of a candidate, where clips were held back to judge by. */
  judgement?: Judgement;
}

/** What a run of training is given. */
export interface TrainingPlan {
  network: Sequential;
  clips: ClipSet;
  /** The trigger words, one output each. */
  words: readonly string[];
  preset: TriggerPreset;
  seed: number;
  examples: number;
  /** Times through the examples. */
  epochs: number;
  onProgress?: (progress: TriggerProgress) => void;
  onExample?: (record: ExampleRecord) => void;
  onEpoch?: (report: EpochReport) => void;
  /** Where to keep the run after each epoch, so that it can go on from there. Needs Node. */
  checkpoint?: string;
  /** Goes on from the checkpoint, or begins where there is none. @default false */
  resume?: boolean;
  /** Stops after the batch in hand. */
  signal?: AbortSignal;
}

/** What came of it. */
export interface TrainingOutcome {
  /** Mean loss of the last epoch. */
  finalLoss: number;
  epochs: number;
  hardNegatives: number;
  /** Of the weights that were chosen. */
  judgement: Judgement | undefined;
  /** That keeps to the rate of false alarms that the preset asks for, where there was something to judge by. */
  threshold: number | undefined;
}

/**
 * Trains a network on mixed examples; before the last epochs, as far as the preset says so, a part of the pool is
 * mixed anew and false alarms of the epochs so far join it; at the end the choice is made among the last weights.
 */
export class TrainingRun {
  readonly #plan: TrainingPlan;
  readonly #pool: ExamplePool;
  readonly #clips: ClipSet;
  readonly #choice: CheckpointChoice | undefined;
  readonly #random: Random;
  /** The epochs before which the pool is renewed, at the same shares of all as in the preset. */
  readonly #renewalEpochs: readonly number[];
  /** Which example is in each place of the pool. */
  readonly #numbers: ExampleNumber[];
  #epoch = 0;
  /** Of the last epoch. */
  #loss = NaN;
  #hardNegatives = 0;
  #stopped = false;
  #checkpoint: TriggerCheckpoint | undefined;

  constructor(plan: TrainingPlan) {
    const { preset, seed, examples, epochs, network, words } = plan;
    const { choice, renewal } = preset.training;
    this.#plan = plan;
    this.#renewalEpochs = renewalEpochs(renewal?.epochs ?? [], epochs / preset.training.epochs, epochs);
    const parts = choice && clipsToJudgeBy(plan.clips, choice, seed);
    this.#clips = parts?.train ?? plan.clips;
    this.#pool = new ExamplePool(this.#clips, preset, examples, seed, words);
    const most = Math.min(examples, choice?.examples ?? 0);
    const judges = parts && { clips: parts.judge, seed: seed + 1, examples: most };
    this.#choice = choice && new CheckpointChoice({ network, preset, words }, choice, judges);
    this.#random = new Random(seed).fork('training');
    this.#numbers = Array.from({ length: examples }, (_, example) => ({ seed, example }));
  }

  async run(): Promise<TrainingOutcome> {
    await this.#open();
    await this.#fillPool();
    while (this.#epoch < this.#plan.epochs && !this.#stopped) {
      const renewal = this.#renewalEpochs.indexOf(this.#epoch);
      if (renewal >= 0) await this.#renew(renewal);
      await this.#runEpoch();
    }
    const judgement = this.#stopped ? undefined : await this.#choice?.settle();
    return {
      ...{ finalLoss: this.#loss, epochs: this.#epoch },
      ...{ hardNegatives: this.#hardNegatives, judgement },
      threshold: this.#stopped ? undefined : await this.#choice?.threshold(),
    };
  }

  /** Gives the network its optimizer, and takes up what a checkpoint holds where there is one. */
  async #open(): Promise<void> {
    const { checkpoint, resume = false, network, preset, epochs, seed } = this.#plan;
    const { learningRate, clipNorm, batchSize } = preset.training;
    const totalSteps = Math.max(2, epochs * Math.ceil(this.#pool.size / batchSize));
    const schedule = cosineSchedule({
      peak: learningRate,
      totalSteps,
      warmupSteps: Math.floor(totalSteps / 10),
      floor: learningRate / 100,
    });
    network.compile({
      loss: 'binaryCrossentropy',
      optimizer: new Adam({ learningRate: schedule, globalClipNorm: clipNorm }),
    });
    if (checkpoint === undefined) return;
    await network.build([this.#pool.frames, preset.features.bands]);
    this.#checkpoint = new TriggerCheckpoint(network, checkpoint, describeRun(this.#plan));
    const found = await this.#checkpoint.open(resume);
    if (found === undefined) return;
    const { state, position, candidates } = found;
    await network.setTrainingState(state);
    this.#epoch = position.epoch;
    this.#loss = position.loss;
    this.#hardNegatives = position.hardNegatives;
    this.#random.setState(position.random);
    position.numbers.forEach(([example, wordless], place) => {
      this.#numbers[place] = { seed, example, ...(wordless === 1 && { wordless: true }) };
    });
    this.#choice?.restore(candidates);
  }

  async #fillPool(): Promise<void> {
    const { size } = this.#pool;
    const renewed = [...this.#numbers.entries()].filter(([place, { example }]) => example !== place);
    const total = size + renewed.length;
    for (let index = 0; index < size && !this.#stopped; index++) {
      // What has been replaced is mixed only where its record is wanted.
      const gone = this.#numbers[index].example !== index;
      if (!gone || this.#plan.onExample !== undefined) {
        this.#mix(index, { seed: this.#plan.seed, example: index });
      }
      await this.#pace('mixing', index + 1, total);
    }
    for (const [n, [place, number]] of renewed.entries()) {
      if (this.#stopped) return;
      this.#mix(place, number);
      await this.#pace('mixing', size + n + 1, total);
    }
  }

  #mix(index: number, number: ExampleNumber): void {
    const mixture = this.#pool.mix(index, number);
    this.#numbers[index] = number;
    this.#plan.onExample?.(
      recordOf(mixture, { ...number, sampleRate: this.#plan.preset.features.sampleRate }),
    );
  }

  /**
   * Replaces a part of the pool, by fresh examples and by hard negatives.
   * @param renewal which, from 0
   */
  async #renew(renewal: number): Promise<void> {
    const { share, candidates, hardNegatives } = this.#plan.preset.training.renewal!;
    const places = this.#random
      .shuffle(Int32Array.from({ length: this.#pool.size }, (_, i) => i))
      .subarray(0, Math.round(share * this.#pool.size));
    // A small pool takes hard negatives in proportion.
    const most = Math.min(hardNegatives, Math.round(places.length / 10));
    const listened = Math.round((candidates * most) / hardNegatives);
    const fresh = places.length - most;
    const total = fresh + listened;
    // Numbers go on after those of the first examples and of earlier renewals, so that each has its own.
    const numbered = (n: number): ExampleNumber => ({
      seed: this.#plan.seed,
      example: this.#pool.size + renewal * total + n,
    });
    for (let n = 0; n < fresh && !this.#stopped; n++) {
      this.#mix(places[n], numbered(n));
      await this.#pace('mining', n + 1, total);
    }
    const heard: { number: ExampleNumber; score: number }[] = [];
    const trial = new ExamplePool(this.#clips, this.#plan.preset, 16, this.#plan.seed, this.#plan.words);
    for (let from = 0; from < listened && !this.#stopped; from += trial.size) {
      const count = Math.min(trial.size, listened - from);
      const numbers = Array.from({ length: count }, (_, i): ExampleNumber => ({
        ...numbered(fresh + from + i),
        wordless: true,
      }));
      numbers.forEach((number, i) => trial.mix(i, number));
      const scores = await this.#highestScores(trial, count);
      numbers.forEach((number, i) => heard.push({ number, score: scores[i] }));
      await this.#pace('mining', fresh + from + count, total);
    }
    heard.sort((a, b) => b.score - a.score);
    heard.slice(0, most).forEach(({ number }, n) => this.#mix(places[fresh + n], number));
    this.#hardNegatives += Math.min(most, heard.length);
  }

  /** Of each of the first `count` examples, the highest mean of as many scores of a word as the detector smooths over. */
  async #highestScores(pool: ExamplePool, count: number): Promise<number[]> {
    const { x } = pool.batch(Int32Array.from({ length: count }, (_, i) => i));
    const { data } = await this.#plan.network.predict(x);
    const { steps } = pool.timing;
    const { words, preset } = this.#plan;
    const { smoothSteps } = preset.firing;
    return Array.from({ length: count }, (_, n) => {
      let highest = 0;
      for (let word = 0; word < words.length; word++) {
        let sum = 0;
        const scoreAt = (step: number) => 1 / (1 + Math.exp(-data[(n * steps + step) * words.length + word]));
        for (let step = 0; step < steps; step++) {
          sum += scoreAt(step) - (step >= smoothSteps ? scoreAt(step - smoothSteps) : 0);
          highest = Math.max(highest, sum / smoothSteps);
        }
      }
      return highest;
    });
  }

  async #runEpoch(): Promise<void> {
    const { network, preset, epochs } = this.#plan;
    const { batchSize } = preset.training;
    const { size } = this.#pool;
    const order = this.#random.shuffle(Int32Array.from({ length: size }, (_, i) => i));
    let sum = 0;
    for (let from = 0; from < size && !this.#stopped; from += batchSize) {
      const indices = order.subarray(from, Math.min(size, from + batchSize));
      const { x, y, sampleWeight } = this.#pool.batch(indices, this.#random);
      const loss = await network.trainOnBatch(x, y, { sampleWeight, batchSize });
      sum += loss * indices.length;
      const done = from + indices.length + this.#epoch * size;
      await this.#report({ phase: 'training', done, total: epochs * size, loss });
    }
    if (!this.#stopped) await this.#endEpoch(sum / size);
  }

  async #endEpoch(loss: number): Promise<void> {
    this.#epoch++;
    this.#loss = loss;
    const candidates = this.#plan.preset.training.choice?.candidates ?? 0;
    const judgement = this.#epoch > this.#plan.epochs - candidates ? await this.#choice?.keep() : undefined;
    this.#plan.onEpoch?.({ epoch: this.#epoch, loss, ...(judgement && { judgement }) });
    await this.#checkpoint?.save({
      state: await this.#plan.network.getTrainingState(),
      position: {
        ...{ epoch: this.#epoch, loss, hardNegatives: this.#hardNegatives },
        random: this.#random.getState(),
        numbers: this.#numbers.map(({ example, wordless }) => [example, wordless ? 1 : 0]),
      },
      candidates: this.#choice?.candidates ?? [],
    });
  }

  /** Reports now and then while examples are mixed. */
  async #pace(phase: TriggerProgress['phase'], done: number, total: number): Promise<void> {
    if (done % 16 === 0) await this.#report({ phase, done, total });
  }

  async #report(progress: TriggerProgress): Promise<void> {
    const { onProgress, signal } = this.#plan;
    onProgress?.(progress);
    if (signal === undefined) return;
    // Lets other work run, that which stops this among it.
    await new Promise((resolve) => setTimeout(resolve, 0));
    this.#stopped = signal.aborted;
  }
}

/**
 * Before which epochs, counted from 0, the pool is renewed.
 * @param beforeLast how many epochs are left then
 * @param scale of a training with as many epochs as the preset's: 1
 */
function renewalEpochs(beforeLast: readonly number[], scale: number, epochs: number): number[] {
  const at = beforeLast.map((left) => epochs - Math.round(left * scale));
  return [...new Set(at)].filter((epoch) => epoch > 0);
}
