import { KeyedVectors, type ReadOptions } from '../../src/embeddings/index.js';

/** Vectors made of words and numbers, by way of GloVe's text. */
export function vectorsFrom(
  rows: readonly (readonly [string, readonly number[]])[],
  options: ReadOptions = {},
): Promise<KeyedVectors> {
  return vectorsFromText(rows.map(([word, numbers]) => `${word} ${numbers.join(' ')}\n`).join(''), options);
}

/** Vectors read from the text of a file. */
export function vectorsFromText(text: string, options: ReadOptions = {}): Promise<KeyedVectors> {
  return KeyedVectors.fromBytes(new TextEncoder().encode(text), { name: 'test.txt', ...options });
}
