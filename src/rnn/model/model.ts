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
  evaluateOptions,
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
import { objectiveOf } from './objective.js';
import { Stepper } from './stepper.js';
import { sizeOf, sizes, type Tensor } from '../program/tensor.js';
import type { BatchLoss } from '../training/batch-loss.js';
import { CheckpointFiles } from '../training/checkpoint-files.js';
import {
  countOf,
  readExamples,
  targetsOf,
  type Examples,
  type GivenExamples,
  type Several,
} from '../training/examples.js';
import { readFitOptions } from '../training/fit-options.js';
import { fitExamples, type FitOptions, type History, type ValidationData } from '../training/fit.js';
import { lossTerms } from '../losses/loss-choice.js';
import { programSize } from '../training/input-sizes.js';
import { meanLoss, predictions, type Selection } from '../training/batched-evaluation.js';
import { hasMetrics, metricNamesOf, MetricPass } from '../training/metric-pass.js';
import { fitStandardizers } from '../training/standardizing.js';
import type { Objective, Trainer } from '../training/trainer.js';
import { checkTrainingState, type CarriedBy, type TrainingState } from '../training/training-state.js';

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
  #objective: Objective | undefined;
  readonly #session: ModelSession;
  readonly #lifetime = new ModelLifetime();
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
    this.#objective = objectiveOf(this.#graph, options);
  }

  /**
   * Makes the weights before the first batch does.
   * @param shapes one example's of each input: (T, D) for sequences, (D) for rows, (T) for tokens
   */
  async build(...shapes: (readonly number[])[]): Promise<void> {
    this.#lifetime.check();
    const batches = shapes.map((shape, i) => ({
      data: new Float32Array(),
      shape: [1, ...sizes.parse(shape, `build: shape ${i}`)],
    }));
    if (batches.length !== this.#graph.inputs.length) {
      throw new SeqkitError(
        `The model has ${this.#graph.inputs.length} inputs; ${batches.length} shapes came.`,
        {
          code: 'usage',
        },
      );
    }
    await this.#session.open(programSize(this.#graph, { inputs: batches }, 1));
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
    this.#lifetime.check();
    const checked = readFitOptions(options, this.#graph.stateful);
    const { validationData, sampleWeight, lengths } = checked;
    const examples = this.#examples({ x, y: targetsOf(y, 'fit', this.#takesTargets), sampleWeight, lengths });
    const validation = validationData && this.#validation(validationData);
    this.#needCompiled();
    return this.#lifetime.train(async () => {
      if (checked.worker) await this.#useWorker();
      return this.#fit(examples, validation, checked);
    });
  }

  /**
   * From now on the engine computes in a worker of its own, as `fit` has it with `worker: true`: for pages, whose
   * thread stays free. The numbers are the same. A model that computes on a GPU stays there.
   * @throws SeqkitError `engine` where no worker can start; `usage` for an engine that does not run in one
   */
  async useWorker(): Promise<void> {
    return this.#lifetime.train(() => this.#useWorker());
  }

  #useWorker(): Promise<void> {
    return this.#lifetime.readOnBehalf(() => this.#session.useWorker());
  }

  #validation(given: ValidationData): Examples {
    const needed = this.#takesTargets;
    if (given.y === undefined && needed.includes(true)) {
      throw new SeqkitError('validationData needs the option "y".', {
        code: 'usage',
        hint: 'Give y: the targets of its examples.',
      });
    }
    return this.#examples({ ...given, y: targetsOf(given.y, 'fit', needed) });
  }

  async #fit(examples: Examples, validation: Examples | undefined, options: FitOptions): Promise<History> {
    const trainer = await this.#compiled(examples);
    fitStandardizers(this.#graph, examples, validation ? 0 : (options.validationSplit ?? 0));
    const { outputNames } = this.#graph;
    const model = {
      seed: this.seed,
      stateful: this.#graph.stateful,
      trainer,
      outputNames: outputNames.length > 1 ? outputNames : [],
      isOver: () => this.#lifetime.over,
      callBack: (task: () => unknown) => this.#lifetime.callBack(task),
      evaluate: (selection: Selection, pass?: MetricPass) =>
        this.#lifetime.readOnBehalf(() => meanLoss(trainer, selection, pass)),
      sizeOfBatch: (of: Examples) => programSize(this.#graph, of, options.batchSize ?? 32),
      describe: () => this.#describe(),
      checkpoints: () => this.#checkpoints({}),
    };
    return fitExamples(model, { examples, validation }, options);
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
    const trainer = await this.#session.trainer!;
    this.#lifetime.check();
    return trainer.getState();
  }

  /**
   * Goes on from what `getTrainingState` gave, to the last bit. After `compile`, on the same
   * engine: under 'auto' a model that has not trained yet takes the state's.
   */
  async setTrainingState(state: TrainingState): Promise<void> {
    this.#needBuilt();
    checkTrainingState(state);
    await this.#lifetime.train(async () => {
      const trainer = await this.#session.trainer!;
      if (this.#objective) trainer.compile(this.#objective);
      await trainer.resume(state);
    });
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
    this.#lifetime.check();
    const { sampleWeight, lengths, ...rest } = evaluateOptions.parse(options, 'trainOnBatch');
    const targets = targetsOf(y, 'trainOnBatch', this.#takesTargets);
    const examples = this.#examples({ x, y: targets, sampleWeight, lengths });
    this.#needCompiled();
    const count = countOf(examples);
    const { batchSize = count } = rest;
    if (batchSize < count) {
      throw new SeqkitError(`A batch of ${count} examples does not fit into a batchSize of ${batchSize}.`, {
        code: 'bad-shape',
        hint: 'Call fit, which makes batches, or give fewer examples.',
      });
    }
    const size = programSize(this.#graph, examples, batchSize);
    return this.#lifetime.train(async () => {
      const trainer = await this.#compiled(examples);
      return (await trainer.train(size, examples, range(count), 0, count)).loss;
    });
  }

  /** The mean loss over examples, without training: of several outputs, the weighted sum. */
  async evaluate(x: Several, y?: Several, options?: EvaluateOptions): Promise<number> {
    return (await this.#evaluate(x, y, options, 'evaluate')).loss;
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
    const metrics = this.#objective?.metrics;
    const pass = hasMetrics(metrics) ? new MetricPass(metrics) : undefined;
    const { loss, outputs } = await this.#evaluate(x, y, options, 'evaluateAll', pass);
    const names = this.#graph.outputNames;
    const own = names.length > 1 ? outputs : [loss];
    const outputLosses = Object.fromEntries(names.map((name, i) => [`${name}Loss`, own[i]]));
    if (!pass) return { loss, outputLosses };
    const figures = pass.results();
    const named = metricNamesOf(metrics!, names).map((name, i) => [name, figures[i]] as const);
    return { loss, outputLosses, metrics: Object.fromEntries(named) };
  }

  async #evaluate(
    x: Several,
    y: Several | undefined,
    options: EvaluateOptions | undefined,
    name: string,
    pass?: MetricPass,
  ): Promise<BatchLoss> {
    this.#lifetime.check();
    const { sampleWeight, lengths, batchSize } = evaluateOptions.parse(options, name);
    const examples = this.#examples({ x, y: targetsOf(y, name, this.#takesTargets), sampleWeight, lengths });
    this.#needCompiled();
    return this.#lifetime.read(async () =>
      meanLoss(await this.#compiled(examples), this.#selection(examples, batchSize), pass),
    );
  }

  /** The outputs: (N, T, F), or (N, F) where the last layer has no time axis. Of several, the first. */
  async predict(x: Several, options?: PredictOptions): Promise<Tensor> {
    return (await this.predictAll(x, options))[0];
  }

  /** As `predict`, all outputs in their order. */
  async predictAll(x: Several, options?: PredictOptions): Promise<Tensor[]> {
    this.#lifetime.check();
    const { lengths, batchSize } = predictOptions.parse(options);
    const examples = this.#examples({ x, lengths });
    const selection = this.#selection(examples, batchSize);
    return this.#lifetime.read(async () => predictions(await this.#session.open(selection.size), selection));
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
    const trainer = await this.#session.trainer;
    this.#lifetime.check();
    trainer?.resetStates(by);
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

  /** After `#needCompiled`. */
  async #compiled(examples: Examples): Promise<Trainer> {
    const trainer = await this.#session.open(programSize(this.#graph, examples, 1));
    trainer.compile(this.#objective!);
    return trainer;
  }

  /** All of the examples, for a pass over them. */
  #selection(examples: Examples, batchSize?: number): Selection {
    const total = countOf(examples);
    const size = programSize(this.#graph, examples, batchSize ?? Math.min(32, total));
    return { examples, indices: range(total), size };
  }

  /** Examples whose shapes the model takes. */
  #examples(given: GivenExamples): Examples {
    const examples = readExamples(this.#graph, given);
    programSize(this.#graph, examples, 1);
    return examples;
  }

  /** For each output whether its loss takes targets; true before `compile`. */
  get #takesTargets(): boolean[] {
    const terms = this.#objective && lossTerms(this.#objective.loss);
    return this.#graph.outputs.map((_, i) => terms?.[i].loss.targets !== 'none');
  }

  #needCompiled(): void {
    if (this.#objective) return;
    throw new SeqkitError('The model has no loss and optimizer yet.', {
      code: 'usage',
      hint: 'Call model.compile({ optimizer, loss }) first.',
    });
  }

  #needBuilt(): void {
    this.#lifetime.check();
    if (this.#graph.features === undefined || this.#session.trainer === undefined) {
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

function graphBetween(ends: ModelEnds): LayerGraph {
  const { inputs, outputs } = modelEnds.parse(ends);
  return LayerGraph.between(
    symbolicTensors(inputs, 'Model: inputs'),
    symbolicTensors(outputs, 'Model: outputs'),
  );
}
