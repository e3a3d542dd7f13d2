import { Random } from '../rnn/random.js';
import type { Sequential } from '../rnn/sequential.js';
import { Adam } from '../rnn/training/optimizers.js';
import { cosineSchedule } from '../rnn/training/schedules.js';
import type { TrainingState } from '../rnn/training/training-state.js';
import { CheckpointChoice, clipsToJudgeBy, type Judgement } from './checkpoint-choice.js';
import type { ClipSet } from './clips.js';
import { ExamplePool } from './example-pool.js';
import { recordOf, type ExampleNumber, type ExampleRecord } from './example-record.js';
import { describeRun, TriggerCheckpoint } from './trigger-checkpoint.js';
import type { TriggerPreset } from './trigger-settings.js';

/** How far `fit` is. */
export interface TriggerProgress {
  phase: 'mixing' | 'training' | 'mining' | 'training on';
  done: number;
  /** Examples to mix, or to train on over all epochs. */
  total: number;
  /** Of the last batch, while training. */
  loss?: number;
}

/** What an epoch has come to. */
export interface EpochReport {
  /** From 1, over both rounds. */
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
  /** Of both rounds together. */
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
  /** Epochs of both rounds. */
  epochs: number;
  hardNegatives: number;
  /** Of the weights that were chosen. */
  judgement: Judgement | undefined;
}

/** One round of epochs with a learning rate that rises, then falls along half a cosine. */
interface Round {
  phase: 'training' | 'training on';
  epochs: number;
  learningRate: number;
}

/**
 * Trains a network on mixed examples: a first round; then, as far as the preset says so, a second one in which a
 * part of the pool is mixed anew and false alarms of the first join it; then the choice among the last weights.
 */
export class TrainingRun {
  readonly #plan: TrainingPlan;
  readonly #pool: ExamplePool;
  readonly #clips: ClipSet;
  readonly #choice: CheckpointChoice | undefined;
  readonly #random: Random;
  /** Of the second round, the same share of all as in the preset. */
  readonly #laterEpochs: number;
  /** Which example is in each place of the pool. */
  readonly #numbers: ExampleNumber[];
  #epoch = 0;
  /** Of the last epoch. */
  #loss = NaN;
  #hardNegatives = 0;
  #stopped = false;
  #checkpoint: TriggerCheckpoint | undefined;
  /** Of the checkpoint that the run goes on from, until it has been taken up. */
  #found: TrainingState | undefined;

  constructor(plan: TrainingPlan) {
    const { preset, seed, examples, epochs, network, words } = plan;
    const { choice, renewal } = preset.training;
    this.#plan = plan;
    this.#laterEpochs = Math.round((epochs * (renewal?.epochs ?? 0)) / preset.training.epochs);
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
    const { preset, epochs } = this.#plan;
    const { renewal, learningRate } = preset.training;
    const firstEpochs = epochs - this.#laterEpochs;
    await this.#open();
    await this.#fillPool();
    if (this.#epoch <= firstEpochs)
      await this.#round({ phase: 'training', epochs: firstEpochs, learningRate });
    if (renewal !== undefined && this.#laterEpochs > 0) {
      if (this.#epoch === firstEpochs && !this.#stopped) await this.#renew();
      await this.#round({ ...renewal, phase: 'training on', epochs: this.#laterEpochs });
    }
    const judgement = this.#stopped ? undefined : await this.#choice?.settle();
    return {
      ...{ finalLoss: this.#loss, epochs: this.#epoch },
      ...{ hardNegatives: this.#hardNegatives, judgement },
    };
  }

  /** Opens the checkpoint's file, and takes up what it holds but for the network. */
  async #open(): Promise<void> {
    const { checkpoint, resume = false, network, preset } = this.#plan;
    if (checkpoint === undefined) return;
    await network.build([this.#pool.frames, preset.features.bands]);
    this.#checkpoint = new TriggerCheckpoint(network, checkpoint, describeRun(this.#plan));
    const found = await this.#checkpoint.open(resume);
    if (found === undefined) return;
    const { state, position, candidates } = found;
    this.#found = state;
    this.#epoch = position.epoch;
    this.#loss = position.loss;
    this.#hardNegatives = position.hardNegatives;
    this.#random.setState(position.random);
    position.numbers.forEach(([example, wordless], place) => {
      this.#numbers[place] = { seed: this.#plan.seed, example, ...(wordless === 1 && { wordless: true }) };
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

  /** Replaces a part of the pool, by fresh examples and by hard negatives. */
  async #renew(): Promise<void> {
    const { share, candidates, hardNegatives } = this.#plan.preset.training.renewal!;
    const places = this.#random
      .shuffle(Int32Array.from({ length: this.#pool.size }, (_, i) => i))
      .subarray(0, Math.round(share * this.#pool.size));
    // A small pool takes hard negatives in proportion.
    const most = Math.min(hardNegatives, Math.floor(places.length / 10));
    const listened = Math.round((candidates * most) / hardNegatives);
    const fresh = places.length - most;
    const total = fresh + listened;
    // Numbers go on where the first round's end, so that each example has its own.
    const numbered = (n: number): ExampleNumber => ({
      seed: this.#plan.seed,
      example: this.#pool.size + n,
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
    this.#hardNegatives = Math.min(most, heard.length);
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

  /** What remains of a round. */
  async #round({ phase, epochs, learningRate }: Round): Promise<void> {
    const { network, preset } = this.#plan;
    const { batchSize, clipNorm } = preset.training;
    const { size } = this.#pool;
    const batches = Math.ceil(size / batchSize);
    const totalSteps = Math.max(2, epochs * batches);
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
    if (this.#found !== undefined) await network.setTrainingState(this.#found);
    this.#found = undefined;
    const begun = phase === 'training' ? 0 : this.#plan.epochs - this.#laterEpochs;
    for (let epoch = this.#epoch - begun; epoch < epochs && !this.#stopped; epoch++) {
      const order = this.#random.shuffle(Int32Array.from({ length: size }, (_, i) => i));
      let sum = 0;
      for (let batch = 0; batch < batches && !this.#stopped; batch++) {
        const indices = order.subarray(batch * batchSize, Math.min(size, (batch + 1) * batchSize));
        const { x, y, sampleWeight } = this.#pool.batch(indices, this.#random);
        const loss = await network.trainOnBatch(x, y, { sampleWeight, batchSize });
        sum += loss * indices.length;
        const done = Math.min(size, (batch + 1) * batchSize) + epoch * size;
        await this.#report({ phase, done, total: epochs * size, loss });
      }
      if (!this.#stopped) await this.#endEpoch(sum / size);
    }
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
