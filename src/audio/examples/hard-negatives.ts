import type { Network } from '../../rnn/model/network.js';
import type { ExamplePool } from './example-pool.js';

/** Examples that the network hears at a time. */
const BATCH = 16;

/** Of each of some examples, the highest mean of as many scores of a word as the detector smooths over. */
export async function highestScores(
  network: Network,
  pool: ExamplePool,
  places: Int32Array,
  smoothSteps: number,
): Promise<number[]> {
  const highest: number[] = [];
  for (let from = 0; from < places.length; from += BATCH) {
    const part = places.subarray(from, from + BATCH);
    const { x } = pool.batch(part);
    const { data, shape } = await network.predict(x);
    const [, steps, words] = shape;
    const scoresOf = (example: number, word: number) =>
      Float64Array.from(
        { length: steps },
        (_, step) => 1 / (1 + Math.exp(-data[(example * steps + step) * words + word])),
      );
    for (let example = 0; example < part.length; example++) {
      const peaks = Array.from({ length: words }, (_, word) =>
        highestMean(scoresOf(example, word), smoothSteps),
      );
      highest.push(Math.max(...peaks));
    }
  }
  return highest;
}

/** The highest mean of `count` scores in a row; before the first there is silence. */
function highestMean(scores: Float64Array, count: number): number {
  let [sum, highest] = [0, 0];
  for (let step = 0; step < scores.length; step++) {
    sum += scores[step] - (step >= count ? scores[step - count] : 0);
    highest = Math.max(highest, sum / count);
  }
  return highest;
}
