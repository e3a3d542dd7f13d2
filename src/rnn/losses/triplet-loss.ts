import { sideBySide } from '../weights/side-by-side.js';
import type { Trace } from '../weights/trace.js';
import { Loss, type LossOperands, type LossTargets, type TracedLoss } from './loss.js';
import { lossSchemas } from './loss-names.js';
import { difference, partsOf, rowsTimes, squaredLengths } from './parts.js';

export interface TripletLossOptions {
  /** By how much the negative must be farther from the anchor than the positive. @default 0.2 */
  margin?: number;
}

/**
 * FaceNet's loss (Schroff et al. 2015, equation 3): max(|a - p|^2 - |a - n|^2 + margin, 0), of an output (N, 3F) or
 * (N, T, 3F) that holds the embeddings of anchor, positive and negative side by side, as `Concatenate` joins them. It
 * takes no targets.
 *
 * @example
 * const [a, p, n] = [input({ shape: [8] }), input({ shape: [8] }), input({ shape: [8] })];
 * const embed = new Dense({ units: 4 });
 * const outputs = new Concatenate().apply([a, p, n].map((x) => embed.apply(x)));
 * const model = new Model({ inputs: [a, p, n], outputs });
 * model.compile({ loss: new TripletLoss({ margin: 0.5 }), optimizer: 'adam' });
 * await model.fit([anchors, positives, negatives]);
 */
export class TripletLoss extends Loss {
  override readonly name = 'tripletLoss';
  override readonly targets: LossTargets = 'none';
  readonly margin: number;
  readonly #given: TripletLossOptions;

  constructor(options?: TripletLossOptions) {
    super();
    const { margin } = lossSchemas.tripletLoss.parse(options);
    this.margin = margin ?? 0.2;
    this.#given = margin === undefined ? {} : { margin };
  }

  override options(): Readonly<Record<string, unknown>> {
    return { ...this.#given };
  }

  override trace(trace: Trace, { output, weights }: LossOperands): TracedLoss {
    const { builder } = trace;
    const what = 'the embeddings of anchor, positive and negative';
    const [a, p, n] = partsOf(output.matrix, 3, this.name, what);
    const [toPositive, toNegative] = [difference(trace, a, p), difference(trace, a, n)];
    const excess = difference(trace, squaredLengths(trace, toPositive), squaredLengths(trace, toNegative));
    builder.run('affine', { x: excess }, { y: excess }, { factor: 1, offset: this.margin });
    builder.run('activate', { x: excess }, { y: excess }, { activation: 'relu' });
    const losses = trace.temporary(excess.rows, 1);
    builder.run('multiply', { a: excess, b: weights }, { y: losses }, { accumulate: false });
    // The weight where the loss is not 0.
    const active = trace.temporary(excess.rows, 1);
    builder.run('activateBackward', { y: excess, dy: weights }, { dx: active }, { activation: 'relu' });
    const gradient = sideBySide(trace, [
      rowsTimes(trace, difference(trace, n, p), active, 2),
      rowsTimes(trace, toPositive, active, -2),
      rowsTimes(trace, toNegative, active, 2),
    ]);
    return { losses, gradient };
  }
}
