import type { SeqkitError } from '../../../base/errors.js';
import type { Random } from '../../../base/math/random.js';
import type { Melody } from '../form/melody.js';
import type { Ask } from './ask.js';
import type { TuneMaking } from './tune-making.js';

/** How a tune is begun: anew at each call, and then in the same way. */
export interface VoiceStart {
  readonly make: () => TuneMaking;
  readonly random: Random;
}

/** Bars that were drawn anew, and how they had come about. */
export interface RedrawnBars {
  readonly bars: number;
  /** How many notes and bars taken up had been chosen in them, the one counted that was not to be. */
  readonly choices: number;
  /** The probability that the constraint took from these, on average. */
  readonly removed: number;
}

/** Sums over choices. */
interface Tally {
  removed: number;
  removedCopies: number;
  choices: number;
  nats: number;
}

/** The moment before a bar, as far as a tune can go back to it. */
interface Mark {
  /** How many answers had been given. */
  readonly at: number;
  /** What the model expected: its logits. */
  readonly row: Float64Array;
  /** Its states. */
  readonly states: readonly ArrayLike<number>[];
  readonly recent: readonly number[];
  readonly tally: Tally;
  tries: number;
}

/** So often a bar is drawn anew. */
const MOST_TRIES = 8;

/** One tune in the making among others, which can go back to the beginning of the bar in hand. */
export class Voice {
  readonly #make: () => TuneMaking;
  readonly random: Random;
  #making: TuneMaking;
  #ask: IteratorResult<Ask, Melody>;
  readonly #answers: string[] = [];
  #mark: Mark | undefined;
  recent: number[] = [];
  deadEnd: SeqkitError | undefined;
  /** Of what stands. */
  tally: Tally = { removed: 0, removedCopies: 0, choices: 0, nats: 0 };
  /** Of what was drawn anew. */
  readonly lost = { removed: 0, choices: 0, bars: 0 };

  constructor({ make, random }: VoiceStart) {
    this.#make = make;
    this.random = random;
    this.#making = make();
    this.#ask = this.#making.next();
  }

  get ask(): IteratorResult<Ask, Melody> {
    return this.#ask;
  }

  get isGoing(): boolean {
    return this.deadEnd === undefined && this.#ask.done !== true;
  }

  answer(symbol: string): void {
    this.#answers.push(symbol);
    this.#ask = this.#making.next(symbol);
  }

  /** A bar begins. @param now what the model expects and its states, where they are wanted */
  mark(now: () => Pick<Mark, 'row' | 'states'>): void {
    const at = this.#answers.length;
    if (this.#mark?.at === at) return;
    this.#mark = { at, ...now(), recent: [...this.recent], tally: { ...this.tally }, tries: 0 };
  }

  /**
   * Goes back to where the bar in hand began.
   * @param removed what the constraint took from the choice that is given up
   * @returns that moment; undefined where no bar has begun, or this one was drawn anew often enough
   */
  goBack(removed: number): Pick<Mark, 'row' | 'states'> | undefined {
    const mark = this.#mark;
    // What the bar begins with would be expected as it was.
    if (mark === undefined || mark.tries >= MOST_TRIES || mark.at === this.#answers.length) return undefined;
    mark.tries += 1;
    this.lost.bars += 1;
    this.lost.removed += this.tally.removed - mark.tally.removed + removed;
    this.lost.choices += this.tally.choices - mark.tally.choices + 1;
    this.tally = { ...mark.tally };
    this.recent = [...mark.recent];
    this.#answers.length = mark.at;
    // What makes a tune cannot be wound back, but told all again.
    this.#making = this.#make();
    this.#ask = this.#making.next();
    for (const answer of this.#answers) this.#ask = this.#making.next(answer);
    return mark;
  }
}
