import { SeqkitError } from '../../base/errors.js';
import { listOf, number, objectWith, optional, text, wholeNumber } from '../../base/schema/index.js';

/** A span of plausible values. */
export interface Interval {
  low: number;
  high: number;
}

/** Where a word was said, in seconds. */
export interface SpokenWord {
  /** The end of its speech. */
  endSeconds: number;
  /** Which word it is, where a model listens for several. */
  word?: string | undefined;
}

/** Which events hit which words. */
export interface EventMatch {
  /** Words with an event. */
  found: number;
  /** Indices of the words without one. */
  missed: number[];
  /** Indices of the events that belong to no word. */
  falseAlarms: number[];
  /** Index of an event and of the word that it found. */
  pairs: [event: number, word: number][];
}

/** How good a detector is, with what was measured to say so. */
export interface TriggerReport {
  words: number;
  found: number;
  /** found / words, with its 95% interval (Wilson 1927). */
  shareFound: number;
  shareFoundInterval: Interval;
  falseAlarms: number;
  /** Hours of sound in which a false alarm could have been. */
  hours: number;
  falseAlarmsPerHour: number;
  /** Exact 95% interval of a Poisson rate (Garwood 1936). */
  falseAlarmsPerHourInterval: Interval;
}

const momentSeconds = number();
const spokenWord = objectWith<SpokenWord>('a word', { endSeconds: momentSeconds, word: optional(text) });
/** Words in the order in which they are said. */
export const spokenWords = listOf(spokenWord);
const times = listOf(momentSeconds);
const count = wholeNumber({ min: 0 });
const reportCounts = objectWith<{ words: number; found: number; falseAlarms: number; hours: number }>(
  'counts',
  { words: count, found: count, falseAlarms: count, hours: number({ min: 0 }) },
);

/** @throws SeqkitError `bad-value` where a time is before the one that it follows */
export function checkAscending(seconds: readonly number[], name: string): void {
  const at = seconds.findIndex((time, i) => i > 0 && time < seconds[i - 1]);
  if (at < 0) return;
  throw new SeqkitError(`${name} must ascend: ${seconds[at]} s follows ${seconds[at - 1]} s.`, {
    code: 'bad-value',
    hint: 'Sort them by time.',
  });
}

/** @throws SeqkitError `bad-value` where more were found than there were */
function checkShare(part: number, whole: number, name: string): void {
  if (part <= whole) return;
  throw new SeqkitError(`${name}: ${part} of ${whole} is more than all.`, { code: 'bad-value' });
}

/** An event belongs to a word from this long before the end of its speech, where a sure model fires early ... */
const BEFORE_SECONDS = 0.3;
/** ... to this long after it: the labels, the smoothing, and a little more. */
const AFTER_SECONDS = 0.8;

/**
 * Matches events to words in the order of time; each word takes at most one event, and a
 * second event for the same word is a false alarm.
 *
 * @param eventSeconds when the detector fired, ascending
 * @param words ascending
 * @throws SeqkitError `bad-value` where they are not
 */
export function matchEvents(eventSeconds: readonly number[], words: readonly SpokenWord[]): EventMatch {
  times.parse(eventSeconds, 'matchEvents: eventSeconds');
  spokenWords.parse(words, 'matchEvents: words');
  checkAscending(eventSeconds, 'matchEvents: eventSeconds');
  checkAscending(
    words.map(({ endSeconds }) => endSeconds),
    'matchEvents: words',
  );
  return matched(eventSeconds, words);
}

/** {@link matchEvents} of times that were checked: once for many thresholds. */
export function matched(eventSeconds: readonly number[], words: readonly SpokenWord[]): EventMatch {
  const match: EventMatch = { found: 0, missed: [], falseAlarms: [], pairs: [] };
  let next = 0;
  words.forEach(({ endSeconds }, index) => {
    while (next < eventSeconds.length && eventSeconds[next] < endSeconds - BEFORE_SECONDS) {
      match.falseAlarms.push(next++);
    }
    if (next < eventSeconds.length && eventSeconds[next] <= endSeconds + AFTER_SECONDS) {
      match.found++;
      match.pairs.push([next++, index]);
    } else {
      match.missed.push(index);
    }
  });
  while (next < eventSeconds.length) match.falseAlarms.push(next++);
  return match;
}

/**
 * Puts counts into a report.
 * @param counts.hours of sound listened to for false alarms; with none the rates are no numbers
 */
export function triggerReport(counts: {
  words: number;
  found: number;
  falseAlarms: number;
  hours: number;
}): TriggerReport {
  const { words, found, falseAlarms, hours } = reportCounts.parse(counts, 'triggerReport: counts');
  checkShare(found, words, 'triggerReport: found');
  const events = poissonInterval(falseAlarms);
  return {
    ...counts,
    shareFound: words === 0 ? NaN : found / words,
    shareFoundInterval: wilsonInterval(found, words),
    falseAlarmsPerHour: falseAlarms / hours,
    falseAlarmsPerHourInterval: { low: events.low / hours, high: events.high / hours },
  };
}

/** The 97.5% point of the normal distribution. */
const Z = 1.959963984540054;
/** The 95% point. */
const Z_UPPER = 1.6448536269514722;

/** The 95% interval of a share of `successes` in `trials` (Wilson 1927). */
export function wilsonInterval(successes: number, trials: number): Interval {
  count.parse(successes, 'wilsonInterval: successes');
  count.parse(trials, 'wilsonInterval: trials');
  checkShare(successes, trials, 'wilsonInterval: successes');
  if (trials === 0) return { low: 0, high: 1 };
  const share = successes / trials;
  const scale = 1 / (1 + Z ** 2 / trials);
  const centre = scale * (share + Z ** 2 / (2 * trials));
  const half = scale * Z * Math.sqrt((share * (1 - share)) / trials + Z ** 2 / (4 * trials ** 2));
  return { low: Math.max(0, centre - half), high: Math.min(1, centre + half) };
}

/** The exact 95% interval of a Poisson mean of which `events` were seen (Garwood 1936). */
export function poissonInterval(events: number): Interval {
  count.parse(events, 'poissonInterval: count');
  if (events > MAX_SUMMED) return { low: largeMean(events, -Z), high: largeMean(events + 1, Z) };
  const tail = 0.025;
  return {
    low: events === 0 ? 0 : solve((mean) => 1 - poissonCdf(events - 1, mean) - tail, events),
    high: solve((mean) => tail - poissonCdf(events, mean), events + 1),
  };
}

/** Sums of more terms take long, and the approximation is as good as they are. */
const MAX_SUMMED = 10_000;

/**
 * Half the quantile of chi-square with `2 * shape` degrees of freedom, at a point of the normal distribution (Wilson
 * and Hilferty 1931); at more than 10,000 its error is below one in a million.
 */
function largeMean(shape: number, point: number): number {
  const part = 1 / (9 * shape);
  return shape * (1 - part + point * Math.sqrt(part)) ** 3;
}

/** The mean that a Poisson count this low or lower exceeds in 95 of 100 cases: about 3 for none ("rule of three"). */
export function poissonUpperBound(events: number): number {
  count.parse(events, 'poissonUpperBound: count');
  if (events > MAX_SUMMED) return largeMean(events + 1, Z_UPPER);
  return solve((mean) => 0.05 - poissonCdf(events, mean), events + 1);
}

/** P(X <= count) for a Poisson variable of the given mean. */
function poissonCdf(count: number, mean: number): number {
  // Logarithms, since exp(-mean) is 0 from a mean of 746 on.
  let logTerm = -mean;
  let sum = 0;
  for (let k = 0; k <= count; k++) {
    if (k > 0) logTerm += Math.log(mean / k);
    sum += Math.exp(logTerm);
  }
  return Math.min(1, sum);
}

/** The zero of a rising function above 0, by bisection. */
function solve(rising: (x: number) => number, guess: number): number {
  let low = 0;
  let high = guess + 10;
  while (rising(high) < 0) high *= 2;
  for (let i = 0; i < 100; i++) {
    const middle = (low + high) / 2;
    if (rising(middle) < 0) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}
