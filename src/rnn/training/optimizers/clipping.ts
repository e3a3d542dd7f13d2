import type { Matrix } from '../../program/program.js';
import { SeqkitError } from '../../../base/errors.js';
import { number, optional, type OptionTable } from '../../../base/schema/index.js';
import type { Trace } from '../../weights/trace.js';
import type { Weight } from '../../weights/weight.js';

/** Keras's three ways to hold gradients back; one at most. */
export interface Clipping {
  /** All gradients are scaled down together where their common norm is above this (Pascanu et al. 2013). */
  globalClipNorm?: number;
  /** Each weight's gradient by itself is scaled down where its norm is above this. */
  clipNorm?: number;
  /** Each number of a gradient is held between minus this and this. */
  clipValue?: number;
}

/** A weight with its gradient, to be scaled by factor(1, 1). */
export interface ClippedGradient {
  readonly weight: Weight;
  readonly gradient: Matrix;
  /** Left out where it is 1. */
  readonly factor: Matrix | undefined;
}

const limit = optional(number({ above: 0 }));

/** The schemas of `Clipping`. */
export const clippingTable: OptionTable<Clipping> = {
  globalClipNorm: limit,
  clipNorm: limit,
  clipValue: limit,
};

/** @throws SeqkitError `usage` for more than one */
export function checkClipping({ globalClipNorm, clipNorm, clipValue }: Clipping): void {
  const given = Object.entries({ globalClipNorm, clipNorm, clipValue }).filter(
    ([, limit]) => limit !== undefined,
  );
  if (given.length > 1) {
    throw new SeqkitError(`Give ${given.map(([name]) => name).join(' or ')}, not both.`, { code: 'usage' });
  }
}

/** Appends the clipping of all gradients. */
export function clipGradients(
  trace: Trace,
  gradients: readonly { weight: Weight; gradient: Matrix }[],
  { globalClipNorm, clipNorm, clipValue }: Clipping,
): ClippedGradient[] {
  if (clipValue !== undefined) {
    for (const { gradient: x } of gradients) {
      trace.builder.run('clip', { x }, { y: x }, { limit: clipValue });
    }
  }
  const common =
    globalClipNorm === undefined
      ? undefined
      : clipFactor(
          trace,
          gradients.map(({ gradient }) => gradient),
          globalClipNorm,
        );
  return gradients.map(({ weight, gradient }) => {
    const own = clipNorm === undefined ? undefined : clipFactor(trace, [gradient], clipNorm);
    return { weight, gradient, factor: common ?? own };
  });
}

/** The factor (1, 1) that brings the common norm of some gradients down to `maxNorm`. */
function clipFactor(trace: Trace, gradients: readonly Matrix[], maxNorm: number): Matrix {
  const { builder } = trace;
  const factor = trace.temporary(1, 1);
  const squares = trace.temporary(gradients.length, 1);
  gradients.forEach((x, i) => {
    builder.run('sumSquares', { x }, { total: { ...squares, offset: squares.offset + i, rows: 1 } }, {});
  });
  builder.run('clipFactor', { squares }, { factor }, { maxNorm });
  return factor;
}
