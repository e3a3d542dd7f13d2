import { SeqkitError } from '../../base/errors.js';
import { either, exactly, optional, optionsSchema, wholeNumber } from '../../base/schema/index.js';
import type { TextBatch, TextBatches } from './text-batches.js';
import { tokenStore, type TokenStore } from './token-store.js';

/** More of them in a batch than there is memory for anywhere. */
const most = 1 << 24;

const lanesOptions = optionsSchema<{ lanes: number; steps: number; freshEvery?: number }>('Lanes', {
  lanes: wholeNumber({ min: 1, max: most }),
  steps: wholeNumber({ min: 1, max: most }),
  freshEvery: optional(either(wholeNumber({ min: 1 }), exactly(Infinity))),
});

/**
 * A text cut into N lanes of consecutive characters, which are read side by side, T at a time:
 * lane n of one batch goes on where lane n of the batch before it ended, so that recurrent
 * state can be carried (Williams and Peng 1990). Every token but the first of the text is
 * predicted once. Lanes differ by one token at most; what is missing from the last batch
 * is filled with token 0 at weight 0.
 */
export class Lanes implements TextBatches {
  readonly lanes: number;
  readonly steps: number;
  readonly batches: number;
  readonly predictions: number;
  readonly #tokens: TokenStore;
  readonly #freshEvery: number;

  /**
   * @param options.lanes N
   * @param options.steps T
   * @param options.freshEvery the state is zero before every batch so far from the first
   *   @default Infinity, before the first alone
   * @throws SeqkitError `too-little-data` where there are fewer predictions than lanes
   */
  constructor(tokens: TokenStore, options: { lanes: number; steps: number; freshEvery?: number }) {
    const { lanes, steps, freshEvery = Infinity } = lanesOptions.parse(options);
    this.#tokens = tokenStore.parse(tokens, 'Lanes: tokens');
    this.#freshEvery = freshEvery;
    this.lanes = lanes;
    this.steps = steps;
    this.predictions = tokens.length - 1;
    if (this.predictions < lanes) {
      throw new SeqkitError(
        `${tokens.length} character${tokens.length === 1 ? ' does' : 's do'} not fill ${lanes} lane${lanes === 1 ? '' : 's'}.`,
        {
          code: 'too-little-data',
        },
      );
    }
    this.batches = Math.ceil(Math.ceil(this.predictions / lanes) / steps);
  }

  batch(index: number): TextBatch {
    wholeNumber({ min: 0, max: this.batches - 1 }).parse(index, 'batch: index');
    const { lanes: N, steps: T } = this;
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
    return Math.floor((n * this.predictions) / this.lanes);
  }
}
