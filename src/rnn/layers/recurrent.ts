import type { Cell } from '../cells/cell.js';
import { checkCell, checkCellWeights } from '../cells/own-cell.js';
import { sliceRows, type Matrix } from '../program/program.js';
import { SeqkitError } from '../../base/errors.js';
import type { Random } from '../../base/math/random.js';
import { flag, optional, optionsSchema, type OptionTable } from '../../base/schema/index.js';
import { denseMatrix, Layer, timeOf, type Ending, type LayerOptions } from './layer.js';
import { dropRate, layerName } from './layer-options.js';
import { endingOf, type LayerActivation } from './layer-activation.js';
import { project, projectBackward } from '../weights/projection.js';
import { reversedInTime } from './rearrangement.js';
import { StepDropout } from './step-dropout.js';
import { StepMask } from './step-mask.js';
import type { Connected, Signal, Trace, Traced } from '../weights/trace.js';
import { regularizeActivity } from '../weights/activity.js';
import { regularizer, type RegularizerOption } from '../weights/regularizer.js';
import type { Weight } from '../weights/weight.js';

export interface RecurrentOptions {
  /** All outputs (N, T, H), not the last alone (N, H). @default false */
  returnSequences?: boolean;
  /** Walk from the last step to the first; sequences come out in that order. @default false */
  goBackwards?: boolean;
  /** Start each batch from the state the last one ended with: truncated BPTT. @default false */
  stateful?: boolean;
  /** Give the states after the last step too, h or h and c, as further outputs: see `applyAll`. @default false */
  returnState?: boolean;
  /** The share of input features dropped in training, the same at every step. @default 0 */
  dropout?: number;
  /** The share of the output state hidden from the recurrent weights, the same at every step. @default 0 */
  recurrentDropout?: number;
  /** Of the output, not of the states beside it. */
  activityRegularizer?: RegularizerOption;
  name?: string;
}

/** The schemas of `RecurrentOptions`. */
export const recurrentTable: OptionTable<RecurrentOptions> = {
  returnSequences: optional(flag),
  goBackwards: optional(flag),
  stateful: optional(flag),
  returnState: optional(flag),
  dropout: optional(dropRate),
  recurrentDropout: optional(dropRate),
  activityRegularizer: optional(regularizer),
  name: layerName,
};

/** The schema of `RecurrentOptions` alone. */
export const recurrentOptions = optionsSchema<RecurrentOptions>('Recurrent', recurrentTable);

/**
 * Runs a cell over time, forward and back (backpropagation through time, Werbos 1990). Each
 * state is one matrix ((T + 1) * N, H): the slot before each step in one run of rows, the
 * slot after it in another, so that the weights' gradients are products over all steps.
 *
 * In a `Model` initial states may follow the input: `layer.apply([x, h, c])`. Where a step is
 * masked the states, and so the output, stay as they were.
 */
export class Recurrent extends Layer {
  readonly kind: string = 'Recurrent';
  readonly cell: Cell;
  readonly #options: RecurrentOptions;
  readonly #described: LayerOptions;

  /**
   * @param cell `new LSTMCell({ units: 8 })`, or one of one's own: new, for this layer alone
   * @param options those of a class of one's own may hold its cell's too
   * @param cellOptions what a cell of one's own was made from, for the model file
   */
  constructor(cell: Cell, options: RecurrentOptions = {}, cellOptions: LayerOptions = {}) {
    super();
    this.#options = new.target === Recurrent ? recurrentOptions.parse(options) : ownOptions(options);
    checkCell(cell);
    this.cell = cell;
    this.name = this.#options.name ?? '';
    this.#described = { ...cellOptions, ...options, ...this.#options };
  }

  options(): LayerOptions {
    const cell = this.#describedCell();
    return { ...(cell && { cell }), ...this.#described };
  }

  /** The cell as a model file tells of it, where the layer's class does not. */
  #describedCell() {
    return this.kind === 'Recurrent' ? this.cell.describe?.() : undefined;
  }

  /** With a gate's activation in the place of tanh, outputs lie between 0 and 1. */
  override ending(): Ending {
    const { activation, recurrentActivation = 'sigmoid' } = this.cell.describe?.().options ?? {};
    const [own, gates] = [activation, recurrentActivation].map((name) =>
      endingOf(name as LayerActivation, undefined),
    );
    return own === 'sigmoid' && gates === 'sigmoid' ? own : undefined;
  }

  /** Dropout of the input acts on its rows. */
  override get takesOneHot(): boolean {
    return (this.#options.dropout ?? 0) === 0;
  }

  override get stateful(): boolean {
    return this.#options.stateful ?? false;
  }

  override get outputs(): number {
    return this.#options.returnState ? 1 + this.cell.states.length : 1;
  }

  get goesBackwards(): boolean {
    return this.#options.goBackwards ?? false;
  }

  override get needsWholeSequence(): boolean {
    return this.goesBackwards;
  }

  /**
   * A new layer with the same options but for `changes`, and weights of its own.
   * @throws SeqkitError `usage` where a layer of one's own does not say how
   */
  copyWith(changes: RecurrentOptions): Recurrent {
    const described = this.#describedCell();
    if (described) {
      const CellKind = this.cell.constructor as new (options: LayerOptions) => Cell;
      return new Recurrent(new CellKind(described.options), { ...this.#options, ...changes });
    }
    throw new SeqkitError(
      `The layer ${this.kind} cannot be copied with another ${Object.keys(changes).join(', ')}.`,
      {
        code: 'usage',
        hint: 'Let its class override copyWith.',
      },
    );
  }

  get weights(): readonly Weight[] {
    return this.built ? this.cell.weights : [];
  }

  protected create(features: number, random: Random): number {
    // Types say that a cell has a kernel; before it is made it has none.
    if ((this.cell.kernel as Weight | undefined) !== undefined) {
      throw new SeqkitError(`The cell of "${this.name}" has its weights already, from another layer.`, {
        code: 'usage',
        hint: 'Make a cell for each layer.',
      });
    }
    this.cell.create(this.name, features, random);
    checkCellWeights(this.cell, features);
    return this.cell.units;
  }

  trace(trace: Trace, x: Signal): Traced {
    const { outputs, backward } = this.connect(trace, [x]);
    return { y: outputs[0], backward: (dy, wantsDx) => backward([dy], [wantsDx])[0] };
  }

  override connect(trace: Trace, inputs: readonly Signal[]): Connected {
    return this.#walk(trace, inputs, { reverse: this.goesBackwards });
  }

  /** As `connect`, but sequences come out in the order of time, whichever way they were walked. */
  connectInTimeOrder(trace: Trace, inputs: readonly Signal[]): Connected {
    return this.#walk(trace, inputs, { reverse: false });
  }

  /** @param reverse whether sequences come out from the last step to the first */
  #walk(trace: Trace, inputs: readonly Signal[], { reverse }: { reverse: boolean }): Connected {
    const { cell } = this;
    const { builder, batch: N } = trace;
    const [given, ...initial] = inputs;
    const T = timeOf(this, given);
    const H = cell.units;
    const { returnSequences = false, returnState = false, goBackwards = false } = this.#options;
    this.#checkInitial(initial);
    const carried = initial.length === 0 && this.#carries(trace);

    const at = (matrix: Matrix, slot: number): Matrix => sliceRows(matrix, slot * N, N);
    const zeroed = (count = N): Matrix => {
      const d = trace.temporary(count, H);
      builder.run('fill', {}, { y: d }, { value: 0 });
      return d;
    };
    // Time t stands between slots t and t + 1; the walk enters it from one side.
    const slotBefore = (t: number): number => (goBackwards ? t + 1 : t);
    const slotAfter = (t: number): number => (goBackwards ? t : t + 1);
    const [firstSlot, lastSlot] = goBackwards ? [T, 0] : [0, T];
    const order = Array.from({ length: trace.shapesOnly ? 0 : T }, (_, k) => (goBackwards ? T - 1 - k : k));

    const mask = given.mask && new StepMask(trace, given.mask);
    const { x, inputDropout, recurrentDropout } = this.#dropouts(trace, given);
    const projected = project(trace, x, cell.kernel, cell.inputBias(trace));
    const tape = cell.tapeColumns.map((columns) => trace.temporary(T * N, columns));
    const states = cell.states.map(() => trace.temporary((T + 1) * N, H));
    const carriedStates = cell.states.map((state) =>
      carried ? builder.declareCarried({ layer: this.name, state, batch: N }, H) : undefined,
    );
    states.forEach((state, i) => {
      const start = at(state, firstSlot);
      const source = carriedStates[i] ?? initial[i]?.matrix;
      if (source) builder.run('copy', { x: source }, { y: start }, {});
      else builder.run('fill', {}, { y: start }, { value: 0 });
    });
    // What the recurrent weights see: the output state before each step, in order of time.
    const before = states.map((state) => sliceRows(state, goBackwards ? N : 0, T * N));
    const recurrentInput = recurrentDropout ? trace.temporary(T * N, H) : before[0];

    const step = (t: number) => ({
      projected: at(projected, t),
      tape: tape.map((matrix) => at(matrix, t)),
      previous: states.map((state) => at(state, slotBefore(t))),
      recurrentInput: at(recurrentInput, t),
      next: states.map((state) => at(state, slotAfter(t))),
    });
    for (const t of order) {
      const { previous, next, recurrentInput: seen } = step(t);
      recurrentDropout?.step(previous[0], seen, { accumulate: false });
      cell.forward(trace, step(t));
      if (mask) next.forEach((state, i) => mask.hold(t, previous[i], state));
    }
    states.forEach((state, i) => {
      const target = carriedStates[i];
      if (target) builder.run('copy', { x: at(state, lastSlot) }, { y: target }, {});
    });

    // Slots after each step, in order of time.
    const after = states.map((state) => sliceRows(state, goBackwards ? 0 : N, T * N));
    const outputs = after[0];
    const lastStates = states.map((state) => at(state, lastSlot));
    let y: Matrix = lastStates[0];
    if (returnSequences) y = reverse ? reversedInTime(trace, outputs, T) : outputs;
    const outputMask =
      returnSequences && given.mask && reverse ? reversedInTime(trace, given.mask, T) : given.mask;

    const sequences = { matrix: y, time: T, features: H, mask: outputMask };
    const rows = (matrix: Matrix): Signal => ({ matrix, time: undefined, features: H });
    const output = returnSequences ? sequences : rows(y);
    const activity = regularizeActivity(trace, output, this.#options.activityRegularizer);

    const backward: Connected['backward'] = ([given, ...dStates], [wantsDx, ...wantsInitial]) => {
      let dy = given;
      if (activity) {
        // Where nothing depends on the output, its penalty does.
        dy ??= zeroed(y.rows);
        activity.addGradient(dy);
      }
      // The gradient of each output, to which the step after it adds.
      let dOutputs: Matrix;
      if (dy && returnSequences) dOutputs = reverse ? reversedInTime(trace, dy, T) : dy;
      else {
        dOutputs = trace.temporary(T * N, H);
        builder.run('fill', {}, { y: dOutputs }, { value: 0 });
      }
      const dLast = at(dOutputs, order[T - 1]);
      for (const d of [returnSequences ? undefined : dy, dStates[0]]) {
        if (d) builder.run('add', { a: dLast, b: d }, { y: dLast }, {});
      }
      const dOthers = states.slice(1).map((_, i) => dStates[i + 1] ?? zeroed());
      const dInitial = zeroed();
      for (let k = T - 1; k >= 0; k--) {
        const t = order[k];
        const dOutput = at(dOutputs, t);
        const dPreviousOutput = k > 0 ? at(dOutputs, order[k - 1]) : dInitial;
        const held = mask && dOthers.map(() => trace.temporary(N, H));
        mask?.part(t, dOutput, dPreviousOutput, { accumulate: true });
        held?.forEach((rest, i) => mask?.part(t, dOthers[i], rest, { accumulate: false }));
        const dRecurrentInput = recurrentDropout ? zeroed() : dPreviousOutput;
        cell.backward(trace, {
          ...step(t),
          dNext: [dOutput, ...dOthers],
          dPrevious: [dPreviousOutput, ...dOthers],
          dRecurrentInput,
        });
        recurrentDropout?.step(dRecurrentInput, dPreviousOutput, { accumulate: true });
        held?.forEach((rest, i) => {
          builder.run('add', { a: dOthers[i], b: rest }, { y: dOthers[i] }, {});
        });
      }
      if (trace.options.exposeGradients) {
        [dInitial, ...dOthers].forEach((d, i) => {
          const name = carriedStates[i]?.buffer.name;
          if (name === undefined) return;
          builder.run('copy', { x: d }, { y: builder.declare('output', `gradient/${name}`, N, H) }, {});
        });
      }
      cell.accumulate(trace, {
        ...{ dProjected: projected, tape, recurrentInput },
        ...{ previous: before, next: after },
      });
      const dx = projectBackward(trace, x, cell.kernel, projected, wantsDx);
      if (dx) inputDropout?.sequence(dx, dx);
      return [dx, ...wantsInitial.map((wants, i) => (wants ? [dInitial, ...dOthers][i] : undefined))];
    };
    return { outputs: [output, ...(returnState ? lastStates.map(rows) : [])], backward };
  }

  /** @throws SeqkitError `usage` for a stateful layer in two places */
  #carries(trace: Trace): boolean {
    if (!this.stateful && !trace.options.carryState) return false;
    const first = trace.claimCarriedState(this.name);
    if (first || !this.stateful) return first;
    throw new SeqkitError(`The stateful layer "${this.name}" is used twice: it has one state to carry.`, {
      code: 'usage',
      hint: 'Make two layers, or leave out stateful.',
    });
  }

  #checkInitial(initial: readonly Signal[]): void {
    const { states, units } = this.cell;
    if (initial.length === 0) return;
    if (this.stateful) {
      throw new SeqkitError(
        `The stateful layer "${this.name}" starts from the state it carries; it was given one besides.`,
        { code: 'usage', hint: 'Leave out stateful, or the initial states.' },
      );
    }
    const fit = initial.every(({ time, features }) => time === undefined && features === units);
    if (fit && initial.length === states.length) return;
    throw new SeqkitError(
      `"${this.name}" starts from ${states.join(' and ')}, each (batch, ${units}); ${initial
        .map(({ time, features }) => `(batch, ${time === undefined ? '' : 'time, '}${features})`)
        .join(' and ')} came.`,
      { code: 'bad-shape' },
    );
  }

  /** The input as the cell sees it, and what drops out of it and of the state: in training alone. */
  #dropouts(trace: Trace, given: Signal) {
    const { dropout = 0, recurrentDropout = 0 } = this.#options;
    const nothing = { x: given, inputDropout: undefined };
    const ofState =
      trace.drops && recurrentDropout > 0
        ? new StepDropout(trace, this.cell.units, recurrentDropout)
        : undefined;
    if (!trace.drops || dropout === 0) return { ...nothing, recurrentDropout: ofState };
    const input = denseMatrix(this, given);
    const inputDropout = new StepDropout(trace, given.features, dropout);
    const matrix = trace.temporary(input.rows, input.cols);
    inputDropout.sequence(input, matrix);
    return { x: { ...given, matrix }, inputDropout, recurrentDropout: ofState };
  }
}

/** What a recurrent layer takes of the options of a class that is made of it. */
function ownOptions(options: unknown): RecurrentOptions {
  if (typeof options !== 'object' || options === null) return recurrentOptions.parse(options);
  const known = Object.entries(options).filter(([name]) => Object.hasOwn(recurrentTable, name));
  return recurrentOptions.parse(Object.fromEntries(known));
}
