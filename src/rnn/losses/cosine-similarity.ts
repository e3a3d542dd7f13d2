import type { Trace } from '../weights/trace.js';
import { Loss, type LossOperands, type TracedLoss } from './loss.js';
import { lossSchemas } from './loss-names.js';

/**
 * Minus the cosine of the angle between output and target, from -1 where they point the same way to 1, as Keras has
 * it. A row of zeros on either side gives 0 and no gradient. Targets are `values`, (N, F) or (N, T, F).
 */
export class CosineSimilarity extends Loss {
  override readonly name = 'cosineSimilarity';

  constructor(options?: { name?: 'cosineSimilarity' }) {
    super();
    lossSchemas.cosineSimilarity.parse(options);
  }

  override readonly passesOver = true;

  override trace(trace: Trace, { output: { matrix: x }, targets, weights }: LossOperands): TracedLoss {
    const [losses, gradient] = [trace.temporary(x.rows, 1), trace.temporary(x.rows, x.cols)];
    trace.builder.run('cosineError', { x, targets, weights }, { dx: gradient, losses }, {});
    return { losses, gradient };
  }
}
