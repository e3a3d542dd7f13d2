import { lengthFactor, lengthText } from './lengths.js';

/** A chord as it is written here. */
export interface SpelledChord {
  readonly text: string;
  /** Where the line goes on after it and its length. */
  readonly end: number;
}

const NOTE = /([_^=]*)([A-Ga-g])([,']*)([\d/]*)(-?)/y;
/** Within a chord, what is no music: ornaments, decorations, texts, slurs and spaces. */
const BESIDE = /![^!\]|]*!|\+[^+\]|]*\+|"[^"]*"|[~.uvTHLMOPS() ]/y;
const LENGTH = /[\d/]*/y;

/**
 * A chord with its length after it: `[A2c2]` is `[Ac]2`, `[A2c2]3` is `[Ac]6`. Where its notes differ in length it
 * stays as it is, and lasts as long as its first note (ABC 2.1, 4.17). A tie of every note is one of the chord.
 * @param at where its bracket stands
 * @returns undefined where it has no end; a sentence on what is not understood in it
 */
export function spellChord(line: string, at: number): SpelledChord | string | undefined {
  const close = line.indexOf(']', at);
  if (close < 0) return undefined;
  const notes: { name: string; length: string; tie: string }[] = [];
  for (let i = at + 1; i < close;) {
    BESIDE.lastIndex = NOTE.lastIndex = i;
    const found = NOTE.exec(line);
    if (found) {
      const [, accidental, letter, octave, own, tie] = found;
      notes.push({ name: accidental + letter + octave, length: own, tie });
      i = NOTE.lastIndex;
    } else if (BESIDE.test(line)) i = BESIDE.lastIndex;
    else return `${JSON.stringify(line[i])} is not understood among notes`;
  }
  LENGTH.lastIndex = close + 1;
  const outer = LENGTH.exec(line)![0];
  const end = LENGTH.lastIndex;
  if (notes.length === 0) return { text: '', end };
  const [first] = notes;
  const isTied = notes.every(({ tie }) => tie !== '');
  const isEven = notes.every((each) => each.length === first.length);
  const total = isEven ? product(first.length, outer) : outer;
  if (total === undefined) return `the length ${first.length} of a chord`;
  const inner = notes.map((each) => each.name + (isEven ? '' : each.length) + (isTied ? '' : each.tie));
  return { text: `[${inner.join('')}]${total}${isTied ? '-' : ''}`, end };
}

/** The length that two in a row make, written as one. */
function product(inner: string, outer: string): string | undefined {
  if (inner === '' || outer === '') return inner + outer;
  const [a, b] = [inner, outer].map(lengthFactor);
  if (a === undefined || b === undefined) return undefined;
  return Number.isInteger(a * b * 1024) ? lengthText(a * b) : undefined;
}
