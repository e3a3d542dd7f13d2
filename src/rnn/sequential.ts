import { openSession, type AutoReport, type EngineChoice } from './engine/choose.js';
import { SeqkitError } from './errors.js';
import type { Layer } from './layers/layer.js';
import { LayerStack } from './layers/layer-stack.js';
import { describeLayer, makeLayer } from './layers/registry.js';
import { checkKnownOptions } from './known-options.js';
import {
  decodeModel,
  encodeModel,
  storedWeight,
  type ModelDescription,
  type ModelFile,
} from './model-file.js';
import { Random } from './random.js';
import { checkSafetensorsStart } from './safetensors.js';
import { Stepper } from './stepper.js';
import { sizeOf, toTensor, type Tensor, type TensorLike } from './tensor.js';
import type { Examples } from './training/batch-feeder.js';
import { CheckpointFiles } from './training/checkpoint-files.js';
import { fitExamples, type FitOptions, type History } from './training/fit.js';
import { checkFitOptions } from './training/fit-options.js';
import type { ProgramSize } from './training/model-programs.js';
import { Trainer, type Objective } from './training/trainer.js';
import type { CarriedBy, TrainingState } from './training/training-state.js';

export interface SequentialOptions {
  /** Seeds the initial weights, shuffling and dropout. @default 0 */
  seed?: number;
  /** What runs the model. @default 'auto' */
  engine?: EngineChoice;
  /** Called once under 'auto', at the first training step: what it chose, and why. */
  onEngine?: (report: AutoReport) => void;
  /**
   * Threads of the wasm engine; programs with little to do run on one all the same. The
   * numbers do not depend on it. @default as many as the machine runs at once, up to 4
   */
  threads?: number | undefined;
}

/** What stands beside the weights in a model file. */
export interface SaveOptions {
  /** What the file is for. @default 'Sequential' */
  kind?: string;
  /** Anything JSON: vocabulary, features, thresholds. */
  settings?: Record<string, unknown>;
  /** Replace a file that is there. @default false */
  force?: boolean;
}

/**
 * Layers one after the other, with Keras's ways: `compile`, `fit`, `evaluate`, `predict`,
 * `save`. Sequences are (batch, time, features), tokens (batch, time), plain rows
 * (batch, features).
 */
export class Sequential {
  readonly seed: number;
  readonly engine: EngineChoice;
  readonly threads: number | undefined;
  readonly #stack: LayerStack;
  readonly #onEngine: SequentialOptions['onEngine'];
  #objective: Objective | undefined;
  #trainer: Promise<Trainer> | undefined;

  constructor(layers: readonly Layer[], options: SequentialOptions = {}) {
    this.#stack = new LayerStack(layers);
    checkKnownOptions(options, { seed: true, engine: true, threads: true, onEngine: true }, 'Sequential');
    this.seed = options.seed ?? 0;
    this.engine = options.engine ?? 'auto';
    this.threads = options.threads;
    this.#onEngine = options.onEngine;
  }

  get layers(): readonly Layer[] {
    return this.#stack.layers;
  }

  /** Sets what to minimize and how. Optimizer state starts anew. */
  compile(objective: Objective): void {
    this.#objective = { ...objective };
  }

  /**
   * Makes the weights before the first batch does.
   * @param shape one example's: (T, D) for sequences, (D) for rows, (T) for tokens
   */
  async build(shape: readonly number[]): Promise<void> {
    await this.#open(this.#stack.tokens === undefined ? shape[shape.length - 1] : 1);
  }

  /** How many numbers are trained. @throws SeqkitError `usage` before the weights are made */
  countParameters(): number {
    this.#needBuilt();
    return this.#stack.weights
      .filter((weight) => weight.trainable)
      .reduce((total, weight) => total + sizeOf(weight.shape), 0);
  }

  /**
   * Trains on examples, epoch by epoch.
   * @param x (N, T, D), (N, D), or tokens (N, T)
   * @param y targets: classes (N, T) or (N), or values (N, T, F) or (N, F), as the loss wants
   * @throws SeqkitError `bad-shape` where x, y and the layers do not fit; `diverged` on a
   *   loss that is no finite number
   */
  async fit(x: TensorLike, y: TensorLike, options: FitOptions = {}): Promise<History> {
    checkFitOptions(options, this.#stack.stateful);
    const examples = this.#examples(x, y, options.sampleWeight);
    const { validationData } = options;
    if (validationData) this.#examples(validationData.x, validationData.y);
    const model = {
      seed: this.seed,
      stateful: this.#stack.stateful,
      trainer: await this.#compiled(examples.x),
      sizeOfBatch: (tensor: Tensor) => this.#size(tensor, options.batchSize ?? 32),
      describe: () => this.describe(),
      checkpoints: () => this.checkpoints(),
    };
    return fitExamples(model, examples, options);
  }

  /** The layers with their options, and the features they take, to tell one model from another. */
  describe(): Record<string, unknown> {
    this.#needBuilt();
    return { layers: this.layers.map(describeLayer), features: this.#stack.features };
  }

  /** All that the next training step depends on besides its batch, for loops of one's own. */
  async getTrainingState(): Promise<TrainingState> {
    this.#needBuilt();
    return (await this.#trainer!).getState();
  }

  /** Goes on from what `getTrainingState` gave, to the last bit. After `compile`, on the same engine. */
  async setTrainingState(state: TrainingState): Promise<void> {
    this.#needBuilt();
    const trainer = await this.#trainer!;
    if (this.#objective) trainer.compile(this.#objective);
    trainer.setState(state);
  }

  /** Its checkpoints as files, for loops of one's own. Needs Node. */
  checkpoints(options: Omit<SaveOptions, 'force'> = {}): CheckpointFiles {
    return new CheckpointFiles(this.#description(options), this.#stack.weights);
  }

  /**
   * One training step on one batch, for those who make their batches as they go.
   * @param options.batchSize what to pad a short batch to, so that it needs no program of its own
   * @returns the loss before the step
   */
  async trainOnBatch(
    x: TensorLike,
    y: TensorLike,
    options: { sampleWeight?: TensorLike; batchSize?: number } = {},
  ): Promise<number> {
    checkKnownOptions(options, { sampleWeight: true, batchSize: true }, 'trainOnBatch');
    const examples = this.#examples(x, y, options.sampleWeight);
    const trainer = await this.#compiled(examples.x);
    const count = examples.x.shape[0];
    const { batchSize = count } = options;
    if (batchSize < count) {
      throw new SeqkitError(`A batch of ${count} examples does not fit into a batchSize of ${batchSize}.`, {
        code: 'bad-shape',
        hint: 'Call fit, which makes batches, or give fewer examples.',
      });
    }
    return trainer.train(this.#size(examples.x, batchSize), examples, range(count), 0, count);
  }

  /** The mean loss over examples, without training. */
  async evaluate(
    x: TensorLike,
    y: TensorLike,
    options: { sampleWeight?: TensorLike; batchSize?: number } = {},
  ): Promise<number> {
    checkKnownOptions(options, { sampleWeight: true, batchSize: true }, 'evaluate');
    const examples = this.#examples(x, y, options.sampleWeight);
    const trainer = await this.#compiled(examples.x);
    const total = examples.x.shape[0];
    const batchSize = options.batchSize ?? Math.min(32, total);
    let sum = 0;
    for (let start = 0; start < total; start += batchSize) {
      const count = Math.min(batchSize, total - start);
      const loss = await trainer.evaluate(
        this.#size(examples.x, batchSize),
        examples,
        range(total),
        start,
        count,
      );
      sum += loss * count;
    }
    return sum / total;
  }

  /** The outputs: (N, T, F), or (N, F) where the last layer has no time axis. */
  async predict(x: TensorLike, options: { batchSize?: number } = {}): Promise<Tensor> {
    checkKnownOptions(options, { batchSize: true }, 'predict');
    const examples = this.#examples(x);
    const trainer = await this.#open(this.#featuresOf(examples.x));
    const total = examples.x.shape[0];
    const batchSize = options.batchSize ?? Math.min(32, total);
    let result: Float32Array | undefined;
    let shape: number[] = [];
    for (let start = 0; start < total; start += batchSize) {
      const count = Math.min(batchSize, total - start);
      const size = this.#size(examples.x, batchSize);
      const { rows, output } = await trainer.predict(size, examples, range(total), start, count);
      const time = output.time ?? 1;
      shape = output.time === undefined ? [total, output.features] : [total, time, output.features];
      result ??= new Float32Array(sizeOf(shape));
      for (let n = 0; n < count; n++) {
        for (let t = 0; t < time; t++) {
          const from = (t * batchSize + n) * output.features;
          const to = ((start + n) * time + t) * output.features;
          for (let f = 0; f < output.features; f++) result[to + f] = rows[from + f];
        }
      }
    }
    return { data: result!, shape };
  }

  /**
   * The model one time step at a call, at once, with its own state and a copy of the weights.
   * @param options.batch sequences side by side @default 1
   * @throws SeqkitError `usage` before the model is built, fitted or loaded
   */
  stepper(options: { batch?: number } = {}): Stepper {
    this.#needBuilt();
    return new Stepper(this.#stack, this.engine, options.batch ?? 1);
  }

  /** Sets the carried state of `stateful` layers to zero: in all that the model does, or in one thing. */
  async resetStates(by?: CarriedBy): Promise<void> {
    (await this.#trainer)?.resetStates(by);
  }

  /** The model as a file's bytes. */
  toBytes(options: Omit<SaveOptions, 'force'> = {}): Uint8Array {
    return encodeModel(this.#description(options), this.#stack.weights);
  }

  #description(options: Omit<SaveOptions, 'force'>): ModelDescription {
    this.#needBuilt();
    return {
      kind: options.kind ?? 'Sequential',
      layers: this.layers.map(describeLayer),
      features: this.#stack.features!,
      seed: this.seed,
      settings: options.settings ?? {},
    };
  }

  /** Writes the model to a file, whole or not at all. @throws SeqkitError `file-exists` without `force` */
  async save(path: string, options: SaveOptions = {}): Promise<void> {
    checkKnownOptions(options, { kind: true, settings: true, force: true }, 'save');
    const bytes = this.toBytes(options);
    const { writeFileAtomic } = await import('./host/files.js');
    await writeFileAtomic(path, bytes, { force: options.force ?? false });
  }

  /**
   * Opens a model.
   * @param from a file's path, or its bytes
   * @throws SeqkitError `file-access`, or `bad-file` where it is damaged or foreign
   */
  static async load(
    from: string | Uint8Array,
    options: Pick<SequentialOptions, 'engine' | 'threads' | 'onEngine'> = {},
  ): Promise<Sequential> {
    return (await Sequential.open(from, options)).model;
  }

  /** `load`, with what stands beside the weights. */
  static async open(
    from: string | Uint8Array,
    options: Pick<SequentialOptions, 'engine' | 'threads' | 'onEngine'> = {},
  ): Promise<{ model: Sequential; file: ModelFile }> {
    const source = typeof from === 'string' ? from : 'the model';
    const bytes =
      typeof from === 'string'
        ? (await import('./host/files.js')).readFileBytes(from, 'a model', checkSafetensorsStart)
        : from;
    const file = decodeModel(bytes, source);
    const model = new Sequential(file.layers.map(makeLayer), { ...options, seed: file.seed });
    model.#stack.build(file.features, new Random(file.seed));
    for (const weight of model.#stack.weights) weight.set(storedWeight(file, weight, source));
    await model.#open(file.features);
    return { model, file };
  }

  /** Frees the memory of the engine. The model cannot be used after. */
  async dispose(): Promise<void> {
    (await this.#trainer)?.dispose();
  }

  /** Weights made and handed to a session, once. */
  #open(features: number): Promise<Trainer> {
    this.#stack.build(features, new Random(this.seed).fork('weights'));
    const { threads } = this;
    this.#trainer ??= openSession(this.engine, { threads, onChoice: this.#onEngine }).then((session) => {
      for (const weight of this.#stack.weights) weight.attach(session);
      return new Trainer(this.#stack, session, this.seed);
    });
    return this.#trainer;
  }

  async #compiled(x: Tensor): Promise<Trainer> {
    if (!this.#objective) {
      throw new SeqkitError('The model has no loss and optimizer yet.', {
        code: 'usage',
        hint: 'Call model.compile({ optimizer, loss }) first.',
      });
    }
    const trainer = await this.#open(this.#featuresOf(x));
    trainer.compile(this.#objective);
    return trainer;
  }

  #examples(x: TensorLike, y?: TensorLike, sampleWeight?: TensorLike): Examples {
    const input = toTensor(x);
    this.#size(input, 1);
    const targets = y && toTensor(y);
    const weights = sampleWeight && toTensor(sampleWeight);
    for (const [what, other] of [
      ['targets', targets],
      ['sample weights', weights],
    ] as const) {
      if (other && other.shape[0] !== input.shape[0]) {
        throw new SeqkitError(`There are ${input.shape[0]} examples, but ${other.shape[0]} ${what}.`, {
          code: 'bad-shape',
        });
      }
    }
    return { x: input, y: targets, sampleWeight: weights };
  }

  #featuresOf(x: Tensor): number {
    return this.#size(x, 1).features;
  }

  #size({ shape }: Tensor, batch: number): ProgramSize {
    if (!Number.isInteger(batch) || batch < 1) {
      throw new SeqkitError(`batchSize must be a whole number of at least 1, not ${batch}.`, {
        code: 'bad-value',
      });
    }
    const tokens = this.#stack.tokens !== undefined;
    const wanted = tokens ? '(batch, time) of tokens' : '(batch, time, features) or (batch, features)';
    const fits = tokens ? shape.length === 2 : shape.length === 2 || shape.length === 3;
    if (!fits || shape.some((size) => size === 0)) {
      throw new SeqkitError(
        `The input has shape (${shape.join(', ')}); the model takes ${wanted}, none of them 0.`,
        {
          code: 'bad-shape',
        },
      );
    }
    if (tokens) return { batch, time: shape[1], features: 1 };
    return { batch, time: shape.length === 3 ? shape[1] : undefined, features: shape[shape.length - 1] };
  }

  #needBuilt(): void {
    if (this.#stack.features === undefined || this.#trainer === undefined) {
      throw new SeqkitError('The model has no weights yet.', {
        code: 'usage',
        hint: 'Call fit, build or load first.',
      });
    }
  }
}

function range(count: number): Int32Array {
  return Int32Array.from({ length: count }, (_, i) => i);
}
