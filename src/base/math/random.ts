import { fnv1a } from './fnv1a.js';
import { SeqkitError } from '../errors.js';
import { instanceOf, listOf, number, text, wholeNumber, wrongValue } from '../schema/index.js';

const whole = wholeNumber();
const finite = number();
const count = wholeNumber({ min: 1 });
const stored = listOf(wholeNumber({ min: 0, max: 2 ** 32 - 1 }), { min: 4, max: 4 });

/**
 * Seeded random numbers: xoshiro128** (Blackman and Vigna 2018), its state filled by
 * splitmix32 from the seed. The same seed gives the same numbers on every platform.
 */
export class Random {
  readonly #state = new Uint32Array(4);

  /** @param seed a whole number; its low 32 bits count */
  constructor(seed: number) {
    whole.parse(seed, 'The seed');
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
    checkBoth(low, 'low', high, 'high');
    const unit = ((this.bits() >>> 5) * 67108864 + (this.bits() >>> 6)) / 9007199254740992;
    return low + (high - low) * unit;
  }

  /** Normal with the given mean and standard deviation (Box and Muller 1958). */
  normal(mean = 0, deviation = 1): number {
    checkBoth(mean, 'mean', deviation, 'deviation');
    const radius = Math.sqrt(-2 * Math.log(1 - this.uniform()));
    return mean + deviation * radius * Math.cos(2 * Math.PI * this.uniform());
  }

  /** A whole number from 0 to `below` - 1, each as likely. */
  integer(below: number): number {
    if (!(Number.isSafeInteger(below) && below >= 1)) count.parse(below, 'integer: count');
    return Math.floor(this.uniform() * below);
  }

  /** One of the items, each as likely. */
  choice<Item>(items: readonly Item[]): Item {
    checkItems(items, 'choice');
    if (items.length === 0) {
      throw new SeqkitError('There is nothing to choose from: the list is empty.', { code: 'bad-value' });
    }
    return items[this.integer(items.length)];
  }

  /** Shuffles the array where it stands (Fisher and Yates) and returns it. */
  shuffle<Items extends { length: number; [index: number]: unknown }>(items: Items): Items {
    checkItems(items, 'shuffle');
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
    text.parse(label, 'fork: label');
    return new Random((fnv1a(label) ^ this.bits()) >>> 0);
  }

  /** The state, four 32-bit numbers, for a checkpoint. */
  getState(): number[] {
    return Array.from(this.#state);
  }

  /** Continues from a state that `getState` gave. */
  setState(state: readonly number[]): void {
    this.#state.set(stored.parse(state, 'setState'));
  }
}

/** The schema of a generator that is given. */
export const randomGenerator = instanceOf(Random, 'a Random', () => 'Give new Random(seed).');

/** Called for each number that is drawn: no more than a comparison where all is well. */
function checkBoth(first: number, firstName: string, second: number, secondName: string): void {
  if (Number.isFinite(first) && Number.isFinite(second)) return;
  finite.parse(first, firstName);
  finite.parse(second, secondName);
}

function checkItems(items: unknown, name: string): void {
  const isTyped = ArrayBuffer.isView(items) && 'length' in items;
  if (Array.isArray(items) || isTyped) return;
  throw wrongValue(name, 'given an array', items);
}
