/** Up to two octaves down or up. */
export const OCTAVE_MARKS = /^(,{1,2}|'{1,2})$/;

/** Whether a character is the letter of a note. */
export function isPitch(c: string): boolean {
  return c.length === 1 && 'ABCDEFGabcdefg'.includes(c);
}

/** Whether a text is an accidental, or the first half of a double one. */
export function isAccidental(text: string): boolean {
  return ['^', '^^', '_', '__', '='].includes(text);
}

/**
 * The octave marks that may follow a letter: any, as people write them; in what is made up, only those that lead on
 * from its octave, down from capital letters and up from small ones.
 */
export function octaveMarksOf(pitch: string, exact: boolean): string {
  if (!exact) return ",'";
  return pitch === pitch.toUpperCase() ? ',' : "'";
}
