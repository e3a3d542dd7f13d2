import { SeqkitError } from '../../base/errors.js';
import { quoted } from '../../base/schema/index.js';
import type { TriggerStream } from '../detection/trigger-stream.js';

/**
 * Has each of the streams fire at another score.
 * @param threshold of all words, or by word; words that are not named keep theirs
 * @throws SeqkitError `bad-value` for one out of range, `usage` for a word that none of them listens for
 */
export function setThresholds(
  streams: readonly TriggerStream[],
  threshold: number | Readonly<Record<string, number>>,
): void {
  if (typeof threshold === 'number') return streams.forEach((stream) => stream.setThreshold(threshold));
  const words = streams.flatMap((stream) => stream.words);
  const stranger = Object.keys(threshold).find((word) => !words.includes(word));
  if (stranger !== undefined) {
    throw new SeqkitError(`There is no word ${quoted(stranger)} to set a threshold for.`, {
      code: 'usage',
      hint: `The models hear ${words.map(quoted).join(', ')}.`,
    });
  }
  for (const stream of streams) {
    const own = Object.entries(threshold).filter(([word]) => stream.words.includes(word));
    if (own.length > 0) stream.setThreshold(Object.fromEntries(own));
  }
}
