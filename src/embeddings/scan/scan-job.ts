import type { ScanKernels } from './scan-kernels.js';

/**
 * The notice board of a scan, words of 32 bits in shared memory. Whoever works on the scan claims
 * chunks of rows by counting up `claims`, so that a slow or absent thread takes fewer. `claims`
 * holds the number of the scan above the number of the next chunk: a thread that comes late to a
 * scan that is over finds another number there, and claims nothing.
 */
export const Board = {
  /** The number of the scan; it changes once all that follows stands. Threads sleep on it. */
  scan: 0,
  claims: 1,
  /** The number of the scan above that of its chunks that are done. The starter sleeps on it. */
  done: 2,
  kind: 3,
  rows: 4,
  width: 5,
  count: 6,
  chunkRows: 7,
  norms: 8,
  scales: 9,
  errors: 10,
  query: 11,
  /** The bits of a 32-bit float. */
  queryScale: 12,
  scores: 13,
  maxima: 14,
  words: 15,
} as const;

/** How the rows are kept. */
export const RowKind = { floats: 0, halves: 1, ints: 2 } as const;

/** What to scan; all are addresses but `kind`, `width`, `count` and `queryScale`. */
export interface ScanJob {
  readonly kind: (typeof RowKind)[keyof typeof RowKind];
  readonly rows: number;
  readonly width: number;
  readonly count: number;
  readonly norms: number;
  /** Of whole numbers: what a row is multiplied by. */
  readonly scales: number;
  /** Of whole numbers: what is added to a row's score, or 0. */
  readonly errors: number;
  readonly query: number;
  readonly queryScale: number;
  readonly scores: number;
  readonly maxima: number;
}

/** What a thread of the pool is started with. */
export interface ScanThreadData {
  readonly memory: WebAssembly.Memory;
  readonly module: WebAssembly.Module;
  /** The address of the board. */
  readonly board: number;
  /** How long it waits for the next scan, in milliseconds. */
  readonly idleMs: number;
}

/** Scores the rows from `begin` up to `end`. */
export function scanRows(kernels: ScanKernels, job: ScanJob, begin: number, end: number): void {
  const { rows, width, norms, query, scores, maxima } = job;
  switch (job.kind) {
    case RowKind.floats:
      return kernels.scanFloats(rows, width, norms, query, scores, maxima, begin, end);
    case RowKind.halves:
      return kernels.scanHalves(rows, width, norms, query, scores, maxima, begin, end);
    case RowKind.ints:
      return kernels.scanInts(
        rows,
        width,
        job.scales,
        norms,
        job.errors,
        query,
        job.queryScale,
        scores,
        maxima,
        begin,
        end,
      );
  }
}

const CHUNK_BITS = 16;
const MAX_CHUNKS = 1 << CHUNK_BITS;

/** Rows that are claimed at once, for about so many bytes: enough that claiming costs nothing. */
const CHUNK_BYTES = 1 << 19;

/**
 * Puts a scan on the board.
 * @param board shape `(Board.words)`, in shared memory
 * @param rowBytes bytes of a row
 * @param rowsPerBlock chunks are whole blocks
 * @returns how many chunks it has
 */
export function postJob(board: Int32Array, job: ScanJob, rowBytes: number, rowsPerBlock: number): number {
  const min = Math.max(CHUNK_BYTES / rowBytes, job.count / (MAX_CHUNKS - 1));
  const chunkRows = Math.ceil(min / rowsPerBlock) * rowsPerBlock;
  const scan = (Atomics.load(board, Board.scan) + 1) & (MAX_CHUNKS - 1);
  // Nothing can be claimed from here until the board is whole.
  Atomics.store(board, Board.claims, packed(scan, MAX_CHUNKS - 1));
  const { queryScale, ...numbers } = job;
  for (const [name, value] of Object.entries(numbers)) board[Board[name as keyof typeof numbers]] = value;
  board[Board.queryScale] = new Int32Array(Float32Array.of(queryScale).buffer)[0];
  board[Board.chunkRows] = chunkRows;
  Atomics.store(board, Board.done, packed(scan, 0));
  Atomics.store(board, Board.claims, packed(scan, 0));
  Atomics.store(board, Board.scan, scan);
  Atomics.notify(board, Board.scan);
  return Math.ceil(job.count / chunkRows);
}

/** The scan on the board, as a thread reads it. */
export function readJob(board: Int32Array): ScanJob {
  const at = (name: keyof typeof Board) => board[Board[name]] >>> 0;
  return {
    kind: at('kind') as ScanJob['kind'],
    rows: at('rows'),
    width: at('width'),
    count: at('count'),
    norms: at('norms'),
    scales: at('scales'),
    errors: at('errors'),
    query: at('query'),
    queryScale: new Float32Array(Int32Array.of(board[Board.queryScale]).buffer)[0],
    scores: at('scores'),
    maxima: at('maxima'),
  };
}

/** Claims chunks of a scan and works on them, until there are none or the scan is another. */
export function workOn(board: Int32Array, scan: number, job: ScanJob, kernels: ScanKernels): void {
  const chunkRows = board[Board.chunkRows];
  const chunks = Math.ceil(job.count / chunkRows);
  for (;;) {
    const claim = Atomics.load(board, Board.claims);
    const chunk = claim & (MAX_CHUNKS - 1);
    if (claim !== packed(scan, chunk) || chunk >= chunks) return;
    if (Atomics.compareExchange(board, Board.claims, claim, packed(scan, chunk + 1)) !== claim) continue;
    const begin = chunk * chunkRows;
    scanRows(kernels, job, begin, Math.min(begin + chunkRows, job.count));
    Atomics.add(board, Board.done, 1);
    Atomics.notify(board, Board.done);
  }
}

/** How many chunks of the scan are done, by the word at `Board.done`. */
export function chunksDone(done: number): number {
  return done & (MAX_CHUNKS - 1);
}

function packed(scan: number, chunk: number): number {
  return (scan << CHUNK_BITS) | chunk;
}
