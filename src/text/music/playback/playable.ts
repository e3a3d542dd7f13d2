import { SeqkitError } from '../../../base/errors.js';
import { loadAbcjs, type ParsedElement, type ParsedTune } from './abcjs.js';
import { elementsOf } from './parsed-elements.js';

/** abcjs plays a mordent as two notes of 1/32 and what is left of its own: in whole notes. */
const MORDENT_LENGTH = 2 / 32;

/**
 * Marks that abcjs cannot play, by what it calls them: as written, and where. Mordents on notes too short for
 * one sound after their time. The rest that it leaves after a staccato note grows with the square of the
 * tempo, and from about 95 quarters a minute on it swallows the note.
 */
const unplayable = [
  {
    name: /^(?:lower|upper)?mordent$|^pralltriller$/,
    written: /"[^"]*"|[MP]|!(?:(?:lower|upper)?mordent|pralltriller)!/g,
    at: ({ duration = 0 }: ParsedElement) => duration <= MORDENT_LENGTH,
  },
  { name: /^staccato$/, written: /"[^"]*"|\.|!staccato!/g, at: () => true },
];

/** A tune in ABC as abcjs is to play it: without the marks that would keep notes from sounding. */
export async function playable(abc: string): Promise<string> {
  return withoutUnplayable(abc, await parsed(abc));
}

/**
 * A tune as abcjs is to play it: without the marks that would keep notes from sounding, and with tuplets of unequal
 * notes in their time. It takes all notes of a tuplet to be as long as the first, unless p of `(p:q:r` is not r: then
 * it adds them up.
 * @param tune what abcjs makes of the text, if that is known
 * @throws SeqkitError `bad-value` for what abcjs cannot read
 */
export async function playableTune(abc: string, tune?: ParsedTune): Promise<ParsedTune> {
  const read = tune ?? (await parsed(abc));
  const text = withoutUnplayable(abc, read);
  const played = text === abc ? read : await parsed(text);
  for (const { staff } of played.lines) {
    for (const voice of staff?.flatMap(({ voices }) => voices) ?? []) {
      voice.forEach((element, i) => {
        const { startTriplet, tripletR = 0, duration } = element;
        const notes = startTriplet === tripletR ? voice.slice(i, i + tripletR) : [];
        const areNotes = notes.every((note) => Number.isFinite(note.duration));
        if (areNotes && notes.some((note) => note.duration !== duration))
          element.startTriplet = tripletR + 0.5;
      });
    }
  }
  return played;
}

/** @throws SeqkitError `bad-value` for what abcjs cannot read */
export async function parsed(abc: string): Promise<ParsedTune> {
  const abcjs = await loadAbcjs();
  return asTune('read', () => abcjs.parseOnly(abc)[0]);
}

/** abcjs takes ABC at its word: what it trips over is no tune. */
export function asTune<T>(done: string, work: () => T): T {
  try {
    return work();
  } catch (cause) {
    throw new SeqkitError(
      `The tune cannot be ${done}: ${cause instanceof Error ? cause.message : String(cause)}.`,
      {
        ...{ code: 'bad-value', cause },
        hint: 'Give one tune in ABC, from its X: on. parseWarnings says what is malformed.',
      },
    );
  }
}

function withoutUnplayable(abc: string, tune: ParsedTune): string {
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
