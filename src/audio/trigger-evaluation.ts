import { SeqkitError } from '../rnn/errors.js';
import { matchEvents, poissonUpperBound, triggerReport, type TriggerReport } from './evaluation.js';
import { LABEL_MS } from './labels.js';
import { firingsOf, type ScoredRecording } from './scored-recording.js';
import { spanScores, type SpanScores } from './time-spans.js';
import type { FiringSettings } from './trigger-settings.js';

/** A word that was not heard, or an alarm without a word. */
export interface Mistake {
  file: string;
  kind: 'missed' | 'false-alarm';
  /** Of a missed word the end of its speech, of a false alarm when the detector fired. */
  timeSeconds: number;
  /** Of a missed word the highest smoothed score that it reached, of a false alarm the one it fired at. */
  score: number;
}

/** One threshold of the detection-error tradeoff. */
export interface TradeoffPoint {
  threshold: number;
  /** Share of the words that are missed, 0 to 1; NaN without words. */
  missed: number;
  falseAlarmsPerHour: number;
}

/** How good a detector is at one threshold, and what else it could be. */
export interface TriggerEvaluation extends TriggerReport {
  threshold: number;
  /** From the end of the speech to the event, of the words that were found; undefined where none was. */
  latencySeconds: { median: number; worstTenth: number } | undefined;
  /** Events as spans from the end of the speech on, matched within a collar of 200 ms. */
  events: SpanScores & { collarSeconds: number };
  mistakes: Mistake[];
  tradeoff: TradeoffPoint[];
  /** What it comes to, in a sentence or two. */
  verdict: string;
}

const COLLAR_SECONDS = 0.2;
/** Thresholds of the curve: evenly spaced in log odds, from 1 in 1,000 to 999 in 1,000. */
const CURVE_THRESHOLDS = Array.from(
  { length: 81 },
  (_, i) => 1 / (1 + Math.exp(-(i - 40) * (Math.log(999) / 40))),
);

/** @param recordings what the model was asked to listen to, with the words said in each */
export function evaluateTrigger(
  recordings: readonly ScoredRecording[],
  firing: FiringSettings,
): TriggerEvaluation {
  const mistakes: Mistake[] = [];
  const latencies: number[] = [];
  const counts = { words: 0, found: 0, falseAlarms: 0, hours: 0 };
  const spans = recordings.map((recording) => {
    const firings = firingsOf(recording, firing);
    const match = matchEvents(
      firings.map(({ timeSeconds }) => timeSeconds),
      recording.words,
    );
    counts.words += recording.words.length;
    counts.found += match.found;
    counts.falseAlarms += match.falseAlarms.length;
    counts.hours += recording.seconds / 3600;
    for (const index of match.missed) {
      const timeSeconds = recording.words[index].endSeconds;
      const score = highestScore(recording, firing, timeSeconds);
      mistakes.push({ file: recording.name, kind: 'missed', timeSeconds, score });
    }
    for (const index of match.falseAlarms) {
      const { timeSeconds, score } = firings[index];
      mistakes.push({ file: recording.name, kind: 'false-alarm', timeSeconds, score });
    }
    for (const [event, word] of match.pairs) {
      latencies.push(firings[event].timeSeconds - recording.words[word].endSeconds);
    }
    return {
      detected: firings.map(({ timeSeconds, endSeconds }) => ({ startSeconds: timeSeconds, endSeconds })),
      annotated: recording.words.map(({ endSeconds }) => ({
        startSeconds: endSeconds,
        endSeconds: endSeconds + LABEL_MS / 1000,
      })),
    };
  });
  const report = triggerReport(counts);
  return {
    ...report,
    threshold: firing.threshold,
    latencySeconds: latencyOf(latencies),
    events: { ...spanScores(spans, COLLAR_SECONDS), collarSeconds: COLLAR_SECONDS },
    mistakes,
    tradeoff: tradeoffCurve(recordings, firing),
    verdict: verdictOf(report),
  };
}

/** Misses and false alarms at each of a row of thresholds, ascending (the DET curve of Martin et al. 1997). */
export function tradeoffCurve(
  recordings: readonly ScoredRecording[],
  firing: FiringSettings,
  thresholds: readonly number[] = CURVE_THRESHOLDS,
): TradeoffPoint[] {
  return thresholds.map((threshold) => {
    let [words, found, falseAlarms, seconds] = [0, 0, 0, 0];
    for (const recording of recordings) {
      const times = firingsOf(recording, { ...firing, threshold }).map(({ timeSeconds }) => timeSeconds);
      const match = matchEvents(times, recording.words);
      words += recording.words.length;
      found += match.found;
      falseAlarms += match.falseAlarms.length;
      seconds += recording.seconds;
    }
    return { threshold, missed: 1 - found / words, falseAlarmsPerHour: (3600 * falseAlarms) / seconds };
  });
}

/**
 * The lowest threshold from which on no higher one gives more false alarms than wanted.
 *
 * @param falseAlarmsPerHour at most so many
 * @throws SeqkitError `too-little-data` where there is less sound than it takes for the rate to mean
 *   anything: one alarm in it would already be too many, and none proves little
 */
export function calibrateThreshold(
  recordings: readonly ScoredRecording[],
  firing: FiringSettings,
  falseAlarmsPerHour: number,
): TradeoffPoint {
  const hours = recordings.reduce((sum, { seconds }) => sum + seconds / 3600, 0);
  if (hours * falseAlarmsPerHour < 1) {
    throw new SeqkitError(
      `${hours.toFixed(2)} h of sound cannot show a rate of ${falseAlarmsPerHour} false alarms an hour.`,
      {
        code: 'too-little-data',
        hint: `Give at least ${(1 / falseAlarmsPerHour).toFixed(1)} h without the word, or ask for a higher rate.`,
      },
    );
  }
  const thresholds = Array.from({ length: 199 }, (_, i) => (i + 1) / 200).concat([0.998, 0.999, 1]);
  const curve = tradeoffCurve(recordings, firing, thresholds);
  let best = curve.length - 1;
  for (let i = curve.length - 1; i >= 0 && curve[i].falseAlarmsPerHour <= falseAlarmsPerHour; i--) best = i;
  return curve[best];
}

/** What the smoothed score came to around a word that was missed. */
function highestScore(recording: ScoredRecording, firing: FiringSettings, endSeconds: number): number {
  const { scores, stepsPerSecond, firstStepSeconds } = recording;
  let [highest, sum] = [0, 0];
  scores.forEach((score, step) => {
    sum += score - (step >= firing.smoothSteps ? scores[step - firing.smoothSteps] : 0);
    const time = firstStepSeconds + step / stepsPerSecond;
    if (time > endSeconds - 0.3 && time <= endSeconds + 0.8) {
      highest = Math.max(highest, sum / firing.smoothSteps);
    }
  });
  return highest;
}

function latencyOf(seconds: number[]): TriggerEvaluation['latencySeconds'] {
  if (seconds.length === 0) return undefined;
  seconds.sort((a, b) => a - b);
  const at = (share: number) => seconds[Math.min(seconds.length - 1, Math.floor(share * seconds.length))];
  return { median: at(0.5), worstTenth: at(0.9) };
}

/** What the figures say to someone who wants to know whether it is good enough. */
function verdictOf(report: TriggerReport): string {
  const { words, found, falseAlarms, hours } = report;
  const percent = (share: number) => `${(100 * share).toFixed(share > 0.995 || share < 0.005 ? 1 : 0)}%`;
  const sentences: string[] = [];
  if (words === 0) sentences.push('No word was said, so nothing is known of misses.');
  else {
    const { low, high } = report.shareFoundInterval;
    const few = words < 60 ? '; record more of the word to know better' : '';
    sentences.push(`Finds ${found} of ${words}: between ${percent(low)} and ${percent(high)} of all${few}.`);
  }
  const worst = poissonUpperBound(falseAlarms) / hours;
  const amount = `${falseAlarms === 0 ? 'No' : falseAlarms} false alarm${falseAlarms > 1 ? 's' : ''} in ${lengthOf(hours)}`;
  const more = worst > 1 ? '; record more background' : '';
  sentences.push(
    falseAlarms === 0
      ? `${amount}: at most ${rate(worst)} per hour${more}.`
      : `${amount}, ${rate(falseAlarms / hours)} per hour and at most ${rate(worst)}${falseAlarms < 10 ? more : ''}.`,
  );
  return sentences.join(' ');
}

function lengthOf(hours: number): string {
  return hours >= 0.95 ? `${hours.toFixed(1)} h` : `${(60 * hours).toFixed(1)} min`;
}

function rate(perHour: number): string {
  return perHour >= 10 ? perHour.toFixed(0) : perHour.toFixed(1);
}
