import { SeqkitError } from '../../../../base/errors.js';
import type { Buffer } from '../../../program/program.js';
import type { Window } from './plan.js';

/** Elements `start` to `end - 1` of a buffer, which are the rows of a window in order. */
export interface Piece {
  readonly start: number;
  readonly end: number;
  readonly window: Window;
}

/**
 * Where the current numbers of one buffer are. A gpu.js kernel makes a whole matrix and
 * cannot write into a part of one, so a buffer filled time step by time step is a row of
 * pieces, each a window on what some call made.
 */
export class BufferPieces {
  #pieces: Piece[] = [];

  constructor(readonly buffer: Buffer) {}

  /** Puts a window's rows at `start`, over what was there. */
  write(start: number, window: Window): void {
    const end = start + window.rows * window.cols;
    const kept = this.#pieces.flatMap((piece) => [
      ...this.#cut(piece, piece.start, Math.min(piece.end, start)),
      ...this.#cut(piece, Math.max(piece.start, end), piece.end),
    ]);
    this.#pieces = [...kept, { start, end, window }].sort((a, b) => a.start - b.start);
  }

  /** The pieces that hold elements `start` to `end - 1`. */
  cover(start: number, end: number): Piece[] {
    const found: Piece[] = [];
    let reached = start;
    for (const piece of this.#pieces) {
      if (piece.end <= start || piece.start >= end) continue;
      if (piece.start > reached) break;
      found.push(piece);
      reached = piece.end;
    }
    if (reached < end) {
      throw new RangeError(`"${this.buffer.name}" is read at element ${reached} before it is written`);
    }
    return found;
  }

  /** The part of a piece from `start` to `end`: some of its rows, or some columns of its only row. */
  #cut(piece: Piece, start: number, end: number): Piece[] {
    if (start >= end) return [];
    if (start === piece.start && end === piece.end) return [piece];
    const { window } = piece;
    const skipped = start - piece.start;
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

  /** The part of a piece that holds whole rows around elements `start` to `end - 1`. */
  static clip(piece: Piece, start: number, end: number): Piece {
    const { window } = piece;
    const from = Math.max(0, Math.floor((start - piece.start) / window.cols));
    const to = Math.min(window.rows, Math.ceil((end - piece.start) / window.cols));
    return {
      start: piece.start + from * window.cols,
      end: piece.start + to * window.cols,
      window: { ...window, row: window.row + from, rows: to - from },
    };
  }
}
