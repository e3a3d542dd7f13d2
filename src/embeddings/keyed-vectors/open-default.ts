import { collect, singleChunk } from '../../base/encoding/byte-chunks.js';
import { SeqkitError } from '../../base/errors.js';
import { cachedFile, cacheFile, uncacheFile } from '../../base/host/page-cache.js';
import { IS_NODE } from '../../base/host/platform.js';
import { either, exactly, flag, optional, optionsSchema } from '../../base/schema/index.js';
import { locateFile } from '../../base/source/file-source.js';
import { readVectors } from '../formats/read-vectors.js';
import { hostFiles } from '../vectors/host-files.js';
import {
  DEFAULT_SETS,
  defaultVectorsName,
  defaultVectorsPath,
  type DefaultSet,
  type DefaultVectorsOptions,
} from './default-vectors.js';
import { opened } from './open-vectors.js';
import type { OpenedVectors } from './opened-vectors.js';

const LARGEST = DEFAULT_SETS[DEFAULT_SETS.length - 1];

const options = optionsSchema<DefaultVectorsOptions>('default', {
  words: optional(either(...DEFAULT_SETS.map((words) => exactly(words)))),
  // Looked at where it is read.
  from: optional({ expected: 'the address of a file', parse: (value) => value as never }),
  cache: optional(flag),
});

const sets = new Map<string, Promise<OpenedVectors>>();

/**
 * See `KeyedVectors.default`. Each set is read once a process or page, and once more where that failed.
 * @throws SeqkitError `usage` in a page without `from`; `bad-file` where another set is there
 */
export function openDefault(given: unknown): Promise<OpenedVectors> {
  const { words, from, cache = true } = options.parse(given);
  const address = typeof from === 'string' ? from : (from as { href?: string } | undefined)?.href;
  // Bytes and blobs are read as they are given.
  if (from !== undefined && address === undefined) return openFrom(from, words, false);
  const key = `${words ?? ''} ${address ?? ''}`;
  let set = sets.get(key);
  if (set === undefined) {
    set = from === undefined ? openOwn(words ?? LARGEST) : openFrom(from, words, cache);
    set.catch(() => sets.delete(key));
    sets.set(key, set);
  }
  return set;
}

/** A set from the package. */
async function openOwn(words: DefaultSet): Promise<OpenedVectors> {
  if (!IS_NODE) {
    throw new SeqkitError('KeyedVectors.default: a page has to be told where the file of the vectors is.', {
      code: 'usage',
      hint: `Give from: url, of which "import url from 'seqkit/data/vectors/${defaultVectorsName(words)}.js'" makes the bundler serve the file. Or load a file of your own by KeyedVectors.load.`,
    });
  }
  const files = await hostFiles('give its bytes to KeyedVectors.fromBytes');
  const { packageFile } = await import('../../base/host/package-file.js');
  const { loadSeqkitFile } = await import('../formats/load-vectors.js');
  const path = packageFile(defaultVectorsPath(words));
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

/** A set from where it is served, or from what the page keeps of it. */
async function openFrom(
  from: unknown,
  words: DefaultSet | undefined,
  cache: boolean,
): Promise<OpenedVectors> {
  const address = cache && !IS_NODE ? absolute(from) : undefined;
  if (address !== undefined) {
    const kept = await cachedFile(address);
    if (kept !== undefined) {
      try {
        return await openSet(kept, address, words);
      } catch {
        // Damaged, or of another version: it is fetched again.
        await uncacheFile(address);
      }
    }
  }
  const { name, path, chunks } = await locateFile(from, 'default: from', 'the default vectors');
  const bytes =
    chunks === undefined
      ? (await hostFiles('give its bytes')).readFileBytes(path!, 'the default vectors')
      : await collect(chunks);
  const set = await openSet(bytes, name, words);
  if (address === undefined) return set;
  const own = nameOf(address);
  const problem = await cacheFile(address, bytes, (other) => nameOf(other) === own);
  if (problem === undefined) return set;
  return { ...set, notes: [...set.notes, `The page could not keep the vectors for next time: ${problem}`] };
}

async function openSet(
  bytes: Uint8Array,
  name: string,
  words: DefaultSet | undefined,
): Promise<OpenedVectors> {
  const set = await opened(await readVectors(singleChunk(bytes), name, {}), name, {});
  if (words !== undefined && set.words.size !== words) {
    throw new SeqkitError(`${name} holds ${set.words.size} words, where the set of ${words} was asked for.`, {
      code: 'bad-file',
      hint: `Give the address of ${defaultVectorsName(words)}.safetensors.`,
    });
  }
  return set;
}

function absolute(from: unknown): string | undefined {
  const text = typeof from === 'string' ? from : (from as { href?: string }).href;
  if (text === undefined) return undefined;
  try {
    return new URL(text, globalThis.location?.href).href;
  } catch {
    return undefined;
  }
}

/** The file's name up to what a bundler adds to it: `glove-6b-100d-10k-Bx3f.safetensors` is the 10k one. */
function nameOf(address: string): string {
  return /glove-6b-100d-\d+k/.exec(address)?.[0] ?? address;
}
