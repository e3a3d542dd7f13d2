/** How the length after a note may be written when it is made up: those that one note head and dots can show. */
const written = [
  ...['', '2', '3', '4', '6', '7', '8', '12', '16'],
  ...['/', '/2', '//', '/4', '3/', '3/2', '7/2', '3/4', '7/4'],
];

const pattern = /^(\d*)(\/*)(\d*)$/;

/**
 * The factor that a length stands for: 1 for nothing, 2 for `2`, a half for `/` and `/2`, a quarter
 * for `//`, three halves for `3/2`.
 * @returns undefined for what is no length
 */
export function lengthFactor(text: string): number | undefined {
  const match = pattern.exec(text);
  if (!match) return undefined;
  const [, numerator, slashes, denominator] = match;
  // Only one slash can have a number after it.
  if (denominator !== '' && slashes.length !== 1) return undefined;
  if (numerator.startsWith('0') || denominator.startsWith('0') || slashes.length > 4) return undefined;
  const below = denominator === '' ? 2 ** slashes.length : Number(denominator);
  return (numerator === '' ? 1 : Number(numerator)) / below;
}

/** A length and what it stands for. */
export interface Length {
  readonly text: string;
  readonly factor: number;
}

/** The lengths that can be written with the characters at hand. */
export function lengthsOf(has: (character: string) => boolean): Length[] {
  return written
    .filter((text) => [...text].every(has))
    .map((text) => ({ text, factor: lengthFactor(text)! }));
}
