import type { Floats, SyncExecutable, SyncSession } from '../program/engine.js';
import { disposedError, endByUsing } from '../../base/disposal.js';
import { SeqkitError } from '../../base/errors.js';
import { listOf } from '../../base/schema/index.js';
import type { LayerGraph } from '../graph/layer-graph.js';
import { numbers } from '../program/tensor.js';
import { checkTokens } from '../training/tokens.js';
import { predictProgram } from '../training/model-programs.js';
import { knownSteppers } from './known-models.js';

const stateList = listOf(numbers);

/**
 * A model that runs one time step at a call, or some, at once, carrying its recurrent states and what causal
 * convolutions still see: for sampling and streaming. It holds a copy of the weights as they were when it was made.
 */
export class Stepper {
  /** N, how many sequences run side by side. */
  readonly batch: number;
  /** How many time steps go in at a call. */
  readonly steps: number;
  /** F, the features of an output row. */
  readonly outputFeatures: number;
  readonly #session: SyncSession;
  readonly #executable: SyncExecutable;
  readonly #tokens: number | undefined;
  readonly #states: readonly { name: string; size: number }[];
  #disposed = false;
  /** As `dispose`, at the end of a block of `using`, where the platform has it. */
  declare readonly [Symbol.dispose]: () => void;

  static {
    endByUsing(this);
  }

  /** Use `model.stepper()`. */
  constructor(graph: LayerGraph, open: () => SyncSession, batch: number, steps = 1) {
    const whole = graph.layers.find((layer) => layer.needsWholeSequence);
    if (whole) {
      throw new SeqkitError(
        `The model cannot run one time step at a call: "${whole.name}" needs the whole sequence.`,
        {
          code: 'usage',
          hint: /^(Conv|MaxPooling|AveragePooling)/.test(whole.kind)
            ? "Call predict on whole sequences, or give convolutions padding: 'causal' and poolings no overlap."
            : 'Call predict on whole sequences.',
        },
      );
    }
    if (graph.inputs.length > 1 || graph.outputs.length > 1) {
      throw new SeqkitError('A model runs one time step at a call only with one input and one output.', {
        code: 'usage',
      });
    }
    knownSteppers.add(this);
    const size = { batch, time: steps, steps: graph.shapes?.[0].steps, features: graph.features ?? 1 };
    const { program, output } = predictProgram({ graph, size }, { carryState: true });
    this.batch = batch;
    this.steps = steps;
    this.#tokens = graph.tokens;
    this.outputFeatures = (output.steps ?? 1) * output.features;
    this.#session = open();
    for (const weight of graph.weights) this.#session.write(weight.name, weight.get().data);
    this.#executable = this.#session.compile(program, { fixedParameters: true });
    this.#states = program.buffers.filter(({ carried }) => carried !== undefined);
    // Masks count real examples, which all of these are.
    if (program.buffers.some(({ name }) => name === 'valid')) {
      this.#executable.write('valid', new Float32Array(batch).fill(1));
    }
  }

  /**
   * One time step, or as many as `steps`.
   * @param x features (N, D), or one token for each sequence; of several steps (steps, N, D), one after the other
   * @returns outputs (N, F), of several steps (steps / strides, N, F): a view, valid until the next step
   */
  step(x: ArrayLike<number>): Floats {
    this.#checkAlive();
    numbers.parse(x, 'step: x');
    if (this.#tokens !== undefined) checkTokens(x, this.#tokens);
    this.#executable.write('x', x);
    this.#executable.run();
    return this.#executable.read('y');
  }

  /** Starts again from zero states. */
  reset(): void {
    this.#checkAlive();
    for (const { name, size } of this.#states) this.#session.write(name, new Float32Array(size));
  }

  /** The recurrent states, for going back to this moment with `setState`. */
  getState(): Floats[] {
    this.#checkAlive();
    return this.#states.map(({ name }) => this.#session.read(name));
  }

  /** @param states what `getState` gave */
  setState(states: readonly ArrayLike<number>[]): void {
    this.#checkAlive();
    stateList.parse(states, 'setState');
    const fits =
      states.length === this.#states.length && this.#states.every(({ size }, i) => states[i].length === size);
    if (!fits) {
      const [wanted, found] = [this.#states.map(({ size }) => size), states.map(({ length }) => length)];
      throw new SeqkitError(
        `The stepper has states of ${wanted.join(', ') || 'no'} numbers; it got ${found.join(', ') || 'none'}.`,
        { code: 'bad-shape', hint: 'Give what getState of such a stepper gave.' },
      );
    }
    this.#states.forEach(({ name }, i) => this.#session.write(name, states[i]));
  }

  /** Frees its memory. */
  dispose(): void {
    if (!this.#disposed) this.#session.dispose();
    this.#disposed = true;
  }

  #checkAlive(): void {
    if (this.#disposed) throw disposedError('The stepper');
  }
}
