import type { Session } from '../program/engine.js';
import { disposedError } from '../../base/disposal.js';
import { SeqkitError } from '../../base/errors.js';
import { flag, number, optional, optionsSchema, someText } from '../../base/schema/index.js';
import { constraint, type Constraint } from './constraint.js';
import { numbers, sizeOf, type Tensor } from '../program/tensor.js';
import { finished, type StartInTurns } from './start-in-turns.js';
import { checkedShape } from './weight-shape.js';

/** What a weight is besides its numbers. */
export interface WeightOptions {
  /** False for running statistics. @default true */
  trainable?: boolean;
  /** @default 0 */
  l1?: number | undefined;
  /** @default 0 */
  l2?: number | undefined;
  /** What it is held to after each update. @default nothing */
  constraint?: Constraint | undefined;
}

const weightOptions = optionsSchema<WeightOptions>('Weight', {
  trainable: optional(flag),
  l1: optional(number({ min: 0 })),
  l2: optional(number({ min: 0 })),
  constraint: optional(constraint),
});

/**
 * One array of a layer: a kernel, a bias, a running statistic. Its numbers live here until a
 * model's session takes them over.
 */
export class Weight {
  /** Unique within a model: `<layer>/<weight>`. */
  readonly name: string;
  /** Keras's shape, e.g. (D, 4H). */
  readonly shape: readonly number[];
  /** False for running statistics: saved, but no parameter of the training. */
  readonly isParameter: boolean;
  /** Keeps its numbers in training, as `layer.trainable = false` has it. */
  frozen = false;
  /** The loss has this times the sum of its absolute values added. */
  readonly l1: number;
  /** The loss has this times the sum of its squares added. */
  readonly l2: number;
  /** What it is held to after each update. */
  readonly constraint: Constraint | undefined;
  #values: Float64Array | undefined;
  /** What works them out, where nobody has asked for them yet. */
  #start: StartInTurns | undefined;
  #session: Session | undefined;
  #ended = false;

  /** @param values what it starts at; undefined where `set` follows */
  constructor(
    name: string,
    shape: readonly number[],
    values: Float64Array | undefined,
    options: WeightOptions = {},
  ) {
    const { trainable = true, l1 = 0, l2 = 0, constraint: held } = weightOptions.parse(options);
    this.name = someText.parse(name, 'The name of a Weight');
    this.shape = checkedShape(shape, `"${name}"`);
    if (values !== undefined) this.check(values);
    this.isParameter = trainable;
    this.l1 = l1;
    this.l2 = l2;
    this.constraint = held;
    this.#values = values;
  }

  /** Whether it has numbers yet. */
  get started(): boolean {
    return this.#values !== undefined || this.#start !== undefined;
  }

  /** Has its first numbers worked out by `start` when they are asked for, or before that by `finishStart`. */
  startBy(start: StartInTurns): void {
    this.#start = start;
  }

  /** Works its first numbers out, where they are not yet. @param turn is waited for at every pause */
  async finishStart(turn: () => Promise<void>): Promise<void> {
    // Whoever asks meanwhile has them worked out at once.
    for (let start = this.#start; start !== undefined && start === this.#start; await turn()) {
      const { done, value } = start.next();
      if (done) this.#begin(value);
    }
  }

  #begin(values: Float64Array): void {
    this.#values = values;
    this.#start = undefined;
  }

  /** Whether training changes it by its gradient. */
  get trainable(): boolean {
    return this.isParameter && !this.frozen;
  }

  /** Rows as a matrix: the product of all dimensions but the last; 1 for a vector. */
  get rows(): number {
    return sizeOf(this.shape) / this.cols;
  }

  get cols(): number {
    return this.shape[this.shape.length - 1];
  }

  /** The current numbers, copied; zeros before there are any. */
  get(): Tensor {
    this.#checkAlive();
    if (this.#start) this.#begin(finished(this.#start));
    const values = (): Float64Array => this.#values?.slice() ?? new Float64Array(sizeOf(this.shape));
    return { data: this.#session ? this.#session.read(this.name) : values(), shape: this.shape };
  }

  /**
   * @returns the values themselves
   * @throws SeqkitError `bad-shape` where their number differs; `bad-value` for what are no numbers
   */
  check<Values extends ArrayLike<number>>(values: Values): Values {
    numbers.parse(values, `The numbers of "${this.name}"`);
    if (values.length !== sizeOf(this.shape)) {
      throw new SeqkitError(
        `"${this.name}" has shape (${this.shape.join(', ')}), ${sizeOf(this.shape)} numbers; ${values.length} were given.`,
        { code: 'bad-shape' },
      );
    }
    return values;
  }

  /** @throws SeqkitError as `check` does */
  set(values: ArrayLike<number>): void {
    this.#checkAlive();
    this.check(values);
    if (this.#session) this.#session.write(this.name, values);
    else this.#begin(Float64Array.from(values));
  }

  /**
   * Hands the numbers to a session; from now on they live there.
   * @throws SeqkitError `usage` where they live in another
   */
  attach(session: Session): void {
    if (this.#session) {
      throw new SeqkitError(`"${this.name}" belongs to another model already.`, {
        code: 'usage',
        hint: 'Make new layers for each model; setWeights copies the numbers from one to the other.',
      });
    }
    session.write(this.name, this.get().data);
    this.#session = session;
  }

  /** Moves the numbers from the session where they live to another. */
  move(session: Session): void {
    session.write(this.name, this.get().data);
    this.#session = session;
  }

  /** Ends it with its session. */
  end(): void {
    this.#ended = true;
  }

  #checkAlive(): void {
    if (this.#ended) throw disposedError(`The model of "${this.name}"`);
  }
}
