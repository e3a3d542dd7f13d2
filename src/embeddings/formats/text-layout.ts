import { SeqkitError } from '../../base/errors.js';
import { quote } from '../quote.js';

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
  refuseBinary(start, source);
  const lines = new TextDecoder('latin1').decode(start).replace(/^ï»¿/, '').split('\n');
  // The last piece may be part of a line; a file of one endless line has only that.
  if (!complete && lines.length > 1) lines.pop();
  const header = /^\s*(\d+)[ \t]+(\d+)\s*$/.exec(lines[0]);
  if (header !== null) {
    const [promised, width] = [Number(header[1]), Number(header[2])];
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
  const width =
    mostCommon(
      lines
        .map((line) => line.trim())
        .filter(Boolean)
        .map(fieldCount),
    ) - 1;
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

function fieldCount(line: string): number {
  return line.split(/[ \t]+/).length;
}

/** The value that comes most often; of several, the one that came first. */
function mostCommon(values: readonly number[]): number {
  const counts = new Map<number, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  let best = 0;
  for (const [value, count] of counts) if (count > (counts.get(best) ?? 0)) best = value;
  return best;
}

/** Whether there are bytes that no text has: control bytes but tabs and line ends. */
export function holdsControlBytes(bytes: Uint8Array): boolean {
  return controlByte(bytes) >= 0;
}

function controlByte(bytes: Uint8Array): number {
  return bytes.findIndex((byte) => byte < 0x20 && byte !== 0x09 && byte !== 0x0a && byte !== 0x0d);
}

function refuseBinary(start: Uint8Array, source: string): void {
  if (start.length === 0) {
    throw new SeqkitError(`${source} is empty.`, { code: 'bad-file', hint: 'Give a file of word vectors.' });
  }
  const at = controlByte(start);
  if (at < 0) return;
  throw new SeqkitError(
    `${source} is not text (byte ${at} is ${start[at]}), and no binary format of vectors that is known.`,
    {
      code: 'bad-file',
      hint: "Give GloVe's or word2vec's text, word2vec's binary format, a model of fastText, or a file that seqkit wrote; for UTF-16, state the encoding.",
    },
  );
}
