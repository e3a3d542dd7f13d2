/** Up to two octaves down or up. */
export const octaveMarks = /^(,{1,2}|'{1,2})$/;

/** Whether a character is the letter of a note. */
export function isPitch(c: string): boolean {
  return c.length === 1 && 'ABCDEFGabcdefg'.includes(c);
}

/** Whether a text is an accidental, or the first half of a double one. */
export function isAccidental(text: string): boolean {
  return ['^', '^^', '_', '__', '='].includes(text);
}
