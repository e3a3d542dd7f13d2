import { SeqkitError } from '../base/errors.js';
import { checkKnownOptions } from '../base/options.js';
import { DEFAULT_VECTORS_PATH } from './default-vectors.js';
import type { ReadOptions, ReadVectors } from './formats/read-vectors.js';
import { hostFiles } from './host-files.js';
import { openSearch, type SearchOptions } from './open-search.js';
import { FloatRows } from './rows.js';
import { RowSearch } from './search.js';
import type { Subwords } from './subwords.js';
import { wordListOf, type WordList } from './word-list.js';

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

/** How vectors are read and searched. */
export type LoadOptions = ReadOptions & SearchOptions;

const loadKeys: Record<keyof LoadOptions, true> = {
  limit: true,
  encoding: true,
  int8Search: true,
  threads: true,
};

/** What `fromRows` takes beside words and rows. */
export interface FromRowsOptions {
  /** What to call the vectors in messages. @default 'the vectors' */
  readonly name?: string;
  /** What gives vectors to words that are not there. @default nothing does */
  readonly subwords?: Subwords | undefined;
}

// The readers are imported when a file is opened: what never opens text does not load its parser.

/** See `KeyedVectors.load`. */
export async function openFile(path: string, options: LoadOptions): Promise<OpenedVectors> {
  checkKnownOptions(options, loadKeys, 'load');
  const files = await hostFiles('give its bytes to KeyedVectors.fromBytes');
  const { loadVectors } = await import('./formats/load-vectors.js');
  return opened(await loadVectors(files, path, options), path, options);
}

/** See `KeyedVectors.fromBytes`. */
export async function openBytes(
  bytes: Uint8Array,
  options: LoadOptions & { name?: string },
): Promise<OpenedVectors> {
  checkKnownOptions(options, { ...loadKeys, name: true }, 'fromBytes');
  const { singleChunk } = await import('../base/encoding/byte-chunks.js');
  return openChunks(singleChunk(bytes), options);
}

/** See `KeyedVectors.fromStream`. */
export async function openStream(
  chunks: AsyncIterable<Uint8Array>,
  options: LoadOptions & { name?: string },
): Promise<OpenedVectors> {
  checkKnownOptions(options, { ...loadKeys, name: true }, 'fromStream');
  if (typeof (chunks as Partial<typeof chunks> | undefined)?.[Symbol.asyncIterator] !== 'function') {
    throw new SeqkitError('The stream must be an async iterable of Uint8Array.', {
      code: 'bad-value',
      hint: 'For all bytes at once there is fromBytes.',
    });
  }
  return openChunks(chunks, options);
}

async function openChunks(
  chunks: AsyncIterable<Uint8Array>,
  options: LoadOptions & { name?: string },
): Promise<OpenedVectors> {
  const { readVectors } = await import('./formats/read-vectors.js');
  const name = options.name ?? 'the vectors';
  return opened(await readVectors(chunks, name, options), name, options);
}

/** See `KeyedVectors.fromRows`. */
export function openRows(
  words: readonly string[],
  data: Float32Array,
  options: FromRowsOptions,
): OpenedVectors {
  checkKnownOptions(options, { name: true, subwords: true }, 'fromRows');
  const { name = 'the vectors', subwords } = options;
  const width = data.length / words.length;
  if (!Number.isSafeInteger(width) || width < 1) {
    throw new SeqkitError(`${data.length} numbers do not make vectors for ${words.length} words.`, {
      code: 'bad-shape',
    });
  }
  const search = new RowSearch(new FloatRows(data, width));
  return { words: wordListOf(words), search, subwords, notes: [], source: name };
}

/** See `KeyedVectors.default`. */
export async function openDefault(): Promise<OpenedVectors> {
  const files = await hostFiles('give its bytes to KeyedVectors.fromBytes');
  const { packageFile } = await import('../base/host/package-file.js');
  const { loadSeqkitFile } = await import('./formats/load-vectors.js');
  const path = packageFile(DEFAULT_VECTORS_PATH);
  try {
    const read = await loadSeqkitFile(files, path, 'the default vectors');
    return await opened({ ...read, notes: [] }, path, {});
  } catch (error) {
    if (!(error instanceof SeqkitError)) throw error;
    throw new SeqkitError(error.message, {
      code: error.code,
      hint: 'They are built by `npm run build:vectors` in a clone and come with the package: build or install it again.',
      cause: error,
    });
  }
}

async function opened(read: ReadVectors, source: string, options: LoadOptions): Promise<OpenedVectors> {
  const { limit = Infinity } = options;
  const rows = limit < read.rows.count ? read.rows.first(limit) : read.rows;
  const search = await openSearch({ ...read, rows }, options);
  return { words: read.words, search, subwords: read.subwords, notes: read.notes, source };
}
