import { rmsOf } from '../../audio/signal/augmentation.js';

const CELLS = 24;
/** The lowest level that shows, dB of full scale. */
const FLOOR_DB = -60;
const REDRAW_MS = 80;

/** A bar on stderr that shows how loud the sound is; silent where stderr is no terminal. */
export class LevelMeter {
  #shownAt = -Infinity;

  /** @param detail a short remark beside the bar */
  update(samples: Float32Array, detail = ''): void {
    if (!process.stderr.isTTY || performance.now() - this.#shownAt < REDRAW_MS) return;
    this.#shownAt = performance.now();
    process.stderr.write(`\r\x1b[K${levelBar(samples)} ${detail}`);
  }

  /** Takes the bar off the terminal. */
  end(): void {
    if (process.stderr.isTTY) process.stderr.write('\r\x1b[K');
  }
}

/** The level of a chunk of sound as a bar and in dB of full scale, such as `[#####   ] -40 dB`. */
export function levelBar(samples: Float32Array): string {
  const decibels = Math.max(FLOOR_DB, 20 * Math.log10(rmsOf(samples) + 1e-9));
  const filled = Math.round(CELLS * (1 - decibels / FLOOR_DB));
  return `[${'#'.repeat(filled)}${' '.repeat(CELLS - filled)}] ${decibels.toFixed(0)} dB`;
}
