import { SeqkitError } from '../../base/errors.js';
import { optional, optionsSchema, wholeNumber, finiteNumbers } from '../../base/schema/index.js';

/** The class that stands for no label, as the loss `ctc` has it. */
const BLANK = 0;

/** Labels that an output spells. */
export interface CTCDecoding {
  /** From 1 on. */
  readonly labels: readonly number[];
  /** The logarithm of their probability: over all ways to lay them on the steps that the beam has kept. */
  readonly logProbability: number;
}

export interface CTCBeamOptions {
  /** F: the blank and the labels. */
  classes: number;
  /** How many prefixes are followed. @default 16 */
  beam?: number;
}

const classes = wholeNumber({ min: 2, max: 2 ** 24 });
const greedyOptions = optionsSchema<{ classes: number }>('ctcGreedy', { classes });
const beamOptions = optionsSchema<CTCBeamOptions>('ctcBeamSearch', {
  classes,
  beam: optional(wholeNumber({ min: 1, max: 100_000 })),
});

/**
 * The likeliest class of each step, repeats and blanks left out (Graves et al. 2006, "best path").
 * @param logits (T, F) of one example, its masked steps left out
 */
export function ctcGreedy(logits: ArrayLike<number>, options: { classes: number }): number[] {
  const { classes: F } = greedyOptions.parse(options);
  const labels: number[] = [];
  let before = BLANK;
  for (let t = 0; t < stepsOf(logits, F, 'ctcGreedy'); t++) {
    let best = 0;
    for (let f = 1; f < F; f++) if (logits[t * F + f] > logits[t * F + best]) best = f;
    if (best !== BLANK && best !== before) labels.push(best);
    before = best;
  }
  return labels;
}

/** A prefix with the probabilities of the ways that end with a blank, and with its last label. */
interface Prefix {
  readonly labels: readonly number[];
  blank: number;
  label: number;
}

/**
 * The likeliest labels by prefix beam search (Hannun et al. 2014): ways that spell the same are one. The best first.
 * @param logits (T, F) of one example, its masked steps left out
 */
export function ctcBeamSearch(logits: ArrayLike<number>, options: CTCBeamOptions): CTCDecoding[] {
  const { classes: F, beam = 16 } = beamOptions.parse(options);
  const T = stepsOf(logits, F, 'ctcBeamSearch');
  let prefixes: Prefix[] = [{ labels: [], blank: 0, label: -Infinity }];
  for (let t = 0; t < T; t++) {
    const logs = logSoftmax(logits, t * F, F);
    const next = new Map<string, Prefix>();
    const of = (labels: readonly number[]): Prefix => {
      const key = labels.join(' ');
      const known = next.get(key) ?? { labels, blank: -Infinity, label: -Infinity };
      next.set(key, known);
      return known;
    };
    for (const { labels, blank, label } of prefixes) {
      const both = logAdd(blank, label);
      const same = of(labels);
      same.blank = logAdd(same.blank, both + logs[BLANK]);
      const last = labels.at(-1);
      if (last !== undefined) same.label = logAdd(same.label, label + logs[last]);
      for (let f = 1; f < F; f++) {
        const longer = of([...labels, f]);
        // A label right after itself needs a blank between.
        longer.label = logAdd(longer.label, (f === last ? blank : both) + logs[f]);
      }
    }
    prefixes = [...next.values()].sort((a, b) => totalOf(b) - totalOf(a)).slice(0, beam);
  }
  return prefixes.map((prefix) => ({ labels: prefix.labels, logProbability: totalOf(prefix) }));
}

function totalOf({ blank, label }: Prefix): number {
  return logAdd(blank, label);
}

/** log(exp(a) + exp(b)). */
function logAdd(a: number, b: number): number {
  const top = Math.max(a, b);
  return top === -Infinity ? top : top + Math.log1p(Math.exp(Math.min(a, b) - top));
}

function logSoftmax(logits: ArrayLike<number>, at: number, count: number): number[] {
  const row = Array.from({ length: count }, (_, f) => logits[at + f]);
  const top = Math.max(...row);
  const log = top + Math.log(row.reduce((sum, x) => sum + Math.exp(x - top), 0));
  return row.map((x) => x - log);
}

function stepsOf(logits: ArrayLike<number>, F: number, where: string): number {
  finiteNumbers.parse(logits, `${where}: logits`);
  const steps = logits.length / F;
  if (Number.isInteger(steps)) return steps;
  throw new SeqkitError(`${where}: ${logits.length} logits are no whole time steps of ${F} classes.`, {
    code: 'bad-shape',
  });
}
