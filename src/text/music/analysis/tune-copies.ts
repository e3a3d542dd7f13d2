import { CopyCheck } from '../../sampling/copy-check.js';
import { stepOf, writtenBars, type Melody } from '../form/melody.js';
import { keyParts } from '../notation/signature.js';

/** How much of some tunes stands in others, note for note, in whatever key. */
export interface TuneCopies {
  /** The longest stretch that stands in both, in bars. */
  readonly longestBars: number;
  /** The share of stretches of eight notes that stand in the others. */
  readonly seenEightGrams: number;
  /** Of each tune the longest stretch that stands in the others, in bars: the median. */
  readonly medianBars: number;
}

/** Numbers of notes by what they are, shared by both sides. */
class NoteNumbers {
  readonly #numbers = new Map<string, number>();

  /** A tune as a text of one character a note: how far above the tonic it stands, and how long it is. */
  textOf(melody: Melody): { text: string; bars: number[] } {
    const tonic = stepOf(keyParts(melody.key).letter, '');
    const bars: number[] = [];
    let text = '';
    for (const { notes, whole } of writtenBars(melody)) {
      for (const { pitch, ticks } of notes) {
        const name = `${pitch ? `${pitch.step - tonic}` : 'z'}:${ticks}`;
        if (!this.#numbers.has(name)) this.#numbers.set(name, this.#numbers.size);
        text += String.fromCodePoint(FIRST + this.#numbers.get(name)!);
        bars.push(ticks / whole);
      }
    }
    return { text, bars };
  }
}

/** Where Unicode has no characters of its own. */
const FIRST = 0xf0000;

/**
 * What of some tunes is copied from others. Repeats are counted as they are written, once.
 * @param from those that may have been copied
 */
export function tuneCopies(tunes: readonly Melody[], from: readonly Melody[]): TuneCopies {
  const numbers = new NoteNumbers();
  const others = from.map((melody) => numbers.textOf(melody).text);
  const lengths: number[] = [];
  let seen = 0;
  let all = 0;
  for (const melody of tunes) {
    const { text, bars } = numbers.textOf(melody);
    const check = new CopyCheck(text);
    for (const other of others) {
      check.read(other);
      check.break();
    }
    const { longest, seenEightGrams } = check.report();
    // Counted in notes, since each is one character of two code units.
    const at = [...text.slice(0, text.indexOf(longest))].length;
    lengths.push(bars.slice(at, at + [...longest].length).reduce((sum, bar) => sum + bar, 0));
    const grams = Math.max(0, bars.length - 7);
    seen += seenEightGrams * grams;
    all += grams;
  }
  lengths.sort((a, b) => a - b);
  return {
    longestBars: lengths.at(-1) ?? 0,
    seenEightGrams: all === 0 ? 0 : seen / all,
    medianBars: lengths[lengths.length >> 1] ?? 0,
  };
}
