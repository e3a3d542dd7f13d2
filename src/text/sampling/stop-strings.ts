import { SeqkitError } from '../../base/errors.js';

/**
 * Passes text on as it is made, up to the first stop string. What may be the beginning of one is
 * held back until that is clear; the stop string itself is left out.
 */
export class StopStrings {
  readonly #stops: readonly string[];
  #held = '';
  /** Whether a stop string has come. */
  stopped = false;

  /** @throws SeqkitError `bad-value` for an empty stop string */
  constructor(stops: readonly string[]) {
    if (stops.includes('')) throw new SeqkitError('A stop string is empty.', { code: 'bad-value' });
    this.#stops = stops;
  }

  /** @returns what is certain not to belong to a stop string */
  push(text: string): string {
    if (this.stopped) return '';
    this.#held += text;
    const at = this.#stops.map((stop) => this.#held.indexOf(stop)).filter((index) => index >= 0);
    if (at.length > 0) {
      this.stopped = true;
      return this.#give(Math.min(...at));
    }
    let open = 0;
    for (const stop of this.#stops) {
      for (let length = Math.min(stop.length - 1, this.#held.length); length > open; length--) {
        if (this.#held.endsWith(stop.slice(0, length))) open = length;
      }
    }
    return this.#give(this.#held.length - open);
  }

  /** What was held back, where the text ends without a stop string. */
  end(): string {
    return this.stopped ? '' : this.#give(this.#held.length);
  }

  #give(length: number): string {
    const given = this.#held.slice(0, length);
    this.#held = this.#held.slice(length);
    return given;
  }
}
