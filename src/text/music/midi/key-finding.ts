/** Keys by the tonic's pitch class, and the names of the modes by their signature's tonic. */
const tonics = ['C', 'Db', 'D', 'Eb', 'E', 'F', 'F#', 'G', 'Ab', 'A', 'Bb', 'B'];
/** Where minor keys have a sharp in place of five flats or more. */
const sharpTonics: Readonly<Record<string, string>> = { Db: 'C#', Ab: 'G#' };
/** Semitones above the tonic, and what is written after it. */
const modes: readonly (readonly [mode: string, scale: readonly number[]])[] = [
  ['', [0, 2, 4, 5, 7, 9, 11]],
  ['m', [0, 2, 3, 5, 7, 8, 10]],
  ['dor', [0, 2, 3, 5, 7, 9, 10]],
  ['mix', [0, 2, 4, 5, 7, 9, 10]],
];
/** What it counts that a tune ends on the tonic, beside the share of its time that lies within the scale. */
const ENDING = 0.1;
/** What the share of time counts that the tonic and its fifth sound. */
const FRAME = 0.05;

/**
 * The key that a tune is likely in: the one whose scale holds most of what sounds, and on whose tonic it
 * ends, as most tunes do. Major, minor, dorian or mixolydian.
 * @param notes in order of time; lengths in any unit
 * @param among the modes that it may be in; all of these where not given
 */
export function findKey(
  notes: readonly { readonly pitch: number; readonly length: number }[],
  among?: readonly string[],
): string {
  const time = new Array<number>(12).fill(0);
  let total = 0;
  for (const { pitch, length } of notes) {
    time[pitch % 12] += length;
    total += length;
  }
  const last = (notes.at(-1)?.pitch ?? 0) % 12;
  let best = { key: 'C', score: -Infinity };
  tonics.forEach((name, tonic) => {
    const share = (degrees: readonly number[]): number =>
      degrees.reduce((sum, degree) => sum + time[(tonic + degree) % 12], 0) / total;
    for (const [mode, scale] of modes) {
      if (among && !among.includes(mode)) continue;
      const score = share(scale) + (last === tonic ? ENDING : 0) + FRAME * share([0, 7]);
      const tonicName = mode === '' ? name : (sharpTonics[name] ?? name);
      if (score > best.score + 1e-12) best = { key: `${tonicName}${mode}`, score };
    }
  });
  return best.key;
}
