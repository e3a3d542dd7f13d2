import { SeqkitError } from '../../base/errors.js';
import {
  matched,
  poissonUpperBound,
  triggerReport,
  type SpokenWord,
  type TriggerReport,
} from './evaluation.js';
import { LABEL_MS } from '../mixing/labels.js';
import { firingsIn, scoredRecordings, type Firing, type ScoredRecording } from './scored-recording.js';
import { spanScores, suppressNonMaxima, type SpanScores, type TimeSpan } from './time-spans.js';
import { firingSettings, thresholdOf, withThreshold, type FiringSettings } from './trigger-settings.js';
import { listOf } from '../../base/schema/index.js';
import { thresholdScore } from './detector.js';

/** A word that was not heard, or an alarm without a word. */
export interface Mistake {
  file: string;
  kind: 'missed' | 'false-alarm';
  /** Which was missed, or thought to be heard. */
  word: string;
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

/** How good a detector is at one threshold, and what else it could be; of several words all together. */
export interface TriggerEvaluation extends TriggerReport {
  threshold: number;
  /** Of each word, where the model listens for several. */
  thresholds?: Record<string, number>;
  /**
   * From the end of the speech to the moment at which a listener is told, of the words that were found;
   * undefined where none was. Nine of ten are told before `worstTenth`.
   */
  latencySeconds: { median: number; worstTenth: number } | undefined;
  /** Events as spans from the end of the speech on, matched within a collar of 200 ms. */
  events: SpanScores & { collarSeconds: number };
  mistakes: Mistake[];
  tradeoff: TradeoffPoint[];
  /** What it comes to, in a sentence or two. */
  verdict: string;
  /** Where the model listens for several words: of each by itself. */
  perWord?: Record<string, TriggerEvaluation>;
}

const COLLAR_SECONDS = 0.2;
/** Spans of two words whose intersection over union is larger are one event. */
const MAX_OVERLAP = 0.5;
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
  checkRecordings(recordings, 'evaluateTrigger');
  firingSettings.parse(firing, 'evaluateTrigger: firing');
  const heard = heardOf(recordings, firing);
  const sweep = sweepOf(recordings, firing, CURVE_THRESHOLDS);
  const triggers = recordings[0]?.triggers ?? [];
  const evaluation = evaluationOf(heard, sweep, triggers, firing);
  if (triggers.length > 1) {
    evaluation.thresholds = Object.fromEntries(triggers.map((word) => [word, thresholdOf(firing, word)]));
    evaluation.perWord = Object.fromEntries(
      triggers.map((word) => {
        const threshold = thresholdOf(firing, word);
        return [word, evaluationOf(heard, sweep, [word], { ...firing, threshold })];
      }),
    );
  }
  return evaluation;
}

const thresholdList = listOf(thresholdScore);

/** @throws SeqkitError `bad-value` where they are none, or of models that listen for other words */
export function checkRecordings(recordings: readonly ScoredRecording[], where: string): void {
  scoredRecordings.parse(recordings, `${where}: recordings`);
  const strange = recordings.find(
    ({ triggers }) => triggers.join('\n') !== recordings[0].triggers.join('\n'),
  );
  if (strange === undefined) return;
  throw new SeqkitError(
    `${where}: ${strange.name} was scored for other words than ${recordings[0].name}: ${strange.triggers.join(', ')}.`,
    { code: 'bad-value', hint: 'Give the recordings that one model has scored.' },
  );
}

/** A recording with all that the detector fired at. */
interface Heard {
  recording: ScoredRecording;
  firings: readonly Firing[];
}

/** What was heard at one of a row of thresholds. */
interface SweptThreshold {
  threshold: number;
  heard: readonly Heard[];
}

function heardOf(recordings: readonly ScoredRecording[], firing: FiringSettings): Heard[] {
  return recordings.map((recording) => ({ recording, firings: firingsIn(recording, firing) }));
}

function sweepOf(
  recordings: readonly ScoredRecording[],
  firing: FiringSettings,
  thresholds: readonly number[],
): SweptThreshold[] {
  const words = recordings[0]?.triggers ?? [];
  return thresholds.map((threshold) => ({
    threshold,
    heard: heardOf(recordings, withThreshold(firing, words, threshold)),
  }));
}

/** The figures of some of the words that a model listens for. */
function evaluationOf(
  heard: readonly Heard[],
  sweep: readonly SweptThreshold[],
  triggers: readonly string[],
  firing: FiringSettings,
): TriggerEvaluation {
  const mistakes: Mistake[] = [];
  const latencies: number[] = [];
  const counts = { words: 0, found: 0, falseAlarms: 0, hours: 0 };
  const spans = heard.flatMap(({ recording, firings }) => {
    const { name: file } = recording;
    counts.hours += recording.seconds / 3600;
    for (const word of triggers) {
      const { said, own, match } = matchOf({ recording, firings }, word);
      counts.words += said.length;
      counts.found += match.found;
      counts.falseAlarms += match.falseAlarms.length;
      for (const index of match.missed) {
        const timeSeconds = said[index].endSeconds;
        const score = highestScore(recording, word, firing, timeSeconds);
        mistakes.push({ file, kind: 'missed', word, timeSeconds, score });
      }
      for (const index of match.falseAlarms) {
        const { timeSeconds, score } = own[index];
        mistakes.push({ file, kind: 'false-alarm', word, timeSeconds, score });
      }
      for (const [event, index] of match.pairs) {
        latencies.push(own[event].toldSeconds - said[index].endSeconds);
      }
    }
    return spansOf({ recording, firings }, triggers);
  });
  const report = triggerReport(counts);
  return {
    ...report,
    threshold: firing.threshold,
    latencySeconds: latencyOf(latencies),
    events: { ...spanScores(spans, COLLAR_SECONDS), collarSeconds: COLLAR_SECONDS },
    mistakes,
    tradeoff: curveOf(sweep, triggers),
    verdict: verdictOf(report),
  };
}

/** Where one of the words that a model listens for is said. A model of one word is asked about no other. */
function saidIn({ words, triggers }: ScoredRecording, word: string): SpokenWord[] {
  return triggers.length === 1 ? words : words.filter((said) => said.word === word);
}

/** Which firings of a word are where it was said. */
function matchOf({ recording, firings }: Heard, word: string) {
  const said = saidIn(recording, word);
  const own = firings.filter((fired) => fired.word === word);
  const times = own.map(({ timeSeconds }) => timeSeconds);
  return { said, own, match: matched(times, said) };
}

/**
 * What was detected and what should have been, as spans, of each word by itself; where the spans of two
 * words overlap, only the surer one counts as detected.
 */
function spansOf(
  { recording, firings }: Heard,
  triggers: readonly string[],
): { detected: TimeSpan[]; annotated: TimeSpan[] }[] {
  const kept = suppressNonMaxima(
    firings.map(({ timeSeconds, ...firing }) => ({ ...firing, startSeconds: timeSeconds })),
    MAX_OVERLAP,
  );
  return triggers.map((word) => ({
    detected: kept.filter((span) => span.word === word),
    annotated: saidIn(recording, word).map(({ endSeconds }) => ({
      startSeconds: endSeconds,
      endSeconds: endSeconds + LABEL_MS / 1000,
    })),
  }));
}

/** Misses and false alarms at each of a row of thresholds, ascending (the DET curve of Martin et al. 1997). */
export function tradeoffCurve(
  recordings: readonly ScoredRecording[],
  firing: FiringSettings,
  thresholds: readonly number[] = CURVE_THRESHOLDS,
): TradeoffPoint[] {
  checkRecordings(recordings, 'tradeoffCurve');
  firingSettings.parse(firing, 'tradeoffCurve: firing');
  thresholdList.parse(thresholds, 'tradeoffCurve: thresholds');
  return curveOf(sweepOf(recordings, firing, thresholds), recordings[0]?.triggers ?? []);
}

function curveOf(sweep: readonly SweptThreshold[], triggers: readonly string[]): TradeoffPoint[] {
  return sweep.map(({ threshold, heard }) => {
    const { missed, falseAlarmsPerHour } = countsOf(heard, triggers);
    return { threshold, missed, falseAlarmsPerHour };
  });
}

/** How a detector does, without more: see {@link evaluateTrigger} for what it can be taken for. */
export interface HeldOutFigures {
  /** That were said. */
  words: number;
  found: number;
  /** Share of the words that are missed, 0 to 1; NaN without words. */
  missed: number;
  falseAlarms: number;
  /** Of sound that was listened to. */
  hours: number;
  /** NaN without any sound. */
  falseAlarmsPerHour: number;
}

/** What is found and what is a false alarm at the thresholds of the settings, all words together. */
export function heldOutFigures(
  recordings: readonly ScoredRecording[],
  firing: FiringSettings,
): HeldOutFigures {
  return countsOf(heardOf(recordings, firing), recordings[0]?.triggers ?? []);
}

function countsOf(heard: readonly Heard[], triggers: readonly string[]): HeldOutFigures {
  let [words, found, falseAlarms, seconds] = [0, 0, 0, 0];
  for (const one of heard) {
    seconds += one.recording.seconds;
    for (const word of triggers) {
      const { said, match } = matchOf(one, word);
      words += said.length;
      found += match.found;
      falseAlarms += match.falseAlarms.length;
    }
  }
  const rates = { missed: 1 - found / words, falseAlarmsPerHour: (3600 * falseAlarms) / seconds };
  return { words, found, falseAlarms, hours: seconds / 3600, ...rates };
}

/** What the smoothed score came to around a word that was missed. */
function highestScore(
  recording: ScoredRecording,
  word: string,
  { smoothSteps }: FiringSettings,
  endSeconds: number,
): number {
  const { scores, triggers, stepsPerSecond, firstStepSeconds } = recording;
  const column = triggers.indexOf(word);
  const scoreAt = (step: number) => (step < 0 ? 0 : scores[step * triggers.length + column]);
  let [highest, sum] = [0, 0];
  for (let step = 0; step < scores.length / triggers.length; step++) {
    sum += scoreAt(step) - scoreAt(step - smoothSteps);
    const time = firstStepSeconds + step / stepsPerSecond;
    if (time > endSeconds - 0.3 && time <= endSeconds + 0.8) highest = Math.max(highest, sum / smoothSteps);
  }
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
