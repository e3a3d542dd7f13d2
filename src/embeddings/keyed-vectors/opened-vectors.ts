import { locateFile } from '../../base/source/file-source.js';
import { firstNotFinite } from '../../base/encoding/finite-numbers.js';
import { SeqkitError } from '../../base/errors.js';
import {
  either,
  exactly,
  fileBytes,
  flag,
  instanceOf,
  optional,
  optionsSchema,
  quoted,
  someText,
  wholeNumber,
  wrongValue,
} from '../../base/schema/index.js';
import type { FromRowsOptions, VectorsLoadOptions } from './load-options.js';
import type { ReadVectors } from '../formats/read-result.js';
import { hostFiles } from '../vectors/host-files.js';
import { openSearch } from '../search/open-search.js';
import { FloatRows } from '../vectors/rows.js';
import { RowSearch } from '../search/search.js';
import { Subwords } from '../vectors/subwords.js';
import { words as wordArray } from '../vectors/word-arguments.js';
import { wordListOf, type WordList } from '../vectors/word-list.js';

/** Vectors that are there to be asked, wherever they came from: what `KeyedVectors` is made of. */
export interface OpenedVectors {
  readonly words: WordList;
  readonly search: RowSearch;
  /** What gives vectors to words that are not there. */
  readonly subwords: Subwords | undefined;
  /** What the user should know about the file they came from. */
  readonly notes: readonly string[];
  /** What the vectors are called in messages, such as their path. */
  readonly source: string;
}

/** More threads than any machine runs. */
const MAX_THREADS = 256;

const vectorsLoadOptions = optionsSchema<VectorsLoadOptions>('load', {
  limit: optional(either(wholeNumber({ min: 1 }), exactly(Infinity))),
  encoding: optional(someText),
  int8Search: optional(flag),
  threads: optional(wholeNumber({ min: 1, max: MAX_THREADS })),
  verify: optional(flag),
});

const bytesOptions = optionsSchema<VectorsLoadOptions & { readonly name?: string }>('fromBytes', {
  ...vectorsLoadOptions.table,
  name: optional(someText),
});

const rowsOptions = optionsSchema<FromRowsOptions>('fromRows', {
  name: optional(someText),
  subwords: optional(instanceOf(Subwords, 'the subwords of a model of fastText')),
});

// The readers are imported when a file is opened: what never opens text does not load its parser.

/** See `KeyedVectors.load`. */
export async function openFile(from: unknown, given: unknown): Promise<OpenedVectors> {
  const options = vectorsLoadOptions.parse(given);
  const { name, path, chunks } = await locateFile(from, 'load: from', 'the vectors');
  if (path === undefined) return openChunks(chunks!, { ...options, name });
  const files = await hostFiles('give its bytes to KeyedVectors.fromBytes');
  const { loadVectors } = await import('../formats/load-vectors.js');
  return opened(await loadVectors(files, path, options), path, options);
}

/** See `KeyedVectors.fromBytes`. */
export async function openBytes(givenBytes: unknown, given: unknown): Promise<OpenedVectors> {
  const bytes = fileBytes.parse(givenBytes, 'fromBytes: bytes');
  const options = bytesOptions.parse(given);
  const { singleChunk } = await import('../../base/encoding/byte-chunks.js');
  return openChunks(singleChunk(bytes), options);
}

/** See `KeyedVectors.fromStream`. */
export async function openStream(given: unknown, givenOptions: unknown): Promise<OpenedVectors> {
  const options = bytesOptions.parse(givenOptions, 'fromStream');
  const chunks = given as AsyncIterable<Uint8Array> | undefined;
  if (typeof chunks?.[Symbol.asyncIterator] !== 'function') {
    throw wrongValue(
      'fromStream: chunks',
      'an async iterable of Uint8Array',
      given,
      'For all bytes at once there is fromBytes.',
    );
  }
  return openChunks(chunks, options);
}

async function openChunks(
  chunks: AsyncIterable<Uint8Array>,
  options: VectorsLoadOptions & { readonly name?: string },
): Promise<OpenedVectors> {
  const { readVectors } = await import('../formats/read-vectors.js');
  const name = options.name ?? 'the vectors';
  return opened(await readVectors(chunks, name, options), name, options);
}

/** See `KeyedVectors.fromRows`. */
export function openRows(givenWords: unknown, data: unknown, options: unknown): OpenedVectors {
  const { name = 'the vectors', subwords } = rowsOptions.parse(options);
  const words = wordArray.parse(givenWords, 'fromRows: words');
  if (!(data instanceof Float32Array)) throw wrongValue('fromRows: data', 'a Float32Array', data);
  const width = data.length / words.length;
  if (!Number.isSafeInteger(width) || width < 1) {
    throw new SeqkitError(`${data.length} numbers do not make vectors for ${words.length} words.`, {
      code: 'bad-shape',
    });
  }
  const fault = firstNotFinite(data);
  if (fault >= 0) {
    const row = Math.floor(fault / width);
    throw new SeqkitError(
      `fromRows: the vector of ${quoted(words[row])} (row ${row}) holds ${data[fault]} at place ${fault % width}, where a finite number should stand.`,
      { code: 'bad-value' },
    );
  }
  const search = new RowSearch(new FloatRows(data, width));
  return { words: wordListOf(words), search, subwords, notes: [], source: name };
}

/** Vectors that were read, with what searches them. */
export async function opened(
  read: ReadVectors,
  source: string,
  options: VectorsLoadOptions,
): Promise<OpenedVectors> {
  const { limit = Infinity } = options;
  const rows = limit < read.rows.count ? read.rows.first(limit) : read.rows;
  const search = await openSearch({ ...read, rows }, options);
  return { words: read.words, search, subwords: read.subwords, notes: read.notes, source };
}
