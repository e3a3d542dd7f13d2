import { END, PADDING, START } from './token-table.js';

/** What a decoder gives at one step, for each of its rows. */
export interface DecoderStep {
  /** (rows, V): what comes next. */
  readonly logits: ArrayLike<number>;
  /** (rows, S): where it looked. */
  readonly attention: ArrayLike<number>;
}

/** How answers are searched. */
export interface BeamSearch {
  /** B, how many sources at once. */
  readonly sources: number;
  /** K, how many answers are followed for each. */
  readonly width: number;
  /** V. */
  readonly vocabulary: number;
  /** S. */
  readonly sourceLength: number;
  /** The most tokens of an answer, without the end. */
  readonly maxLength: number;
  readonly lengthPenalty: number;
  /**
   * One step of all rows, of which row b * K + k is answer k of source b.
   * @param tokens what each wrote last
   * @param parents whose state each goes on from
   */
  step(tokens: Int32Array, parents: Int32Array): DecoderStep;
}

/** An answer that came to its end. */
export interface Hypothesis {
  /** Without the start and the end. */
  readonly tokens: readonly number[];
  /** The logarithm of the probability of the tokens and of the end. */
  readonly logProbability: number;
  /** That divided by the length penalty. */
  readonly score: number;
  /** Where it looked for each token. */
  readonly attention: readonly Float32Array[];
}

/** An answer in the making, or its end, as the last of a chain. */
interface Link {
  readonly before: Link | undefined;
  readonly token: number;
  readonly length: number;
  readonly logProbability: number;
  readonly row: number;
  readonly attention: Float32Array | undefined;
}

/** ((5 + length) / 6) ^ alpha: Wu et al. (2016), equation 14. The end counts as a token. */
export function lengthPenalty(length: number, alpha: number): number {
  return ((5 + length) / 6) ** alpha;
}

/**
 * Beam search: of each source the best answers first, K at most. A width of 1 is the greedy search. An answer that is
 * at its longest ends there.
 */
export function beamSearch(search: BeamSearch): Hypothesis[][] {
  const { sources, width, vocabulary, sourceLength, maxLength, lengthPenalty: alpha } = search;
  const rows = sources * width;
  const start = (row: number): Link => ({
    ...{ before: undefined, token: START, length: 0, logProbability: 0, row, attention: undefined },
  });
  let live = Array.from({ length: sources }, (_, b) => [start(b * width)]);
  const ended = live.map((): { score: number; link: Link }[] => []);
  const [tokens, parents] = [new Int32Array(rows), new Int32Array(rows)];
  const scoreOf = ({ logProbability, length }: Link): number => logProbability / lengthPenalty(length, alpha);
  const end = (b: number, link: Link): void => {
    ended[b].push({ score: scoreOf(link), link });
    ended[b].sort((a, c) => c.score - a.score);
    ended[b].length = Math.min(ended[b].length, width);
  };
  for (let length = 1; length <= maxLength + 1 && live.some((links) => links.length > 0); length++) {
    tokens.fill(START);
    for (let row = 0; row < rows; row++) parents[row] = row;
    live.forEach((links, b) => {
      links.forEach((link, k) => {
        tokens[b * width + k] = link.token;
        parents[b * width + k] = link.row;
      });
    });
    const { logits, attention } = search.step(tokens, parents);
    live = live.map((links, b) => {
      const grown: { from: Link; row: number; token: number; logProbability: number }[] = [];
      links.forEach((from, k) => {
        const row = b * width + k;
        const logs = logProbabilities(logits, row * vocabulary, vocabulary);
        // At its longest an answer can do nothing but end.
        const best = length > maxLength ? [END] : largest(logs, width + 1);
        for (const token of best) {
          grown.push({ from, row, token, logProbability: from.logProbability + logs[token] });
        }
      });
      grown.sort((a, c) => c.logProbability - a.logProbability);
      const next: Link[] = [];
      for (const { from, row, token, logProbability } of grown) {
        if (next.length === width) break;
        const looked = Float32Array.from(
          { length: sourceLength },
          (_, s) => attention[row * sourceLength + s],
        );
        const link = { before: from, token, length, logProbability, row, attention: looked };
        if (token === END) {
          end(b, link);
          // The greedy search takes what is likeliest.
          if (width === 1) break;
        } else next.push(link);
      }
      if (width === 1 && ended[b].length > 0) return [];
      return next.filter((link) => couldWin(link, ended[b], { width, alpha, maxLength }));
    });
  }
  return ended.map((answers) => answers.map(({ score, link }) => hypothesisOf(link, score)));
}

/** Whether an answer that goes on may yet come before the last of those that ended: probabilities only fall. */
function couldWin(
  { logProbability, length }: Link,
  ended: readonly { score: number }[],
  { width, alpha, maxLength }: { width: number; alpha: number; maxLength: number },
): boolean {
  if (ended.length < width) return true;
  const best = Math.max(lengthPenalty(length + 1, alpha), lengthPenalty(maxLength + 1, alpha));
  return logProbability / best > ended[ended.length - 1].score;
}

function hypothesisOf(last: Link, score: number): Hypothesis {
  const tokens: number[] = [];
  const attention: Float32Array[] = [];
  for (let link = last.before; link?.before; link = link.before) {
    tokens.unshift(link.token);
    attention.unshift(link.attention!);
  }
  return { tokens, logProbability: last.logProbability, score, attention };
}

/** Log softmax of one row; nothing is written as padding or as a start. */
function logProbabilities(logits: ArrayLike<number>, at: number, count: number): Float64Array {
  const logs = new Float64Array(count).fill(-Infinity);
  let max = -Infinity;
  for (let v = 0; v < count; v++) {
    if (v !== PADDING && v !== START) max = Math.max(max, logits[at + v]);
  }
  let sum = 0;
  for (let v = 0; v < count; v++) {
    if (v !== PADDING && v !== START) sum += Math.exp(logits[at + v] - max);
  }
  const log = max + Math.log(sum);
  for (let v = 0; v < count; v++) if (v !== PADDING && v !== START) logs[v] = logits[at + v] - log;
  return logs;
}

/** The places of the largest numbers, the largest first; of equal ones the first. */
function largest(values: Float64Array, count: number): number[] {
  const found: number[] = [];
  for (let v = 0; v < values.length; v++) {
    if (values[v] === -Infinity) continue;
    let at = found.length;
    while (at > 0 && values[found[at - 1]] < values[v]) at--;
    if (at >= count) continue;
    found.splice(at, 0, v);
    if (found.length > count) found.pop();
  }
  return found;
}
