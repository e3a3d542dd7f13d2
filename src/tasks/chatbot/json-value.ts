import { isPlainObject, wrongValue } from '../../base/schema/index.js';

/** Deeper values are not written by `JSON.stringify` of all hosts. */
const MAX_DEPTH = 100;

/**
 * Checks that JSON gives back what it was given: plain objects, arrays, text, finite numbers, true, false and null. A
 * field that is undefined is left out by JSON, and is let through.
 * @throws SeqkitError `bad-value` that names the first place with another value
 */
export function checkJson(value: unknown, where: string, depth = 0): void {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return;
  if (typeof value === 'number' && Number.isFinite(value)) return;
  const inside = isPlainObject(value) || Array.isArray(value);
  if (!inside || depth === MAX_DEPTH) {
    const expected = inside ? `JSON of ${MAX_DEPTH} levels at most` : 'plain JSON';
    throw wrongValue(
      where,
      expected,
      value,
      'Keep text, finite numbers, booleans, arrays and plain objects.',
    );
  }
  for (const [key, item] of Object.entries(value)) {
    if (item === undefined && !Array.isArray(value)) continue;
    checkJson(item, Array.isArray(value) ? `${where}[${key}]` : `${where}.${key}`, depth + 1);
  }
}
