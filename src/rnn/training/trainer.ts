import { describeSession, type Executable, type Session } from '../program/engine.js';
import { SeqkitError } from '../../base/errors.js';
import type { LayerGraph } from '../graph/layer-graph.js';
import type { InTurn } from '../../base/in-turn.js';
import { portName } from '../weights/trace.js';
import { readLosses, type BatchLoss } from './batch-loss.js';
import { divergedError, findNotFinite, type Finding, type StepTaken } from './divergence.js';
import type { WeighedOutput } from './class-weights.js';
import type { Examples } from './examples.js';
import { lossTerms, type LossChoice, type LossTerm } from '../losses/loss-choice.js';
import {
  evaluateProgram,
  outputMaskName,
  trainProgram,
  type ModelProgram,
  type OutputPort,
  type ProgramSize,
  type SizedModel,
} from './model-programs.js';
import { hasMetrics, type MetricPass, type OutputMetrics } from './metric-pass.js';
import { hyperOf } from './optimizers/optimizer-choice.js';
import type { Optimizer } from './optimizers/index.js';
import type { KeptStates } from './kept-states.js';
import type { Prepared } from './prepared-programs.js';
import type { ProgramRunner } from './program-runner.js';
import { describeTraining } from './training-description.js';
import { StepLog, type LoggedStep } from './step-log.js';
import type { CarriedBy, TrainingState } from './training-state.js';
import type { WatchedOutput } from './watched-rows.js';

/** What a model trains with. */
export interface Objective {
  /** Of the one output, or of each in order with its weight. */
  loss: LossChoice | readonly LossTerm[];
  /** What `evaluate` measures. @default the loss */
  evaluationLoss?: LossChoice | readonly LossTerm[];
  optimizer: Optimizer;
  /** Of each output, counted by `fit` and `evaluateAll`. @default none */
  metrics?: OutputMetrics;
}

/** Trains and measures one model on one session; keeps a program ready for each size it has seen. */
export class Trainer {
  readonly #stack: LayerGraph;
  readonly #session: Session;
  readonly #seed: number;
  readonly #stepLog = new StepLog();
  readonly #runner: ProgramRunner;
  readonly #batches: InTurn;
  readonly #states: KeptStates;
  #objective: Objective | undefined;
  #step = 0;
  /** Steps since `compile`: what the optimizer counts. */
  #updates = 0;

  constructor(runner: ProgramRunner, seed: number) {
    this.#stack = runner.graph;
    this.#session = runner.session;
    this.#seed = seed;
    this.#runner = runner;
    this.#batches = runner.batches;
    this.#states = runner.states;
  }

  /** Sets the loss and optimizer, its state anew; programs made with others are dropped. */
  compile(objective: Objective): void {
    if (this.#objective === objective) return;
    this.#stepLog.clear();
    this.#states.zero('optimizer');
    this.#updates = 0;
    this.#runner.programs.clear();
    this.#objective = objective;
  }

  /** Another that goes on where this one stands, on a session that has the weights. */
  movedTo(runner: ProgramRunner): Trainer {
    const moved = new Trainer(runner, this.#seed);
    if (this.#objective) moved.compile(this.#objective);
    moved.setState(this.getState());
    return moved;
  }

  /** What runs its programs. */
  get runner(): ProgramRunner {
    return this.#runner;
  }

  /** The engine that runs the model and, where it has several that round differently, its kernels. */
  get engine(): string {
    return describeSession(this.#session);
  }

  /** A copy of all that the steps to come depend on. */
  getState(): TrainingState {
    return {
      ...{ engine: this.engine, step: this.#step, updates: this.#updates },
      buffers: this.#states.read(),
    };
  }

  /** As `setState`; a model that has not chosen its engine yet takes the one that made the state. */
  async resume(state: TrainingState): Promise<void> {
    await this.#session.goOnWith?.(state.engine);
    this.setState(state);
  }

  /** Goes back, or on, to what `getState` gave, to the last bit. After `compile`. */
  setState({ engine, step, updates, buffers }: TrainingState): void {
    if (engine !== this.engine) {
      throw new SeqkitError(
        `The training was begun on the engine ${engine}; this model runs on ${this.engine}.`,
        { code: 'engine', hint: 'Numbers differ in their last bits between engines: use the same one.' },
      );
    }
    this.#states.write(buffers);
    this.#stepLog.clear();
    this.#step = step;
    this.#updates = updates;
  }

  /**
   * What makes the training of one batch what it is, by name: to tell whether a state belongs here.
   * @throws SeqkitError as `train` does where layers, loss and optimizer do not fit
   */
  async describe(size: ProgramSize): Promise<Record<string, string>> {
    const { loss, optimizer, metrics } = this.#need();
    // With metrics the program that trains gives more, and is no other training for that.
    const model = hasMetrics(metrics)
      ? trainProgram({ graph: this.#stack, size }, loss, optimizer)
      : (await this.#prepareTraining(size)).model;
    return describeTraining(model.program, { loss, optimizer, metrics });
  }

  /** Training steps taken so far. */
  get step(): number {
    return this.#step;
  }

  /**
   * One training step on `count` of the examples named by `indices` from `start` on.
   * @param pass counts what the model gave before the step
   * @returns the losses before the step
   * @throws SeqkitError `diverged` where the loss is no finite number: says where that began, and leaves
   *   the model as it was before
   */
  train(
    size: ProgramSize,
    examples: Examples,
    indices: ArrayLike<number>,
    start: number,
    count: number,
    pass?: MetricPass,
  ): Promise<BatchLoss> {
    const taken = {
      size,
      examples,
      indices: Array.from({ length: count }, (_, i) => indices[start + i]),
      start: 0,
      count,
    };
    return this.#batches.run(() => this.#train(taken, pass));
  }

  async #train(taken: StepTaken, pass?: MetricPass): Promise<BatchLoss> {
    this.#stepLog.begin(() => this.getState());
    const hyper = hyperOf(this.#need().optimizer, this.#updates + 1);
    const losses = await this.#take(taken, hyper, pass);
    const { loss } = losses;
    if (!Number.isFinite(loss)) throw await this.#diverged(taken, loss);
    this.#stepLog.add({ kind: 'step', ...taken, hyper, loss });
    return losses;
  }

  async #take(
    { size, examples, indices, start, count }: StepTaken,
    hyper: readonly number[],
    pass?: MetricPass,
  ): Promise<BatchLoss> {
    const { model, executable, feeder } = await this.#prepareTraining(size, pass !== undefined);
    feeder.fill(examples, indices, start, count);
    this.#step++;
    this.#updates++;
    feeder.renewDropout(this.#seed, this.#step);
    executable.write('hyper', hyper);
    await executable.run();
    const losses = readLosses(model, executable);
    // One that is to end the training with its own error comes before a metric that stumbles over it.
    if (pass && Number.isFinite(losses.loss)) {
      pass.add(watchedOutputs(model, executable), { examples, indices, start, count, batch: size.batch });
    }
    return losses;
  }

  /** Goes back to the last state that was finite, to see where it ceased to be. */
  async #diverged(taken: StepTaken, loss: number): Promise<SeqkitError> {
    const step = this.#step;
    const { state, logged } = this.#stepLog.since!;
    const look = async (at: StepTaken): Promise<(Finding & { step: number }) | undefined> => {
      const dropout = { seed: this.#seed, step: this.#step + 1 };
      const finding = await findNotFinite(this.#session, this.#stack, this.#need().loss, at, dropout);
      return finding && { ...finding, step: this.#step + 1 };
    };
    if (!(await this.#replay(state, logged))) return divergedError(loss, step);
    let finding = await look(taken);
    const last = logged.findLastIndex(({ kind }) => kind === 'step');
    const before = logged[last];
    if (finding?.what === 'weights' && before?.kind === 'step') {
      // The step before this one spoilt them: by its gradients, or by its update alone.
      const { layer } = finding;
      await this.#replay(state, logged.slice(0, last));
      finding = (await look(before)) ?? { what: 'weights', layer, step: this.#step + 1 };
    }
    return divergedError(loss, step, finding);
  }

  /** @returns false where the losses were not those of the first time: a batch was changed since */
  async #replay(state: TrainingState, logged: readonly LoggedStep[]): Promise<boolean> {
    this.setState(state);
    for (const entry of logged) {
      if (entry.kind === 'reset') this.#states.zero({ carriedBy: entry.by });
      else if ((await this.#take(entry, entry.hyper)).loss !== entry.loss) return false;
    }
    return true;
  }

  /** The loss of one batch, without training. @param pass counts what the model gave */
  evaluate(
    size: ProgramSize,
    examples: Examples,
    indices: ArrayLike<number>,
    start: number,
    count: number,
    pass?: MetricPass,
  ): Promise<BatchLoss> {
    return this.#batches.run(async () => {
      const { loss, evaluationLoss = loss } = this.#need();
      const watched = pass ? this.#watched : undefined;
      const kind = watched ? 'evaluate and watch' : 'evaluate';
      const { model, executable, feeder } = await this.#prepare(kind, size, (stack) =>
        evaluateProgram(stack, evaluationLoss, watched),
      );
      feeder.fill(examples, indices, start, count);
      await executable.run();
      pass?.add(watchedOutputs(model, executable), { examples, indices, start, count, batch: size.batch });
      return readLosses(model, executable);
    });
  }

  /** The outputs that are trained, each with its loss. @param watched whether metrics are going to be counted */
  async outputs(size: ProgramSize, watched = false): Promise<(OutputPort & WeighedOutput)[]> {
    const { model } = await this.#prepareTraining(size, watched);
    const terms = lossTerms(this.#need().loss);
    return model.outputs.map((port, i) => ({ ...port, loss: terms[i].loss }));
  }

  /** What metrics are counted of each output, if any are. */
  get metrics(): OutputMetrics | undefined {
    const { metrics } = this.#need();
    return hasMetrics(metrics) ? metrics : undefined;
  }

  /** For each output whether metrics are counted of it. */
  get #watched(): boolean[] {
    return (this.#need().metrics ?? []).map((own) => own.length > 0);
  }

  /** Puts the moving averages that the optimizer keeps, if any, in the place of the weights, as Keras does. */
  useAverages(): void {
    if (!this.#objective?.optimizer.averages || this.#updates === 0) return;
    this.#stepLog.clear();
    this.#states.useAverages();
  }

  /** Sets carried states to zero: all, or those of one program. */
  resetStates(by?: CarriedBy): void {
    this.#stepLog.add({ kind: 'reset', by });
    this.#runner.resetStates(by);
  }

  #need(): Objective {
    if (!this.#objective) {
      throw new SeqkitError('The model has no loss and optimizer yet.', {
        code: 'usage',
        hint: 'Call model.compile({ optimizer, loss }) first.',
      });
    }
    return this.#objective;
  }

  #prepareTraining(size: ProgramSize, watch = false): Promise<Prepared> {
    const { loss, optimizer } = this.#need();
    const watched = watch ? this.#watched : undefined;
    const kind = watched ? 'train and watch' : 'train';
    return this.#prepare(kind, size, (stack) => trainProgram(stack, loss, optimizer, watched));
  }

  #prepare(kind: string, size: ProgramSize, make: (model: SizedModel) => ModelProgram): Promise<Prepared> {
    return this.#runner.prepare(kind, size, make, this.#updates > 0);
  }
}

function watchedOutputs({ outputs }: ModelProgram, executable: Executable): WatchedOutput[] {
  return outputs.map((port, i) => ({
    port,
    rows: port.watched ? executable.read(portName('y', i)) : [],
    mask: port.watched === 'rows and mask' ? executable.read(outputMaskName(i)) : undefined,
  }));
}
