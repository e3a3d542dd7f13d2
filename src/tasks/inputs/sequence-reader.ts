import type { SequenceInput } from '../examples/sequence-input.js';

/** Sequences as a network takes them, each by itself. */
export interface ReadSequence {
  /** Tokens (T), or numbers (T, D) row by row. */
  readonly data: Int32Array | Float32Array;
  /** T, 1 at least. */
  readonly length: number;
}

/** Turns what a user gives into time steps; saved with the model. */
export interface SequenceReader {
  /** V, where steps are tokens: whole numbers from 0, which is padding, to V - 1. */
  readonly tokens: number | undefined;
  /** D, where steps are numbers; 1 for tokens. */
  readonly features: number;
  /** The most time steps that are taken. */
  readonly maxLength: number;
  read(input: SequenceInput): ReadSequence;
  /** JSON to open it from again. */
  toJSON(): Record<string, unknown>;
}

/** Sequences side by side in one array, padded with zeros at their ends. */
export interface PaddedBatch {
  readonly data: Int32Array | Float32Array;
  /** (N, T) of tokens, (N, T, D) of numbers. */
  readonly shape: readonly number[];
  readonly lengths: Int32Array;
}

/** Pads sequences to `time` steps. */
export function paddedBatch(
  reader: Pick<SequenceReader, 'tokens' | 'features'>,
  sequences: readonly ReadSequence[],
  time: number,
): PaddedBatch {
  const { tokens, features } = reader;
  const Steps = tokens === undefined ? Float32Array : Int32Array;
  const data = new Steps(sequences.length * time * features);
  sequences.forEach((sequence, n) => data.set(sequence.data, n * time * features));
  return {
    data,
    shape: tokens === undefined ? [sequences.length, time, features] : [sequences.length, time],
    lengths: Int32Array.from(sequences, ({ length }) => length),
  };
}

/** The length that a share of the sequences does not exceed. */
export function lengthQuantile(lengths: readonly number[], share: number): number {
  const sorted = [...lengths].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))];
}
