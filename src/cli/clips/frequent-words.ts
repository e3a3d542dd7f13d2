import { SeqkitError } from '../../base/errors.js';
import { note } from '../terminal/output.js';
import { FILLERS } from './fillers.js';

/** Of the words of the default vectors, the most frequent. */
const VOCABULARY = 20_000;

/** The most frequent words of the default vectors; everyday phrases, and a note, where there are none. */
export async function frequentWords(): Promise<readonly string[]> {
  try {
    const { KeyedVectors } = await import('../../embeddings/keyed-vectors/keyed-vectors.js');
    const vectors = await KeyedVectors.default();
    const count = Math.min(VOCABULARY, vectors.size);
    return Array.from({ length: count }, (_, row) => vectors.wordAt(row)).filter(
      (word) => /^[a-z]{2,}$/.test(word) || /^[ai]$/.test(word),
    );
  } catch (error) {
    if (!(error instanceof SeqkitError)) throw error;
    note(`${error.message} Everyday phrases are said instead of words of all kinds.`);
    return FILLERS;
  }
}
