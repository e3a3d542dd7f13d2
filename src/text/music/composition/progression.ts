import { SeqkitError } from '../../../base/errors.js';
import { chordOf, isChordSymbol, knownChordSymbol } from '../form/chord-symbols.js';
import { findKey } from '../midi/key-finding.js';
import { chordKinds, chordName, readChord, type Chord } from '../notation/chord-names.js';

type Progression = readonly (readonly Chord[])[];

/** As many as a section may have. */
const MOST_BARS = 64;
/** As many as one hears in a bar. */
const MOST_OF_BAR = 4;

/**
 * The chords of each bar of a text such as `Dm7 G7 | C | %`.
 * @throws SeqkitError `bad-value` for what is no chord, and for too many
 */
export function askedProgression(text: string): Progression {
  const wrong = (reason: string): SeqkitError =>
    new SeqkitError(`${JSON.stringify(text)} is no progression: ${reason}.`, {
      code: 'bad-value',
      hint: 'Write chords such as Dm7, F#m, Bb, G7 or Cmaj7, a | between bars, and % for a bar like the one before.',
    });
  const bars = text
    .trim()
    .replace(/^\||\|$/g, '')
    .split('|')
    .map((bar) => bar.trim().split(/\s+/));
  if (bars.length > MOST_BARS) throw wrong(`it has ${bars.length} bars; ${MOST_BARS} is the most`);
  const read: Chord[][] = [];
  for (const [i, names] of bars.entries()) {
    const before = read.at(-1);
    if (names.length === 1 && names[0] === '%' && before) {
      read.push(before);
      continue;
    }
    if (names.length > MOST_OF_BAR) {
      throw wrong(`bar ${i + 1} has ${names.length} chords; ${MOST_OF_BAR} is the most`);
    }
    read.push(
      names.map((name) => {
        const chord = readChord(name);
        if (chord) return chord;
        throw wrong(name === '' ? `bar ${i + 1} is empty` : `${JSON.stringify(name)} is no chord`);
      }),
    );
  }
  return read;
}

/** The major or minor key whose scale holds most tones of the chords. */
export function keyOfProgression(progression: Progression): string {
  const tones = progression.flatMap((bar) =>
    bar.flatMap(({ root, kind }) =>
      // The root of the last chord is where it ends.
      chordKinds[kind].toReversed().map((tone) => ({ pitch: root + tone, length: 1 / bar.length })),
    ),
  );
  return findKey(tones, ['', 'm']);
}

/** @throws SeqkitError `usage` where the model has learnt no chords; `bad-value` for one that it never heard in its key */
export function checkProgression(progression: Progression, key: string, symbols: readonly string[]): void {
  const known = new Set(symbols.filter(isChordSymbol));
  if (known.size === 0) {
    throw new SeqkitError('progression: the model has learnt no chords.', {
      code: 'usage',
      hint: 'Train one with chords: fit(tunes, { chords: true }).',
    });
  }
  for (const chord of progression.flat()) {
    if (knownChordSymbol(chord, key, (symbol) => known.has(symbol)) !== undefined) continue;
    const names = [...known]
      .flatMap((symbol) => chordOf(symbol, key) ?? [])
      .map((each) => chordName(each, key));
    throw new SeqkitError(
      `progression: the model has heard no chord like ${chordName(chord, key)} in ${key}; it knows ${names.join(', ')}.`,
      { code: 'bad-value', hint: 'Give another chord or key, or train on tunes that have it.' },
    );
  }
}
