import type { ReadOptions } from './read-options.js';
import type { Subwords } from '../vectors/subwords.js';
import { peek, type ByteChunks } from '../../base/encoding/byte-chunks.js';
import { utf8Chunks } from '../../base/encoding/text-file.js';
import { looksLikeFastText, readFastTextBinary } from './fasttext-binary.js';
import type { GrowingRows } from './growing-rows.js';
import { holdsControlBytes } from '../../base/encoding/control-bytes.js';
import type { ReadVectors } from './read-result.js';
import { LAYOUT_BYTES, startsWord2vecText, textLayout } from './text-layout.js';
import { readTextVectors } from './text-vectors.js';
import { readWord2vecBinary, WORD2VEC_HEADER } from './word2vec-binary.js';

/**
 * Vectors as other programs write them: word2vec's text or binary format, GloVe's text, fastText's text or model.
 * @param limit how many words at most
 */
export async function readForeignVectors(
  chunks: ByteChunks,
  source: string,
  limit: number,
  options: ReadOptions,
): Promise<ReadVectors> {
  const first = await peek(chunks, 64);
  if (looksLikeFastText(first.start)) {
    const { rows, subwords } = await readFastTextBinary(first.chunks, limit, options.encoding, source);
    return finished(rows, 'word', source, subwords);
  }
  const sample = await peek(first.chunks, LAYOUT_BYTES);
  if (startsWord2vecBinary(sample.start)) {
    return finished(await readWord2vecBinary(sample.chunks, limit, options.encoding, source), 'word', source);
  }
  const text = utf8Chunks(sample.chunks, source, options);
  const beginning = await peek(text, LAYOUT_BYTES);
  const layout = textLayout(beginning.start, beginning.complete, source);
  const { rows, notes } = await readTextVectors(beginning.chunks, layout, limit, source);
  const read = finished(rows, 'line', source);
  return { ...read, notes: [...notes, ...read.notes] };
}

/** Text has the same first line, and after it control bytes in words alone. */
function startsWord2vecBinary(start: Uint8Array): boolean {
  const line = new TextDecoder('latin1').decode(start.subarray(0, 64));
  return WORD2VEC_HEADER.test(line) && holdsControlBytes(start) && !startsWord2vecText(start);
}

function finished(
  rows: GrowingRows,
  unit: 'word' | 'line',
  source: string,
  subwords?: Subwords,
): ReadVectors {
  const { repeated, ...vectors } = rows.finish();
  return { ...vectors, subwords, notes: repeatedNotes(repeated, unit, source) };
}

function repeatedNotes(repeated: readonly string[], unit: 'word' | 'line', source: string): string[] {
  if (repeated.length === 0) return [];
  const few = repeated.slice(0, 3).map((word) => JSON.stringify(word));
  const more = repeated.length > few.length ? ', ...' : '';
  const one = repeated.length === 1;
  const what =
    unit === 'line'
      ? `${one ? '1 line names' : `${repeated.length} lines name`} a word`
      : `${one ? '1 vector is of a word' : `${repeated.length} vectors are of words`}`;
  return [
    `${source}: ${what} that came before (${few.join(', ')}${more}); the first vector of each is kept.`,
  ];
}
