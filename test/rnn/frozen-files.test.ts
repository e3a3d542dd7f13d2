import { describe, expect, it } from 'vitest';
import { BatchNormalization } from '../../src/rnn/layers/batch-normalization.js';
import { Bidirectional } from '../../src/rnn/layers/bidirectional.js';
import { Dense } from '../../src/rnn/layers/dense.js';
import { GRU } from '../../src/rnn/layers/gru.js';
import type { Layer } from '../../src/rnn/layers/layer.js';
import { Residual } from '../../src/rnn/layers/residual.js';
import { TimeDistributed } from '../../src/rnn/layers/time-distributed.js';
import { Model } from '../../src/rnn/model/model.js';
import { Sequential } from '../../src/rnn/model/sequential.js';
import { Adam } from '../../src/rnn/training/optimizers/index.js';
import { numbers } from '../support/golden-numbers.js';

const [N, T, D] = [3, 4, 5];
const x = numbers(1, [N, T, D], 2);
const y = numbers(2, [N, T, 2]);

const frozen = <Kind extends Layer>(layer: Kind): Kind => {
  layer.trainable = false;
  return layer;
};

/** Layers with some of them frozen, and the weights that then stay. */
const models: Record<string, [layers: () => Layer[], stays: RegExp]> = {
  'layers of their own': [
    () => [
      frozen(new GRU({ units: 3, returnSequences: true, name: 'gru' })),
      frozen(new BatchNormalization({ name: 'norm' })),
      new Dense({ units: 2, name: 'out' }),
    ],
    /^gru\/|^norm\//,
  ],
  'a wrapper with what is inside': [
    () => [
      frozen(new Bidirectional({ layer: new GRU({ units: 3, returnSequences: true }), name: 'both' })),
      new Dense({ units: 2, name: 'out' }),
    ],
    /^both\//,
  ],
  'layers inside wrappers alone': [
    () => [
      new Bidirectional({ layer: frozen(new GRU({ units: 3, returnSequences: true })), name: 'both' }),
      new Residual({ layers: [frozen(new Dense({ units: 6 })), new Dense({ units: 6 })], name: 'residual' }),
      new TimeDistributed({ layer: frozen(new Dense({ units: 4 })), name: 'each' }),
      new Dense({ units: 2, name: 'out' }),
    ],
    /^both\/|^residual\/dense_0|^each\//,
  ],
};

function weightsOf(model: Model): Map<string, number[]> {
  return new Map(
    model.layers.flatMap(({ weights }) =>
      weights.map((weight) => [weight.name, [...weight.get().data]] as const),
    ),
  );
}

async function trained(model: Model): Promise<void> {
  model.compile({ loss: 'meanSquaredError', optimizer: new Adam({ learningRate: 0.05 }) });
  await model.fit(x, y, { epochs: 2 });
}

describe('what is frozen stays so in a file', () => {
  it.each(Object.entries(models))('%s', async (_, [layers, stays]) => {
    const first = new Sequential(layers(), { engine: 'reference', seed: 3 });
    await first.build([T, D]);
    const second = await Sequential.load(first.toBytes(), { engine: 'reference' });
    const third = await Model.load(second.toBytes(), { engine: 'reference' });
    const count = first.countParameters();
    for (const model of [first, second, third]) {
      expect(model.countParameters()).toBe(count);
      const before = weightsOf(model);
      await trained(model);
      for (const [name, values] of weightsOf(model)) {
        const unmoved = expect(values, name);
        if (stays.test(name)) unmoved.toEqual(before.get(name));
        else unmoved.not.toEqual(before.get(name));
      }
      // The first keeps its weights in float64, the others began from float32.
      await model.dispose();
    }
  });

  it('and is thawed by saying so, inside too', async () => {
    const [layers] = models['layers inside wrappers alone'];
    const model = new Sequential(layers(), { engine: 'reference', seed: 3 });
    await model.build([T, D]);
    const loaded = await Sequential.load(model.toBytes(), { engine: 'reference' });
    for (const layer of loaded.layers) layer.trainable = true;
    const again = await Sequential.load(loaded.toBytes(), { engine: 'reference' });
    expect(again.countParameters()).toBe(
      [...weightsOf(again).values()].reduce((total, { length }) => total + length, 0),
    );
    for (const each of [model, loaded, again]) await each.dispose();
  });

  it('a file without frozen layers says nothing of it', async () => {
    const model = new Sequential([new Dense({ units: 2 })], { engine: 'reference' });
    await model.build([T, D]);
    const { file } = await Sequential.open(model.toBytes());
    expect(file.layers).toEqual([{ kind: 'Dense', options: { units: 2, name: 'dense' } }]);
    await model.dispose();
  });

  it('and does not keep a checkpoint from being gone on with', async () => {
    const model = new Sequential(models['layers of their own'][0](), { engine: 'reference' });
    await model.build([T, D]);
    expect(JSON.stringify(model.describe())).not.toContain('trainable');
    await model.dispose();
  });
});
