import type { Executable, Session } from '../engine/engine.js';
import { SeqkitError } from '../errors.js';
import type { LayerGraph } from '../layers/layer-graph.js';
import { portName } from '../layers/trace.js';
import { BatchFeeder, type Examples } from './batch-feeder.js';
import type { Loss, LossTerm } from './losses.js';
import {
  evaluateProgram,
  predictProgram,
  trainProgram,
  type ModelProgram,
  type ProgramSize,
  type SizedModel,
} from './model-programs.js';
import type { Optimizer } from './optimizers.js';

/** A program made ready with what feeds it. */
interface Prepared {
  readonly model: ModelProgram;
  readonly executable: Executable;
  readonly feeder: BatchFeeder;
}

/** What a model trains with. */
export interface Objective {
  /** Of the one output, or of each in order with its weight. */
  loss: Loss | readonly LossTerm[];
  optimizer: Optimizer;
}

const isCarried = (name: string): boolean => name.includes(' carried by ');

/** Runs batches of one model on one session; keeps a program ready for each size it has seen. */
export class Trainer {
  readonly #stack: LayerGraph;
  readonly #session: Session;
  readonly #seed: number;
  readonly #prepared = new Map<string, Prepared>();
  #objective: Objective | undefined;
  #step = 0;
  /** Steps since `compile`: what the optimizer counts. */
  #updates = 0;

  constructor(stack: LayerGraph, session: Session, seed: number) {
    this.#stack = stack;
    this.#session = session;
    this.#seed = seed;
  }

  /** Sets the loss and optimizer, its state anew; programs made with others are dropped. */
  compile(objective: Objective): void {
    if (this.#objective === objective) return;
    const weights = new Set(this.#stack.weights.map(({ name }) => name));
    this.#zeroStates((name) => !weights.has(name) && !isCarried(name));
    this.#updates = 0;
    for (const { executable } of this.#prepared.values()) executable.dispose();
    this.#prepared.clear();
    this.#objective = objective;
  }

  /** Training steps taken so far. */
  get step(): number {
    return this.#step;
  }

  /**
   * One training step on `count` of the examples named by `indices` from `start` on.
   * @returns the loss before the step
   * @throws SeqkitError `diverged` where the loss is no finite number
   */
  async train(
    size: ProgramSize,
    examples: Examples,
    indices: ArrayLike<number>,
    start: number,
    count: number,
  ): Promise<number> {
    const { loss, optimizer } = this.#need();
    const { executable, feeder } = await this.#prepare('train', size, (stack) =>
      trainProgram(stack, loss, optimizer),
    );
    feeder.fill(examples, indices, start, count);
    this.#step++;
    this.#updates++;
    feeder.renewDropout(this.#seed, this.#step);
    executable.write('hyper', optimizer.hyper(this.#updates));
    await executable.run();
    const value = executable.read('loss')[0];
    if (!Number.isFinite(value)) {
      throw new SeqkitError(`The loss became ${value} at step ${this.#step}.`, {
        code: 'diverged',
        hint: 'Lower the learning rate, or set globalClipNorm; check the inputs for NaN.',
      });
    }
    return value;
  }

  /** The loss of one batch, without training. */
  async evaluate(
    size: ProgramSize,
    examples: Examples,
    indices: ArrayLike<number>,
    start: number,
    count: number,
  ): Promise<number> {
    const { loss } = this.#need();
    const { executable, feeder } = await this.#prepare('evaluate', size, (stack) =>
      evaluateProgram(stack, loss),
    );
    feeder.fill(examples, indices, start, count);
    await executable.run();
    return executable.read('loss')[0];
  }

  /** The output rows of one batch, time-major, with T and F, of each output. */
  async predict(
    size: ProgramSize,
    examples: Examples,
    indices: ArrayLike<number>,
    start: number,
    count: number,
  ): Promise<{ rows: ArrayLike<number>; output: ModelProgram['output'] }[]> {
    const { model, executable, feeder } = await this.#prepare('predict', size, (stack) =>
      predictProgram(stack),
    );
    feeder.fill(examples, indices, start, count);
    await executable.run();
    return model.outputs.map((output, i) => ({ rows: executable.read(portName('y', i)), output }));
  }

  /** Sets every carried state to zero. */
  resetStates(): void {
    this.#zeroStates(isCarried);
  }

  #zeroStates(which: (name: string) => boolean): void {
    for (const { model } of this.#prepared.values()) {
      for (const { name, kind, size } of model.program.buffers) {
        if (kind === 'state' && which(name)) this.#session.write(name, new Float32Array(size));
      }
    }
  }

  dispose(): void {
    this.#session.dispose();
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

  async #prepare(
    kind: string,
    size: ProgramSize,
    make: (model: SizedModel) => ModelProgram,
  ): Promise<Prepared> {
    const key = [kind, size.batch, size.time, size.features, JSON.stringify(size.others)].join(' ');
    let prepared = this.#prepared.get(key);
    if (!prepared) {
      const model = make({ graph: this.#stack, size });
      const executable = await this.#session.compile(model.program);
      prepared = { model, executable, feeder: new BatchFeeder(model, executable) };
      this.#prepared.set(key, prepared);
    }
    return prepared;
  }
}
