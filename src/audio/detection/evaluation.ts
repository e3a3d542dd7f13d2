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
 */
export function matchEvents(eventSeconds: readonly number[], words: readonly SpokenWord[]): EventMatch {
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

/** Puts counts into a report. @param counts.hours of sound listened to for false alarms */
export function triggerReport(counts: {
  words: number;
  found: number;
  falseAlarms: number;
  hours: number;
}): TriggerReport {
  const { words, found, falseAlarms, hours } = counts;
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

/** The 95% interval of a share of `successes` in `trials` (Wilson 1927). */
export function wilsonInterval(successes: number, trials: number): Interval {
  if (trials === 0) return { low: 0, high: 1 };
  const share = successes / trials;
  const scale = 1 / (1 + Z ** 2 / trials);
  const centre = scale * (share + Z ** 2 / (2 * trials));
  const half = scale * Z * Math.sqrt((share * (1 - share)) / trials + Z ** 2 / (4 * trials ** 2));
  return { low: Math.max(0, centre - half), high: Math.min(1, centre + half) };
}

/** The exact 95% interval of a Poisson mean of which `count` were seen (Garwood 1936). */
export function poissonInterval(count: number): Interval {
  const tail = 0.025;
  return {
    low: count === 0 ? 0 : solve((mean) => 1 - poissonCdf(count - 1, mean) - tail, count),
    high: solve((mean) => tail - poissonCdf(count, mean), count + 1),
  };
}

/** The mean that a Poisson count this low or lower exceeds in 95 of 100 cases: about 3 for none ("rule of three"). */
export function poissonUpperBound(count: number): number {
  return solve((mean) => 0.05 - poissonCdf(count, mean), count + 1);
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
