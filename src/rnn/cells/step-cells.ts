import { cellPart, cellTable, plainCellTable, type Cell, type PlainCellOptions } from './cell.js';
import { GRUCell, type GRUCellOptions } from './gru-cell.js';
import { LSTMCell, lstmCellTable, type LSTMCellOptions } from './lstm-cell.js';
import { SimpleRNNCell } from './simple-rnn-cell.js';
import { openReferenceSession } from '../engine/reference-session.js';
import type { Floats, SyncExecutable, SyncSession } from '../program/engine.js';
import { ProgramBuilder, type Matrix } from '../program/program.js';
import { SeqkitError } from '../../base/errors.js';
import {
  flag,
  listOf,
  optional,
  optionsSchema,
  wholeNumber,
  type OptionTable,
} from '../../base/schema/index.js';
import { project, projectBackward } from '../weights/projection.js';
import { Trace, type Signal } from '../weights/trace.js';
import { Random } from '../../base/math/random.js';
import { numbers, type Tensor } from '../program/tensor.js';

/** A run of numbers, row after row. */
export type Numbers = ArrayLike<number>;

const runs = listOf(numbers);

/** What a step needs in the backward pass. */
export interface StepCache {
  /** N. */
  readonly batch: number;
  /** All that the forward step read and made, by name. */
  readonly arrays: ReadonlyMap<string, Floats>;
}

/** After one step forward. */
export interface ForwardStep {
  /** (N, H) each, the output state first. */
  readonly states: readonly Float64Array[];
  readonly cache: StepCache;
}

/** After one step backward. */
export interface BackwardStep {
  /** (N, D). */
  readonly dx: Float64Array;
  /** Gradients of the states before the step, (N, H) each. */
  readonly dStates: readonly Float64Array[];
  /** Of this step alone, in the order of `weights`: add them up over the steps. */
  readonly gradients: readonly Float64Array[];
}

export interface LoopCellOptions {
  /** D. */
  inputDim: number;
  /** Seeds the first weights. @default 0 */
  seed?: number;
}

const loopTable: OptionTable<LoopCellOptions> = {
  inputDim: wholeNumber({ min: 1, max: 2 ** 31 - 1 }),
  seed: optional(wholeNumber()),
};

/** The two programs of one batch size. */
interface Programs {
  readonly forward: SyncExecutable;
  readonly backward: SyncExecutable;
}

/**
 * A cell one step at a time, forward and backward, for loops of one's own: the very steps that
 * the layers run, in float64 on plain arrays, slow and exact. Arrays of float32 go in as they are;
 * what comes out is float64, and there is no float32 kind: the wasm engine, which computes in it, has
 * to be waited for once, and a loop of one's own wants its answers at once.
 */
abstract class LoopCell {
  /** D. */
  readonly inputDim: number;
  /** H. */
  readonly units: number;
  readonly #cell: Cell;
  readonly #session: SyncSession = openReferenceSession();
  readonly #programs = new Map<number, Programs>();

  constructor(cell: Cell, { inputDim, seed = 0 }: LoopCellOptions) {
    this.#cell = cell;
    this.inputDim = inputDim;
    this.units = cell.units;
    cell.create('cell', inputDim, new Random(seed));
    for (const weight of cell.weights) weight.attach(this.#session);
  }

  /** kernel (D, G * H), recurrentKernel (H, G * H), bias: Keras's shapes and order; then an LSTM's peepholes (3, H). */
  getWeights(): Tensor[] {
    return this.#cell.weights.map((weight) => weight.get());
  }

  /** @throws SeqkitError `bad-shape` */
  setWeights(values: readonly Numbers[]): void {
    const { weights } = this.#cell;
    runs.parse(values, 'setWeights');
    if (values.length !== weights.length) {
      throw new SeqkitError(`The cell has ${weights.length} weights; ${values.length} were given.`, {
        code: 'bad-shape',
      });
    }
    const read = weights.map((weight, i) => weight.check(values[i]));
    weights.forEach((weight, i) => weight.set(read[i]));
  }

  /**
   * One step.
   * @param x (N, D)
   * @param states before the step, (N, H) each, the output state first @default zeros
   * @throws SeqkitError `bad-shape`
   */
  forward(x: Numbers, states?: readonly Numbers[]): ForwardStep {
    numbers.parse(x, 'forward: x');
    const batch = x.length / this.inputDim;
    if (!Number.isInteger(batch) || batch === 0) {
      throw new SeqkitError(`x holds ${x.length} numbers: no whole rows of ${this.inputDim}.`, {
        code: 'bad-shape',
      });
    }
    const names = this.#cell.states;
    if (states !== undefined) this.#checkStates(states, batch, 'forward: states');
    const before = states ?? names.map(() => new Float64Array(batch * this.units));
    const { forward } = this.#prepare(batch);
    const arrays = new Map<string, Floats>();
    const give = (name: string, values: Numbers): void => {
      forward.write(name, values);
      arrays.set(name, Float64Array.from(values));
    };
    give('x', x);
    names.forEach((name, i) => give(`previous ${name}`, before[i]));
    forward.run();
    for (const name of this.#kept()) arrays.set(name, forward.read(name).slice());
    return {
      states: names.map((name) => Float64Array.from(arrays.get(`next ${name}`)!)),
      cache: { batch, arrays },
    };
  }

  /**
   * The same step backward, with the weights as they were.
   * @param dStates gradients of the states after the step, (N, H) each
   */
  backward(dStates: readonly Numbers[], cache: StepCache): BackwardStep {
    this.#checkStates(dStates, this.#checkCache(cache), 'backward: dStates');
    const { backward } = this.#prepare(cache.batch);
    for (const [name, values] of cache.arrays) backward.write(name, values);
    const { states, weights } = this.#cell;
    states.forEach((name, i) => backward.write(`gradient of ${name}`, dStates[i]));
    backward.run();
    const read = (name: string): Float64Array => Float64Array.from(backward.read(name));
    return {
      dx: read('gradient/x'),
      dStates: states.map((name) => read(`gradient/${name}`)),
      gradients: weights.map(({ name }) => read(`gradient/${name}`)),
    };
  }

  #checkStates(states: readonly Numbers[], batch: number, name: string): void {
    runs.parse(states, name);
    const { states: names } = this.#cell;
    const size = batch * this.units;
    if (states.length === names.length && states.every(({ length }) => length === size)) return;
    throw new SeqkitError(
      `${name}: the cell has ${names.join(' and ')}, ${size} numbers each for ${batch} rows; it got ${states.map(({ length }) => length).join(' and ') || 'none'}.`,
      { code: 'bad-shape' },
    );
  }

  /** @returns N */
  #checkCache(cache: StepCache): number {
    const found = (cache as StepCache | null | undefined)?.arrays;
    const size = found instanceof Map ? (found.get('x') as Floats | undefined)?.length : undefined;
    if (
      size !== undefined &&
      size === cache.batch * this.inputDim &&
      found?.has(`next ${this.#cell.states[0]}`)
    ) {
      return cache.batch;
    }
    throw new SeqkitError('backward takes the cache that forward of the same cell gave.', {
      code: 'usage',
      hint: 'const { states, cache } = cell.forward(x); then cell.backward(dStates, cache).',
    });
  }

  /** Names of what a forward step makes: the gates, what else the cell keeps, the states. */
  #kept(): string[] {
    const { tapeColumns, states } = this.#cell;
    return ['projected', ...tapeColumns.map((_, i) => `tape ${i}`), ...states.map((name) => `next ${name}`)];
  }

  #prepare(batch: number): Programs {
    let programs = this.#programs.get(batch);
    if (!programs) {
      const compile = (write: (trace: Trace) => void, name: string): SyncExecutable => {
        const trace = new Trace(new ProgramBuilder(name), { batch, training: true, exposeGradients: true });
        write(trace);
        return this.#session.compile(trace.builder.finish());
      };
      programs = {
        forward: compile((trace) => this.#traceForward(trace), 'forward'),
        backward: compile((trace) => this.#traceBackward(trace), 'backward'),
      };
      this.#programs.set(batch, programs);
    }
    return programs;
  }

  #traceForward(trace: Trace): void {
    const cell = this.#cell;
    const x = this.#input(trace, 'x', this.inputDim);
    const previous = cell.states.map((name) => this.#input(trace, `previous ${name}`, cell.units));
    const output = (name: string, source?: Matrix, cols = source!.cols): Matrix => {
      const y = trace.builder.declare('output', name, trace.batch, cols);
      if (source) trace.builder.run('copy', { x: source }, { y }, {});
      return y;
    };
    const projected = project(trace, this.#signal(x), cell.kernel, cell.inputBias(trace));
    const step = {
      projected: output('projected', projected),
      tape: cell.tapeColumns.map((columns, i) => output(`tape ${i}`, undefined, columns)),
      previous,
      recurrentInput: previous[0],
      next: cell.states.map((name) => output(`next ${name}`, undefined, cell.units)),
    };
    cell.forward(trace, step);
  }

  #traceBackward(trace: Trace): void {
    const cell = this.#cell;
    const { builder } = trace;
    const x = this.#input(trace, 'x', this.inputDim);
    const given = (name: string, columns: number): Matrix => this.#input(trace, name, columns);
    // The cell overwrites what it reads: copies, so that a cache serves more than once.
    const copied = (source: Matrix): Matrix => {
      const y = trace.temporary(source.rows, source.cols);
      builder.run('copy', { x: source }, { y }, {});
      return y;
    };
    const output = (name: string, columns: number): Matrix =>
      builder.declare('output', `gradient/${name}`, trace.batch, columns);
    const projected = copied(given('projected', cell.kernel.cols));
    const tape = cell.tapeColumns.map((columns, i) => copied(given(`tape ${i}`, columns)));
    const previous = cell.states.map((name) => given(`previous ${name}`, cell.units));
    const next = cell.states.map((name) => given(`next ${name}`, cell.units));
    const dPrevious = cell.states.map((name) => output(name, cell.units));
    builder.run('fill', {}, { y: dPrevious[0] }, { value: 0 });
    cell.backward(trace, {
      ...{ projected, tape, previous, recurrentInput: previous[0], next, dPrevious },
      dNext: cell.states.map((name) => copied(given(`gradient of ${name}`, cell.units))),
      dRecurrentInput: dPrevious[0],
    });
    cell.accumulate(trace, { dProjected: projected, tape, recurrentInput: previous[0], previous, next });
    const dx = projectBackward(trace, this.#signal(x), cell.kernel, projected, true)!;
    builder.run('copy', { x: dx }, { y: output('x', this.inputDim) }, {});
  }

  #input(trace: Trace, name: string, columns: number): Matrix {
    return trace.builder.declare('input', name, trace.batch, columns);
  }

  #signal(matrix: Matrix): Signal {
    return { matrix, time: undefined, features: this.inputDim };
  }
}

export type PlainLoopOptions = PlainCellOptions & LoopCellOptions;
export type GRULoopOptions = GRUCellOptions & LoopCellOptions;
export type LSTMLoopOptions = LSTMCellOptions & LoopCellOptions;

const gruTable = { ...cellTable, resetAfter: optional(flag) };
const plainOptions = optionsSchema<PlainLoopOptions>('SimpleRNNStep', { ...plainCellTable, ...loopTable });
const gruOptions = optionsSchema<GRULoopOptions>('GRUStep', { ...gruTable, ...loopTable });
const lstmOptions = optionsSchema<LSTMLoopOptions>('LSTMStep', { ...lstmCellTable, ...loopTable });

/** Elman's cell, a step at a call: states h. */
export class SimpleRNNStep extends LoopCell {
  constructor(options: PlainLoopOptions) {
    const checked = plainOptions.parse(options);
    super(new SimpleRNNCell(cellPart(checked, plainCellTable)), checked);
  }
}

/** Gated recurrent units, the reset gate after the product unless `resetAfter` is false, a step at a call: states h. */
export class GRUStep extends LoopCell {
  constructor(options: GRULoopOptions) {
    const checked = gruOptions.parse(options);
    super(new GRUCell(cellPart(checked, gruTable)), checked);
  }
}

/** Long short-term memory, a step at a call: states h, c. */
export class LSTMStep extends LoopCell {
  constructor(options: LSTMLoopOptions) {
    const checked = lstmOptions.parse(options);
    super(new LSTMCell(cellPart(checked, lstmCellTable)), checked);
  }
}
