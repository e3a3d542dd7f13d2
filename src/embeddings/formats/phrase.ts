import type { ByteCursor } from './byte-cursor.js';

/** Parts of a phrase are looked for in so many bytes. */
const LOOK_BYTES = 256;

/** Numbers of vectors are no smaller and no larger than this, but for zeros. */
const [LEAST, MOST] = [1e-12, 1e6];

const SPACE = 0x20;
const LINE_FEED = 0x0a;

/**
 * What follows the first space of a word that holds spaces, in word2vec's binary format, where a space ends a word:
 * some programs write such a file, and none can read it. The numbers then begin later than they should, and what
 * follows them makes no word, whereas from behind the next space on both are in order.
 * @param cursor stands behind a word and its space
 * @param rowBytes how many bytes a vector takes
 * @param isLast whether no word follows
 * @param isText whether bytes are text in the encoding of the words
 * @returns undefined where the word ends where it should
 */
export async function restOfPhrase(
  cursor: ByteCursor,
  rowBytes: number,
  isLast: boolean,
  isText: (bytes: Uint8Array) => boolean,
): Promise<Uint8Array | undefined> {
  const isWord = (bytes: Uint8Array): boolean =>
    bytes.every((byte) => byte > SPACE && byte !== 0x7f) && isText(bytes);
  if (cursor.ready < LOOK_BYTES) await cursor.fill(LOOK_BYTES);
  const ends = partEnds(cursor.view(LOOK_BYTES), isWord);
  if (ends.length === 0) return undefined;
  await cursor.fill(rowBytes + 2 * LOOK_BYTES);
  const bytes = cursor.view(rowBytes + 2 * LOOK_BYTES);
  const fits = (start: number): boolean => {
    let at = start + rowBytes;
    if (at > bytes.length || !holdsNumbers(bytes.slice(start, at))) return false;
    while (bytes[at] === LINE_FEED) at++;
    if (isLast || at === bytes.length) return isLast && at === bytes.length;
    const end = bytes.indexOf(SPACE, at);
    return end > at && isWord(bytes.subarray(at, end));
  };
  if (fits(0)) return undefined;
  const end = ends.find(fits);
  return end === undefined ? undefined : bytes.slice(0, end - 1);
}

/** Where parts of a phrase may end, behind their spaces. */
function partEnds(bytes: Uint8Array, isWord: (bytes: Uint8Array) => boolean): number[] {
  const ends: number[] = [];
  let start = 0;
  for (let end = bytes.indexOf(SPACE); end > start; end = bytes.indexOf(SPACE, start)) {
    if (!isWord(bytes.subarray(start, end))) break;
    start = end + 1;
    ends.push(start);
  }
  return ends;
}

/** @param bytes in memory of their own */
function holdsNumbers(bytes: Uint8Array): boolean {
  return new Float32Array(bytes.buffer).every((value) => {
    const size = Math.abs(value);
    return size === 0 || (size > LEAST && size < MOST);
  });
}
