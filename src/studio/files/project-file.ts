import { keepAll, keptAll } from '../state/store.js';

/** The first member of a project's file, which tells it from others. */
const KIND = 'seqkit-studio-project';
const VERSION = 1;
const BYTES = '$bytes';

/** All that the studio keeps, as one file of JSON. @throws Error where the browser does not give it */
export async function projectFile(): Promise<string> {
  const entries = [...(await keptAll())].map(([key, value]) => [key, packed(value)]);
  return JSON.stringify({ kind: KIND, formatVersion: VERSION, kept: Object.fromEntries(entries) as unknown });
}

/**
 * Puts what a project's file holds in the place of all that is kept.
 * @throws Error for another file, and where the browser does not keep it
 */
export async function openProject(text: string): Promise<void> {
  let read: unknown;
  try {
    read = JSON.parse(text);
  } catch {
    throw new Error('This is no project of the studio: it is not JSON.');
  }
  const { kind, formatVersion, kept } = (read ?? {}) as Record<string, unknown>;
  if (kind !== KIND || typeof kept !== 'object' || kept === null) {
    throw new Error(
      'This is no project of the studio. Projects are saved by "Save project" on the first page.',
    );
  }
  if (formatVersion !== VERSION) throw new Error('A later studio has saved this project: update seqkit.');
  await keepAll(new Map(Object.entries(kept).map(([key, value]) => [key, unpacked(value)])));
}

/** Bytes as base64, wherever they stand. */
function packed(value: unknown): unknown {
  if (value instanceof Uint8Array) return { [BYTES]: base64(value) };
  if (Array.isArray(value)) return value.map(packed);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, packed(each)]));
}

function unpacked(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(unpacked);
  if (typeof value !== 'object' || value === null) return value;
  const { [BYTES]: bytes } = value as Record<string, unknown>;
  if (typeof bytes === 'string') return bytesOf(bytes);
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, unpacked(each)]));
}

/** Bytes at a time that go onto the stack. */
const CHUNK = 0x8000;

function base64(bytes: Uint8Array): string {
  const parts: string[] = [];
  for (let at = 0; at < bytes.length; at += CHUNK) {
    parts.push(String.fromCharCode(...bytes.subarray(at, at + CHUNK)));
  }
  return btoa(parts.join(''));
}

function bytesOf(text: string): Uint8Array {
  try {
    return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
  } catch {
    throw new Error('The file of the project is damaged: some of its bytes are no base64.');
  }
}
