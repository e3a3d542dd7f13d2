/** How the length after a note may be written when it is made up: those that one note head and dots can show. */
const written = [
  ...['', '2', '3', '4', '6', '7', '8', '12', '16'],
  ...['/', '/2', '//', '/4', '3/', '3/2', '7/2', '3/4', '7/4'],
];

const PATTERN = /^(\d*)(\/*)(\d*)$/;
/** Longer ones stand for no length that a bar could have. */
const LONGEST = 9;

/**
 * The factor that a length stands for: 1 for nothing, 2 for `2`, a half for `/` and `/2`, a quarter
 * for `//`, three halves for `3/2`.
 * @returns undefined for what is no length
 */
export function lengthFactor(text: string): number | undefined {
  const match = text.length <= LONGEST ? PATTERN.exec(text) : null;
  if (!match) return undefined;
  const [, numerator, slashes, denominator] = match;
  // Only one slash can have a number after it.
  if (denominator !== '' && slashes.length !== 1) return undefined;
  if (numerator.startsWith('0') || denominator.startsWith('0') || slashes.length > 4) return undefined;
  const below = denominator === '' ? 2 ** slashes.length : Number(denominator);
  return (numerator === '' ? 1 : Number(numerator)) / below;
}

/**
 * A length as it is written: nothing for 1, `3/2` for one and a half.
 * @param factor a whole number of the smallest that `lengthFactor` knows
 */
export function lengthText(factor: number): string {
  let [above, below] = [factor, 1];
  while (!Number.isInteger(above)) [above, below] = [above * 2, below * 2];
  if (below === 1) return above === 1 ? '' : String(above);
  return `${above === 1 ? '' : above}/${below === 2 && above === 1 ? '' : below}`;
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

const plainFactors = new Set(lengthsOf(() => true).map(({ factor }) => factor));

/** Whether a length, as a multiple of the unit, can be written outside a tuplet: as one note head with dots. */
export function isPlainLength(factor: number): boolean {
  return plainFactors.has(factor);
}
