import type { SpeechEmbedding } from '../embedding/speech-embedding.js';
import { showsPage } from '../../base/host/yield-to-event-loop.js';
import { IS_NODE } from '../../base/host/platform.js';
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

/** So many examples are enough to know how features are spread. */
const MAX_MEASURED = 500;
/** Examples that a thread is given at a time. */
const CHUNK = 8;

export interface ExamplePoolOptions {
  /** Places beyond `size`, for examples to listen to. @default 0 */
  spare?: number;
  /** That mix at the same time, in {@link ExamplePool.mixAll}. @default 1 */
  threads?: number;
  /** Whether {@link ExamplePool.mixAll} tells how each example was mixed. @default false */
  records?: boolean;
  /** That features of kind `embedding` are made by. */
  embedding?: SpeechEmbedding | undefined;
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
  /** Of each feature over the examples, where noise goes by them. */
  #deviations: Float64Array | undefined;

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
    { spare = 0, threads = 1, records = false, embedding }: ExamplePoolOptions = {},
  ) {
    this.size = size;
    this.#plan = { clips, preset, words, embedding };
    this.#seed = seed;
    // The threads of a page have no embedding: see without-embedding.ts.
    const haveAll = IS_NODE || embedding === undefined;
    this.#threadCount = canShareMemory() && haveAll ? threads : 1;
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
   * Puts an example without the words into place `index` that was mixed and turned into features elsewhere.
   * @param features (frames, bands)
   */
  put(index: number, features: Float32Array): void {
    const { length } = features;
    const { steps } = this.timing;
    const outputs = steps * this.#plan.words.length;
    const store = this.#store;
    for (let i = 0; i < length; i++)
      store.features[index * length + i] = this.#mixer.packing.pack(features[i]);
    store.labels.fill(0, index * outputs, (index + 1) * outputs);
    store.weights.fill(1, index * steps, (index + 1) * steps);
    this.#said[index] = [];
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
    const deviations = training.noise ? this.#noiseDeviations(training.noise) : undefined;
    const masks = { maxFrames: training.maskFrames, maxBands: training.maskBands };
    indices.forEach((example, n) => {
      const row = x.subarray(n * stride, (n + 1) * stride);
      for (let i = 0; i < stride; i++) row[i] = unpacked[store.features[example * stride + i] + 32_768];
      if (random !== undefined) {
        maskFeatures(row, features.bands, masks, random);
        if (deviations !== undefined) addNoise(row, deviations, random);
      }
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

  /** The features of the examples, (n, bands), as far as they are mixed: of some where they are many. */
  rows(): Float32Array {
    const stride = this.frames * this.#plan.preset.features.bands;
    const step = Math.max(1, Math.floor(this.size / MAX_MEASURED));
    const { unpacked } = this.#mixer.packing;
    const rows = new Float32Array(Math.ceil(this.size / step) * stride);
    for (let n = 0; n * step < this.size; n++) {
      const from = n * step * stride;
      for (let i = 0; i < stride; i++)
        rows[n * stride + i] = unpacked[this.#store.features[from + i] + 32_768];
    }
    return rows;
  }

  /** How strong the noise on each feature is; of the examples as they were when first asked. */
  #noiseDeviations(share: number): Float64Array {
    this.#deviations ??= deviationsOf(this.rows(), this.#plan.preset.features.bands);
    return this.#deviations.map((deviation) => share * deviation);
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
    const { clips, preset, words, embedding } = this.#plan;
    this.#threadPool ??= await MixingPool.start(this.#threadCount, {
      plan: { clips: sharedClips(clips), preset, words },
      embedding: embedding?.file,
      ...{ store: this.#store, records: this.#records },
    });
    return this.#threadPool;
  }
}

/** The deviation of each feature over rows (n, bands). */
function deviationsOf(rows: Float32Array, bands: number): Float64Array {
  const [sums, squares] = [new Float64Array(bands), new Float64Array(bands)];
  for (let i = 0; i < rows.length; i++) {
    sums[i % bands] += rows[i];
    squares[i % bands] += rows[i] ** 2;
  }
  const count = rows.length / bands;
  return sums.map((sum, band) => Math.sqrt(Math.max(0, squares[band] / count - (sum / count) ** 2)));
}

function addNoise(row: Float32Array, deviations: Float64Array, random: Random): void {
  for (let i = 0; i < row.length; i++) row[i] += random.normal(0, 1) * deviations[i % deviations.length];
}
