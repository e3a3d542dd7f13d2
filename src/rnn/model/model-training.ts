import { SeqkitError } from '../../base/errors.js';
import type { LayerGraph } from '../graph/layer-graph.js';
import { lossTerms } from '../losses/loss-choice.js';
import type { BatchLoss } from '../training/batch-loss.js';
import { meanLoss } from '../training/batched-evaluation.js';
import type { Selection } from '../training/batched-prediction.js';
import type { CheckpointFiles } from '../training/checkpoint-files.js';
import { countOf, targetsOf, type Examples, type Several } from '../training/examples.js';
import { fitExamples, type FitOptions, type History, type ValidationData } from '../training/fit.js';
import { readFitOptions } from '../training/fit-options.js';
import { programSize } from '../training/input-sizes.js';
import { hasMetrics, metricNamesOf, MetricPass } from '../training/metric-pass.js';
import type { ProgramRunner } from '../training/program-runner.js';
import { fitStandardizers } from '../training/standardizing.js';
import { Trainer, type Objective } from '../training/trainer.js';
import { checkTrainingState, type TrainingState } from '../training/training-state.js';
import type { Compiled } from './compiled.js';
import { allOf, examplesFor, range } from './model-examples.js';
import type { ModelLifetime } from './model-lifetime.js';
import { evaluateOptions, type EvaluateOptions } from './model-options.js';
import type { ModelSession } from './model-session.js';
import { objectiveOf } from './objective.js';

/** What training needs of a model. */
export interface TrainedModel {
  readonly graph: LayerGraph;
  readonly session: ModelSession;
  readonly lifetime: ModelLifetime;
  readonly seed: number;
  /** What `compile` was given last. */
  compiled(): Compiled | undefined;
  /** What the model is, to tell it from another. */
  describe(): Record<string, unknown>;
  checkpoints(): CheckpointFiles;
}

/** What `evaluateAll` gives. */
export interface Evaluation {
  loss: number;
  outputLosses: Record<string, number>;
  metrics?: Record<string, number>;
}

/** The part of a `Model` that trains and measures it. A page that only predicts does not load it. */
export class ModelTraining {
  readonly #model: TrainedModel;
  #trainer: Trainer | undefined;
  /** Made of what `compile` was given, once. */
  #made: { readonly of: Compiled; readonly objective: Objective } | undefined;

  constructor(model: TrainedModel) {
    this.#model = model;
  }

  /** As the model's. */
  async fit(x: Several, y: Several | undefined, options: FitOptions | undefined): Promise<History> {
    const { graph } = this.#model;
    const checked = readFitOptions(options, graph.stateful);
    const { validationData, sampleWeight, lengths } = checked;
    const targets = targetsOf(y, 'fit', this.#takesTargets);
    const examples = examplesFor(graph, { x, y: targets, sampleWeight, lengths });
    const validation = validationData && this.#validation(validationData);
    this.#needObjective();
    const { seed, lifetime, session } = this.#model;
    if (checked.worker) {
      await lifetime.readOnBehalf(() => session.useWorker((runner) => this.moveTo(runner)));
    }
    const trainer = await this.#compiled(examples);
    fitStandardizers(graph, examples, validation ? 0 : (checked.validationSplit ?? 0));
    const { outputNames } = graph;
    const model = {
      ...{ seed, trainer, stateful: graph.stateful },
      outputNames: outputNames.length > 1 ? outputNames : [],
      isOver: () => lifetime.over,
      callBack: (task: () => unknown) => lifetime.callBack(task),
      evaluate: (selection: Selection, pass?: MetricPass) =>
        lifetime.readOnBehalf(() => meanLoss(trainer, selection, pass)),
      sizeOfBatch: (of: Examples) => programSize(graph, of, checked.batchSize ?? 32),
      describe: () => this.#model.describe(),
      checkpoints: () => this.#model.checkpoints(),
    };
    return fitExamples(model, { examples, validation }, checked);
  }

  #validation(given: ValidationData): Examples {
    const needed = this.#takesTargets;
    if (given.y === undefined && needed.includes(true)) {
      throw new SeqkitError('validationData needs the option "y".', {
        code: 'usage',
        hint: 'Give y: the targets of its examples.',
      });
    }
    return examplesFor(this.#model.graph, { ...given, y: targetsOf(given.y, 'fit', needed) });
  }

  /** As the model's. */
  async trainOnBatch(
    x: Several,
    y: Several | undefined,
    options: EvaluateOptions | undefined,
  ): Promise<number> {
    const { graph } = this.#model;
    const { sampleWeight, lengths, ...rest } = evaluateOptions.parse(options, 'trainOnBatch');
    const targets = targetsOf(y, 'trainOnBatch', this.#takesTargets);
    const examples = examplesFor(graph, { x, y: targets, sampleWeight, lengths });
    this.#needObjective();
    const count = countOf(examples);
    const { batchSize = count } = rest;
    if (batchSize < count) {
      throw new SeqkitError(`A batch of ${count} examples does not fit into a batchSize of ${batchSize}.`, {
        code: 'bad-shape',
        hint: 'Call fit, which makes batches, or give fewer examples.',
      });
    }
    const size = programSize(graph, examples, batchSize);
    const trainer = await this.#compiled(examples);
    return (await trainer.train(size, examples, range(count), 0, count)).loss;
  }

  /** As the model's. */
  async evaluate(x: Several, y: Several | undefined, options: EvaluateOptions | undefined): Promise<number> {
    return (await this.#evaluate(x, y, options, 'evaluate')).loss;
  }

  /** As the model's. */
  async evaluateAll(
    x: Several,
    y: Several | undefined,
    options: EvaluateOptions | undefined,
  ): Promise<Evaluation> {
    const metrics = this.#objective?.metrics;
    const pass = hasMetrics(metrics) ? new MetricPass(metrics) : undefined;
    const { loss, outputs } = await this.#evaluate(x, y, options, 'evaluateAll', pass);
    const names = this.#model.graph.outputNames;
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
    const { graph } = this.#model;
    const { sampleWeight, lengths, batchSize } = evaluateOptions.parse(options, name);
    const targets = targetsOf(y, name, this.#takesTargets);
    const examples = examplesFor(graph, { x, y: targets, sampleWeight, lengths });
    return meanLoss(await this.#compiled(examples), allOf(graph, examples, batchSize), pass);
  }

  /** As the model's. */
  async getState(): Promise<TrainingState> {
    return this.#open(await this.#model.session.runner!).getState();
  }

  /** As the model's. */
  async setState(state: TrainingState): Promise<void> {
    checkTrainingState(state);
    const trainer = this.#open(await this.#model.session.runner!);
    const objective = this.#objective;
    if (objective) trainer.compile(objective);
    await trainer.resume(state);
  }

  /** What trained or measured it; undefined before anything did. */
  get trainer(): Trainer | undefined {
    return this.#trainer;
  }

  /** Goes on with another that runs the weights, which are there already; what ran them is still there. */
  moveTo(runner: ProgramRunner): void {
    this.#trainer = this.#trainer?.movedTo(runner);
  }

  #open(runner: ProgramRunner): Trainer {
    if (this.#trainer?.runner !== runner) this.#trainer = new Trainer(runner, this.#model.seed);
    return this.#trainer;
  }

  async #compiled(examples: Examples): Promise<Trainer> {
    const objective = this.#needObjective();
    const { graph, session } = this.#model;
    const trainer = this.#open(await session.open(programSize(graph, examples, 1)));
    trainer.compile(objective);
    return trainer;
  }

  /** For each output whether its loss takes targets; true before `compile`. */
  get #takesTargets(): boolean[] {
    const objective = this.#objective;
    const terms = objective && lossTerms(objective.loss);
    return this.#model.graph.outputs.map((_, i) => terms?.[i].loss.targets !== 'none');
  }

  get #objective(): Objective | undefined {
    const compiled = this.#model.compiled();
    if (compiled === undefined) return undefined;
    if (this.#made?.of !== compiled) {
      this.#made = { of: compiled, objective: objectiveOf(this.#model.graph, compiled) };
    }
    return this.#made.objective;
  }

  #needObjective(): Objective {
    const objective = this.#objective;
    if (objective) return objective;
    throw new SeqkitError('The model has no loss and optimizer yet.', {
      code: 'usage',
      hint: 'Call model.compile({ optimizer, loss }) first.',
    });
  }
}
