import type { FileSource } from '../../base/source/file-source.js';
import type { EngineChoice } from '../engine/choose.js';
import { SeqkitError } from '../../base/errors.js';
import { endByUsing } from '../../base/disposal.js';
import { choice, someText } from '../../base/schema/index.js';
import { symbolicTensors, type Layer } from '../layers/layer.js';
import { LayerGraph } from '../graph/layer-graph.js';
import { describeArchitecture, readModelFile, restoreGraph } from './model-architecture.js';
import { encodeModel, type ModelDescription, type ModelFile } from '../graph/model-file.js';
import { summarize } from '../graph/summary.js';
import {
  bytesOptions,
  checkpointsOptions,
  modelLoadOptions,
  modelEnds,
  modelOptions,
  predictOptions,
  saveOptions,
  stepperOptions,
  summaryOptions,
  type CompileOptions,
  type EvaluateOptions,
  type ModelLoadOptions,
  type ModelEnds,
  type ModelOptions,
  type PredictOptions,
  type SaveOptions,
  type SummaryOptions,
} from './model-options.js';
import { ModelLifetime } from './model-lifetime.js';
import { ModelSession } from './model-session.js';
import { checkCompiled, type Compiled } from './compiled.js';
import { Stepper } from './stepper.js';
import { sizeOf, type Tensor } from '../program/tensor.js';
import { CheckpointFiles } from '../training/checkpoint-files.js';
import type { Several } from '../training/examples.js';
import type { FitOptions, History } from '../training/fit.js';
import type { CarriedBy, TrainingState } from '../training/training-state.js';
import type { ModelTraining } from './model-training.js';

const carriedBy = choice<CarriedBy>(['train', 'evaluate']);

/**
 * Layers in a graph, with Keras's ways: `compile`, `fit`, `evaluate`, `predict`, `save`.
 * Sequences are (batch, time, features), tokens (batch, time), plain rows (batch, features).
 * Where there are several inputs or outputs, x, y and sample weights are arrays of one each.
 *
 * @example
 * const x = input({ shape: [null, 8] });
 * const h = new GRU({ units: 16, returnSequences: true }).apply(x);
 * const model = new Model({ inputs: x, outputs: [new Dense({ units: 1 }).apply(h), h] });
 */
export class Model {
  readonly seed: number;
  readonly engine: EngineChoice;
  readonly threads: number | undefined;
  /** What the user should know about the file it came from. */
  notes: readonly string[] = [];
  readonly #graph: LayerGraph;
  #compiled: Compiled | undefined;
  readonly #session: ModelSession;
  readonly #lifetime = new ModelLifetime();
  #trained: Promise<ModelTraining> | undefined;
  /** As `dispose`, at the end of a block of `using`, where the platform has it. */
  declare readonly [Symbol.dispose]: () => void;
  declare readonly [Symbol.asyncDispose]: () => Promise<void>;

  static {
    endByUsing(this);
  }

  constructor(graph: ModelEnds | LayerGraph, options?: ModelOptions) {
    this.#graph = graph instanceof LayerGraph ? graph : graphBetween(graph);
    const checked = (modelOptions[this.kind] ?? modelOptions['Model'])!.parse(options);
    this.seed = checked.seed ?? 0;
    this.engine = checked.engine ?? 'auto';
    this.threads = checked.threads;
    this.#session = new ModelSession(this.#graph, checked);
  }

  get layers(): readonly Layer[] {
    return this.#graph.layers;
  }

  /** What a file of it is called. */
  protected get kind(): string {
    return 'Model';
  }

  /** Sets what to minimize and how. Optimizer state starts anew. */
  compile(options: CompileOptions): void {
    this.#lifetime.checkIdle('compile');
    this.#compiled = checkCompiled(this.#graph, options);
  }

  /**
   * Makes the weights before the first batch does.
   * @param shapes one example's of each input: (T, D) for sequences, (D) for rows, (T) for tokens
   */
  async build(...shapes: (readonly number[])[]): Promise<void> {
    this.#lifetime.check();
    const { sizeOfShapes } = await import('./model-sizes.js');
    this.#lifetime.check();
    await this.#session.open(sizeOfShapes(this.#graph, shapes));
  }

  /** How many numbers are trained. @throws SeqkitError `usage` before the weights are made */
  countParameters(): number {
    this.#needBuilt();
    return this.#graph.weights
      .filter((weight) => weight.trainable)
      .reduce((total, weight) => total + sizeOf(weight.shape), 0);
  }

  /**
   * A layer by its name, which its options or the model gave.
   * @throws SeqkitError `bad-value` for a name that no layer has: the nearest one is in the hint
   */
  layer(name: string): Layer {
    const names = this.#graph.layers.map((layer) => layer.name);
    return this.#graph.layers[names.indexOf(choice(names).parse(name, 'The name of a layer'))];
  }

  /**
   * The layers as a table: name and kind, the shape of what comes out at the sizes that the model was built
   * with, and how many numbers are trained. In a graph each line says what its layer takes.
   * @throws SeqkitError `usage` before the weights are made
   */
  summary(options?: SummaryOptions): string {
    const { print } = summaryOptions.parse(options);
    this.#needBuilt();
    const table = summarize(this.#graph, this.kind);
    print?.(table);
    return table;
  }

  /**
   * Trains on examples, epoch by epoch. `Standardize` layers that have no statistics yet take
   * them from the examples trained on.
   * @param x (N, T, D), (N, D), or tokens (N, T)
   * @param y targets: classes (N, T) or (N), or values (N, T, F) or (N, F), as the loss wants; undefined where it
   *   takes none
   * @throws SeqkitError `bad-shape` where x, y and the layers do not fit; `diverged` on a
   *   loss that is no finite number
   */
  async fit(x: Several, y?: Several, options?: FitOptions): Promise<History> {
    return this.#lifetime.train(async () => (await this.#training()).fit(x, y, options));
  }

  /**
   * From now on the engine computes in a worker of its own, as `fit` has it with `worker: true`: for pages, whose
   * thread stays free. The numbers are the same. A model that computes on a GPU stays there.
   * @throws SeqkitError `engine` where no worker can start; `usage` for an engine that does not run in one
   */
  async useWorker(): Promise<void> {
    return this.#lifetime.train(() =>
      this.#lifetime.readOnBehalf(async () => {
        const trained = await this.#trained?.catch(() => undefined);
        await this.#session.useWorker((runner) => trained?.moveTo(runner));
      }),
    );
  }

  /** The layers, what each takes, and the features they take, to tell one model from another. */
  describe(): Record<string, unknown> {
    this.#needBuilt();
    return this.#describe();
  }

  #describe(): Record<string, unknown> {
    const { layers, features, graph } = describeArchitecture(this.#graph);
    // What is frozen shows in the steps of the training, and is no part of what the model is.
    const kinds = layers.map(({ kind, options }) => ({ kind, options }));
    return { layers: kinds, features, ...(graph && { graph }) };
  }

  /** All that the next training step depends on besides its batch, for loops of one's own. */
  async getTrainingState(): Promise<TrainingState> {
    this.#needBuilt();
    const training = await this.#training();
    this.#lifetime.check();
    return training.getState();
  }

  /**
   * Goes on from what `getTrainingState` gave, to the last bit. After `compile`, on the same
   * engine: under 'auto' a model that has not trained yet takes the state's.
   */
  async setTrainingState(state: TrainingState): Promise<void> {
    this.#needBuilt();
    await this.#lifetime.train(async () => (await this.#training()).setState(state));
  }

  /** Its checkpoints as files, for loops of one's own. Needs Node. */
  checkpoints(options?: Omit<SaveOptions, 'force'>): CheckpointFiles {
    this.#needBuilt();
    return this.#checkpoints(checkpointsOptions.parse(options));
  }

  #checkpoints(options: Omit<SaveOptions, 'force'>): CheckpointFiles {
    return new CheckpointFiles(this.#description(options), this.#graph.weights);
  }

  /**
   * One training step on one batch, for those who make their batches as they go.
   * @param options.batchSize what to pad a short batch to, so that it needs no program of its own
   * @returns the loss before the step
   */
  async trainOnBatch(x: Several, y?: Several, options?: EvaluateOptions): Promise<number> {
    return this.#lifetime.train(async () => (await this.#training()).trainOnBatch(x, y, options));
  }

  /** The mean loss over examples, without training: of several outputs, the weighted sum. */
  async evaluate(x: Several, y?: Several, options?: EvaluateOptions): Promise<number> {
    return this.#lifetime.read(async () => (await this.#training()).evaluate(x, y, options));
  }

  /**
   * As `evaluate`, with the loss of each of several outputs too, without its weight, by
   * `<name of its layer>Loss`, and with the metrics that `compile` was given.
   */
  async evaluateAll(
    x: Several,
    y?: Several,
    options?: EvaluateOptions,
  ): Promise<{
    loss: number;
    outputLosses: Record<string, number>;
    metrics?: Record<string, number>;
  }> {
    return this.#lifetime.read(async () => (await this.#training()).evaluateAll(x, y, options));
  }

  /** The outputs: (N, T, F), or (N, F) where the last layer has no time axis. Of several, the first. */
  async predict(x: Several, options?: PredictOptions): Promise<Tensor> {
    return (await this.predictAll(x, options))[0];
  }

  /** As `predict`, all outputs in their order. */
  async predictAll(x: Several, options?: PredictOptions): Promise<Tensor[]> {
    this.#lifetime.check();
    const { lengths, batchSize } = predictOptions.parse(options);
    return this.#lifetime.read(async () => {
      const { predictExamples } = await import('./model-prediction.js');
      return predictExamples(this.#graph, this.#session, { x, lengths }, batchSize);
    });
  }

  /**
   * The model one time step at a call, at once, with its own state and a copy of the weights.
   * @param options.batch sequences side by side @default 1
   * @param options.steps time steps at a call; of layers with strides a multiple of them @default 1
   * @throws SeqkitError `usage` before the model is built, fitted or loaded
   */
  stepper(options?: { batch?: number; steps?: number }): Stepper {
    const { batch = 1, steps = 1 } = stepperOptions.parse(options);
    this.#needBuilt();
    return new Stepper(this.#graph, this.engine, batch, steps);
  }

  /** Sets the carried state of `stateful` layers to zero: in all that the model does, or in one thing. */
  async resetStates(by?: CarriedBy): Promise<void> {
    this.#lifetime.check();
    if (by !== undefined) carriedBy.parse(by, 'resetStates');
    const trained = await this.#trained;
    const runner = await this.#session.runner;
    this.#lifetime.check();
    (trained?.trainer ?? runner)?.resetStates(by);
  }

  /** The model as a file's bytes. */
  toBytes(options?: Omit<SaveOptions, 'force'>): Uint8Array {
    const checked = bytesOptions.parse(options);
    this.#needBuilt();
    return encodeModel(this.#description(checked), this.#graph.weights);
  }

  #description(options: Omit<SaveOptions, 'force'>): ModelDescription {
    return {
      kind: options.kind ?? this.kind,
      ...describeArchitecture(this.#graph),
      seed: this.seed,
      settings: options.settings ?? {},
    };
  }

  /** Writes the model to a file, whole or not at all. @throws SeqkitError `file-exists` without `force` */
  async save(path: string, options?: SaveOptions): Promise<void> {
    someText.parse(path, 'save: path');
    const { force = false, ...described } = saveOptions.parse(options);
    const bytes = this.toBytes(described);
    const { writeFileAtomic } = await import('../../base/host/files.js');
    await writeFileAtomic(path, bytes, { force });
  }

  /**
   * Opens a model.
   * @param from a file's path, a URL, a Blob, or its bytes
   * @throws SeqkitError `file-access`, or `bad-file` where it is damaged or foreign
   */
  static async load(from: FileSource, options?: ModelLoadOptions): Promise<Model> {
    return (await Model.open(from, options)).model;
  }

  /** `load`, with what stands beside the weights. */
  static async open(
    from: FileSource,
    options?: ModelLoadOptions,
  ): Promise<{ model: Model; file: ModelFile; source: string }> {
    const { layers, verify = true, ...engine } = modelLoadOptions.parse(options);
    const { file, source } = await readModelFile(from, { verify });
    const model = new Model(restoreGraph(file, source, layers), { ...engine, seed: file.seed });
    model.notes = file.notes;
    await model.open();
    return { model, file, source };
  }

  /** Hands weights that are made to a session. */
  protected async open(): Promise<void> {
    await this.#session.attach();
  }

  /**
   * Frees the memory of the engine. A training that runs stops after the batch in hand, as by its `signal`; what
   * waited for its turn is refused, and so is every later call.
   */
  dispose(): Promise<void> {
    return this.#lifetime.end(() => this.#session.dispose());
  }

  /** What trains and measures it, loaded where that is asked for. */
  #training(): Promise<ModelTraining> {
    this.#trained ??= this.#loadTraining().catch((error: unknown) => {
      // Where it could not be fetched, it may be another time.
      this.#trained = undefined;
      throw error;
    });
    return this.#trained;
  }

  async #loadTraining(): Promise<ModelTraining> {
    const { ModelTraining: Training } = await import('./model-training.js');
    return new Training({
      ...{ graph: this.#graph, session: this.#session, lifetime: this.#lifetime, seed: this.seed },
      compiled: () => this.#compiled,
      describe: () => this.#describe(),
      checkpoints: () => this.#checkpoints({}),
    });
  }

  #needBuilt(): void {
    this.#lifetime.check();
    if (this.#graph.features === undefined || this.#session.runner === undefined) {
      throw new SeqkitError('The model has no weights yet.', {
        code: 'usage',
        hint: 'Call fit, build or load first.',
      });
    }
  }
}

function graphBetween(ends: ModelEnds): LayerGraph {
  const { inputs, outputs } = modelEnds.parse(ends);
  return LayerGraph.between(
    symbolicTensors(inputs, 'Model: inputs'),
    symbolicTensors(outputs, 'Model: outputs'),
  );
}
