/** Letters on the line of fifths, from five steps below C major's F on. */
const LETTERS = 'FCGDAEB';
/** How far the tonic of a mode lies above that of the major key with the same signature, in fifths. */
const modes: Readonly<Record<string, number>> = {
  ...{ '': 0, m: 3, mix: 1, dor: 2, phr: 4, lyd: -1, loc: 5 },
};

/** Sharps of a key that `readKey` gave, or flats below 0. */
export function signatureOf(key: string): number {
  const { letter, accidental, mode } = keyParts(key);
  const position = LETTERS.indexOf(letter) - 1 + 7 * accidental;
  return position - modes[mode];
}

/** What a key that `readKey` gave consists of: `F#m` is the letter F, one sharp, the mode `m`. */
export function keyParts(key: string): { letter: string; accidental: -1 | 0 | 1; mode: string } {
  const [, letter, sign, mode] = /^([A-G])(#|b)?(.*)$/.exec(key)!;
  return { letter, accidental: sign === '#' ? 1 : sign === 'b' ? -1 : 0, mode };
}

/** Semitones by which a signature of so many sharps (flats below 0) raises a letter. */
export function alterationOf(signature: number, letter: string): number {
  return Math.floor((signature - 1 - LETTERS.indexOf(letter)) / 7) + 1;
}
