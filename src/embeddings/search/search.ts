import type { Rows } from '../vectors/rows.js';
import type { RowScanner } from '../scan/row-scanner.js';

/** A row of the vectors and how well it answers. */
export interface ScoredRow {
  readonly row: number;
  readonly score: number;
}

/** Which rows are looked for, and among which. */
export interface Wanted {
  /** How many. */
  readonly topn: number;
  /** Rows that are no answer. */
  readonly excluded?: ReadonlySet<number>;
  /** Only the first so many rows. @default all */
  readonly count?: number;
}

/** What is known of the scores of rows before any is computed exactly. */
interface BoundedScores {
  readonly count: number;
  upper(row: number): number;
  lower(row: number): number;
  /** Where given, no row of a block has an upper bound above the block's. */
  blockUpper?(block: number): number;
  readonly rowsPerBlock: number;
}

/**
 * Finds rows by their cosine with a unit vector. Where there is a scanner, it narrows the rows down
 * to those that may be among the answers, and these are scored in double precision: the answers
 * are the same with a scanner and without, whatever it rounds and however many threads it has.
 */
export class RowSearch {
  constructor(
    readonly rows: Rows,
    readonly scanner?: RowScanner,
  ) {}

  /**
   * The rows nearest to a unit vector, best first; of equal scores the lower row, which is the more
   * frequent word, comes first.
   * @param unit shape `(width)`
   */
  nearest(unit: Float64Array, wanted: Wanted): ScoredRow[] {
    const bounds = this.#bounds(unit, wanted.count ?? this.rows.count);
    return bestRows(bounds, (row) => this.rows.cosine(row, unit), wanted);
  }

  /** The rows whose cosine with a unit vector is above a score, in their order. */
  above(unit: Float64Array, score: number): number[] {
    return rowsAbove(this.#bounds(unit, this.rows.count), (row) => this.rows.cosine(row, unit), score);
  }

  /**
   * The rows nearest to some unit vectors and farthest from others, by the ratio of the products of
   * their cosines, moved to [0, 1] (Levy and Goldberg 2014, equation 4).
   */
  nearestByRatio(near: readonly Float64Array[], far: readonly Float64Array[], wanted: Wanted): ScoredRow[] {
    const bounds = this.#ratioBounds(near, far, wanted.count ?? this.rows.count);
    return bestRows(bounds, (row) => this.ratio(row, near, far), wanted);
  }

  /** The rows whose ratio is above a score, in their order. */
  aboveByRatio(near: readonly Float64Array[], far: readonly Float64Array[], score: number): number[] {
    const bounds = this.#ratioBounds(near, far, this.rows.count);
    return rowsAbove(bounds, (row) => this.ratio(row, near, far), score);
  }

  /** What `nearestByRatio` scores a row by. */
  ratio(row: number, near: readonly Float64Array[], far: readonly Float64Array[]): number {
    let ratio = 1;
    for (const unit of near) ratio *= (1 + this.rows.cosine(row, unit)) / 2;
    let against = 1;
    for (const unit of far) against *= (1 + this.rows.cosine(row, unit)) / 2;
    return ratio / (against + RATIO_EPSILON);
  }

  #ratioBounds(near: readonly Float64Array[], far: readonly Float64Array[], count: number): BoundedScores {
    const above = this.#products(near, count);
    const below = this.#products(far, count);
    return {
      count,
      // The last roundings of the two ways to the same number may differ.
      upper: (row) => (above.upper[row] / (below.lower[row] + RATIO_EPSILON)) * (1 + 1e-12),
      lower: (row) => (above.lower[row] / (below.upper[row] + RATIO_EPSILON)) * (1 - 1e-12),
      rowsPerBlock: count,
    };
  }

  /** Bounds of the product of each row's cosines with some vectors, moved to [0, 1]. */
  #products(units: readonly Float64Array[], count: number): { lower: Float64Array; upper: Float64Array } {
    const lower = new Float64Array(count).fill(1);
    const upper = new Float64Array(count).fill(1);
    for (const unit of units) {
      const bounds = this.#bounds(unit, count);
      for (let row = 0; row < count; row++) {
        lower[row] *= Math.max(0, (1 + bounds.lower(row)) / 2);
        upper[row] *= (1 + bounds.upper(row)) / 2;
      }
    }
    return { lower, upper };
  }

  #bounds(unit: Float64Array, count: number): BoundedScores {
    if (this.scanner === undefined) {
      const cosines = new Float64Array(count);
      for (let row = 0; row < count; row++) cosines[row] = this.rows.cosine(row, unit);
      const score = (row: number) => cosines[row];
      return { count, upper: score, lower: score, rowsPerBlock: count };
    }
    const { scores, maxima, rowsPerBlock, error, errors } = this.scanner.scan(unit, count);
    return {
      count,
      upper: (row) => scores[row] + error,
      lower: (row) => scores[row] - error - (errors === undefined ? 0 : 2 * errors[row]),
      blockUpper: (block) => maxima[block] + error,
      rowsPerBlock,
    };
  }
}

/** The guard against division by zero, gensim's; Levy and Goldberg have 0.001. */
const RATIO_EPSILON = 1e-6;

/** The best rows by their exact scores, of which only those are asked that may be among them. */
function bestRows(bounds: BoundedScores, exact: (row: number) => number, wanted: Wanted): ScoredRow[] {
  const { topn, excluded = new Set<number>() } = wanted;
  // At least `topn` rows reach the bar. Candidates gather, and now and then the bar is raised.
  let candidates: { row: number; lower: number; upper: number }[] = [];
  let bar = -Infinity;
  let room = 2 * topn + 16;
  const raiseBar = () => {
    if (candidates.length < topn) return;
    candidates.sort((a, b) => b.lower - a.lower);
    bar = candidates[topn - 1].lower;
    candidates = candidates.filter(({ upper }) => upper >= bar);
    room = 2 * candidates.length + 16;
  };
  eachAbove(bounds, bar, (row) => {
    if (!excluded.has(row)) candidates.push({ row, lower: bounds.lower(row), upper: bounds.upper(row) });
    if (candidates.length >= room) raiseBar();
    return bar;
  });
  raiseBar();
  return candidates
    .map(({ row }) => ({ row, score: exact(row) }))
    .sort((a, b) => b.score - a.score || a.row - b.row)
    .slice(0, topn);
}

/** The rows whose exact score is above another, in their order. */
function rowsAbove(bounds: BoundedScores, exact: (row: number) => number, score: number): number[] {
  const found: number[] = [];
  eachAbove(bounds, score, (row) => {
    if (exact(row) > score) found.push(row);
    return score;
  });
  return found;
}

/** Visits the rows whose score may reach a bar, which each visit may raise. */
function eachAbove(bounds: BoundedScores, start: number, visit: (row: number) => number): void {
  const { count, rowsPerBlock } = bounds;
  let bar = start;
  for (let block = 0; block * rowsPerBlock < count; block++) {
    if (bounds.blockUpper !== undefined && bounds.blockUpper(block) < bar) continue;
    const end = Math.min(count, (block + 1) * rowsPerBlock);
    for (let row = block * rowsPerBlock; row < end; row++) if (bounds.upper(row) >= bar) bar = visit(row);
  }
}
