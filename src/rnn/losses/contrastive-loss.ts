import { sideBySide } from '../weights/side-by-side.js';
import type { Trace } from '../weights/trace.js';
import { Loss, type LossOperands, type TracedLoss } from './loss.js';
import { lossSchemas } from './loss-names.js';
import { difference, partsOf, rowsTimes, squaredLengths } from './parts.js';

export interface ContrastiveLossOptions {
  /** How far apart two different things must be to cost nothing. @default 1 */
  margin?: number;
}

/** What is added to a distance before it divides: two embeddings at one point have no direction. */
const LEAST_DISTANCE = 1e-12;

/**
 * The contrastive loss (Hadsell et al. 2006): t d^2 + (1 - t) max(margin - d, 0)^2 with the distance d = |f(a) - f(b)|,
 * of an output (N, 2F) or (N, T, 2F) that holds the two embeddings side by side, as `Concatenate` joins them. Targets
 * are one value for each row, (N, 1) or (N, T, 1): 1 where a and b are the same thing, 0 where they are not.
 */
export class ContrastiveLoss extends Loss {
  override readonly name = 'contrastiveLoss';
  override readonly range = [0, 1] as const;
  readonly margin: number;
  readonly #given: ContrastiveLossOptions;

  constructor(options?: ContrastiveLossOptions) {
    super();
    const { margin } = lossSchemas.contrastiveLoss.parse(options);
    this.margin = margin ?? 1;
    this.#given = margin === undefined ? {} : { margin };
  }

  override options(): Readonly<Record<string, unknown>> {
    return { ...this.#given };
  }

  override targetColumns(): number {
    return 1;
  }

  override classes(): number {
    return 2;
  }

  override trace(trace: Trace, { output, targets, weights }: LossOperands): TracedLoss {
    const { builder } = trace;
    const multiply = { accumulate: false };
    const [a, b] = partsOf(output.matrix, 2, this.name, 'two embeddings');
    const apart = difference(trace, a, b);
    const squares = squaredLengths(trace, apart);
    const column = () => trace.temporary(squares.rows, 1);
    // d = d^2 / sqrt(d^2), and 1 / d from ones.
    const [distance, inverse, ones] = [column(), column(), column()];
    builder.run('divideByRoot', { a: squares, b: squares }, { y: distance }, { epsilon: LEAST_DISTANCE });
    builder.run('fill', {}, { y: ones }, { value: 1 });
    builder.run('divideByRoot', { a: ones, b: squares }, { y: inverse }, { epsilon: LEAST_DISTANCE });
    const shortfall = column();
    builder.run('affine', { x: distance }, { y: shortfall }, { factor: -1, offset: this.margin });
    builder.run('activate', { x: shortfall }, { y: shortfall }, { activation: 'relu' });
    const [same, different] = [column(), column()];
    builder.run('multiply', { a: targets, b: weights }, { y: same }, multiply);
    builder.run('subtract', { a: weights, b: same }, { y: different }, {});

    // The shortfall times its share, used by the loss and by its slope, 2 t - 2 (1 - t) shortfall / d.
    const pushed = column();
    builder.run('multiply', { a: different, b: shortfall }, { y: pushed }, multiply);
    const losses = column();
    builder.run('multiply', { a: same, b: squares }, { y: losses }, multiply);
    builder.run('multiply', { a: pushed, b: shortfall }, { y: losses }, { accumulate: true });
    builder.run('multiply', { a: pushed, b: inverse }, { y: pushed }, multiply);
    const slope = column();
    builder.run('subtract', { a: same, b: pushed }, { y: slope }, {});
    const gradient = sideBySide(trace, [
      rowsTimes(trace, apart, slope, 2),
      rowsTimes(trace, apart, slope, -2),
    ]);
    return { losses, gradient };
  }
}
