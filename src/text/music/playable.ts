import { loadAbcjs, type ParsedElement } from './abcjs.js';
import { elementsOf } from './parsed-elements.js';

/** abcjs plays a mordent as two notes of 1/32 and what is left of its own: in whole notes. */
const mordentLength = 2 / 32;

/**
 * Marks that abcjs cannot play, by what it calls them: as written, and where. Mordents on notes too short for
 * one sound after their time. The rest that it leaves after a staccato note grows with the square of the
 * tempo, and from about 95 quarters a minute on it swallows the note.
 */
const unplayable = [
  {
    name: /^(?:lower|upper)?mordent$|^pralltriller$/,
    written: /"[^"]*"|[MP]|!(?:(?:lower|upper)?mordent|pralltriller)!/g,
    at: ({ duration = 0 }: ParsedElement) => duration <= mordentLength,
  },
  { name: /^staccato$/, written: /"[^"]*"|\.|!staccato!/g, at: () => true },
];

/** A tune in ABC as abcjs is to play it: without the marks that would keep notes from sounding. */
export async function playable(abc: string): Promise<string> {
  const [tune] = (await loadAbcjs()).parseOnly(abc);
  let played = abc;
  // From the end on, so that what is still to come stands where it did.
  for (const element of elementsOf(tune).reverse()) {
    const { startChar, endChar, decoration = [] } = element;
    const marks = unplayable.filter(
      ({ name, at }) => at(element) && decoration.some((mark) => name.test(mark)),
    );
    if (marks.length === 0) continue;
    let note = abc.slice(startChar, endChar);
    for (const { written } of marks) {
      // What stands in quotes is no mark.
      note = note.replace(written, (mark) => (mark.startsWith('"') ? mark : ''));
    }
    played = played.slice(0, startChar) + note + played.slice(endChar);
  }
  return played;
}
