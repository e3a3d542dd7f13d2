import { collect, singleChunk, type ByteChunks } from '../encoding/byte-chunks.js';
import { fetchFile } from '../host/fetch-file.js';
import { IS_NODE } from '../host/platform.js';
import { isTypedArray, wrongValue } from '../schema/index.js';

/** A `Blob`, such as the `File` of an input, by the part of it that is used. */
export interface BlobLike {
  readonly size: number;
  arrayBuffer(): Promise<ArrayBuffer>;
}

/** A `URL`, by the part of it that is used. */
export interface UrlLike {
  readonly href: string;
  readonly protocol: string;
}

/**
 * Where a file is: its path, or in a page its address as text; a `URL`; a `Blob`, such as the `File` of an input; or its
 * bytes.
 */
export type FileSource = string | UrlLike | BlobLike | ArrayBuffer | Uint8Array;

/** A file that was found: on this machine by its path, else by its bytes. */
export interface LocatedFile {
  /** What messages call it. */
  readonly name: string;
  readonly path?: string;
  /** Bytes that come a chunk at a time, once; where there is no path. */
  readonly chunks?: ByteChunks;
}

const EXPECTED = 'the path of a file, a URL, a Blob, an ArrayBuffer or a Uint8Array';

/**
 * Finds the file that a source means. What is at a URL is asked for here and streamed.
 * @param where the argument, for errors, such as `load: from`
 * @param name what messages call a file that has no name of its own
 * @throws SeqkitError `bad-value` for anything else; `file-access` where a URL cannot be fetched or is answered
 *   with an error
 */
export async function locateFile(source: unknown, where: string, name: string): Promise<LocatedFile> {
  if (typeof source === 'string') {
    if (source === '') throw wrongValue(where, EXPECTED, source);
    return IS_NODE ? { name: source, path: source } : fetchFile(source);
  }
  if (isTypedArray(source, 'Uint8Array')) {
    // A Buffer of Node would give parts of itself for copies: its slice shares memory.
    const plain = new Uint8Array(source.buffer, source.byteOffset, source.length);
    return { name, chunks: singleChunk(plain) };
  }
  if (isKind(source, 'ArrayBuffer')) {
    return { name, chunks: singleChunk(new Uint8Array(source as ArrayBuffer)) };
  }
  if (isUrl(source)) {
    if (source.protocol !== 'file:' || !IS_NODE) return fetchFile(source.href);
    const { pathOfUrl } = await import('../host/file-url.js');
    const path = pathOfUrl(source.href);
    return { name: path, path };
  }
  if (isBlob(source)) {
    const own = (source as { readonly name?: unknown }).name;
    return { name: typeof own === 'string' && own !== '' ? own : name, chunks: ofBlob(source) };
  }
  throw wrongValue(where, EXPECTED, source);
}

/**
 * Reads a file whole from wherever it is.
 * @param where the argument, for errors, such as `load: from`
 * @param what.name what messages call a file that has no name of its own
 * @param what.kind what it should be, for errors, such as `a model`
 * @param what.isModel whether it should be a safetensors file, so that a file with a path is not read to its end if it is none
 * @param what.check looks at the first bytes of a file with a path and at its size, and throws where the rest is not
 *   worth reading
 * @returns its bytes, and what messages call it
 * @throws SeqkitError as `locateFile`; `file-access` where the path is not to be read
 */
export async function readSource(
  source: unknown,
  where: string,
  what: {
    readonly name: string;
    readonly kind: string;
    readonly isModel?: boolean;
    readonly check?: (start: Uint8Array, size: number, path: string) => void;
  },
): Promise<{ bytes: Uint8Array; name: string }> {
  const { name, path, chunks } = await locateFile(source, where, what.name);
  if (chunks !== undefined) return { bytes: await collect(chunks), name };
  if (what.isModel) {
    const { readModelBytes } = await import('../host/model-bytes.js');
    return { bytes: readModelBytes(path!, what.kind), name };
  }
  const { readFileBytes } = await import('../host/files.js');
  return { bytes: readFileBytes(path!, what.kind, what.check), name };
}

async function* ofBlob(blob: BlobLike): AsyncGenerator<Uint8Array> {
  yield new Uint8Array(await blob.arrayBuffer());
}

/** By its name, not its class: a page's frames and some test runners have classes of their own. */
function isKind(value: unknown, kind: string): boolean {
  return Object.prototype.toString.call(value) === `[object ${kind}]`;
}

/** Whether a value is a `URL`. */
export function isUrl(value: unknown): value is UrlLike {
  return isKind(value, 'URL') && typeof (value as Partial<UrlLike>).href === 'string';
}

function isBlob(value: unknown): value is BlobLike {
  return (
    (isKind(value, 'Blob') || isKind(value, 'File')) &&
    typeof (value as Partial<BlobLike>).arrayBuffer === 'function'
  );
}
