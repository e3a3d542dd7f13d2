import type { Session } from '../program/engine.js';
import { SeqkitError } from '../../base/errors.js';
import { sizeOf, type Tensor } from '../tensor.js';

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
  /** The loss has this times the sum of its squares added. */
  readonly l2: number;
  #values: Float64Array | undefined;
  #session: Session | undefined;

  /** @param values what it starts at; undefined where `set` follows */
  constructor(
    name: string,
    shape: readonly number[],
    values: Float64Array | undefined,
    { trainable = true, l2 = 0 }: { trainable?: boolean; l2?: number | undefined } = {},
  ) {
    this.name = name;
    this.shape = shape;
    this.isParameter = trainable;
    this.l2 = l2;
    this.#values = values;
  }

  /** Whether it has numbers yet. */
  get started(): boolean {
    return this.#values !== undefined;
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
    const values = (): Float64Array => this.#values?.slice() ?? new Float64Array(sizeOf(this.shape));
    return { data: this.#session ? this.#session.read(this.name) : values(), shape: this.shape };
  }

  /** @throws SeqkitError `bad-shape` where the number of values differs */
  set(values: ArrayLike<number>): void {
    if (values.length !== sizeOf(this.shape)) {
      throw new SeqkitError(
        `"${this.name}" has shape (${this.shape.join(', ')}), ${sizeOf(this.shape)} numbers; ${values.length} were given.`,
        { code: 'bad-shape' },
      );
    }
    if (this.#session) this.#session.write(this.name, values);
    else this.#values = Float64Array.from(values);
  }

  /** Hands the numbers to a session; from now on they live there. */
  attach(session: Session): void {
    session.write(this.name, this.get().data);
    this.#session = session;
  }
}
