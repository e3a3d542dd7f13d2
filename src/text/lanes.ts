import { SeqkitError } from '../rnn/errors.js';
import type { Tensor } from '../rnn/tensor.js';
import type { Tokens } from './vocabulary.js';

/** Inputs and targets of one step of truncated BPTT. */
export interface LaneBatch {
  /** Tokens (N, T). */
  readonly x: Tensor;
  /** The token after each, (N, T). */
  readonly y: Tensor;
  /** (N, T), 0 where a lane has ended; left out where none has. */
  readonly sampleWeight: Tensor | undefined;
  /** How many characters are predicted: N * T, less in the last batch. */
  readonly predictions: number;
}

/**
 * A text cut into N lanes of consecutive characters, which are read side by side, T at a time:
 * lane n of one batch goes on where lane n of the batch before it ended, so that recurrent
 * state can be carried (Williams and Peng 1990). Every character but the first of the text is
 * predicted once. Lanes differ by one character at most; what is missing from the last batch
 * is filled with token 0 at weight 0.
 */
export class Lanes {
  /** N. */
  readonly lanes: number;
  /** T. */
  readonly steps: number;
  /** How many batches make one pass. */
  readonly batches: number;
  /** How many characters one pass predicts. */
  readonly predictions: number;
  readonly #tokens: Tokens;

  /** @throws SeqkitError `too-little-data` where there are fewer predictions than lanes */
  constructor(tokens: Tokens, { lanes, steps }: { lanes: number; steps: number }) {
    this.#tokens = tokens;
    this.lanes = lanes;
    this.steps = steps;
    this.predictions = tokens.length - 1;
    if (this.predictions < lanes) {
      throw new SeqkitError(`${tokens.length} characters do not fill ${lanes} lanes.`, {
        code: 'too-little-data',
      });
    }
    this.batches = Math.ceil(Math.ceil(this.predictions / lanes) / steps);
  }

  /** @param index from 0 to `batches` - 1 */
  batch(index: number): LaneBatch {
    const { lanes: N, steps: T } = this;
    const shape = [N, T];
    const x = new Int32Array(N * T);
    const y = new Int32Array(N * T);
    const weights = new Float32Array(N * T);
    let predictions = 0;
    for (let n = 0; n < N; n++) {
      const start = this.#laneStart(n) + index * T;
      const count = Math.max(0, Math.min(T, this.#laneStart(n + 1) - start));
      for (let t = 0; t < count; t++) {
        x[n * T + t] = this.#tokens[start + t];
        y[n * T + t] = this.#tokens[start + t + 1];
        weights[n * T + t] = 1;
      }
      predictions += count;
    }
    return {
      x: { data: x, shape },
      y: { data: y, shape },
      sampleWeight: predictions === N * T ? undefined : { data: weights, shape },
      predictions,
    };
  }

  #laneStart(n: number): number {
    return Math.floor((n * this.predictions) / this.lanes);
  }
}
