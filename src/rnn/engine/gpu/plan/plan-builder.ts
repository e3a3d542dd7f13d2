import type { Buffer, Matrix } from '../../../program/program.js';
import { CallList } from './call-list.js';
import { BufferRanges } from './buffer-ranges.js';
import { windowOf } from './plan.js';
import type { Plan, Value, Window } from './plan.js';
import { joinRows, reshape } from './rows.js';

/** How many times its size a buffer's value may have, and still be read back whole. */
const MAX_READ = 8;

/** Turns reads and writes of buffers into calls over values that never change. */
export class PlanBuilder extends CallList {
  readonly #ranges = new Map<Buffer, BufferRanges>();
  readonly #uploads: { buffer: Buffer; value: Value }[] = [];

  /** Declares a buffer; one whose numbers come from the host is a value with rows of `cols`. */
  declare(buffer: Buffer, cols: number, uploaded: boolean): void {
    const ranges = new BufferRanges(buffer);
    this.#ranges.set(buffer, ranges);
    if (!uploaded) return;
    const value = this.value(buffer.size / cols, cols);
    this.#uploads.push({ buffer, value });
    ranges.write(0, windowOf(value));
  }

  /**
   * The current numbers of a view. Where they are in ranges they are joined once, for this
   * reader and those that follow.
   */
  read(matrix: Matrix): Window {
    const { buffer, offset, rows, cols } = matrix;
    const rowStride = rows === 1 ? cols : matrix.rowStride;
    const ranges = this.#rangesOf(buffer);
    const end = offset + (rows - 1) * rowStride + cols;
    let covering = ranges.cover(offset, end);
    if (covering.length > 1) {
      const clipped = covering.map((range) => BufferRanges.clip(range, offset, end));
      ranges.write(clipped[0].start, windowOf(this.#join(clipped.map(({ window }) => window))));
      covering = ranges.cover(offset, end);
    }
    const [{ start, window }] = covering;
    const within = offset - start;
    const row = Math.floor(within / window.cols);
    const col = within % window.cols;
    const aligned = rows === 1 || rowStride === window.cols;
    if (aligned && col + cols <= window.cols) {
      return { value: window.value, row: window.row + row, col: window.col + col, rows, cols };
    }
    return windowOf(reshape(this, window, within, rows, cols, rowStride));
  }

  /** From here on the view holds a part of a value, which begins at column `col` and row `row`. */
  write(matrix: Matrix, value: Value, col = 0, row = 0): void {
    const { buffer, offset, rows, cols } = matrix;
    this.#rangesOf(buffer).write(offset, { value, row, col, rows, cols });
  }

  /** The plan, which gives these buffers back. */
  finish(downloads: readonly { buffer: Buffer; cols: number }[]): Plan {
    const wanted = downloads.map(({ buffer, cols }) => {
      const rows = buffer.size / cols;
      const window = this.read({ buffer, offset: 0, rows, cols, rowStride: cols });
      const { value } = window;
      // The host reads whole values: one that is mostly something else is not worth the way.
      const isLost = value.rows * value.cols > MAX_READ * rows * cols;
      return { buffer, window: isLost ? windowOf(joinRows(this, [window])) : window };
    });
    const used = new Set([
      ...this.calls.flatMap(({ arrays }) => arrays),
      ...wanted.map(({ window }) => window.value),
    ]);
    return {
      uploads: this.#uploads.filter(({ value }) => used.has(value)),
      calls: this.calls,
      downloads: wanted,
    };
  }

  #join(windows: readonly Window[]): Value {
    const width = windows[0].cols;
    if (windows.every(({ cols }) => cols === width)) return joinRows(this, windows);
    const columns = windows.map((window) => {
      return windowOf(reshape(this, window, 0, window.rows * window.cols, 1, 1));
    });
    return joinRows(this, columns);
  }

  #rangesOf(buffer: Buffer): BufferRanges {
    const ranges = this.#ranges.get(buffer);
    if (ranges === undefined) throw new RangeError(`the program does not declare "${buffer.name}"`);
    return ranges;
  }
}
