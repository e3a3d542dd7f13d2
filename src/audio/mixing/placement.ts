import { SeqkitError } from '../../base/errors.js';
import { randomGenerator, type Random } from '../../base/math/random.js';
import { listOf, wholeNumber } from '../../base/schema/index.js';

const sampleCount = wholeNumber({ min: 0 });
const sampleCounts = listOf(sampleCount);

/**
 * Places segments at random without overlap: the room that is left over is cut at random points
 * into the gaps between them, so that every arrangement is as likely and none is tried in vain.
 *
 * @param lengths of the segments, in samples
 * @param total samples to place them in
 * @returns the start of each segment, in the order of `lengths`; the order in time is random
 * @throws SeqkitError `bad-value` where the segments are longer than the room
 */
export function placeWithoutOverlap(lengths: readonly number[], total: number, random: Random): number[] {
  sampleCounts.parse(lengths, 'placeWithoutOverlap: lengths');
  sampleCount.parse(total, 'placeWithoutOverlap: total');
  randomGenerator.parse(random, 'placeWithoutOverlap: random');
  const room = total - lengths.reduce((sum, length) => sum + length, 0);
  if (room < 0) {
    throw new SeqkitError(
      `${lengths.length} clips of ${total - room} samples together do not fit into ${total} samples without overlap.`,
      { code: 'bad-value', hint: 'Use fewer or shorter clips, or longer examples.' },
    );
  }
  const order = random.shuffle(lengths.map((_, index) => index));
  const cuts = Float64Array.from(lengths, () => random.integer(room + 1)).sort();
  const starts = new Array<number>(lengths.length);
  let filled = 0;
  order.forEach((segment, rank) => {
    starts[segment] = cuts[rank] + filled;
    filled += lengths[segment];
  });
  return starts;
}
