import { scoresOfWord, type ScoredRecording } from './scored-recording.js';
import { thresholdsTo } from './threshold-grid.js';
import { tradeoffCurve } from './trigger-evaluation.js';
import type { FiringSettings } from './trigger-settings.js';

/** As far as tails of scores go. */
const THRESHOLDS = thresholdsTo(1 - 1e-6);
/** At its threshold a word may miss so many of its own examples, in noise as in training, which is worse than most rooms. */
const MOST_MISSED = 0.35;

/**
 * The highest threshold that a word still reaches: it misses about a third there, or what it misses at a half where that
 * is more. 1 where nothing holds the word.
 * @param recordings with the word, which the model was not trained on
 */
export function reachedThreshold(
  recordings: readonly ScoredRecording[],
  word: string,
  firing: FiringSettings,
): number {
  const own = recordings.map((recording) => scoresOfWord(recording, word));
  if (own.every(({ words }) => words.length === 0)) return 1;
  const curve = tradeoffCurve(own, firing, THRESHOLDS);
  const most = Math.max(MOST_MISSED, curve[0].missed);
  return curve.findLast(({ missed }) => missed <= most)!.threshold;
}
