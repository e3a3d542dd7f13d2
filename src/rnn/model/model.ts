import type { FileSource } from '../../base/source/file-source.js';
import { choice } from '../../base/schema/index.js';
import { symbolicTensors } from '../layers/layer.js';
import { graphBetween } from '../graph/graph-between.js';
import { LayerGraph } from '../graph/layer-graph.js';
import { describeArchitecture, readModelFile, restoreGraph } from './model-architecture.js';
import type { ModelFile } from '../graph/model-file.js';
import { summarize } from '../graph/summary.js';
import {
  checkpointsOptions,
  modelLoadOptions,
  modelEnds,
  summaryOptions,
  type CompileOptions,
  type EvaluateOptions,
  type ModelLoadOptions,
  type ModelEnds,
  type ModelOptions,
  type SaveOptions,
  type SummaryOptions,
} from './model-options.js';
import { checkCompiled, type Compiled } from './compiled.js';
import { descriptionOf, needBuilt, type NetworkParts } from './network-parts.js';
import { Network, partsOf } from './network.js';
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
export class Model extends Network {
  #compiled: Compiled | undefined;
  #trained: Promise<ModelTraining> | undefined;
  readonly #parts: NetworkParts;

  constructor(graph: ModelEnds | LayerGraph | Network, options?: ModelOptions) {
    super(graph instanceof LayerGraph || graph instanceof Network ? graph : graphOf(graph), options);
    this.#parts = partsOf(this);
  }

  /** Sets what to minimize and how. Optimizer state starts anew. */
  compile(options: CompileOptions): void {
    this.#parts.lifetime.checkIdle('compile');
    this.#compiled = checkCompiled(this.#parts.graph, options);
  }

  /**
   * The layers as a table: name and kind, the shape of what comes out at the sizes that the model was built
   * with, and how many numbers are trained. In a graph each line says what its layer takes.
   * @throws SeqkitError `usage` before the weights are made
   */
  summary(options?: SummaryOptions): string {
    const { print } = summaryOptions.parse(options);
    needBuilt(this.#parts);
    const table = summarize(this.#parts.graph, this.kind);
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
    return this.#parts.lifetime.train(async () => (await this.#training()).fit(x, y, options));
  }

  /**
   * From now on the engine computes in a worker of its own, as `fit` has it with `worker: true`: for pages, whose
   * thread stays free. The numbers are the same. A model that computes on a GPU stays there.
   * @throws SeqkitError `engine` where no worker can start; `usage` for an engine that does not run in one
   */
  async useWorker(): Promise<void> {
    return this.#parts.lifetime.train(() =>
      this.#parts.lifetime.readOnBehalf(async () => {
        const trained = await this.#trained?.catch(() => undefined);
        await this.#parts.session.useWorker((runner) => trained?.moveTo(runner));
      }),
    );
  }

  /** The layers, what each takes, and the features they take, to tell one model from another. */
  describe(): Record<string, unknown> {
    needBuilt(this.#parts);
    return this.#describe();
  }

  #describe(): Record<string, unknown> {
    const { layers, features, graph } = describeArchitecture(this.#parts.graph);
    // What is frozen shows in the steps of the training, and is no part of what the model is.
    const kinds = layers.map(({ kind, options }) => ({ kind, options }));
    return { layers: kinds, features, ...(graph && { graph }) };
  }

  /** All that the next training step depends on besides its batch, for loops of one's own. */
  async getTrainingState(): Promise<TrainingState> {
    needBuilt(this.#parts);
    const training = await this.#training();
    this.#parts.lifetime.check();
    return training.getState();
  }

  /**
   * Goes on from what `getTrainingState` gave, to the last bit. After `compile`, on the same
   * engine: under 'auto' a model that has not trained yet takes the state's.
   */
  async setTrainingState(state: TrainingState): Promise<void> {
    needBuilt(this.#parts);
    await this.#parts.lifetime.train(async () => (await this.#training()).setState(state));
  }

  /** Its checkpoints as files, for loops of one's own. Needs Node. */
  checkpoints(options?: Omit<SaveOptions, 'force'>): CheckpointFiles {
    needBuilt(this.#parts);
    return this.#checkpoints(checkpointsOptions.parse(options));
  }

  #checkpoints(options: Omit<SaveOptions, 'force'>): CheckpointFiles {
    return new CheckpointFiles(descriptionOf(this.#parts, this.kind, options), this.#parts.graph.weights);
  }

  /**
   * One training step on one batch, for those who make their batches as they go.
   * @param options.batchSize what to pad a short batch to, so that it needs no program of its own
   * @returns the loss before the step
   */
  async trainOnBatch(x: Several, y?: Several, options?: EvaluateOptions): Promise<number> {
    return this.#parts.lifetime.train(async () => (await this.#training()).trainOnBatch(x, y, options));
  }

  /** The mean loss over examples, without training: of several outputs, the weighted sum. */
  async evaluate(x: Several, y?: Several, options?: EvaluateOptions): Promise<number> {
    return this.#parts.lifetime.read(async () => (await this.#training()).evaluate(x, y, options));
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
    return this.#parts.lifetime.read(async () => (await this.#training()).evaluateAll(x, y, options));
  }

  /** Sets the carried state of `stateful` layers to zero: in all that the model does, or in one thing. */
  async resetStates(by?: CarriedBy): Promise<void> {
    const { session, lifetime } = this.#parts;
    lifetime.check();
    if (by !== undefined) carriedBy.parse(by, 'resetStates');
    const trained = await this.#trained;
    const runner = await session.runner;
    lifetime.check();
    (trained?.trainer ?? runner)?.resetStates(by);
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
    await partsOf(model).session.attach();
    return { model, file, source };
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
      ...this.#parts,
      compiled: () => this.#compiled,
      describe: () => this.#describe(),
      checkpoints: () => this.#checkpoints({}),
    });
  }
}

function graphOf(ends: ModelEnds): LayerGraph {
  const { inputs, outputs } = modelEnds.parse(ends);
  return graphBetween(symbolicTensors(inputs, 'Model: inputs'), symbolicTensors(outputs, 'Model: outputs'));
}
