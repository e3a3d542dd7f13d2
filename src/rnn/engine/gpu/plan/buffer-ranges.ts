import { SeqkitError } from '../../../../base/errors.js';
import type { Buffer } from '../../../program/program.js';
import type { Window } from './plan.js';

/** Elements `start` to `end - 1` of a buffer, which are the rows of a window in order. */
export interface BufferRange {
  readonly start: number;
  readonly end: number;
  readonly window: Window;
}

/**
 * Where the current numbers of one buffer are. A gpu.js kernel makes a whole matrix and
 * cannot write into a part of one, so a buffer filled time step by time step is a row of
 * ranges, each a window on what some call made.
 */
export class BufferRanges {
  #ranges: BufferRange[] = [];

  constructor(readonly buffer: Buffer) {}

  /** Puts a window's rows at `start`, over what was there. */
  write(start: number, window: Window): void {
    const end = start + window.rows * window.cols;
    const kept = this.#ranges.flatMap((range) => [
      ...this.#cut(range, range.start, Math.min(range.end, start)),
      ...this.#cut(range, Math.max(range.start, end), range.end),
    ]);
    this.#ranges = [...kept, { start, end, window }].sort((a, b) => a.start - b.start);
  }

  /** The ranges that hold elements `start` to `end - 1`. */
  cover(start: number, end: number): BufferRange[] {
    const found: BufferRange[] = [];
    let reached = start;
    for (const range of this.#ranges) {
      if (range.end <= start || range.start >= end) continue;
      if (range.start > reached) break;
      found.push(range);
      reached = range.end;
    }
    if (reached < end) {
      throw new RangeError(`"${this.buffer.name}" is read at element ${reached} before it is written`);
    }
    return found;
  }

  /** The part of a range from `start` to `end`: some of its rows, or some columns of its only row. */
  #cut(range: BufferRange, start: number, end: number): BufferRange[] {
    if (start >= end) return [];
    if (start === range.start && end === range.end) return [range];
    const { window } = range;
    const skipped = start - range.start;
    const size = end - start;
    if (window.rows === 1) {
      return [{ start, end, window: { ...window, col: window.col + skipped, cols: size } }];
    }
    if (skipped % window.cols !== 0 || size % window.cols !== 0) {
      throw new SeqkitError(
        `The gpu engine cannot write a part of a row of "${this.buffer.name}" (rows of ${window.cols}).`,
        { code: 'engine', hint: "Take engine: 'wasm'." },
      );
    }
    const rows = size / window.cols;
    return [{ start, end, window: { ...window, row: window.row + skipped / window.cols, rows } }];
  }

  /** The part of a range that holds whole rows around elements `start` to `end - 1`. */
  static clip(range: BufferRange, start: number, end: number): BufferRange {
    const { window } = range;
    const from = Math.max(0, Math.floor((start - range.start) / window.cols));
    const to = Math.min(window.rows, Math.ceil((end - range.start) / window.cols));
    return {
      start: range.start + from * window.cols,
      end: range.start + to * window.cols,
      window: { ...window, row: window.row + from, rows: to - from },
    };
  }
}
