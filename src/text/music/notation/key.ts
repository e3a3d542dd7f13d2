import { SeqkitError } from '../../../base/errors.js';

/** Modes by the three letters that tell them apart, and how a tune's `K:` writes them here. */
const modes: Readonly<Record<string, string>> = {
  '': '',
  maj: '',
  ion: '',
  m: 'm',
  min: 'm',
  aeo: 'm',
  mix: 'mix',
  dor: 'dor',
  phr: 'phr',
  lyd: 'lyd',
  loc: 'loc',
};

/**
 * A key in one spelling: `D`, `Bm`, `Ador`, `F#m`, from what people write, such as `D Major`,
 * `b minor` or `A Dorian`.
 * @returns undefined for what is no key, and for keys with accidentals of their own
 */
export function readKey(text: string): string | undefined {
  const match =
    /^([A-Ga-g])\s*(#|b(?![a-z])|b(?=(?:maj|min|ion|aeo|mix|dor|phr|lyd|loc|m)))?\s*([A-Za-z]*)$/.exec(
      text.trim(),
    );
  if (!match) return undefined;
  const [, tonic, accidental = '', name] = match;
  // `M` alone is read as major nowhere: ABC 2.1 knows no letter for it.
  const mode = modes[name.toLowerCase().slice(0, 3)];
  if (mode === undefined || name === 'M') return undefined;
  return tonic.toUpperCase() + accidental + mode;
}

/** What may stand after a key and says only how it is set: clefs and the like (ABC 2.1, 4.6). */
const SETTING =
  /^(?:(?:clef=)?(?:treble|bass|alto|tenor|perc)[1-5]?|clef=\S*[A-Za-z][1-5]?|(?:middle|m|stafflines|staffscale|cue|map|style)=\S*|(?:octave|transpose|shift|score|t)=0)$/i;

/**
 * The key of a field `K:`, which may name a clef too.
 * @returns '' where it names a clef alone; undefined where it is not understood, as where it moves pitches
 */
export function readFieldKey(text: string): string | undefined {
  const words = text.trim().split(/\s+/);
  const said = words.length;
  while (words.length > 0 && SETTING.test(words.at(-1)!)) words.pop();
  return words.length === 0 && said > 0 ? '' : readKey(words.join(' '));
}

/** @throws SeqkitError `bad-value` for what is no key */
export function askedKey(text: string): string {
  const key = readKey(text);
  if (key !== undefined) return key;
  throw new SeqkitError(`${JSON.stringify(text)} is no key.`, {
    code: 'bad-value',
    hint: 'Write it like D, Bm, Ador, "A Mixolydian" or F#m.',
  });
}

const tonics = ['A', 'B', 'C', 'D', 'E', 'F', 'G', 'Bb', 'Eb', 'Ab', 'Db', 'F#', 'C#', 'G#'];

/** The keys that a made-up tune may change to. */
export function keySpellings(): string[] {
  return tonics.flatMap((tonic) => ['', 'm', 'mix', 'dor', 'phr', 'lyd', 'loc'].map((mode) => tonic + mode));
}
