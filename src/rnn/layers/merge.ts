import type { Matrix } from '../program/program.js';
import { SeqkitError } from '../../base/errors.js';
import { optionsSchema } from '../../base/schema/index.js';
import { denseMatrix, Layer, type LayerOptions } from './layer.js';
import { named, type NamedOptions } from './layer-options.js';
import { copyOf } from './rearrangement.js';
import type { Connected, Signal, Trace, Traced } from '../weights/trace.js';

/** A layer of two or more inputs: `new Add().apply([a, b])` in a `Model`. */
export abstract class MergeLayer extends Layer {
  readonly weights = [];

  constructor(name = '') {
    super();
    this.name = name;
  }

  options(): LayerOptions {
    return {};
  }

  protected create(features: number): number {
    return features;
  }

  trace(trace: Trace, x: Signal): Traced {
    const { outputs, backward } = this.connect(trace, [x]);
    return { y: outputs[0], backward: (dy, wantsDx) => backward([dy], [wantsDx])[0] };
  }

  override connect(trace: Trace, inputs: readonly Signal[]): Connected {
    if (inputs.length < 2) {
      throw new SeqkitError(`The layer "${this.name}" takes two inputs or more; ${inputs.length} came.`, {
        code: 'usage',
        hint: `Use it in a Model: new ${this.kind}(...).apply([a, b]).`,
      });
    }
    inputs.forEach((x) => denseMatrix(this, x));
    return this.merge(trace, inputs);
  }

  protected abstract merge(trace: Trace, inputs: readonly Signal[]): Connected;

  protected refuse(inputs: readonly Signal[], wanted: string): never {
    const shapes = inputs.map(
      ({ time, features }) => `(${time === undefined ? '' : `${time}, `}${features})`,
    );
    throw new SeqkitError(`"${this.name}" (${this.kind}) needs ${wanted}; ${shapes.join(' and ')} came.`, {
      code: 'bad-shape',
    });
  }
}

/** The steps that count in every one of the inputs that has a mask. */
export function commonMask(trace: Trace, inputs: readonly Signal[]): Matrix | undefined {
  const masks = inputs.flatMap(({ mask }) => (mask ? [mask] : []));
  if (masks.length < 2) return masks[0];
  const y = copyOf(trace, masks[0]);
  for (const mask of masks.slice(1)) {
    trace.builder.run('multiply', { a: y, b: mask }, { y }, { accumulate: false });
  }
  return y;
}

const mergeOptions = optionsSchema<NamedOptions>('Add, Average, Multiply or Subtract', named);

/** Merges element by element; inputs have one shape. */
abstract class ElementwiseMerge extends MergeLayer {
  constructor(options?: NamedOptions) {
    super(mergeOptions.parse(options).name);
  }

  protected merge(trace: Trace, inputs: readonly Signal[]): Connected {
    const [first] = inputs;
    if (inputs.some(({ time, features }) => time !== first.time || features !== first.features)) {
      this.refuse(inputs, 'inputs of one shape');
    }
    const matrices = inputs.map(({ matrix }) => matrix);
    const y = trace.temporary(first.matrix.rows, first.matrix.cols);
    this.combine(trace, matrices, y);
    return {
      outputs: [{ ...first, matrix: y, mask: commonMask(trace, inputs) }],
      backward: ([dy], wantsDx) =>
        wantsDx.map((wants, i) => (wants && dy ? this.part(trace, matrices, i, dy) : undefined)),
    };
  }

  /** y from the inputs. */
  protected abstract combine(trace: Trace, inputs: readonly Matrix[], y: Matrix): void;
  /** The gradient of input i, in memory of its own. */
  protected abstract part(trace: Trace, inputs: readonly Matrix[], i: number, dy: Matrix): Matrix;
}

function sum(trace: Trace, [first, ...others]: readonly Matrix[], y: Matrix): void {
  trace.builder.run('copy', { x: first }, { y }, {});
  for (const b of others) trace.builder.run('add', { a: y, b }, { y }, {});
}

function scaled(trace: Trace, x: Matrix, factor: number): Matrix {
  const y = trace.temporary(x.rows, x.cols);
  trace.builder.run('affine', { x }, { y }, { factor, offset: 0 });
  return y;
}

/** y = a + b + ...: a residual connection around any layers, with `Model`. */
export class Add extends ElementwiseMerge {
  readonly kind = 'Add';

  protected combine(trace: Trace, inputs: readonly Matrix[], y: Matrix): void {
    sum(trace, inputs, y);
  }

  protected part(trace: Trace, _inputs: readonly Matrix[], _i: number, dy: Matrix): Matrix {
    return copyOf(trace, dy);
  }
}

/** y = a - b - ... */
export class Subtract extends ElementwiseMerge {
  readonly kind = 'Subtract';

  protected combine(trace: Trace, [first, ...others]: readonly Matrix[], y: Matrix): void {
    trace.builder.run('copy', { x: first }, { y }, {});
    for (const b of others) trace.builder.run('subtract', { a: y, b }, { y }, {});
  }

  protected part(trace: Trace, _inputs: readonly Matrix[], i: number, dy: Matrix): Matrix {
    return scaled(trace, dy, i === 0 ? 1 : -1);
  }
}

/** The mean of the inputs. */
export class Average extends ElementwiseMerge {
  readonly kind = 'Average';

  protected combine(trace: Trace, inputs: readonly Matrix[], y: Matrix): void {
    sum(trace, inputs, y);
    trace.builder.run('affine', { x: y }, { y }, { factor: 1 / inputs.length, offset: 0 });
  }

  protected part(trace: Trace, inputs: readonly Matrix[], _i: number, dy: Matrix): Matrix {
    return scaled(trace, dy, 1 / inputs.length);
  }
}

/** y = a * b * ..., element by element. */
export class Multiply extends ElementwiseMerge {
  readonly kind = 'Multiply';

  protected combine(trace: Trace, inputs: readonly Matrix[], y: Matrix): void {
    this.#times(trace, inputs, y);
  }

  protected part(trace: Trace, inputs: readonly Matrix[], i: number, dy: Matrix): Matrix {
    const dx = trace.temporary(dy.rows, dy.cols);
    this.#times(trace, [dy, ...inputs.filter((_, k) => k !== i)], dx);
    return dx;
  }

  #times(trace: Trace, [first, ...others]: readonly Matrix[], y: Matrix): void {
    trace.builder.run('copy', { x: first }, { y }, {});
    for (const b of others) trace.builder.run('multiply', { a: y, b }, { y }, { accumulate: false });
  }
}
