import { SeqkitError } from '../errors.js';
import { peek, type ByteChunks } from './byte-chunks.js';
import { fatalDecoder } from './text-encodings.js';
import { TEXT_START_BYTES, textKind } from './text-kind.js';
import { lineFeeds } from './text-place.js';
import { decodeUtf8 } from './well-formed-utf8.js';

const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;

/** How a text file is read. */
export interface TextFileOptions {
  /**
   * Its encoding, a label of the Encoding Standard such as `latin1`. @default UTF-8, or UTF-16 where the file begins
   * as such
   */
  readonly encoding?: string | undefined;
}

/**
 * The bytes of a text file as UTF-8, whatever it is in: all text files come in through here or `decodeTextFile`.
 * UTF-16 is told by itself. Where lines end with a carriage return alone, as on the first Macintosh, each becomes a
 * line feed. UTF-8 is handed on as it is, its byte order mark too, and is not checked.
 * @param source what to call it in errors, such as the file's path
 * @throws SeqkitError `bad-value` for an unknown encoding; `bad-file` where the bytes do not fit it, with the line
 *   and the byte
 */
export async function* utf8Chunks(
  chunks: ByteChunks,
  source: string,
  { encoding }: TextFileOptions = {},
): ByteChunks {
  const first = await peek(chunks, TEXT_START_BYTES);
  const found = encodingOf(first.start, source, encoding);
  const utf8 = found === 'utf-8' ? first.chunks : toUtf8(first.chunks, found, source);
  yield* withLineFeeds(utf8);
}

/**
 * The text of a whole file, as `utf8Chunks` reads it; a byte order mark is left out.
 * @throws SeqkitError as `utf8Chunks`, and `bad-file` where it is not UTF-8
 */
export function decodeTextFile(bytes: Uint8Array, source: string): string {
  const encoding = encodingOf(bytes.subarray(0, TEXT_START_BYTES), source, undefined);
  const text = encoding === 'utf-8' ? decodeUtf8(bytes, source) : decodeWhole(bytes, encoding, source);
  return text.includes('\r') && !text.includes('\n') ? text.replaceAll('\r', '\n') : text;
}

function decodeWhole(bytes: Uint8Array, encoding: string, source: string): string {
  try {
    return fatalDecoder(encoding).decode(bytes);
  } catch (cause) {
    throw new SeqkitError(`${source} is not valid ${encoding}.`, {
      code: 'bad-file',
      hint: 'Copy it again, or save it as UTF-8.',
      cause,
    });
  }
}

/** What a file is in: as stated, but for what a mark at its start says better. */
function encodingOf(start: Uint8Array, source: string, stated: string | undefined): string {
  const label = stated === undefined ? 'utf-8' : fatalDecoder(stated).encoding;
  if (!label.startsWith('utf-')) return label;
  const kind = textKind(start, source);
  if (label === 'utf-8') return kind.encoding;
  return kind.marked && kind.encoding !== 'utf-8' ? kind.encoding : label;
}

/**
 * Text whose lines end with carriage returns alone, with line feeds in their place, byte for byte. Which it is, is
 * told by its first chunk: it has the one and not the other.
 */
async function* withLineFeeds(chunks: ByteChunks): ByteChunks {
  const first = await peek(chunks, TEXT_START_BYTES);
  const { start } = first;
  if (start.includes(LINE_FEED) || !start.includes(CARRIAGE_RETURN)) {
    yield* first.chunks;
    return;
  }
  // A carriage return at the end of a chunk may yet be followed by a line feed.
  let pending = false;
  for await (const chunk of first.chunks) {
    if (chunk.length === 0) continue;
    if (pending) yield Uint8Array.of(chunk[0] === LINE_FEED ? CARRIAGE_RETURN : LINE_FEED);
    const copy = chunk.slice();
    for (let at = copy.indexOf(CARRIAGE_RETURN); at >= 0; at = copy.indexOf(CARRIAGE_RETURN, at + 1)) {
      if (at + 1 < copy.length && copy[at + 1] !== LINE_FEED) copy[at] = LINE_FEED;
    }
    pending = copy[copy.length - 1] === CARRIAGE_RETURN;
    yield pending ? copy.subarray(0, copy.length - 1) : copy;
  }
  if (pending) yield Uint8Array.of(LINE_FEED);
}

/**
 * Turns text of another encoding into UTF-8; a byte order mark of its own is left out.
 * @param encoding a label of the Encoding Standard, such as `latin1` or `utf-16le`
 * @throws SeqkitError `bad-value` for an unknown label; `bad-file` where the bytes do not fit it, with the line
 *   and the byte
 */
export async function* toUtf8(chunks: ByteChunks, encoding: string, source: string): ByteChunks {
  const decoder = fatalDecoder(encoding);
  // Decodes what the other has decoded: once that fails, this one stands before the fault.
  const follower = fatalDecoder(encoding);
  const encoder = new TextEncoder();
  let line = 1;
  let bytes = 0;
  const refused = (at: number): SeqkitError =>
    new SeqkitError(
      `${source}: line ${line} is not valid ${encoding}: byte ${at} of the file does not fit.`,
      {
        code: 'bad-file',
        hint: 'State its encoding, or mend that line.',
      },
    );
  for await (const chunk of chunks) {
    let text: string;
    try {
      text = decoder.decode(chunk, { stream: true });
    } catch {
      for (let i = 0; i < chunk.length; i++) {
        try {
          if (follower.decode(chunk.subarray(i, i + 1), { stream: true }).includes('\n')) line++;
        } catch {
          throw refused(bytes + i);
        }
      }
      throw refused(bytes);
    }
    follower.decode(chunk, { stream: true });
    const utf8 = encoder.encode(text);
    line += lineFeeds(utf8);
    bytes += chunk.length;
    yield utf8;
  }
  try {
    decoder.decode();
  } catch {
    // The last character lacks a byte.
    throw refused(bytes - 1);
  }
}
