import { singleChunk } from '../../base/encoding/byte-chunks.js';
import { locateFile } from '../../base/source/file-source.js';
import {
  either,
  exactly,
  fileBytes,
  flag,
  optional,
  optionsSchema,
  someText,
  wholeNumber,
  wrongValue,
} from '../../base/schema/index.js';
import type { VectorsLoadOptions } from './load-options.js';
import type { ReadVectors } from '../formats/read-result.js';
import { readVectors } from '../formats/read-vectors.js';
import { refuseMember } from '../formats/refused-options.js';
import { hostFiles } from '../vectors/host-files.js';
import { openSearch } from '../search/open-search.js';
import type { OpenedVectors } from './opened-vectors.js';

/** More threads than any machine runs. */
const MAX_THREADS = 256;

const vectorsLoadOptions = optionsSchema<VectorsLoadOptions>('load', {
  limit: optional(either(wholeNumber({ min: 1 }), exactly(Infinity))),
  encoding: optional(someText),
  member: optional(someText),
  int8Search: optional(flag),
  threads: optional(wholeNumber({ min: 1, max: MAX_THREADS })),
  verify: optional(flag),
});

const bytesOptions = optionsSchema<VectorsLoadOptions & { readonly name?: string }>('fromBytes', {
  ...vectorsLoadOptions.table,
  name: optional(someText),
});

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
  const name = options.name ?? 'the vectors';
  refuseMember(options, name);
  return opened(await readVectors(chunks, name, options), name, options);
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
