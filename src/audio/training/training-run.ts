import { SeqkitError } from '../../base/errors.js';
import { Random } from '../../base/math/random.js';
import { runTrainingLoop } from '../../base/training/training-loop.js';
import { EventLoopYielder, FrameThrottle } from '../../base/host/yield-to-event-loop.js';
import { Standardize } from '../../rnn/layers/standardize.js';
import { Adam, AdamW } from '../../rnn/training/optimizers/index.js';
import { cosineSchedule } from '../../rnn/training/optimizers/schedules.js';
import { heardIn, heldOutSounds, type HeldOutSound } from './held-out.js';
import { ModelSelection, validationClips } from './model-selection.js';
import type { ClipSet } from '../clips/clips.js';
import { ExamplePool } from '../examples/example-pool.js';
import type { ExampleNumber, ExampleRecord } from '../examples/example-record.js';
import { highestScores } from '../examples/hard-negatives.js';
import type { MixingJob } from '../examples/mixing-thread.js';
import type { TrainingOutcome, TrainingPlan, TriggerProgress } from './training-plan.js';
import { loadClips } from '../clips/shared-clips.js';
import { heldOutFigures } from '../detection/trigger-evaluation.js';
import { describeTriggerRun, TriggerCheckpoint } from './trigger-checkpoint.js';
import type { ModelSelectionSettings } from '../detection/trigger-settings.js';

/** A training with fewer examples waits neither for threads nor for clips that it may not need. */
const MIN_FOR_THREADS = 600;
const YIELD_MS = 20;
/** Examples that are mixed beside the pool before the network listens to them. */
const LISTENED_AT_ONCE = 128;

/**
 * Trains a network on mixed examples; before the last epochs, as far as the preset says so, a part of the pool is
 * mixed anew and false alarms of the epochs so far join it; at the end the choice is made among the last weights.
 */
export class TrainingRun {
  readonly #plan: TrainingPlan;
  readonly #pool: ExamplePool;
  readonly #clips: ClipSet;
  readonly #selection: ModelSelection | undefined;
  /** Clips that epochs are told of on, where somebody is told. */
  readonly #heldOut: ClipSet | undefined;
  readonly #sounds: HeldOutSound[] = [];
  readonly #random: Random;
  /** The epochs before which the pool is resampled, at the same shares of all as in the preset. */
  readonly #resamplingEpochs: readonly number[];
  /** Which example is in each place of the pool. */
  readonly #numbers: ExampleNumber[];
  /** Whether clips that are made on demand are made before anything is mixed. */
  readonly #loadsFirst: boolean;
  #epoch = 0;
  /** Examples of the epoch at hand that were trained on, and their losses added up. */
  #done = 0;
  #lossSum = 0;
  /** Of the last epoch. */
  #loss = NaN;
  #hardNegatives = 0;
  /** Epochs since the best of those that were judged. */
  #sinceBest = 0;
  #stopped = false;
  readonly #eventLoop: EventLoopYielder;
  readonly #frames = new FrameThrottle();
  #checkpoint: TriggerCheckpoint | undefined;

  constructor(plan: TrainingPlan) {
    const { preset, seed, examples, epochs, network, words, embedding } = plan;
    const threads = examples < MIN_FOR_THREADS ? 1 : plan.threads;
    this.#loadsFirst = threads > 1;
    const { modelSelection: selection, resampling } = preset.training;
    this.#plan = plan;
    // Without a signal there is nothing to let in, but for the page that this may be.
    this.#eventLoop = new EventLoopYielder(plan.signal === undefined ? Infinity : YIELD_MS);
    this.#resamplingEpochs = resamplingEpochs(
      resampling?.epochs ?? [],
      epochs / preset.training.epochs,
      epochs,
    );
    const parts = selection && validationClips(plan.clips, selection, seed);
    this.#clips = parts?.train ?? plan.clips;
    if (plan.patience !== undefined && parts === undefined) throw tooFewToValidate(plan.clips, selection);
    this.#heldOut = plan.onEpoch && (plan.heldOut ?? parts?.validation);
    const { count = 0 } = plan.negatives ?? {};
    this.#pool = new ExamplePool(this.#clips, preset, examples + count, seed, words, {
      ...{ spare: LISTENED_AT_ONCE, threads, records: plan.onExample !== undefined, embedding },
    });
    const max = Math.min(examples, selection?.examples ?? 0);
    const validation = parts && { clips: parts.validation, seed: seed + 1, examples: max, threads };
    this.#selection =
      selection &&
      new ModelSelection({ network, preset, words, embedding }, selection, validation, plan.negatives?.held);
    this.#random = new Random(seed).fork('training');
    this.#numbers = Array.from({ length: examples }, (_, example) => ({ seed, example }));
  }

  async run(): Promise<TrainingOutcome> {
    try {
      return await this.#train();
    } finally {
      this.#pool.dispose();
      this.#selection?.dispose();
    }
  }

  async #train(): Promise<TrainingOutcome> {
    const { epochs, patience = Infinity } = this.#plan;
    await this.#open();
    await this.#fillPool();
    if (!this.#stopped) await this.#standardize();
    if (!this.#stopped) await this.#selection?.open();
    await this.#hearHeldOut();
    await runTrainingLoop<Int32Array>({
      hasEpoch: () => this.#epoch < epochs && this.#sinceBest < patience && !this.#stopped,
      batches: () => this.#batches(),
      step: (examples) => this.#step(examples),
      endEpoch: () => this.#endEpoch(),
      // Asked in each report, of mixing too.
      isStopped: () => this.#stopped,
      stopsAt: 'after step',
    });
    const validation = this.#stopped ? undefined : await this.#selection?.settle();
    return {
      ...{ finalLoss: this.#loss, epochs: this.#epoch },
      ...{ hardNegatives: this.#hardNegatives, validation },
      threshold: this.#stopped ? undefined : await this.#selection?.threshold(),
      tails: this.#selection?.tails,
    };
  }

  /** Gives the network its optimizer, and takes up what a checkpoint holds where there is one. */
  async #open(): Promise<void> {
    const { checkpoint, resume = false, network, preset, epochs, seed, worker } = this.#plan;
    if (worker) await network.useWorker();
    const { learningRate, clipNorm, batchSize, weightDecay } = preset.training;
    const totalSteps = Math.max(2, epochs * Math.ceil(this.#pool.size / batchSize));
    const schedule = cosineSchedule({
      peak: learningRate,
      totalSteps,
      warmupSteps: Math.floor(totalSteps / 10),
      floor: learningRate / 100,
    });
    network.compile({
      loss: 'binaryCrossentropy',
      optimizer:
        weightDecay === undefined
          ? new Adam({ learningRate: schedule, globalClipNorm: clipNorm })
          : new AdamW({ learningRate: schedule, globalClipNorm: clipNorm, weightDecay }),
    });
    if (checkpoint === undefined) return;
    await network.build([this.#pool.frames, preset.features.bands]);
    this.#checkpoint = new TriggerCheckpoint(network, checkpoint, describeTriggerRun(this.#plan));
    const found = await this.#checkpoint.open(resume);
    if (found === undefined) return;
    const { state, position, candidates } = found;
    await network.setTrainingState(state);
    this.#epoch = position.epoch;
    this.#loss = position.loss;
    this.#hardNegatives = position.hardNegatives;
    this.#sinceBest = position.sinceBest;
    this.#random.setState(position.random);
    position.numbers.forEach(([example, wordless], place) => {
      this.#numbers[place] = { seed, example, ...(wordless === 1 && { wordless: true }) };
    });
    this.#selection?.restore(candidates);
  }

  async #fillPool(): Promise<void> {
    if (this.#loadsFirst) {
      await loadClips(this.#plan.clips, async (done, total) => {
        await this.#report({ phase: 'loading', done, total });
        return !this.#stopped;
      });
    }
    const { seed, onExample } = this.#plan;
    const jobs: MixingJob[] = [];
    this.#numbers.forEach((number, place) => {
      const isReplaced = number.example !== place;
      // What has been replaced is mixed only where its record is wanted.
      if (!isReplaced || onExample !== undefined) jobs.push({ place, number: { seed, example: place } });
    });
    const first = jobs.length;
    const resampled = [...this.#numbers.entries()].filter(([place, { example }]) => example !== place);
    const total = first + resampled.length;
    this.#tell(await this.#mix(jobs, 'mixing', { done: 0, total }));
    const again = resampled.map(([place, number]) => ({ place, number }));
    this.#tell(await this.#mix(again, 'mixing', { done: first, total }));
    const { count = 0, features } = this.#plan.negatives ?? {};
    for (let n = 0; n < count; n++) this.#pool.put(this.#numbers.length + n, features!(n));
  }

  /** Gives a network that standardizes its input the statistics of the examples, unless it has some. */
  async #standardize(): Promise<void> {
    const { network, preset } = this.#plan;
    const [first] = network.layers;
    if (!(first instanceof Standardize)) return;
    await network.build([this.#pool.frames, preset.features.bands]);
    if (!first.fitted) first.adapt(this.#pool.rows());
  }

  /** Makes the features of the clips that epochs are told of on. */
  async #hearHeldOut(): Promise<void> {
    const { preset, embedding, examples } = this.#plan;
    if (this.#heldOut === undefined) return;
    for (const sound of heldOutSounds(this.#heldOut, preset, embedding, examples)) {
      this.#sounds.push(sound);
      await this.#rest();
      if (this.#stopped) return;
    }
  }

  #tell(records: readonly ExampleRecord[]): void {
    for (const record of records) this.#plan.onExample?.(record);
  }

  /** Mixes examples into the pool, unless training was stopped; reports on the way. */
  async #mix(
    jobs: readonly MixingJob[],
    phase: TriggerProgress['phase'],
    { done: before, total }: { done: number; total: number },
  ): Promise<ExampleRecord[]> {
    if (this.#stopped) return [];
    return this.#pool.mixAll(jobs, async (done) => {
      await this.#report({ phase, done: before + done, total });
      return !this.#stopped;
    });
  }

  /**
   * Replaces a part of the pool, by fresh examples and by hard negatives.
   * @param resampling which, from 0
   */
  async #resample(resampling: number): Promise<void> {
    const { share, candidates, hardNegatives } = this.#plan.preset.training.resampling!;
    const places = this.#random
      .shuffle(Int32Array.from({ length: this.#numbers.length }, (_, i) => i))
      .subarray(0, Math.round(share * this.#numbers.length));
    // A small pool takes hard negatives in proportion.
    const max = Math.min(hardNegatives, Math.round(places.length / 10));
    const listened = Math.round((candidates * max) / hardNegatives);
    const fresh = places.length - max;
    const total = fresh + listened;
    // Numbers go on after those of the first examples and of earlier resamplings, so that each has its own.
    const numbered = (n: number): ExampleNumber => ({
      seed: this.#plan.seed,
      example: this.#pool.size + resampling * total + n,
    });
    const put = (numbers: readonly ExampleNumber[], from: number): MixingJob[] =>
      numbers.map((number, n) => ({ place: places[from + n], number }));
    const freshNumbers = Array.from({ length: fresh }, (_, n) => numbered(n));
    await this.#replace(put(freshNumbers, 0), { done: 0, total });
    const heard = await this.#listen(
      Array.from({ length: listened }, (_, n): ExampleNumber => ({ ...numbered(fresh + n), wordless: true })),
      { done: fresh, total },
    );
    heard.sort((a, b) => b.score - a.score);
    const hardest = heard.slice(0, max).map(({ number }) => number);
    await this.#replace(put(hardest, fresh), { done: total - hardest.length, total });
    this.#hardNegatives += hardest.length;
  }

  async #replace(jobs: readonly MixingJob[], progress: { done: number; total: number }): Promise<void> {
    this.#tell(await this.#mix(jobs, 'mining', progress));
    for (const { place, number } of jobs) this.#numbers[place] = number;
  }

  /** Mixes examples beside the pool, and says how high the network's scores go in each. */
  async #listen(
    numbers: readonly ExampleNumber[],
    { done, total }: { done: number; total: number },
  ): Promise<{ number: ExampleNumber; score: number }[]> {
    const { network, preset } = this.#plan;
    const heard: { number: ExampleNumber; score: number }[] = [];
    for (let from = 0; from < numbers.length && !this.#stopped; from += LISTENED_AT_ONCE) {
      const part = numbers.slice(from, from + LISTENED_AT_ONCE);
      const jobs = part.map((number, n) => ({ place: this.#pool.size + n, number }));
      await this.#mix(jobs, 'mining', { done: done + from, total });
      const places = Int32Array.from(jobs, ({ place }) => place);
      const scores = await highestScores(network, this.#pool, places, preset.firing.smoothSteps);
      part.forEach((number, n) => heard.push({ number, score: scores[n] }));
    }
    return heard;
  }

  /** An epoch's examples, in an order of its own, from a pool that was resampled where that is due. */
  async *#batches(): AsyncGenerator<Int32Array, void, void> {
    const resampling = this.#resamplingEpochs.indexOf(this.#epoch);
    if (resampling >= 0) await this.#resample(resampling);
    const { batchSize } = this.#plan.preset.training;
    const { size } = this.#pool;
    const order = this.#random.shuffle(Int32Array.from({ length: size }, (_, i) => i));
    this.#lossSum = 0;
    this.#done = 0;
    for (let from = 0; from < size && !this.#stopped; from += batchSize) {
      yield order.subarray(from, Math.min(size, from + batchSize));
    }
  }

  async #step(examples: Int32Array): Promise<void> {
    const { network, preset, epochs } = this.#plan;
    const { batchSize } = preset.training;
    const { x, y, sampleWeight } = this.#pool.batch(examples, this.#random);
    const loss = await network.trainOnBatch(x, y, { sampleWeight, batchSize });
    this.#lossSum += loss * examples.length;
    const { size } = this.#pool;
    const done = (this.#done += examples.length) + this.#epoch * size;
    await this.#report({ phase: 'training', done, total: epochs * size, loss });
  }

  async #endEpoch(): Promise<void> {
    // Where resampling was stopped the epoch had no batch.
    if (this.#stopped) return;
    const loss = this.#lossSum / this.#pool.size;
    this.#epoch++;
    this.#loss = loss;
    const { epochs, patience, preset } = this.#plan;
    const candidates = preset.training.modelSelection?.candidates ?? 0;
    // Where training may end at any epoch, each is a candidate.
    const isCandidate = patience !== undefined || this.#epoch > epochs - candidates;
    const kept = isCandidate ? await this.#selection?.keep() : undefined;
    if (patience !== undefined) this.#sinceBest = kept?.isBest ? 0 : this.#sinceBest + 1;
    const validation = kept?.validation;
    const heldOut = this.#heldOut && heldOutFigures(await heardIn(this.#sounds, this.#plan), preset.firing);
    this.#plan.onEpoch?.({
      ...{ epoch: this.#epoch, loss },
      ...(validation && { validation }),
      ...(heldOut && { heldOut }),
    });
    await this.#checkpoint?.save({
      state: await this.#plan.network.getTrainingState(),
      position: {
        ...{ epoch: this.#epoch, loss, hardNegatives: this.#hardNegatives },
        sinceBest: this.#sinceBest,
        random: this.#random.getState(),
        numbers: this.#numbers.map(({ example, wordless }) => [example, wordless ? 1 : 0]),
      },
      candidates: this.#selection?.candidates ?? [],
    });
  }

  async #report(progress: TriggerProgress): Promise<void> {
    if (this.#frames.due(progress.done === progress.total)) this.#plan.onProgress?.(progress);
    await this.#rest();
  }

  /** Lets other work run now and then, that which stops this among it. */
  async #rest(): Promise<void> {
    const { signal, isDisposed } = this.#plan;
    await this.#eventLoop.give();
    this.#stopped = isDisposed() || signal?.aborted === true;
  }
}

/**
 * Before which epochs, counted from 0, the pool is resampled.
 * @param beforeLast how many epochs are left then
 * @param scale of a training with as many epochs as the preset's: 1
 */
function resamplingEpochs(beforeLast: readonly number[], scale: number, epochs: number): number[] {
  const at = beforeLast.map((left) => epochs - Math.round(left * scale));
  return [...new Set(at)].filter((epoch) => epoch > 0);
}

function tooFewToValidate(
  { activates }: ClipSet,
  selection: ModelSelectionSettings | undefined,
): SeqkitError {
  return selection === undefined
    ? new SeqkitError('This preset judges no epochs, so that patience cannot tell when to stop.', {
        code: 'usage',
        hint: 'Leave patience out, or give fewer epochs.',
      })
    : new SeqkitError(
        `Patience needs clips to judge by: there are ${activates.length} of the word, expected ${selection.minActivates} or more.`,
        { code: 'too-little-data', hint: 'Leave patience out, or record more.' },
      );
}
