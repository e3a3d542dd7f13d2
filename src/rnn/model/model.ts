import { openSession, type EngineChoice } from '../engine/choose.js';
import { SeqkitError } from '../../base/errors.js';
import { checkKnownOptions } from '../../base/options.js';
import type { Layer } from '../layers/layer.js';
import { LayerGraph, type InputShape } from '../graph/layer-graph.js';
import { describeArchitecture, readModelFile, restoreGraph } from './model-architecture.js';
import { encodeModel, type ModelDescription, type ModelFile } from '../graph/model-file.js';
import {
  evaluateKeys,
  loadKeys,
  type CompileOptions,
  type EvaluateOptions,
  type LoadOptions,
  type ModelEnds,
  type ModelOptions,
  type PredictOptions,
  type SaveOptions,
} from './model-options.js';
import { Random } from '../../base/random.js';
import { Stepper } from './stepper.js';
import { sizeOf, type Tensor } from '../tensor.js';
import type { BatchLoss } from '../training/batch-loss.js';
import { CheckpointFiles } from '../training/checkpoint-files.js';
import {
  countOf,
  readExamples,
  type Examples,
  type GivenExamples,
  type Several,
} from '../training/examples.js';
import { checkFitOptions } from '../training/fit-options.js';
import { fitExamples, type FitOptions, type History } from '../training/fit.js';
import { programSize } from '../training/input-sizes.js';
import type { Loss } from '../training/losses.js';
import type { ProgramSize } from '../training/model-programs.js';
import { meanLoss, predictions, type Selection } from '../training/batched-evaluation.js';
import { fitStandardizers } from '../training/standardizing.js';
import { Trainer, type Objective } from '../training/trainer.js';
import type { CarriedBy, TrainingState } from '../training/training-state.js';

const many = <Item>(one: Item | readonly Item[]): readonly Item[] =>
  (Array.isArray(one) ? one : [one]) as readonly Item[];

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
  readonly #onEngine: ModelOptions['onEngine'];
  #objective: Objective | undefined;
  #trainer: Promise<Trainer> | undefined;

  constructor(graph: ModelEnds | LayerGraph, options: ModelOptions = {}) {
    if (!(graph instanceof LayerGraph)) checkKnownOptions(graph, { inputs: true, outputs: true }, this.kind);
    this.#graph =
      graph instanceof LayerGraph ? graph : LayerGraph.between(many(graph.inputs), many(graph.outputs));
    checkKnownOptions(options, { seed: true, engine: true, threads: true, onEngine: true }, this.kind);
    this.seed = options.seed ?? 0;
    this.engine = options.engine ?? 'auto';
    this.threads = options.threads;
    this.#onEngine = options.onEngine;
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
    checkKnownOptions(
      options,
      { loss: true, lossWeights: true, evaluationLoss: true, optimizer: true },
      'compile',
    );
    const { loss, lossWeights, evaluationLoss = loss, optimizer } = options;
    const losses = many(loss);
    const measured = many(evaluationLoss);
    const { length } = this.#graph.outputs;
    if ([losses, measured, lossWeights ?? losses].some((each) => each.length !== length)) {
      const besides = evaluationLoss === loss ? '' : `, ${measured.length} to evaluate`;
      throw new SeqkitError(
        `The model has ${length} outputs; ${losses.length} losses${besides} and ${lossWeights?.length ?? length} weights were given.`,
        { code: 'usage' },
      );
    }
    const terms = (all: readonly Loss[]) =>
      all.map((one, i) => ({ loss: one, weight: lossWeights?.[i] ?? 1 }));
    this.#objective = { loss: terms(losses), evaluationLoss: terms(measured), optimizer };
  }

  /**
   * Makes the weights before the first batch does.
   * @param shapes one example's of each input: (T, D) for sequences, (D) for rows, (T) for tokens
   */
  async build(...shapes: (readonly number[])[]): Promise<void> {
    const batches = shapes.map((shape) => ({ data: new Float32Array(), shape: [1, ...shape] }));
    if (batches.length !== this.#graph.inputs.length) {
      throw new SeqkitError(
        `The model has ${this.#graph.inputs.length} inputs; ${batches.length} shapes came.`,
        {
          code: 'usage',
        },
      );
    }
    await this.#open(programSize(this.#graph, { inputs: batches }, 1));
  }

  /** How many numbers are trained. @throws SeqkitError `usage` before the weights are made */
  countParameters(): number {
    this.#needBuilt();
    return this.#graph.weights
      .filter((weight) => weight.trainable)
      .reduce((total, weight) => total + sizeOf(weight.shape), 0);
  }

  /**
   * Trains on examples, epoch by epoch. `Standardize` layers that have no statistics yet take
   * them from the examples trained on.
   * @param x (N, T, D), (N, D), or tokens (N, T)
   * @param y targets: classes (N, T) or (N), or values (N, T, F) or (N, F), as the loss wants
   * @throws SeqkitError `bad-shape` where x, y and the layers do not fit; `diverged` on a
   *   loss that is no finite number
   */
  async fit(x: Several, y: Several, options: FitOptions = {}): Promise<History> {
    checkFitOptions(options, this.#graph.stateful);
    const { validationData, sampleWeight, lengths } = options;
    const examples = this.#examples({ x, y, sampleWeight, lengths });
    const validation = validationData && this.#examples(validationData);
    const trainer = await this.#compiled(examples);
    fitStandardizers(this.#graph, examples, validation ? 0 : (options.validationSplit ?? 0));
    const { outputNames } = this.#graph;
    const model = {
      seed: this.seed,
      stateful: this.#graph.stateful,
      trainer,
      outputNames: outputNames.length > 1 ? outputNames : [],
      sizeOfBatch: (of: Examples) => programSize(this.#graph, of, options.batchSize ?? 32),
      describe: () => this.describe(),
      checkpoints: () => this.checkpoints(),
    };
    return fitExamples(model, { examples, validation }, options);
  }

  /** The layers, what each takes, and the features they take, to tell one model from another. */
  describe(): Record<string, unknown> {
    this.#needBuilt();
    const { layers, features, graph } = describeArchitecture(this.#graph);
    return { layers, features, ...(graph && { graph }) };
  }

  /** All that the next training step depends on besides its batch, for loops of one's own. */
  async getTrainingState(): Promise<TrainingState> {
    this.#needBuilt();
    return (await this.#trainer!).getState();
  }

  /**
   * Goes on from what `getTrainingState` gave, to the last bit. After `compile`, on the same
   * engine: under 'auto' a model that has not trained yet takes the state's.
   */
  async setTrainingState(state: TrainingState): Promise<void> {
    this.#needBuilt();
    const trainer = await this.#trainer!;
    if (this.#objective) trainer.compile(this.#objective);
    await trainer.resume(state);
  }

  /** Its checkpoints as files, for loops of one's own. Needs Node. */
  checkpoints(options: Omit<SaveOptions, 'force'> = {}): CheckpointFiles {
    return new CheckpointFiles(this.#description(options), this.#graph.weights);
  }

  /**
   * One training step on one batch, for those who make their batches as they go.
   * @param options.batchSize what to pad a short batch to, so that it needs no program of its own
   * @returns the loss before the step
   */
  async trainOnBatch(x: Several, y: Several, options: EvaluateOptions = {}): Promise<number> {
    const { sampleWeight, lengths, ...rest } = options;
    checkKnownOptions(options, evaluateKeys, 'trainOnBatch');
    const examples = this.#examples({ x, y, sampleWeight, lengths });
    const trainer = await this.#compiled(examples);
    const count = countOf(examples);
    const { batchSize = count } = rest;
    if (batchSize < count) {
      throw new SeqkitError(`A batch of ${count} examples does not fit into a batchSize of ${batchSize}.`, {
        code: 'bad-shape',
        hint: 'Call fit, which makes batches, or give fewer examples.',
      });
    }
    const size = programSize(this.#graph, examples, batchSize);
    return (await trainer.train(size, examples, range(count), 0, count)).loss;
  }

  /** The mean loss over examples, without training: of several outputs, the weighted sum. */
  async evaluate(x: Several, y: Several, options: EvaluateOptions = {}): Promise<number> {
    checkKnownOptions(options, evaluateKeys, 'evaluate');
    return (await this.#evaluate(x, y, options)).loss;
  }

  /**
   * As `evaluate`, with the loss of each of several outputs too, without its weight, by
   * `<name of its layer>Loss`.
   */
  async evaluateAll(
    x: Several,
    y: Several,
    options: EvaluateOptions = {},
  ): Promise<{ loss: number; outputLosses: Record<string, number> }> {
    checkKnownOptions(options, evaluateKeys, 'evaluateAll');
    const { loss, outputs } = await this.#evaluate(x, y, options);
    const names = this.#graph.outputNames;
    const own = names.length > 1 ? outputs : [loss];
    return { loss, outputLosses: Object.fromEntries(names.map((name, i) => [`${name}Loss`, own[i]])) };
  }

  async #evaluate(x: Several, y: Several, options: EvaluateOptions): Promise<BatchLoss> {
    const { sampleWeight, lengths } = options;
    const examples = this.#examples({ x, y, sampleWeight, lengths });
    const trainer = await this.#compiled(examples);
    return meanLoss(trainer, this.#selection(examples, options.batchSize));
  }

  /** The outputs: (N, T, F), or (N, F) where the last layer has no time axis. Of several, the first. */
  async predict(x: Several, options: PredictOptions = {}): Promise<Tensor> {
    return (await this.predictAll(x, options))[0];
  }

  /** As `predict`, all outputs in their order. */
  async predictAll(x: Several, options: PredictOptions = {}): Promise<Tensor[]> {
    checkKnownOptions(options, { lengths: true, batchSize: true }, 'predict');
    const { lengths } = options;
    const examples = this.#examples({ x, lengths });
    const selection = this.#selection(examples, options.batchSize);
    return predictions(await this.#open(selection.size), selection);
  }

  /**
   * The model one time step at a call, at once, with its own state and a copy of the weights.
   * @param options.batch sequences side by side @default 1
   * @throws SeqkitError `usage` before the model is built, fitted or loaded
   */
  stepper(options: { batch?: number } = {}): Stepper {
    checkKnownOptions(options, { batch: true }, 'stepper');
    this.#needBuilt();
    return new Stepper(this.#graph, this.engine, options.batch ?? 1);
  }

  /** Sets the carried state of `stateful` layers to zero: in all that the model does, or in one thing. */
  async resetStates(by?: CarriedBy): Promise<void> {
    (await this.#trainer)?.resetStates(by);
  }

  /** The model as a file's bytes. */
  toBytes(options: Omit<SaveOptions, 'force'> = {}): Uint8Array {
    checkKnownOptions(options, { kind: true, settings: true }, 'toBytes');
    return encodeModel(this.#description(options), this.#graph.weights);
  }

  #description(options: Omit<SaveOptions, 'force'>): ModelDescription {
    this.#needBuilt();
    return {
      kind: options.kind ?? this.kind,
      ...describeArchitecture(this.#graph),
      seed: this.seed,
      settings: options.settings ?? {},
    };
  }

  /** Writes the model to a file, whole or not at all. @throws SeqkitError `file-exists` without `force` */
  async save(path: string, options: SaveOptions = {}): Promise<void> {
    checkKnownOptions(options, { kind: true, settings: true, force: true }, 'save');
    const { force = false, ...described } = options;
    const bytes = this.toBytes(described);
    const { writeFileAtomic } = await import('../../base/host/files.js');
    await writeFileAtomic(path, bytes, { force });
  }

  /**
   * Opens a model.
   * @param from a file's path, or its bytes
   * @throws SeqkitError `file-access`, or `bad-file` where it is damaged or foreign
   */
  static async load(from: string | Uint8Array, options: LoadOptions = {}): Promise<Model> {
    return (await Model.open(from, options)).model;
  }

  /** `load`, with what stands beside the weights. */
  static async open(
    from: string | Uint8Array,
    options: LoadOptions = {},
  ): Promise<{ model: Model; file: ModelFile }> {
    checkKnownOptions(options, loadKeys, 'load');
    const { layers, verify = true, ...engine } = options;
    const { file, source } = await readModelFile(from, { verify });
    const model = new Model(restoreGraph(file, source, layers), { ...engine, seed: file.seed });
    model.notes = file.notes;
    await model.open();
    return { model, file };
  }

  /** Hands weights that are made to a session. */
  protected async open(): Promise<void> {
    await this.#attach();
  }

  /** Frees the memory of the engine. The model cannot be used after. */
  async dispose(): Promise<void> {
    (await this.#trainer)?.dispose();
  }

  /** Weights made and handed to a session, once. */
  #open(size: ProgramSize): Promise<Trainer> {
    if (!this.#graph.shapes) {
      const shapes: InputShape[] = [size, ...(size.others ?? [])];
      this.#graph.build(
        shapes.map(({ time, steps, features }) => ({ time, steps, features })),
        new Random(this.seed).fork('weights'),
      );
    }
    return this.#attach();
  }

  #attach(): Promise<Trainer> {
    this.#trainer ??= openSession(this.engine, { threads: this.threads, onChoice: this.#onEngine }).then(
      (session) => {
        for (const weight of this.#graph.weights) weight.attach(session);
        return new Trainer(this.#graph, session, this.seed);
      },
    );
    return this.#trainer;
  }

  async #compiled(examples: Examples): Promise<Trainer> {
    if (!this.#objective) {
      throw new SeqkitError('The model has no loss and optimizer yet.', {
        code: 'usage',
        hint: 'Call model.compile({ optimizer, loss }) first.',
      });
    }
    const trainer = await this.#open(programSize(this.#graph, examples, 1));
    trainer.compile(this.#objective);
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

  #needBuilt(): void {
    if (this.#graph.features === undefined || this.#trainer === undefined) {
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
