import { isDeeperThan } from '../../base/encoding/json-depth.js';
import { decodeTextFile } from '../../base/encoding/text-file.js';
import { SeqkitError } from '../../base/errors.js';

/** Nested far deeper than anything that the libraries write. */
const MAX_DEPTH = 50;

/**
 * What a JSON file holds.
 * @throws SeqkitError `bad-file` for what is no JSON, or nested without end
 */
export function parseJson(bytes: Uint8Array, source: string): unknown {
  const text = decodeTextFile(bytes, source);
  try {
    if (!isDeeperThan(text, MAX_DEPTH)) return JSON.parse(text) as unknown;
  } catch (error) {
    throw new SeqkitError(`${source} is no JSON: ${(error as Error).message}.`, {
      code: 'bad-file',
      hint: 'Copy it again.',
    });
  }
  throw new SeqkitError(`${source} has more than ${MAX_DEPTH} levels.`, { code: 'bad-file' });
}
