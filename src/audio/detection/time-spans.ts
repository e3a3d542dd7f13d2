import {
  either,
  listOf,
  number,
  numberOrInfinity,
  objectWith,
  optional,
  optionsSchema,
  text,
  wrongValue,
} from '../../base/schema/index.js';

/** A stretch of time, in seconds. */
export interface TimeSpan {
  startSeconds: number;
  endSeconds: number;
}

/** How well detected spans fit those that were annotated. */
export interface SpanScores {
  /** Share of the detected spans that match; NaN without any. */
  precision: number;
  /** Share of the annotated spans that are matched; NaN without any. */
  recall: number;
  /** Harmonic mean of both: 2 TP / (detected + annotated). */
  f1: number;
  /** Intersection over union, mean over the matched pairs; NaN without any. */
  meanOverlap: number;
}

const momentSeconds = number({ min: -1e12, max: 1e12 });
const edges = { startSeconds: momentSeconds, endSeconds: momentSeconds };
const inOrder = ({ startSeconds, endSeconds }: TimeSpan, name: string): void => {
  if (endSeconds < startSeconds) {
    throw wrongValue(`${name}.endSeconds`, `at least the start, ${startSeconds}`, endSeconds);
  }
};
const span = objectWith<TimeSpan>('a span of time', edges, inOrder);
const spans = listOf(span);
const scoredSpans = listOf(
  objectWith<TimeSpan & { score: number }>('a span with its score', { ...edges, score: number() }, inOrder),
);
const annotatedRecordings = listOf(objectWith('a recording', { detected: spans, annotated: spans }));
const overlapShare = number({ min: 0, max: 1 });
const collar = number({ min: 0 });

/** Length of what both share over the length of what either covers, 0 to 1. */
export function intersectionOverUnion(a: TimeSpan, b: TimeSpan): number {
  span.parse(a, 'intersectionOverUnion: a');
  span.parse(b, 'intersectionOverUnion: b');
  return overlap(a, b);
}

function overlap(a: TimeSpan, b: TimeSpan): number {
  const shared = Math.min(a.endSeconds, b.endSeconds) - Math.max(a.startSeconds, b.startSeconds);
  if (shared <= 0) return 0;
  const union = a.endSeconds - a.startSeconds + (b.endSeconds - b.startSeconds) - shared;
  return shared / union;
}

/**
 * Of spans that overlap keeps the one with the best score (non-maximum suppression): the best
 * span first, then each that overlaps none of those kept by more than `maxOverlap`.
 *
 * @param maxOverlap intersection over union, 0 to 1
 * @returns those kept, in the order of time
 */
export function suppressNonMaxima<Span extends TimeSpan & { score: number }>(
  spans: readonly Span[],
  maxOverlap = 0.5,
): Span[] {
  scoredSpans.parse(spans, 'suppressNonMaxima: spans');
  overlapShare.parse(maxOverlap, 'suppressNonMaxima: maxOverlap');
  const kept = bestFirst(spans, (span, others) => isClear(span, others, maxOverlap));
  return kept.sort((a, b) => a.startSeconds - b.startSeconds);
}

/** A span with its score and, where there are several, its class. */
export interface ClassSpan extends TimeSpan {
  score: number;
  class?: string | number;
}

export interface NonMaxSuppressionOptions {
  /** Spans of a class that share more than this, intersection over union, are one event. @default 0.5 */
  iouThreshold?: number;
  /** The most spans that are kept, of all classes together. @default Infinity */
  maxCount?: number;
  /** The most spans of each class. @default Infinity */
  maxCountPerClass?: number;
}

const atMost = numberOrInfinity({ min: 1 });
const suppressionOptions = optionsSchema<NonMaxSuppressionOptions>('nonMaxSuppression', {
  iouThreshold: optional(overlapShare),
  maxCount: optional(atMost),
  maxCountPerClass: optional(atMost),
});
const classSpans = listOf(
  objectWith<ClassSpan>(
    'a span with its score',
    { ...edges, score: number(), class: optional(either(text, number())) },
    inOrder,
  ),
);

/**
 * Non-maximum suppression class by class: the span with the best score is kept, then each that shares no more than
 * `iouThreshold` with those of its class that were kept, until there are `maxCount`. Of equal scores the span that was given
 * first comes first. Spans of different classes leave each other alone; those without a class are of one.
 * @returns those kept, the best score first
 */
export function nonMaxSuppression<Span extends ClassSpan>(
  spans: readonly Span[],
  options?: NonMaxSuppressionOptions,
): Span[] {
  const {
    iouThreshold = 0.5,
    maxCount = Infinity,
    maxCountPerClass = Infinity,
  } = suppressionOptions.parse(options);
  classSpans.parse(spans, 'nonMaxSuppression: spans');
  return bestFirst(spans, (span, kept) => {
    if (kept.length + 1 > maxCount) return false;
    const alike = kept.filter((other) => other.class === span.class);
    return alike.length + 1 <= maxCountPerClass && isClear(span, alike, iouThreshold);
  });
}

/** Takes spans by their score, equal ones in the order given, where `takes` says so. */
function bestFirst<Span extends TimeSpan & { score: number }>(
  spans: readonly Span[],
  takes: (span: Span, kept: readonly Span[]) => boolean,
): Span[] {
  const kept: Span[] = [];
  for (const span of [...spans].sort((a, b) => b.score - a.score)) if (takes(span, kept)) kept.push(span);
  return kept;
}

const isClear = (span: TimeSpan, others: readonly TimeSpan[], maxOverlap: number): boolean =>
  others.every((other) => overlap(span, other) <= maxOverlap);

/**
 * Event-based scores as sound event detection has them (Mesaros, Heittola and Virtanen 2016): a
 * detected span matches an annotated one whose start lies within the collar; each matches once.
 *
 * @param collarSeconds how far the starts may be apart, either way
 */
export function scoreSpans(
  detected: readonly TimeSpan[],
  annotated: readonly TimeSpan[],
  collarSeconds: number,
): SpanScores {
  return spanScores([{ detected, annotated }], collarSeconds);
}

/** The same over many recordings, each with a time of its own. */
export function spanScores(
  recordings: readonly { detected: readonly TimeSpan[]; annotated: readonly TimeSpan[] }[],
  collarSeconds: number,
): SpanScores {
  annotatedRecordings.parse(recordings, 'spanScores: recordings');
  collar.parse(collarSeconds, 'spanScores: collarSeconds');
  let [matches, found, wanted, overlaps] = [0, 0, 0, 0];
  for (const { detected, annotated } of recordings) {
    found += detected.length;
    wanted += annotated.length;
    for (const [a, b] of matchedPairs(detected, annotated, collarSeconds)) {
      matches++;
      overlaps += overlap(a, b);
    }
  }
  return {
    precision: matches / found,
    recall: matches / wanted,
    f1: (2 * matches) / (found + wanted),
    meanOverlap: overlaps / matches,
  };
}

/** Pairs in the order of time. For points on a line with one tolerance, first come first served is optimal. */
function matchedPairs(
  detected: readonly TimeSpan[],
  annotated: readonly TimeSpan[],
  collarSeconds: number,
): [TimeSpan, TimeSpan][] {
  const byStart = (a: TimeSpan, b: TimeSpan) => a.startSeconds - b.startSeconds;
  const [left, right] = [[...detected].sort(byStart), [...annotated].sort(byStart)];
  const pairs: [TimeSpan, TimeSpan][] = [];
  for (let i = 0, j = 0; i < left.length && j < right.length;) {
    const late = left[i].startSeconds - right[j].startSeconds;
    if (Math.abs(late) <= collarSeconds + 1e-9) pairs.push([left[i++], right[j++]]);
    else if (late < 0) i++;
    else j++;
  }
  return pairs;
}
