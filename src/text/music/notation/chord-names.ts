import { alterationOf, keyParts, signatureOf } from './signature.js';

/** Kinds of chords, and their tones in semitones above the root. */
export const chordKinds = {
  major: [0, 4, 7],
  minor: [0, 3, 7],
  seventh: [0, 4, 7, 10],
  majorSeventh: [0, 4, 7, 11],
  minorSeventh: [0, 3, 7, 10],
  diminished: [0, 3, 6],
  diminishedSeventh: [0, 3, 6, 9],
  halfDiminished: [0, 3, 6, 10],
  augmented: [0, 4, 8],
  suspended: [0, 5, 7],
  sixth: [0, 4, 7, 9],
  minorSixth: [0, 3, 7, 9],
} as const satisfies Readonly<Record<string, readonly number[]>>;

export type ChordKind = keyof typeof chordKinds;

/** A chord of any octave. */
export interface Chord {
  /** The pitch class of its root: 0 for C, 1 for C sharp. */
  readonly root: number;
  readonly kind: ChordKind;
}

/** What stands behind the root in a chord symbol. */
const suffixes: Readonly<Record<ChordKind, string>> = {
  ...{ major: '', minor: 'm', seventh: '7', majorSeventh: 'maj7', minorSeventh: 'm7' },
  ...{ diminished: 'dim', diminishedSeventh: 'dim7', halfDiminished: 'm7b5', augmented: 'aug' },
  ...{ suspended: 'sus4', sixth: '6', minorSixth: 'm6' },
};

/** The many ways to write a kind; tensions above the seventh are passed over. The first that fits counts. */
const spellings: readonly (readonly [RegExp, ChordKind])[] = [
  [/^(?:maj|Maj|M|Δ)(?:7|9|11|13)|^Δ$/, 'majorSeventh'],
  [/^(?:maj|Maj|M)?$/, 'major'],
  [/^(?:m|min|-)7?(?:\(?[b-]5\)?)|^[øØ]7?$/, 'halfDiminished'],
  [/^(?:m(?!aj)|min|-)\(?(?:7|9|11|13)/, 'minorSeventh'],
  [/^(?:m(?!aj)|min|-)6/, 'minorSixth'],
  [/^(?:m(?!aj)|min|-)/, 'minor'],
  [/^(?:dim|o|°)7/, 'diminishedSeventh'],
  [/^(?:dim|o(?![a-z])|°)/, 'diminished'],
  [/^(?:aug|\+)/, 'augmented'],
  [/^(?:7|9|11|13)?sus/, 'suspended'],
  [/^6/, 'sixth'],
  [/^(?:7|9|11|13)/, 'seventh'],
  [/^(?:add|2|4|5)/, 'major'],
];

const letterClasses: Readonly<Record<string, number>> = { C: 0, D: 2, E: 4, F: 5, G: 7, A: 9, B: 11 };
const LETTERS = Object.keys(letterClasses);
const SYMBOL = /^([A-G])([#♯b♭]?)([^/]*)(?:\/.*)?$/;

/** What a chord symbol such as `Dm7`, `F#`, `Bbmaj7` or `D/F#` means, its bass passed over; undefined for what is none. */
export function readChord(text: string): Chord | undefined {
  const [, letter, sign, rest] = SYMBOL.exec(text.trim()) ?? [];
  if (letter === undefined) return undefined;
  const kind = spellings.find(([pattern]) => pattern.test(rest))?.[1];
  const raised = sign === '' ? 0 : '#♯'.includes(sign) ? 1 : -1;
  return kind && { root: (letterClasses[letter] + raised + 12) % 12, kind };
}

/** A letter, and semitones by which it is raised. */
interface Spelled {
  readonly letter: string;
  readonly raised: number;
}

/**
 * The symbol of a chord. A root of the key is spelled as the key has it. Others are lowered degrees of it, as `Bb` in D;
 * but the fourth, and roots of diminished chords, which lead upwards, are raised ones.
 */
export function chordName({ root, kind }: Chord, key: string): string {
  const signature = signatureOf(key);
  const tonic = LETTERS.indexOf(keyParts(key).letter);
  const spell = (degree: number): Spelled => {
    const letter = LETTERS[(tonic + degree) % 7];
    return { letter, raised: ((root - letterClasses[letter] + 18) % 12) - 6 };
  };
  const tones: readonly number[] = chordKinds[kind];
  const leads = tones.includes(6);
  const degrees = [0, 1, 2, 3, 4, 5, 6].map(spell);
  const simple = degrees.filter(({ raised }) => Math.abs(raised) <= 1);
  const departing = (by: number, among = simple): Spelled | undefined =>
    among.find(({ letter, raised }) => raised === alterationOf(signature, letter) + by);
  const fourth = simple.filter(({ letter }) => letter === degrees[3].letter);
  const { letter, raised } = departing(0) ?? departing(1, fourth) ?? departing(leads ? 1 : -1) ?? simple[0];
  return `${letter}${raised > 0 ? '#' : raised < 0 ? 'b' : ''}${suffixes[kind]}`;
}

/** Simpler kinds that may stand for one, the nearest first. */
export const simplerKinds: Readonly<Partial<Record<ChordKind, readonly ChordKind[]>>> = {
  ...{ seventh: ['major'], majorSeventh: ['sixth', 'major'], sixth: ['majorSeventh', 'major'] },
  ...{ minorSeventh: ['minor'], minorSixth: ['minorSeventh', 'minor'] },
  ...{
    halfDiminished: ['diminished', 'minorSeventh', 'minor'],
    diminishedSeventh: ['diminished', 'halfDiminished'],
  },
  ...{
    diminished: ['halfDiminished', 'diminishedSeventh'],
    augmented: ['major'],
    suspended: ['seventh', 'major'],
  },
};
