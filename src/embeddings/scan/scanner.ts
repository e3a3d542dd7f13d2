import type { RowScanner, Scan } from './row-scanner.js';
import { HalfRows, Int8Rows, type FloatRows, type Rows } from '../vectors/rows.js';
import { RowKind, scanRows, type ScanJob } from './scan-job.js';
import type { ScanKernels } from './scan-kernels.js';
import type { ScanPool } from './scan-pool.js';
import type { VectorMemory } from './vector-memory.js';

/** Rows of fewer bytes are scanned before a second thread would wake. */
const MIN_BYTES_FOR_THREADS = 1 << 23;

/** What single precision may be off by, over the rounding of a number to it. */
const FLOAT_ROUNDING = 2 ** -24;

type StartPool = () => ScanPool;

/** Scans rows that lie in a `VectorMemory`. All that it needs there is allocated when it is made. */
export class Scanner implements RowScanner {
  readonly #pool: ScanPool | undefined;
  readonly #job: Omit<ScanJob, 'queryScale'>;
  readonly #rowBytes: number;
  readonly #views: {
    query: Float32Array;
    wholeQuery: Int16Array;
    scores: Float32Array;
    maxima: Float32Array;
    errors: Float32Array | undefined;
  };

  private constructor(
    readonly memory: VectorMemory,
    readonly kernels: ScanKernels,
    rows: ScannedRows,
    startPool: StartPool | undefined,
  ) {
    const blocks = Math.ceil(rows.count / (kernels.rowsPerBlock.value as number));
    const queryLength = Math.ceil(rows.width / 16) * 16;
    const query = memory.allocate(queryLength * 4);
    const scores = memory.allocate(rows.count * 4);
    const maxima = memory.allocate(blocks * 4);
    this.#job = { ...rows, query, scores, maxima };
    this.#rowBytes = rows.width * [4, 2, 1][rows.kind];
    this.#pool = rows.count * this.#rowBytes >= MIN_BYTES_FOR_THREADS ? startPool?.() : undefined;
    this.#views = {
      query: memory.floats(query, queryLength),
      wholeQuery: new Int16Array(memory.memory.buffer, query, queryLength),
      scores: memory.floats(scores, rows.count),
      maxima: memory.floats(maxima, blocks),
      errors: rows.errors === 0 ? undefined : memory.floats(rows.errors, rows.count),
    };
  }

  /**
   * A scanner of rows as they are kept.
   * @param startPool threads over that memory, for scans of many rows
   */
  static of(rows: Rows, memory: VectorMemory, kernels: ScanKernels, startPool?: StartPool): Scanner {
    const address = (view: ArrayBufferView) => memory.addressOf(view);
    const { width, count } = rows;
    const norms = address(rows.norms);
    const kept =
      rows instanceof Int8Rows
        ? { kind: RowKind.ints, rows: address(rows.data), scales: address(rows.scales) }
        : rows instanceof HalfRows
          ? { kind: RowKind.halves, rows: address(rows.data), scales: 0 }
          : { kind: RowKind.floats, rows: address((rows as FloatRows).data), scales: 0 };
    return new Scanner(memory, kernels, { ...kept, norms, width, count, errors: 0 }, startPool);
  }

  /** A scanner of whole numbers that it makes, and keeps, beside rows of floats: a quarter of the bytes. */
  static beside(rows: FloatRows, memory: VectorMemory, kernels: ScanKernels, startPool?: StartPool): Scanner {
    const { width, count } = rows;
    const [data, norms] = [memory.addressOf(rows.data), memory.addressOf(rows.norms)];
    const ints = memory.allocate(count * width);
    const scales = memory.allocate(count * 4);
    const errors = memory.allocate(count * 4);
    kernels.quantizeFloats(data, width, norms, ints, scales, errors, 0, count);
    const made = { kind: RowKind.ints, rows: ints, scales, errors, norms, width, count };
    return new Scanner(memory, kernels, made, startPool);
  }

  /**
   * @param unit shape `(width)`, of length 1 or all zeros
   * @param count the first so many rows
   */
  scan(unit: Float64Array, count: number): Scan {
    const { scores, maxima, errors } = this.#views;
    const query = this.#job.kind === RowKind.ints ? this.#wholeQuery(unit) : this.#floatQuery(unit);
    const job: ScanJob = { ...this.#job, count, queryScale: query.scale };
    if (this.#pool === undefined) scanRows(this.kernels, job, 0, job.count);
    else this.#pool.run(job, this.#rowBytes);
    return {
      scores,
      maxima,
      rowsPerBlock: this.kernels.rowsPerBlock.value as number,
      error: query.error,
      errors,
    };
  }

  /** Ends the threads that help; the next scan starts others. */
  end(): void {
    this.#pool?.end();
  }

  #floatQuery(unit: Float64Array): { scale: number; error: number } {
    this.#views.query.set(unit);
    // Any order of adding n products is within n roundings of sum |a||b|, at most the two lengths.
    return { scale: 1, error: (unit.length + 8) * FLOAT_ROUNDING };
  }

  /** Rounds the query to 16-bit whole numbers, small enough that no sum over a row overflows. */
  #wholeQuery(unit: Float64Array): { scale: number; error: number } {
    const { wholeQuery } = this.#views;
    let largest = 0;
    let sum = 0;
    for (const value of unit) {
      largest = Math.max(largest, Math.abs(value));
      sum += Math.abs(value);
    }
    const maxSum = (2 ** 31 - 1) / 127 - unit.length;
    const scale = Math.fround(Math.max(largest / 32767, sum / maxSum)) || 1;
    let squares = 0;
    for (let i = 0; i < unit.length; i++) {
      const whole = Math.max(-32767, Math.min(32767, Math.round(unit[i] / scale)));
      wholeQuery[i] = whole;
      squares += (unit[i] - whole * scale) ** 2;
    }
    // A row of whole numbers may be longer than its floats, by no more than all of its length.
    return { scale, error: 2 * Math.sqrt(squares) + 16 * FLOAT_ROUNDING };
  }
}

type ScannedRows = Pick<ScanJob, 'kind' | 'rows' | 'width' | 'count' | 'norms' | 'scales' | 'errors'>;
