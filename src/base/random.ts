import { SeqkitError } from './errors.js';
import { instanceOf } from './schema/index.js';

/**
 * Seeded random numbers: xoshiro128** (Blackman and Vigna 2018), its state filled by
 * splitmix32 from the seed. The same seed gives the same numbers on every platform.
 */
export class Random {
  readonly #state = new Uint32Array(4);

  /** @param seed a whole number; its low 32 bits count */
  constructor(seed: number) {
    if (!Number.isSafeInteger(seed)) {
      throw new SeqkitError(`The seed must be a whole number, not ${seed}.`, { code: 'bad-value' });
    }
    let x = seed >>> 0;
    for (let i = 0; i < 4; i++) {
      x = (x + 0x9e3779b9) >>> 0;
      let z = x;
      z = Math.imul(z ^ (z >>> 16), 0x85ebca6b);
      z = Math.imul(z ^ (z >>> 13), 0xc2b2ae35);
      this.#state[i] = z ^ (z >>> 16);
    }
  }

  /** The next 32 random bits, as a whole number from 0 to 2^32 - 1. */
  bits(): number {
    const s = this.#state;
    const product = Math.imul(s[1], 5);
    const result = Math.imul((product << 7) | (product >>> 25), 9) >>> 0;
    const t = s[1] << 9;
    s[2] ^= s[0];
    s[3] ^= s[1];
    s[1] ^= s[2];
    s[0] ^= s[3];
    s[2] ^= t;
    s[3] = (s[3] << 11) | (s[3] >>> 21);
    return result;
  }

  /** Uniform in [low, high), with 53 random bits. */
  uniform(low = 0, high = 1): number {
    const unit = ((this.bits() >>> 5) * 67108864 + (this.bits() >>> 6)) / 9007199254740992;
    return low + (high - low) * unit;
  }

  /** Normal with the given mean and standard deviation (Box and Muller 1958). */
  normal(mean = 0, deviation = 1): number {
    const radius = Math.sqrt(-2 * Math.log(1 - this.uniform()));
    return mean + deviation * radius * Math.cos(2 * Math.PI * this.uniform());
  }

  /** A whole number from 0 to `count` - 1, each as likely. */
  integer(count: number): number {
    return Math.floor(this.uniform() * count);
  }

  /** One of the items, each as likely. */
  choice<Item>(items: readonly Item[]): Item {
    if (items.length === 0) {
      throw new SeqkitError('There is nothing to choose from: the list is empty.', { code: 'bad-value' });
    }
    return items[this.integer(items.length)];
  }

  /** Shuffles the array where it stands (Fisher and Yates) and returns it. */
  shuffle<Items extends { length: number; [index: number]: unknown }>(items: Items): Items {
    for (let i = items.length - 1; i > 0; i--) {
      const j = this.integer(i + 1);
      const held = items[i];
      items[i] = items[j];
      items[j] = held;
    }
    return items;
  }

  /** A generator of its own for a named part of the work, so that parts do not disturb each other. */
  fork(label: string): Random {
    let hash = 0x811c9dc5;
    for (let i = 0; i < label.length; i++) hash = Math.imul(hash ^ label.charCodeAt(i), 0x01000193);
    return new Random((hash ^ this.bits()) >>> 0);
  }

  /** The state, four 32-bit numbers, for a checkpoint. */
  getState(): number[] {
    return Array.from(this.#state);
  }

  /** Continues from a state that `getState` gave. */
  setState(state: readonly number[]): void {
    if (state.length !== 4) {
      throw new SeqkitError(`A random state has 4 numbers, not ${state.length}.`, { code: 'bad-value' });
    }
    this.#state.set(state);
  }
}

/** The schema of a generator that is given. */
export const randomGenerator = instanceOf(Random, 'a Random', () => 'Give new Random(seed).');
