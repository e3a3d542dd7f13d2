import { sliceRows } from '../program/program.js';
import { SeqkitError } from '../../base/errors.js';
import { optionsSchema, wholeNumber } from '../../base/schema/index.js';
import { denseMatrix, Layer, type LayerOptions } from './layer.js';
import { layerName } from './layer-options.js';
import type { Signal, Trace, Traced } from '../weights/trace.js';

export interface RepeatVectorOptions {
  /** T: how many times. */
  n: number;
  name?: string;
}

const repeatVectorOptions = optionsSchema<RepeatVectorOptions>('RepeatVector', {
  // A program has a step for each.
  n: wholeNumber({ min: 1, max: 100_000 }),
  name: layerName,
});

/** The same row at every time step: (N, D) to (N, T, D). */
export class RepeatVector extends Layer {
  readonly kind = 'RepeatVector';
  readonly weights = [];
  readonly #n: number;

  constructor(options: RepeatVectorOptions) {
    super();
    const { n, name = '' } = repeatVectorOptions.parse(options);
    this.#n = n;
    this.name = name;
  }

  options(): LayerOptions {
    return { n: this.#n };
  }

  protected create(features: number): number {
    return features;
  }

  trace(trace: Trace, x: Signal): Traced {
    const { builder, batch: N } = trace;
    const input = denseMatrix(this, x);
    if (x.time !== undefined) {
      throw new SeqkitError(`The layer "${this.name}" repeats rows (batch, features); it got sequences.`, {
        code: 'bad-shape',
      });
    }
    const y = trace.temporary(this.#n * N, input.cols);
    for (let t = 0; t < (trace.shapesOnly ? 0 : this.#n); t++) {
      builder.run('copy', { x: input }, { y: sliceRows(y, t * N, N) }, {});
    }
    return {
      y: { matrix: y, time: this.#n, features: x.features },
      backward: (dy) => {
        const dx = sliceRows(dy, 0, N);
        for (let t = 1; t < this.#n; t++) {
          builder.run('add', { a: dx, b: sliceRows(dy, t * N, N) }, { y: dx }, {});
        }
        return dx;
      },
    };
  }
}
