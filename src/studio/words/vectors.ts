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

/** Words of one kind that the vectors have, for a first map. */
export const FIRST_MAP =
  'king queen prince princess man woman boy girl\nparis france london england rome italy berlin germany\ncat dog horse bird fish\napple bread cheese wine tea';
