import { Random } from '../../base/math/random.js';
import { checkedShape } from './weight-shape.js';

/**
 * In place of random numbers where weights get theirs from a file: a build then makes the weights' shapes
 * alone, and takes neither time nor memory for what they would start at. Whatever draws from it, such as
 * a layer of one's own, is answered as by any other.
 */
export class NoStart extends Random {
  override fork(label: string): NoStart {
    return new NoStart(super.fork(label).bits());
  }
}

/**
 * What a weight starts at, made at once so that draws keep their order; undefined under `NoStart`.
 * @throws SeqkitError `bad-shape` where it would hold more than there is memory for
 */
export function startOf(
  random: Random,
  shape: readonly number[],
  make: () => Float64Array,
): Float64Array | undefined {
  checkedShape(shape, 'A weight');
  return random instanceof NoStart ? undefined : make();
}
