import { SeqkitError } from '../../base/errors.js';
import { randomGenerator, type Random } from '../../base/math/random.js';
import { number, someText, wrongValue } from '../../base/schema/index.js';
import { checkRecordings } from './trigger-evaluation.js';
import { scoresOfWord, type ScoredRecording } from './scored-recording.js';
import { firingSettings, type FiringSettings } from './trigger-settings.js';

/** A threshold by the tail of the scores of sound without the word, and how sure it is. */
export interface TailThreshold {
  /** Smoothed score, 0 to 1. */
  threshold: number;
  /** Of resampled recordings, nine in ten give a threshold between these. */
  low: number;
  high: number;
  /** Sound that it was fitted to. */
  hours: number;
}

/** The generalized Pareto distribution of what exceeds a level. */
export interface ParetoTail {
  /** The level. */
  location: number;
  scale: number;
  /** 0 for the exponential distribution, above for heavier tails. */
  shape: number;
}

/**
 * Share of the peaks that makes the tail, within bounds. What a network is sure of is bounded by what it was trained to,
 * so that log odds fall off faster near the top than in the bulk: a fit to many peaks, or one that is held to the
 * exponential, sets thresholds that no word reaches.
 */
const TAIL_SHARE = 0.15;
const [FEWEST, MOST] = [12, 20];
/** Estimates of the shape are drawn to 0, the exponential's, as by so many exceedances of it more. */
const SHRINKAGE = 20;
const MAX_SHAPE = 0.4;
const RESAMPLINGS = 200;
const INTERVAL: readonly [number, number] = [0.05, 0.95];
/** In log odds: what a score of 1 - 1e-6 comes to. */
const MAX_LOG_ODDS = 13.8;

const rate = number({ above: 0, max: 1e6 });

/**
 * The threshold at which a word gives so many false alarms an hour, by extreme values rather than by a count: peaks of
 * the smoothed score over a level follow a generalized Pareto distribution in log odds (peaks over threshold, Pickands
 * 1975), so that an hour tells of rates that it has no alarm for. Its interval comes of resampled recordings (Efron 1979).
 *
 * @param recordings without the word, which the model was not trained on
 * @param falseAlarmsPerHour of the word
 * @param random of the resampling
 * @throws SeqkitError `too-little-data` where the recordings hold fewer than 12 peaks
 */
export function tailThreshold(
  recordings: readonly ScoredRecording[],
  word: string,
  firing: FiringSettings,
  falseAlarmsPerHour: number,
  random: Random,
): TailThreshold {
  checkRecordings(recordings, 'tailThreshold');
  firingSettings.parse(firing, 'tailThreshold: firing');
  someText.parse(word, 'tailThreshold: word');
  if (recordings.some(({ triggers }) => !triggers.includes(word))) {
    throw wrongValue('tailThreshold: word', 'a word that the recordings were scored for', word);
  }
  rate.parse(falseAlarmsPerHour, 'tailThreshold: falseAlarmsPerHour');
  randomGenerator.parse(random, 'tailThreshold: random');
  const peaks = recordings.map((recording) => scorePeaks(scoresOfWord(recording, word), firing));
  const seconds = recordings.map((recording) => recording.seconds);
  const wanted = falseAlarmsPerHour / 3600;
  const all = Array.from(peaks.keys());
  const best = levelFor(all, peaks, seconds, wanted);
  if (best === undefined) {
    throw new SeqkitError('There is too little sound without the word to set a threshold by.', {
      code: 'too-little-data',
      hint: 'Give more of it: an hour is a start.',
    });
  }
  const drawn = Array.from({ length: RESAMPLINGS }, () => {
    const chosen = all.map(() => random.integer(all.length));
    return levelFor(chosen, peaks, seconds, wanted) ?? best;
  }).sort((a, b) => a - b);
  const at = (share: number) => scoreOf(drawn[Math.floor(share * (RESAMPLINGS - 1))]);
  const hours = seconds.reduce((sum, part) => sum + part, 0) / 3600;
  return { threshold: scoreOf(best), low: at(INTERVAL[0]), high: at(INTERVAL[1]), hours };
}

/** The peaks of the smoothed score, in log odds, the highest first; none within the refractory time of a higher one. */
export function scorePeaks(recording: ScoredRecording, firing: FiringSettings): number[] {
  const { scores, stepsPerSecond } = recording;
  const smoothed = new Float64Array(scores.length);
  let sum = 0;
  for (let step = 0; step < scores.length; step++) {
    sum += scores[step] - (step >= firing.smoothSteps ? scores[step - firing.smoothSteps] : 0);
    smoothed[step] = sum / firing.smoothSteps;
  }
  const apart = Math.max(1, Math.round(firing.refractorySeconds * stepsPerSecond));
  const order = Array.from(smoothed.keys()).sort((a, b) => smoothed[b] - smoothed[a] || a - b);
  const taken = new Uint8Array(scores.length);
  const peaks: number[] = [];
  for (const step of order) {
    if (taken[step]) continue;
    peaks.push(logOdds(smoothed[step]));
    taken.fill(1, Math.max(0, step - apart), step + apart + 1);
  }
  return peaks;
}

/**
 * The tail by its L-moments (Hosking and Wallis 1987), its shape drawn to 0 where there are few values.
 * @param values any order; those above `location` count
 */
export function paretoTail(values: readonly number[], location: number): ParetoTail {
  const excesses = values
    .filter((x) => x > location)
    .map((x) => x - location)
    .sort((a, b) => a - b);
  const { length } = excesses;
  const mean = excesses.reduce((sum, x) => sum + x, 0) / Math.max(1, length);
  if (length < 2) return { location, scale: Math.max(mean, 1e-9), shape: 0 };
  // The second probability-weighted moment, of the share of values above each.
  const weighted = excesses.reduce((sum, x, i) => sum + ((length - 1 - i) / (length - 1)) * x, 0) / length;
  const raw = 2 - mean / (mean - 2 * weighted);
  const shape = Math.max(-MAX_SHAPE, Math.min(MAX_SHAPE, (raw * length) / (length + SHRINKAGE)));
  return { location, scale: Math.max(mean * (1 - shape), 1e-9), shape };
}

/**
 * The level that peaks exceed at a rate.
 * @param exceedRate how often the location of the tail is exceeded, in the same unit as `wanted`
 */
export function tailLevel(
  { location, scale, shape }: ParetoTail,
  exceedRate: number,
  wanted: number,
): number {
  const ratio = exceedRate / wanted;
  if (Math.abs(shape) < 1e-6) return location + scale * Math.log(ratio);
  return location + (scale / shape) * (ratio ** shape - 1);
}

function levelFor(
  chosen: readonly number[],
  peaks: readonly (readonly number[])[],
  seconds: readonly number[],
  wanted: number,
): number | undefined {
  const values = chosen.flatMap((n) => peaks[n]).sort((a, b) => b - a);
  const duration = chosen.reduce((sum, n) => sum + seconds[n], 0);
  if (values.length <= FEWEST) return undefined;
  const count = Math.min(
    values.length - 1,
    Math.max(FEWEST, Math.min(MOST, Math.round(TAIL_SHARE * values.length))),
  );
  const tail = paretoTail(values, values[count]);
  return Math.min(MAX_LOG_ODDS, tailLevel(tail, count / duration, wanted));
}

function logOdds(score: number): number {
  const odds = Math.log(score) - Math.log1p(-score);
  return Math.max(-MAX_LOG_ODDS, Math.min(MAX_LOG_ODDS, odds));
}

function scoreOf(level: number): number {
  return 1 / (1 + Math.exp(-level));
}
