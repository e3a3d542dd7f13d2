import { SeqkitError } from '../errors.js';
import { conversion } from './text-encodings.js';
import { invalidByte, wholeCharacters } from './well-formed-utf8.js';

/** What the beginning of a text file tells of it. */
export interface TextKind {
  /** What it is in, where nobody said so. */
  readonly encoding: 'utf-8' | 'utf-16le' | 'utf-16be';
  /** Whether a byte order mark says so. */
  readonly marked: boolean;
}

/** How much of a file is enough to tell, in bytes. */
export const TEXT_START_BYTES = 1 << 16;

/** Of the bytes of UTF-16 so many are below the space's, as halves of letters, where they happen to be UTF-8 too. */
const MIN_LOW = 0.25;

/**
 * Tells UTF-16 from UTF-8: by its byte order mark or, without one, by zero bytes and by what makes plain text when
 * read so. Text of Western languages is told nearly always, of others where it
 * holds spaces or line ends.
 * @param start the beginning of the file, `TEXT_START_BYTES` or all of it
 * @throws SeqkitError `bad-file` for UTF-32, which is not read, and for archives
 */
export function textKind(start: Uint8Array, source: string): TextKind {
  const [a, b, c, d] = start;
  if (a === 0x50 && b === 0x4b && c === 3 && d === 4) throw packed(source, 'a zip archive', 'unzip');
  if (a === 0x1f && b === 0x8b) throw packed(source, 'gzipped', 'gunzip');
  const wide = (order: string) =>
    new SeqkitError(`${source} is text in UTF-32, which is not read.`, {
      code: 'bad-file',
      hint: `Convert it first, with: ${conversion(`utf-32${order}`)}`,
    });
  if (a === 0xff && b === 0xfe) {
    if (start.length >= 4 && c === 0 && d === 0) throw wide('le');
    return { encoding: 'utf-16le', marked: true };
  }
  if (a === 0xfe && b === 0xff) return { encoding: 'utf-16be', marked: true };
  if (a === 0 && b === 0 && c === 0xfe && d === 0xff) throw wide('be');
  const unmarked = unmarkedUtf16(start);
  return unmarked === undefined
    ? { encoding: 'utf-8', marked: a === 0xef && b === 0xbb && c === 0xbf }
    : { encoding: unmarked, marked: false };
}

function packed(source: string, what: string, program: string): SeqkitError {
  return new SeqkitError(`${source} is ${what}, where text is expected.`, {
    code: 'bad-file',
    hint: `Unpack it first: ${program}.`,
  });
}

function unmarkedUtf16(start: Uint8Array): 'utf-16le' | 'utf-16be' | undefined {
  const zeros = [0, 0];
  for (let at = start.indexOf(0); at >= 0; at = start.indexOf(0, at + 1)) zeros[at % 2]++;
  const [even, odd] = zeros;
  const isCut = start.length >= TEXT_START_BYTES;
  if (even + odd === 0 || (!isCut && start.length % 2 === 1)) return undefined;
  const isUtf8 = invalidByte(start.subarray(0, wholeCharacters(start))) === undefined;
  if (isUtf8 && start.filter((byte) => byte < 0x20).length < MIN_LOW * start.length) return undefined;
  const likelier = odd >= even ? (['utf-16le', 'utf-16be'] as const) : (['utf-16be', 'utf-16le'] as const);
  return likelier.find((encoding) => isPlain(start, encoding));
}

/** Whether bytes, read in UTF-16, make characters that there are and that text has, some of ASCII among them. */
function isPlain(start: Uint8Array, encoding: string): boolean {
  try {
    const bytes = start.subarray(0, start.length - (start.length % 2));
    const text = new TextDecoder(encoding, { fatal: true }).decode(bytes, { stream: true });
    // eslint-disable-next-line no-control-regex
    return /[\t-\r\x20-~]/.test(text) && !/[\0-\x08\x0e-\x1f\p{Cn}\p{Co}]/u.test(text);
  } catch {
    return false;
  }
}
