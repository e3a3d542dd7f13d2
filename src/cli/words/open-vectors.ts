import { Option } from 'commander';
import type { KeyedVectors } from '../../embeddings/keyed-vectors/keyed-vectors.js';
import type { FoundWord } from '../../embeddings/keyed-vectors/look-up.js';
import { SeqkitError } from '../../base/errors.js';
import { verifyOption, wholeNumber } from '../options/options.js';
import { note } from '../terminal/output.js';
import { STANDARD_INPUT, STANDARD_INPUT_NAME, standardInput } from '../terminal/standard-input.js';
import { typedValue } from '../options/typed-value.js';

/** What every command about words takes. */
export interface VectorOptions {
  readonly json: boolean;
  readonly vectors?: string;
  readonly limit?: number;
  readonly encoding?: string;
  readonly member?: string;
  /** False after --no-verify. */
  readonly verify: boolean;
}

export function vectorsOption(): Option {
  return new Option(
    '--vectors <file>',
    'GloVe, word2vec, fastText or gensim vectors, .npy (plain, .gz or .zip) or a seqkit file, - for standard input; without it, those that come with seqkit',
  );
}

export function limitOption(): Option {
  return new Option('--limit <n>', 'read only the first, most frequent words of --vectors').argParser(
    wholeNumber({ min: 1 }),
  );
}

export function encodingOption(): Option {
  return new Option('--encoding <name>', 'of the words of --vectors, such as latin1; UTF-8 without it');
}

export function memberOption(): Option {
  return new Option('--member <name>', 'which file of a zip archive of --vectors that holds several');
}

export function verifyVectorsOption(): Option {
  return verifyOption('a seqkit file of --vectors');
}

/**
 * Opens the vectors, saying what the user should know of them.
 * @param typed the words that were given, where queries are read from stdin without any
 * @throws SeqkitError `usage` for options of a file where none is given, and where both vectors and queries are to
 *   come from stdin
 */
export async function openVectors(
  options: Omit<VectorOptions, 'json'>,
  typed?: readonly string[],
): Promise<KeyedVectors> {
  const { vectors: path, limit, encoding, member, verify } = options;
  if (path === STANDARD_INPUT && typed?.length === 0) {
    throw new SeqkitError('Standard input holds the vectors, so that no queries can be read from it.', {
      code: 'usage',
      hint: 'Give words on the command line, or the vectors as a file.',
    });
  }
  if (path === undefined)
    refuseFileOptions({
      ...{ '--limit': limit, '--encoding': encoding, '--member': member },
      '--no-verify': verify ? undefined : true,
    });
  if (encoding !== undefined) await checkEncoding(encoding);
  const { KeyedVectors } = await import('../../embeddings/keyed-vectors/keyed-vectors.js');
  const how = {
    ...(limit === undefined ? {} : { limit }),
    ...(encoding === undefined ? {} : { encoding }),
    ...(member === undefined ? {} : { member }),
    verify,
  };
  const vectors =
    path === undefined
      ? await KeyedVectors.default()
      : path === STANDARD_INPUT
        ? await KeyedVectors.fromStream(standardInput(), { ...how, name: STANDARD_INPUT_NAME })
        : await KeyedVectors.load(path, how);
  for (const line of vectors.notes) note(line);
  return vectors;
}

/** @throws SeqkitError `usage` for an encoding that there is none of */
export async function checkEncoding(encoding: string): Promise<void> {
  const { wordDecoder } = await import('../../embeddings/formats/word-bytes.js');
  typedValue('--encoding', () => wordDecoder(encoding));
}

function refuseFileOptions(options: Readonly<Record<string, unknown>>): void {
  const [given] = Object.keys(options).filter((name) => options[name] !== undefined);
  if (given === undefined) return;
  throw new SeqkitError(`${given} is of a file of vectors, and none was given.`, {
    code: 'usage',
    hint: `Give the file, or leave ${given} out: the vectors that come with seqkit are taken whole.`,
  });
}

/** Finds typed words among the vectors, saying where lower case was used. */
export async function findWords(vectors: KeyedVectors, typed: readonly string[]): Promise<FoundWord[]> {
  const { lookUp } = await import('../../embeddings/keyed-vectors/look-up.js');
  const found: FoundWord[] = [];
  for (const word of typed) found.push(await lookUp(vectors, word));
  for (const { typed, word } of found) {
    if (typed !== word) note(`"${typed}" is not in the vocabulary; its lower case "${word}" was used.`);
  }
  return found;
}
