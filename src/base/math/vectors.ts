/** Word vectors as other parts of seqkit use them, wherever they came from. */
export interface Vectors {
  /** How many words there are. */
  readonly size: number;
  /** How many numbers each vector has. */
  readonly vectorSize: number;
  /** Whether the word has a vector. */
  has(word: string): boolean;
  /** The word's vector, shape `(vectorSize)`; throws `unknown-word` where there is none. */
  get(word: string): Float32Array;
}
