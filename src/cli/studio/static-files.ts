import { createReadStream, realpathSync, statSync } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { extname, join, relative, resolve, sep } from 'node:path';

/** What browsers are told of a file, by the end of its name; of any other that it is bytes. */
const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.wav': 'audio/wav',
  '.abc': 'text/plain; charset=utf-8',
  '.txt': 'text/plain; charset=utf-8',
};

/** A folder of a user may hold anything: so many files are told of, and so deep. */
const MOST_FILES = 2000;
const DEEPEST = 6;

/** A file that may be handed out. */
export interface ServedFile {
  readonly path: string;
  readonly bytes: number;
  readonly type: string;
}

/** A file of a folder, as the page is told of it. */
export interface ListedFile {
  /** Below the folder, with forward slashes. */
  readonly path: string;
  readonly bytes: number;
}

/**
 * Looks a file up below a folder.
 * @param folder an absolute path
 * @param path below it, with forward slashes
 * @returns undefined for what is not there, is no file, is hidden, or lies outside, by dots or by a link
 */
export function fileBelow(folder: string, path: string): ServedFile | undefined {
  const names = path.split('/');
  if (names.some((name) => name === '' || name.startsWith('.') || /[\\\0]/.test(name))) return undefined;
  const asked = resolve(folder, ...names);
  try {
    const [home, real] = [realpathSync(folder), realpathSync(asked)];
    if (!real.startsWith(home.endsWith(sep) ? home : home + sep)) return undefined;
    const found = statSync(real);
    if (!found.isFile()) return undefined;
    return {
      path: real,
      bytes: found.size,
      type: TYPES[extname(real).toLowerCase()] ?? 'application/octet-stream',
    };
  } catch {
    return undefined;
  }
}

/** The contents of a file as they are read. */
export function contentsOf(file: ServedFile): NodeJS.ReadableStream {
  return createReadStream(file.path);
}

/** The files below a folder that are not hidden, links left out, by path. */
export async function filesBelow(folder: string): Promise<ListedFile[]> {
  const found: ListedFile[] = [];
  const visit = async (place: string, depth: number): Promise<void> => {
    const entries = await readdir(place, { withFileTypes: true }).catch(() => []);
    for (const entry of entries.sort((a, b) => a.name.localeCompare(b.name, 'en'))) {
      if (entry.name.startsWith('.') || entry.name === 'node_modules' || found.length >= MOST_FILES) continue;
      const path = join(place, entry.name);
      if (entry.isDirectory() && depth < DEEPEST) await visit(path, depth + 1);
      else if (entry.isFile()) {
        const size = await stat(path).then(
          ({ size }) => size,
          () => undefined,
        );
        if (size !== undefined)
          found.push({ path: relative(folder, path).split(sep).join('/'), bytes: size });
      }
    }
  };
  await visit(folder, 0);
  return found;
}
