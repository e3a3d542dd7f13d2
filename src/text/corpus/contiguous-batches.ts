import { SeqkitError } from '../../base/errors.js';
import { either, exactly, optional, optionsSchema, wholeNumber } from '../../base/schema/index.js';
import type { TextBatch, TextBatches } from './text-batches.js';
import { tokenStore, type TokenStore } from './token-store.js';

/** More of them in a batch than there is memory for anywhere. */
const MAX_SIZE = 1 << 24;

const contiguousBatchesOptions = optionsSchema<{ batchSize: number; steps: number; freshEvery?: number }>(
  'ContiguousBatches',
  {
    batchSize: wholeNumber({ min: 1, max: MAX_SIZE }),
    steps: wholeNumber({ min: 1, max: MAX_SIZE }),
    freshEvery: optional(either(wholeNumber({ min: 1 }), exactly(Infinity))),
  },
);

/**
 * A text cut into N rows of consecutive characters, which are read side by side, T at a time:
 * row n of one batch goes on where row n of the batch before it ended, so that recurrent
 * state can be carried (Williams and Peng 1990). Every token but the first of the text is
 * predicted once. ContiguousBatches differ by one token at most; what is missing from the last batch
 * is filled with token 0 at weight 0.
 */
export class ContiguousBatches implements TextBatches {
  readonly batchSize: number;
  readonly steps: number;
  readonly batches: number;
  readonly predictions: number;
  readonly #tokens: TokenStore;
  readonly #freshEvery: number;

  /**
   * @param options.batchSize N
   * @param options.steps T
   * @param options.freshEvery the state is zero before every batch so far from the first
   *   @default Infinity, before the first alone
   * @throws SeqkitError `too-little-data` where there are fewer predictions than rows
   */
  constructor(tokens: TokenStore, options: { batchSize: number; steps: number; freshEvery?: number }) {
    const { batchSize, steps, freshEvery = Infinity } = contiguousBatchesOptions.parse(options);
    this.#tokens = tokenStore.parse(tokens, 'ContiguousBatches: tokens');
    this.#freshEvery = freshEvery;
    this.batchSize = batchSize;
    this.steps = steps;
    this.predictions = tokens.length - 1;
    if (this.predictions < batchSize) {
      throw new SeqkitError(
        `${tokens.length} character${tokens.length === 1 ? ' does' : 's do'} not fill ${batchSize} row${batchSize === 1 ? '' : 's'}.`,
        {
          code: 'too-little-data',
        },
      );
    }
    this.batches = Math.ceil(Math.ceil(this.predictions / batchSize) / steps);
  }

  batch(index: number): TextBatch {
    wholeNumber({ min: 0, max: this.batches - 1 }).parse(index, 'batch: index');
    const { batchSize: N, steps: T } = this;
    const shape = [N, T];
    const x = new Int32Array(N * T);
    const y = new Int32Array(N * T);
    const weights = new Float32Array(N * T);
    let predictions = 0;
    for (let n = 0; n < N; n++) {
      const start = this.#laneStart(n) + index * T;
      const count = Math.max(0, Math.min(T, this.#laneStart(n + 1) - start));
      if (count === 0) continue;
      const tokens = this.#tokens.read(start, start + count + 1);
      x.set(tokens.subarray(0, count), n * T);
      y.set(tokens.subarray(1), n * T);
      weights.fill(1, n * T, n * T + count);
      predictions += count;
    }
    return {
      x: { data: x, shape },
      y: { data: y, shape },
      sampleWeight: predictions === N * T ? undefined : { data: weights, shape },
      predictions,
      // The model divides by N * T, whatever the weights.
      scale: N * T,
      anew: index === 0 || index % this.#freshEvery === 0,
    };
  }

  #laneStart(n: number): number {
    return Math.floor((n * this.predictions) / this.batchSize);
  }
}
