import { sliceColumns, sliceRows } from '../program/program.js';
import { optional, optionsSchema, schemaOf } from '../../base/schema/index.js';
import type { LayerOptions } from './layer.js';
import { layerName } from './layer-options.js';
import { commonMask, MergeLayer } from './merge.js';
import { copyOf } from './rearrangement.js';
import type { Connected, Signal, Trace } from '../weights/trace.js';

export interface ConcatenateOptions {
  /** -1 or the last: features side by side; 1 with sequences: one after the other in time. @default -1 */
  axis?: number;
  name?: string;
}

const concatenateOptions = optionsSchema<ConcatenateOptions>('Concatenate', {
  axis: optional(schemaOf<number>('-1, 1 or 2', (value) => value === -1 || value === 1 || value === 2)),
  name: layerName,
});

/** Inputs put together: (N, T, A) and (N, T, B) to (N, T, A + B), or along time. */
export class Concatenate extends MergeLayer {
  readonly kind = 'Concatenate';
  readonly #axis: number;

  constructor(options?: ConcatenateOptions) {
    const { axis = -1, name } = concatenateOptions.parse(options);
    super(name);
    this.#axis = axis;
  }

  override options(): LayerOptions {
    return { axis: this.#axis };
  }

  protected override create(): number {
    // The sum over all inputs, of which the build knows the first alone.
    return NaN;
  }

  protected merge(trace: Trace, inputs: readonly Signal[]): Connected {
    const sequences = inputs[0].time !== undefined;
    if (this.#axis === 2 && !sequences) this.refuse(inputs, 'sequences for axis 2');
    return this.#axis === 1 && sequences ? this.#inTime(trace, inputs) : this.#sideBySide(trace, inputs);
  }

  #sideBySide(trace: Trace, inputs: readonly Signal[]): Connected {
    const [first, ...others] = inputs;
    if (others.some(({ time }) => time !== first.time)) this.refuse(inputs, 'inputs of as many time steps');
    let y = first.matrix;
    for (const { matrix: b } of others) {
      const wider = trace.temporary(y.rows, y.cols + b.cols);
      trace.builder.run('concatenate', { a: y, b }, { y: wider }, { accumulate: false });
      y = wider;
    }
    let start = 0;
    const columns = inputs.map(({ features }) => ({ features, start: (start += features) - features }));
    return {
      outputs: [{ ...first, matrix: y, features: y.cols, mask: commonMask(trace, inputs) }],
      backward: ([dy], wantsDx) =>
        columns.map(({ features, start }, i) =>
          dy && wantsDx[i] ? copyOf(trace, sliceColumns(dy, start, features)) : undefined,
        ),
    };
  }

  #inTime(trace: Trace, inputs: readonly Signal[]): Connected {
    const [first] = inputs;
    if (inputs.some(({ features }) => features !== first.features))
      this.refuse(inputs, 'inputs of as many features');
    const rows = inputs.reduce((total, { matrix }) => total + matrix.rows, 0);
    const masked = inputs.some(({ mask }) => mask);
    const y = trace.temporary(rows, first.features);
    const mask = masked ? trace.temporary(rows, 1) : undefined;
    let start = 0;
    const places = inputs.map(({ matrix, mask: own }) => {
      const place = { start, rows: matrix.rows };
      trace.builder.run('copy', { x: matrix }, { y: sliceRows(y, start, matrix.rows) }, {});
      if (mask) {
        const part = sliceRows(mask, start, matrix.rows);
        if (own) trace.builder.run('copy', { x: own }, { y: part }, {});
        else trace.builder.run('fill', {}, { y: part }, { value: 1 });
      }
      start += matrix.rows;
      return place;
    });
    return {
      outputs: [{ matrix: y, time: rows / trace.batch, features: first.features, mask }],
      backward: ([dy], wantsDx) =>
        places.map((place, i) =>
          dy && wantsDx[i] ? copyOf(trace, sliceRows(dy, place.start, place.rows)) : undefined,
        ),
    };
  }
}
