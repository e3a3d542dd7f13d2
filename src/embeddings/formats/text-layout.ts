import { controlByte } from '../../base/encoding/control-bytes.js';
import { SeqkitError } from '../../base/errors.js';
import { quote } from '../vectors/quote.js';

/** How a text file of vectors is laid out. */
export interface TextLayout {
  /** How many numbers follow each word. */
  readonly width: number;
  /** How many words the first line promises, in word2vec's text; GloVe's has no such line. */
  readonly promised: number | undefined;
}

/** What to tell whoever gave a file of another kind. */
export const LAYOUT_HINT = 'A file of vectors has one word a line, then its numbers, with spaces between.';

/** How much of a file is enough to tell its layout from, in bytes. */
export const LAYOUT_BYTES = 1 << 16;

/**
 * Tells GloVe's text (no first line of its own) from word2vec's (`count width` first), and how
 * many numbers a vector has. In GloVe's text that is what most of the first lines say, since a
 * word may itself hold spaces and a line may be damaged.
 * @param start the beginning of the file, `LAYOUT_BYTES` or more
 * @param complete whether that is all of the file
 */
export function textLayout(start: Uint8Array, complete: boolean, source: string): TextLayout {
  if (start.length === 0) {
    throw new SeqkitError(`${source} is empty.`, { code: 'bad-file', hint: 'Give a file of word vectors.' });
  }
  const lines = linesOf(start, complete);
  const header = /^\s*(\d+)[ \t]+(\d+)\s*$/.exec(lines[0]);
  const width = header === null ? widthOf(lines) : Number(header[2]);
  // A word may hold control bytes; a file of them that holds no vectors is another kind of file.
  const at = controlByte(start);
  if (at >= 0 && !holdVectors(header === null ? lines : lines.slice(1), width)) {
    throw refused(start, at, source);
  }
  if (header !== null) {
    const promised = Number(header[1]);
    if (promised < 1 || width < 1 || width > LAYOUT_BYTES) {
      throw new SeqkitError(
        `${source}, line 1: ${promised} words of ${width} numbers is no set of vectors.`,
        {
          code: 'bad-file',
        },
      );
    }
    return { width, promised };
  }
  if (!(width >= 1)) {
    throw new SeqkitError(
      `${source}, line 1: expected a word and its numbers, found ${quote(lines[0].trim())}.`,
      {
        code: 'bad-file',
        hint: LAYOUT_HINT,
      },
    );
  }
  return { width, promised: undefined };
}

/** The whole lines among the bytes; a file of one endless line has only that. */
function linesOf(start: Uint8Array, complete: boolean): string[] {
  const lines = new TextDecoder('latin1').decode(start).replace(/^ï»¿/, '').split('\n');
  // The last chunk may be part of a line.
  if (!complete && lines.length > 1) lines.pop();
  return lines;
}

/** How many numbers most lines have behind their word. */
function widthOf(lines: readonly string[]): number {
  const counts = lines
    .map((line) => line.trim())
    .filter(Boolean)
    .map((line) => line.split(/[ \t]+/).length);
  return mostCommon(counts) - 1;
}

/** Lines that are looked at to tell text from other bytes. */
const LOOKED_AT = 16;

/** Whether most of the first lines end with so many numbers. */
function holdVectors(lines: readonly string[], width: number): boolean {
  const first = lines.filter((line) => line.trim() !== '').slice(0, LOOKED_AT);
  const fit = first.filter((line) => {
    const fields = line.trimEnd().split(/[ \t]+/);
    return (
      fields.length > width && fields.slice(-width).every((field) => /^[-+]?[\d.]+(e[-+]?\d+)?$/i.test(field))
    );
  });
  return width >= 1 && fit.length > first.length / 2;
}

/** Whether bytes are a line `count width` and words with so many numbers in text, whatever else the words hold. */
export function startsWord2vecText(start: Uint8Array): boolean {
  const [first, ...lines] = linesOf(start, start.length < LAYOUT_BYTES);
  const width = /^\s*\d+[ \t]+(\d+)\s*$/.exec(first)?.[1];
  return width !== undefined && holdVectors(lines, Number(width));
}

/** The value that comes most often; of several, the one that came first. */
function mostCommon(values: readonly number[]): number {
  const counts = new Map<number, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  let best = 0;
  for (const [value, count] of counts) if (count > (counts.get(best) ?? 0)) best = value;
  return best;
}

function refused(start: Uint8Array, at: number, source: string): SeqkitError {
  return new SeqkitError(
    `${source} is not text (byte ${at} is ${start[at]}), and no binary format of vectors that is known.`,
    {
      code: 'bad-file',
      hint: "Give GloVe's or word2vec's text, word2vec's binary format, a model of fastText, or a file that seqkit wrote.",
    },
  );
}
