import { optionsSchema } from '../../base/schema/index.js';
import type { Matrix } from '../program/program.js';
import type { Connected, Signal, Trace } from '../weights/trace.js';
import { named, type NamedOptions } from './layer-options.js';
import { commonMask, MergeLayer } from './merge.js';

const differenceOptions = optionsSchema<NamedOptions>('AbsoluteDifference', named);

/**
 * y = |a - b|, element by element, of two inputs of one shape: what a layer that says whether two embeddings are of the
 * same thing takes. Where they are equal the gradient is taken for 0.
 *
 * @example
 * const apart = new AbsoluteDifference().apply([embed.apply(a), embed.apply(b)]);
 * const same = new Dense({ units: 1, activation: 'sigmoid' }).apply(apart);
 */
export class AbsoluteDifference extends MergeLayer {
  readonly kind = 'AbsoluteDifference';

  constructor(options?: NamedOptions) {
    super(differenceOptions.parse(options).name);
  }

  protected merge(trace: Trace, inputs: readonly Signal[]): Connected {
    const [a, b] = inputs;
    if (inputs.length !== 2 || a.time !== b.time || a.features !== b.features) {
      this.refuse(inputs, 'two inputs of one shape');
    }
    const [above, below] = [positivePart(trace, a.matrix, b.matrix), positivePart(trace, b.matrix, a.matrix)];
    const y = trace.temporary(above.rows, above.cols);
    trace.builder.run('add', { a: above, b: below }, { y }, {});
    return {
      outputs: [{ ...a, matrix: y, mask: commonMask(trace, inputs) }],
      backward: ([dy], wantsDx) => {
        if (!dy) return [undefined, undefined];
        const [up, down] = [above, below].map((part) => slopeOf(trace, part, dy));
        const minus = (first: Matrix, second: Matrix): Matrix => {
          const dx = trace.temporary(dy.rows, dy.cols);
          trace.builder.run('subtract', { a: first, b: second }, { y: dx }, {});
          return dx;
        };
        return [wantsDx[0] ? minus(up, down) : undefined, wantsDx[1] ? minus(down, up) : undefined];
      },
    };
  }
}

/** max(a - b, 0). */
function positivePart(trace: Trace, a: Matrix, b: Matrix): Matrix {
  const y = trace.temporary(a.rows, a.cols);
  trace.builder.run('subtract', { a, b }, { y }, {});
  trace.builder.run('activate', { x: y }, { y }, { activation: 'relu' });
  return y;
}

/** dy where the part is not 0. */
function slopeOf(trace: Trace, y: Matrix, dy: Matrix): Matrix {
  const dx = trace.temporary(dy.rows, dy.cols);
  trace.builder.run('activateBackward', { y, dy }, { dx }, { activation: 'relu' });
  return dx;
}
