import type { Tensor } from '../../rnn/program/tensor.js';

/** Inputs and targets of one step of truncated BPTT. */
export interface TextBatch {
  /** Tokens (N, T). */
  readonly x: Tensor;
  /** The token after each, (N, T). */
  readonly y: Tensor;
  /** (N, T), 0 where nothing is predicted; left out where all is. */
  readonly sampleWeight: Tensor | undefined;
  /** How many tokens are predicted: N * T at most. */
  readonly predictions: number;
  /** What the model's mean loss of the batch is to be multiplied by for the sum over its predictions. */
  readonly scale: number;
  /** Whether the state is to be zero before it. */
  readonly anew: boolean;
}

/** How a text is cut into batches that all have the shape (N, T). */
export interface TextBatches {
  /** N. */
  readonly batchSize: number;
  /** T. */
  readonly steps: number;
  /** How many batches make one pass. */
  readonly batches: number;
  /** How many tokens one pass predicts. */
  readonly predictions: number;
  /** How many lines it takes, where each is by itself. */
  readonly lines?: number;
  /**
   * @param index from 0 to `batches` - 1
   * @param pass from 1: some texts go in another order in each
   */
  batch(index: number, pass: number): TextBatch;
}
