import { simplerKinds, type Chord } from '../notation/chord-names.js';
import { tonicOf, type PlacedChord } from './melody.js';

const NO_CHORD = 'chord none';

/** A chord as a model is told of it: its root in semitones above the tonic, and its kind. */
export function chordSymbol(chord: Chord | undefined, key: string): string {
  return chord === undefined ? NO_CHORD : `chord ${above(chord, key)} ${chord.kind}`;
}

/** What chord symbols begin with. */
export const isChordSymbol = (symbol: string): boolean => symbol.startsWith('chord ');

/** The chord that a symbol of `chordSymbol` stands for; undefined for that of none. */
export function chordOf(symbol: string, key: string): Chord | undefined {
  const [, root, kind] = symbol.split(' ');
  if (symbol === NO_CHORD) return undefined;
  return { root: (Number(root) + tonicOf(key)) % 12, kind: kind as Chord['kind'] };
}

/** The symbol by which a model knows a chord: its own, or that of a simpler kind; undefined where it knows none. */
export function knownChordSymbol(
  chord: Chord,
  key: string,
  knows: (symbol: string) => boolean,
): string | undefined {
  return [chord.kind, ...(simplerKinds[chord.kind] ?? [])]
    .map((kind) => chordSymbol({ ...chord, kind }, key))
    .find(knows);
}

/** The chord that sounds at a time of a bar. */
export function chordAt(chords: readonly PlacedChord[], ticks: number): PlacedChord | undefined {
  return chords.findLast(({ at }) => at <= ticks);
}

/** Whether what is written over two bars is the same. */
export function areSameChords(a: readonly PlacedChord[], b: readonly PlacedChord[]): boolean {
  return (
    a.length === b.length &&
    a.every(({ at, root, kind }, i) => at === b[i].at && root === b[i].root && kind === b[i].kind)
  );
}

function above({ root }: Chord, key: string): number {
  return (((root - tonicOf(key)) % 12) + 12) % 12;
}
