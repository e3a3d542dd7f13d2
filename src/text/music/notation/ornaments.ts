const LETTERS = '~.uvTHLMOPS';
const marks = ['trill', 'fermata', 'roll', 'turn', 'accent', 'mordent', 'segno', 'coda', 'upbow', 'downbow'];

/** Whether a character is an ornament or articulation of one letter, before a note. */
export function isOrnament(c: string): boolean {
  return LETTERS.includes(c);
}

/** Whether a text is one of those that are written `!trill!`. */
export function isMark(text: string): boolean {
  return marks.includes(text);
}

/** The marks that begin with what stands there. */
export function marksFrom(text: string): string[] {
  return marks.filter((mark) => mark.startsWith(text));
}
