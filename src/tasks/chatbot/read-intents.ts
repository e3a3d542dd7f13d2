import { isDeeperThan } from '../../base/encoding/json-depth.js';
import { decodeTextFile } from '../../base/encoding/text-file.js';
import { SeqkitError } from '../../base/errors.js';
import { isPlainObject } from '../../base/schema/index.js';
import { readSource, type FileSource } from '../../base/source/file-source.js';
import { parseIntents, type FullIntents } from './intents.js';
import { intentsOfCorpus } from './nlp-corpus.js';
import { intentsOfRasa, readYaml } from './rasa-nlu.js';

const MAX_DEPTH = 50;

/**
 * Reads what a bot is for: an intents.json, Rasa's training data in YAML, or a corpus of node-nlp in JSON. Which it is,
 * its contents tell.
 * @param from a path, a URL, a Blob, or bytes
 * @throws SeqkitError `file-access`; `bad-file` with the place
 */
export async function readIntents(from: FileSource): Promise<FullIntents> {
  const { bytes, name } = await readSource(from, 'readIntents: from', {
    name: 'The intents',
    kind: 'intents',
  });
  const text = decodeTextFile(bytes, name).replace(/^\ufeff/, '');
  const isJson = /^\s*[[{]/.test(text);
  const value = isJson ? readJson(text, name) : await readYaml(text, name);
  try {
    return parseIntents(intentsOf(value, name), name);
  } catch (error) {
    if (!(error instanceof SeqkitError) || error.code === 'bad-file') throw error;
    throw new SeqkitError(error.message, {
      code: 'bad-file',
      cause: error,
      ...(error.hint !== undefined && { hint: error.hint }),
    });
  }
}

function intentsOf(value: unknown, source: string): unknown {
  if (Array.isArray(value)) return value;
  if (isPlainObject(value)) {
    if ('nlu' in value) return intentsOfRasa(value, source);
    if ('data' in value) return intentsOfCorpus(value, source);
    if ('intents' in value) return value;
  }
  throw new SeqkitError(`${source} has no intents.`, {
    code: 'bad-file',
    hint: 'An intents.json has "intents", training data of Rasa "nlu", and a corpus of node-nlp "data".',
  });
}

function readJson(text: string, source: string): unknown {
  if (isDeeperThan(text, MAX_DEPTH)) {
    throw new SeqkitError(`${source} is JSON of more than ${MAX_DEPTH} levels.`, { code: 'bad-file' });
  }
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new SeqkitError(`${source} is not JSON: ${(cause as Error).message}.`, { code: 'bad-file', cause });
  }
}
