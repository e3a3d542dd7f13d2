import { describe, expect, it } from 'vitest';
import { Activation } from '../../src/rnn/layers/activation.js';
import { Bidirectional } from '../../src/rnn/layers/bidirectional.js';
import { Conv1D } from '../../src/rnn/layers/conv1d.js';
import { Dense } from '../../src/rnn/layers/dense.js';
import { Dropout } from '../../src/rnn/layers/dropout.js';
import { GRU } from '../../src/rnn/layers/gru.js';
import type { Layer } from '../../src/rnn/layers/layer.js';
import { LayerNormalization } from '../../src/rnn/layers/layer-normalization.js';
import { OneHot } from '../../src/rnn/layers/one-hot.js';
import { GlobalAveragePooling1D } from '../../src/rnn/layers/pooling.js';
import { Flatten } from '../../src/rnn/layers/reshape.js';
import { TimeDistributed } from '../../src/rnn/layers/time-distributed.js';
import { relativeError } from '../../src/rnn/gradient-check/gradient-check.js';
import { Sequential } from '../../src/rnn/model/sequential.js';
import { SGD } from '../../src/rnn/training/optimizers/index.js';
import { whole } from '../support/golden-numbers.js';

const [N, T, V] = [4, 6, 7];
const tokens = whole(3, [N, T], V);
const rows = {
  data: Float64Array.from({ length: N * T * V }, (_, i) => +(tokens.data[Math.floor(i / V)] === i % V)),
  shape: [N, T, V],
};

const followers: Record<string, () => Layer[]> = {
  Conv1D: () => [
    new Conv1D({ filters: 3, kernelSize: 3, padding: 'same', activation: 'relu' }),
    new GRU({ units: 2 }),
  ],
  'LayerNormalization and Dropout': () => [
    new Dropout({ rate: 0 }),
    new LayerNormalization(),
    new GRU({ units: 2 }),
  ],
  Activation: () => [new Activation({ activation: 'softmax' }), new GRU({ units: 2 })],
  pooling: () => [new GlobalAveragePooling1D(), new Dense({ units: 2 })],
  Flatten: () => [new Flatten(), new Dense({ units: 2 })],
  'TimeDistributed normalization': () => [
    new TimeDistributed({ layer: new LayerNormalization() }),
    new GRU({ units: 2 }),
  ],
  'a GRU that drops out of its input': () => [new GRU({ units: 2, dropout: 0.4 })],
  // Those look rows of their kernels up, as ever.
  'Dense in TimeDistributed': () => [
    new TimeDistributed({ layer: new Dense({ units: 3 }) }),
    new GRU({ units: 2 }),
  ],
  Bidirectional: () => [new Bidirectional({ layer: new GRU({ units: 2 }), mergeMode: 'sum' })],
};

describe.each(['reference', 'wasm', 'gpu:webasm'] as const)('OneHot on %s', (engine) => {
  it.each(Object.entries(followers))(
    'before %s is the layer on rows that are laid out',
    async (_, layers) => {
      const y = { data: Float64Array.from({ length: N * 2 }, (_, i) => i / 8 - 0.5), shape: [N, 2] };
      const found: number[][] = [];
      const first: ArrayLike<number>[] = [];
      let start: ReturnType<Layer['getWeights']>[] | undefined;
      for (const oneHot of [true, false]) {
        const own = layers();
        const model = new Sequential([...(oneHot ? [new OneHot({ depth: V })] : []), ...own], {
          engine,
          seed: 6,
        });
        const x = oneHot ? tokens : rows;
        await model.build(x.shape.slice(1));
        start ??= own.map((layer) => layer.getWeights());
        own.forEach((layer, k) => layer.setWeights(start![k]));
        first.push((await model.predict(x)).data);
        model.compile({ loss: 'meanSquaredError', optimizer: new SGD({ learningRate: 0.3 }) });
        const losses: number[] = [];
        for (let step = 0; step < 4; step++) losses.push(await model.trainOnBatch(x, y));
        found.push(losses);
        await model.dispose();
      }
      expect(relativeError([first[0]], [first[1]])).toBeLessThan(1e-6);
      expect(relativeError([found[0]], [found[1]])).toBeLessThan(1e-6);
      expect(found[0][3]).toBeLessThan(found[0][0]);
    },
  );
});
