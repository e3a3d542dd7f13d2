import { SeqkitError } from '../../base/errors.js';
import { optionsSchema, schemaOf } from '../../base/schema/index.js';
import { denseMatrix, Layer, refuseMask, type LayerOptions } from './layer.js';
import { layerName, named, type NamedOptions } from './layer-options.js';
import { toExamples, toSteps } from './rearrangement.js';
import type { Signal, Trace, Traced } from '../weights/trace.js';

export interface ReshapeOptions {
  /** One example's new shape: [T, D] or [F]; one of its sizes may be -1, which follows from the others. */
  targetShape: readonly number[];
  name?: string;
}

const isTargetShape = (value: unknown): boolean =>
  Array.isArray(value) &&
  (value.length === 1 || value.length === 2) &&
  [...(value as unknown[])].every(
    (size) => size === -1 || (Number.isSafeInteger(size) && Number(size) > 0),
  ) &&
  value.filter((size) => size === -1).length <= 1;

const reshapeOptions = optionsSchema<ReshapeOptions>('Reshape', {
  targetShape: schemaOf<readonly number[]>(
    '[T, D] or [F], whole numbers of at least 1 with one -1 at most',
    isTargetShape,
  ),
  name: layerName,
});

const flattenOptions = optionsSchema<NamedOptions>('Flatten', named);

/** Each example's numbers in their order under another shape: (N, T, D) or (N, D) to (N, ...targetShape). */
export class Reshape extends Layer {
  readonly kind: string = 'Reshape';
  readonly weights = [];
  readonly #targetShape: readonly number[];

  constructor(options: ReshapeOptions) {
    super();
    const { targetShape, name = '' } = reshapeOptions.parse(options);
    this.name = name;
    this.#targetShape = [...targetShape];
  }

  options(): LayerOptions {
    return { targetShape: [...this.#targetShape] };
  }

  override get needsWholeSequence(): boolean {
    return true;
  }

  protected create(): number {
    const last = this.#targetShape[this.#targetShape.length - 1];
    return last === -1 ? NaN : last;
  }

  trace(trace: Trace, x: Signal): Traced {
    refuseMask(this, x);
    const input = denseMatrix(this, x);
    const size = (x.time ?? 1) * x.features;
    const shape = this.#shapeOf(size);
    const time = shape.length === 2 ? shape[0] : undefined;
    const examples = x.time === undefined ? input : toExamples(trace, input, x.time);
    const matrix = time === undefined ? examples : toSteps(trace, examples, time);
    return {
      y: { matrix, time, features: shape[shape.length - 1] },
      backward(dy) {
        const rows = time === undefined ? dy : toExamples(trace, dy, time);
        return x.time === undefined ? rows : toSteps(trace, rows, x.time);
      },
    };
  }

  #shapeOf(size: number): number[] {
    const known = this.#targetShape.filter((length) => length !== -1).reduce((a, b) => a * b, 1);
    const shape = this.#targetShape.map((length) => (length === -1 ? size / known : length));
    const product = shape.reduce((a, b) => a * b, 1);
    if (product === size && shape.every((length) => Number.isInteger(length))) return shape;
    throw new SeqkitError(
      `"${this.name}" cannot bring the ${size} numbers of an example into the shape (${this.#targetShape.join(', ')}).`,
      { code: 'bad-shape' },
    );
  }
}

/** (N, T, D) to (N, T * D). */
export class Flatten extends Reshape {
  override readonly kind = 'Flatten';

  constructor(options?: NamedOptions) {
    super({ targetShape: [-1], ...flattenOptions.parse(options) });
  }

  override options(): LayerOptions {
    return {};
  }
}
