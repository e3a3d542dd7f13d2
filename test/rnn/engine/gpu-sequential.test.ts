import { expect, it } from 'vitest';
import { Dense } from '../../../src/rnn/layers/dense.js';
import { Dropout } from '../../../src/rnn/layers/dropout.js';
import { Embedding } from '../../../src/rnn/layers/embedding.js';
import { GRU } from '../../../src/rnn/layers/gru.js';
import { LSTM } from '../../../src/rnn/layers/lstm.js';
import { Random } from '../../../src/base/math/random.js';
import { Sequential } from '../../../src/rnn/model/sequential.js';
import { Adam } from '../../../src/rnn/training/optimizers/index.js';
import { describeBackends } from './gpu-comparison.js';

// The last batch, of 2, is padded to 5.
const [N, T, D, H, V] = [5, 4, 6, 7, 11];

describeBackends('Sequential', (backend) => {
  it('trains as on the reference', async () => {
    const random = new Random(8);
    const x = Array.from({ length: 7 }, () => Array.from({ length: T }, () => random.integer(V)));
    const y = x.map((row) => row.map((token) => (token + 1) % V));
    const losses: number[][] = [];
    const outputs: ArrayLike<number>[] = [];
    for (const engine of ['reference', `gpu:${backend}`] as const) {
      const layers = [
        new Embedding({ inputDim: V, outputDim: D }),
        new LSTM({ units: H, returnSequences: true }),
        new Dropout({ rate: 0.4 }),
        new GRU({ units: D, returnSequences: true }),
        new Dense({ units: V }),
      ];
      const model = new Sequential(layers, { seed: 4, engine });
      model.compile({
        optimizer: new Adam({ learningRate: 1e-2, globalClipNorm: 1 }),
        loss: 'sparseCategoricalCrossentropy',
      });
      const history = await model.fit(x, y, { batchSize: N, epochs: 3 });
      losses.push(history.loss);
      outputs.push((await model.predict(x, { batchSize: N })).data);
      await model.dispose();
    }
    losses[0].forEach((loss, i) => expect(losses[1][i] / loss).toBeCloseTo(1, 5));
    Array.from(outputs[0]).forEach((value, i) => expect(outputs[1][i]).toBeCloseTo(value, 4));
  });
});
