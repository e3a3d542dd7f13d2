import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

/**
 * Where a file of an npm package lies that a user may have installed: beside seqkit, as `npm install -g` and
 * `npm install` put it, or in the project that one stands in.
 *
 * @param path of the package and its file, such as `@scope/name/file.wasm`
 * @returns an absolute path, or undefined where it is not installed
 */
export function installedFile(path: string): string | undefined {
  for (const from of [import.meta.url, pathToFileURL(join(process.cwd(), 'here.js')).href]) {
    try {
      return createRequire(from).resolve(path);
    } catch {
      // Not to be found from here.
    }
  }
  return undefined;
}

/** The bytes of a file of an installed package. */
export function installedBytes(path: string): Uint8Array | undefined {
  const file = installedFile(path);
  return file === undefined ? undefined : new Uint8Array(readFileSync(file));
}
