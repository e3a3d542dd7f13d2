import { inflate, type PackedBytes } from '../encoding/inflate.js';
import { isNode } from './platform.js';

/** Unpacks what our own build packed. */
export async function unpack(packed: PackedBytes): Promise<Uint8Array<ArrayBuffer>> {
  if (!isNode()) return inflate(packed);
  // The name stands in a variable so that bundlers for browsers leave the import alone.
  const name = 'node:zlib';
  const zlib = (await import(
    /* @vite-ignore */ /* webpackIgnore: true */ name
  )) as typeof import('node:zlib');
  return Uint8Array.from(zlib.inflateRawSync(Buffer.from(packed.packed, 'base64')));
}
