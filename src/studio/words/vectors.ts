import { dataAddress } from '../files/files.js';
import type { KeyedVectors } from '../../embeddings/index.js';

/** The vectors that come with seqkit, of which the page takes the smallest set. */
const DEFAULT_FILE = 'vectors/glove-6b-100d-10k.safetensors';

/** Opens the vectors that come with seqkit. */
export async function defaultVectors(): Promise<KeyedVectors> {
  const { KeyedVectors } = await import('../../embeddings/index.js');
  return KeyedVectors.default({ words: 10_000, from: await dataAddress(DEFAULT_FILE) });
}

/** Opens vectors of the user's, in any format that seqkit reads. */
export async function ownVectors(file: File): Promise<KeyedVectors> {
  const { KeyedVectors } = await import('../../embeddings/index.js');
  return KeyedVectors.load(file);
}

/** Vectors that were trained in the page, as they are kept. */
export interface TrainedVectors {
  readonly name: string;
  /** What the file is called where it is saved. */
  readonly file: string;
  readonly bytes: Uint8Array;
}

/** Under which they are kept. */
export const TRAINED = 'words/trained';

/** What was kept of a training; undefined where that is no such thing. */
export function trainedVectors(found: unknown): TrainedVectors | undefined {
  const { name, file, bytes } = (found ?? {}) as Partial<Record<keyof TrainedVectors, unknown>>;
  if (typeof name !== 'string' || typeof file !== 'string' || !(bytes instanceof Uint8Array))
    return undefined;
  return { name, file, bytes };
}

/** Opens what was trained. */
export async function openTrained({ name, bytes }: TrainedVectors): Promise<KeyedVectors> {
  const { KeyedVectors } = await import('../../embeddings/index.js');
  return KeyedVectors.fromBytes(bytes, { name });
}

/** Words of less than this are mostly the, of and and. */
const LONG_WORD = 4;

/** Frequent words that say something, for a first look at vectors that one does not know. */
export function frequentWords(vectors: KeyedVectors, count: number): string[] {
  const found: string[] = [];
  for (const word of vectors.words()) {
    if (word.length >= LONG_WORD && /^\p{L}+$/u.test(word)) found.push(word);
    if (found.length === count) break;
  }
  return found;
}

/** Words of some kinds that the vectors have, for a first map. */
export const FIRST_MAP =
  'people: king queen prince princess man woman boy girl\nplaces: paris france london england rome italy berlin germany\nanimals: cat dog horse bird fish\nfood: apple bread cheese wine tea';

export const FIRST_ARROWS = 'man:woman king:queen prince:princess france:paris italy:rome england:london';
