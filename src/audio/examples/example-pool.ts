import { showsPage } from '../../base/host/yield-to-event-loop.js';
import { canShareMemory } from '../../base/host/thread-support.js';
import type { Random } from '../../base/math/random.js';
import { tensor, type Tensor } from '../../rnn/program/tensor.js';
import { maskFeatures } from '../signal/augmentation.js';
import type { ClipSet } from '../clips/clips.js';
import { ExampleMixer, type ExampleStore, type MixingPlan } from './example-mixer.js';
import { recordOf, type ExampleNumber, type ExampleRecord } from './example-record.js';
import type { SpokenWord } from '../detection/evaluation.js';
import type { StepTiming } from '../mixing/labels.js';
import { MixingPool } from './mixing-pool.js';
import type { MixedExample, MixingJob } from './mixing-thread.js';
import { sharedClips } from '../clips/shared-clips.js';
import type { Mixture } from '../mixing/synthesis.js';
import type { TriggerPreset } from '../detection/trigger-settings.js';

/** Examples that a thread is given at a time. */
const CHUNK = 8;

export interface ExamplePoolOptions {
  /** Places beyond `size`, for examples to listen to. @default 0 */
  spare?: number;
  /** That mix at the same time, in {@link ExamplePool.mixAll}. @default 1 */
  threads?: number;
  /** Whether {@link ExamplePool.mixAll} tells how each example was mixed. @default false */
  records?: boolean;
}

/** A batch for training: x (N, frames, bands), y (N, steps, words) and weights (N, steps). */
export interface TrainingBatch {
  x: Tensor;
  y: Tensor;
  sampleWeight: Tensor;
}

/** Mixed examples with their features and labels, kept for several epochs. */
export class ExamplePool {
  readonly size: number;
  readonly #plan: MixingPlan;
  readonly #mixer: ExampleMixer;
  readonly #seed: number;
  readonly #threadCount: number;
  readonly #records: boolean;
  readonly #places: number;
  readonly #said: SpokenWord[][] = [];
  readonly #store: ExampleStore;
  #threadPool: MixingPool | undefined;

  /**
   * @param size number of examples; each is mixed by {@link mix} or {@link mixAll}
   * @param seed example n follows from it and n alone, whatever the order of mixing
   * @param words the trigger words; where there is one, every clip of `activates` holds it
   */
  constructor(
    clips: ClipSet,
    preset: TriggerPreset,
    size: number,
    seed: number,
    words: readonly string[] = [''],
    { spare = 0, threads = 1, records = false }: ExamplePoolOptions = {},
  ) {
    this.size = size;
    this.#plan = { clips, preset, words };
    this.#seed = seed;
    this.#threadCount = canShareMemory() ? threads : 1;
    this.#records = records;
    this.#places = size + spare;
    this.#mixer = new ExampleMixer(this.#plan);
    this.#store = this.#mixer.storeFor(this.#places, this.#threadCount > 1);
  }

  /** Frames of one example. */
  get frames(): number {
    return this.#mixer.frames;
  }

  get timing(): StepTiming {
    return this.#mixer.timing;
  }

  /**
   * Mixes an example into place `index`.
   * @param number which; another than its place where the pool is resampled
   */
  mix(index: number, number: ExampleNumber = { seed: this.#seed, example: index }): Mixture {
    const { mixture, said } = this.#mixer.mixInto(this.#store, index, number);
    this.#said[index] = said;
    return mixture;
  }

  /**
   * Mixes many examples, on all threads that the pool may use; the result is that of {@link mix}.
   * @param onMixed called now and then with how many are there; none are begun any more once it says `false`
   * @returns how each was mixed, in the order of the jobs, where the pool keeps records
   */
  async mixAll(
    jobs: readonly MixingJob[],
    onMixed: (done: number) => Promise<boolean> | boolean = () => true,
  ): Promise<ExampleRecord[]> {
    const records: (ExampleRecord | undefined)[] = [];
    const threads = await this.#openPool();
    // On the thread of a page each takes about a frame.
    const atOnce = threads === undefined && showsPage() ? 1 : CHUNK;
    let [next, done] = [0, 0];
    let wanted = true;
    const work = async (member?: number) => {
      while (wanted && next < jobs.length) {
        const from = next;
        const chunk = jobs.slice(from, (next += atOnce));
        const mixed = (member !== undefined && (await threads!.mix(member, chunk))) || this.#mixHere(chunk);
        mixed.forEach(({ said, record }, i) => {
          this.#said[chunk[i].place] = said;
          records[from + i] = record;
        });
        done += chunk.length;
        wanted = (await onMixed(done)) && wanted;
      }
    };
    const members = (threads?.members ?? []).map(work);
    await (members.length > 0 ? Promise.all(members) : work());
    return records.filter((record) => record !== undefined);
  }

  /** Ends the threads of the pool, which starts new ones where it mixes again. */
  dispose(): void {
    this.#threadPool?.dispose();
    this.#threadPool = undefined;
  }

  /** Which trigger words are said in an example, and when, ascending. */
  wordsIn(index: number): SpokenWord[] {
    return this.#said[index];
  }

  /**
   * The examples with the given indices.
   * @param random masks their features anew each time (SpecAugment); without it they are whole
   */
  batch(indices: Int32Array, random?: Random): TrainingBatch {
    const { preset, words } = this.#plan;
    const { features, training } = preset;
    const store = this.#store;
    const { steps } = this.timing;
    const stride = this.frames * features.bands;
    const x = new Float32Array(indices.length * stride);
    const outputs = steps * words.length;
    const y = new Float32Array(indices.length * outputs);
    const weights = new Float32Array(indices.length * steps);
    const { unpacked } = this.#mixer.packing;
    const masks = { maxFrames: training.maskFrames, maxBands: training.maskBands };
    indices.forEach((example, n) => {
      const row = x.subarray(n * stride, (n + 1) * stride);
      for (let i = 0; i < stride; i++) row[i] = unpacked[store.features[example * stride + i] + 32_768];
      if (random !== undefined) maskFeatures(row, features.bands, masks, random);
      y.set(store.labels.subarray(example * outputs, (example + 1) * outputs), n * outputs);
      weights.set(store.weights.subarray(example * steps, (example + 1) * steps), n * steps);
    });
    const count = indices.length;
    return {
      x: tensor(x, [count, this.frames, features.bands]),
      y: tensor(y, [count, steps, words.length]),
      sampleWeight: tensor(weights, [count, steps]),
    };
  }
  #mixHere(jobs: readonly MixingJob[]): MixedExample[] {
    const { sampleRate } = this.#plan.clips;
    return jobs.map(({ place, number }) => {
      const { mixture, said } = this.#mixer.mixInto(this.#store, place, number);
      return { said, record: this.#records ? recordOf(mixture, { ...number, sampleRate }) : undefined };
    });
  }

  async #openPool(): Promise<MixingPool | undefined> {
    if (this.#threadCount < 2) return undefined;
    this.#threadPool ??= await MixingPool.start(this.#threadCount, {
      plan: { ...this.#plan, clips: sharedClips(this.#plan.clips) },
      ...{ store: this.#store, records: this.#records },
    });
    return this.#threadPool;
  }
}
