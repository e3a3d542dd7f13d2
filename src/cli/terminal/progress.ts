import { visible } from './output.js';
import { groupDigits } from '../../base/math/group-digits.js';

/** Where progress is drawn; `process.stderr` is one. */
export interface ProgressTarget {
  write(text: string): unknown;
  readonly isTTY?: boolean;
  readonly columns?: number;
}

const QUIET_MS = 1_000;
const REDRAW_MS = 100;
const LINE_MS = 15_000;
const MAX_CELLS = 20;
const MIN_CELLS = 5;

/**
 * Progress of a job on stderr, with its rate and the time left. Silent for jobs under a second; a bar
 * that redraws itself on a terminal; elsewhere a plain line now and then, for logs.
 *
 * @example
 * const progress = new Progress('training', { total: steps * batch, unit: 'characters' });
 * progress.update(done, 'loss 1.84');
 * progress.end();
 */
export class Progress {
  readonly #label: string;
  #total: number;
  readonly #unit: string;
  readonly #target: ProgressTarget;
  readonly #now: () => number;
  readonly #start: number;
  readonly #from: number;
  #shownAt: number | undefined;

  /**
   * @param label what is going on, as one word or two
   * @param options.total how many units make the whole; Infinity where nobody knows
   * @param options.unit the plural noun that is counted
   * @param options.from how many were done before it began, which say nothing of the rate @default 0
   * @param options.target @default process.stderr
   * @param options.now the clock, in milliseconds @default performance.now
   */
  constructor(
    label: string,
    options: { total: number; unit: string; from?: number; target?: ProgressTarget; now?: () => number },
  ) {
    this.#label = label;
    this.#total = options.total;
    this.#from = options.from ?? 0;
    this.#unit = options.unit;
    this.#target = options.target ?? process.stderr;
    this.#now = options.now ?? (() => performance.now());
    this.#start = this.#now();
  }

  /**
   * @param done units finished, those before it began among them
   * @param detail a short remark to show beside the bar, such as the loss
   * @param total the whole, where it is known better by now
   */
  update(done: number, detail = '', total = this.#total): void {
    this.#total = total;
    const now = this.#now();
    const elapsedMs = now - this.#start;
    const pauseMs = this.#target.isTTY ? REDRAW_MS : LINE_MS;
    if (elapsedMs < QUIET_MS || (this.#shownAt !== undefined && now - this.#shownAt < pauseMs)) return;
    this.#shownAt = now;
    this.#show(Math.min(done, this.#total), elapsedMs, detail);
  }

  /** Takes the bar off the terminal, so that what is printed next starts on a line of its own. */
  end(): void {
    if (this.#target.isTTY && this.#shownAt !== undefined) this.#target.write('\r\x1b[K');
    this.#shownAt = undefined;
  }

  /** The line, in so many columns: where they are few the rate goes, then the time left; the bar has what is over. */
  #describe(done: number, elapsedMs: number, detail: string, columns: number): string {
    const isKnown = Number.isFinite(this.#total);
    const share = this.#total > 0 ? done / this.#total : 1;
    const rate = ((done - this.#from) / elapsedMs) * 1_000;
    const left = isKnown && done > this.#from ? `${clock(((this.#total - done) / rate) * 1_000)} left` : '';
    const percent = isKnown ? `${Math.floor(share * 100)}%` : `${groupDigits(done)} ${this.#unit}`;
    const fast = `${readable(rate)} ${this.#unit}/s`;
    const choices = [
      [percent, fast, left, detail],
      [percent, `${short(rate)} ${this.#unit}/s`, left, detail],
      [percent, `${short(rate)}/s`, left, detail],
      [percent, left, detail],
      [percent, detail],
      [detail],
    ].map((parts) => parts.filter((part) => part !== '').join(', '));
    const room = columns - this.#label.length - 1;
    const text = choices.find(({ length }) => length <= room) ?? choices.at(-1)!;
    return `${this.#label} ${isKnown && this.#target.isTTY ? bar(share, room - text.length) : ''}${text}`;
  }

  #show(done: number, elapsedMs: number, detail: string): void {
    if (!this.#target.isTTY) {
      this.#target.write(`${visible(this.#describe(done, elapsedMs, detail, Infinity))}\n`);
      return;
    }
    // A line that wraps could not be taken back by a carriage return.
    const columns = (this.#target.columns || 80) - 1;
    const line = visible(this.#describe(done, elapsedMs, detail, columns));
    this.#target.write(`\r\x1b[K${line.slice(0, columns)}`);
  }
}

/** A bar with a space after it; none where there is no room for one that tells anything. */
function bar(share: number, room: number): string {
  const cells = Math.min(MAX_CELLS, room - 3);
  if (cells < MIN_CELLS) return '';
  const filled = Math.floor(share * cells);
  return `[${'='.repeat(filled)}${' '.repeat(cells - filled)}] `;
}

/** Milliseconds as minutes and seconds, `2:05`, or hours, `1:02:05`. */
function clock(ms: number): string {
  const seconds = Math.ceil(ms / 1_000);
  const pad = (value: number): string => String(value).padStart(2, '0');
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes}:${pad(seconds % 60)}`;
  return `${Math.floor(minutes / 60)}:${pad(minutes % 60)}:${pad(seconds % 60)}`;
}

/** Three figures are enough for a rate. */
function readable(rate: number): string {
  return rate >= 100 ? groupDigits(Math.round(rate)) : Number(rate.toPrecision(3)).toString();
}

/** The same in few letters: `12.3k`, `1.23M`. */
function short(rate: number): string {
  const [unit, letter] =
    rate >= 1e9 ? [1e9, 'G'] : rate >= 1e6 ? [1e6, 'M'] : rate >= 1e3 ? [1e3, 'k'] : [1, ''];
  return `${Number((rate / unit).toPrecision(3))}${letter}`;
}
