import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { TextModel } from '../../src/text/model/text-model.js';
import { Sequential } from '../../src/rnn/model/sequential.js';

const text = 'the tide comes in, the tide goes out. '.repeat(4);
const fit = { batchSize: 4, seqLength: 8, learningRate: 0.02, schedule: 'constant', warmup: 0 } as const;
const fresh = (): TextModel =>
  new TextModel({ cell: 'gru', units: 3, layers: 1, seed: 4, engine: 'reference' });

async function weightsOf(model: TextModel): Promise<Map<string, number[]>> {
  const { file } = await Sequential.open(model.toBytes());
  return new Map([...file.weights].map(([name, { data }]) => [name, [...data]]));
}

it('ends with the moving averages of the weights after each step', async () => {
  const momentum = 0.7;
  const averages = new Map<string, number[]>();
  for (let steps = 1; steps <= 3; steps++) {
    const model = fresh();
    await model.fit(text, { ...fit, steps, heldOut: 0 });
    for (const [name, values] of await weightsOf(model)) {
      const before = averages.get(name) ?? values;
      averages.set(
        name,
        values.map((value, i) => momentum * before[i] + (1 - momentum) * value),
      );
    }
  }
  const averaged = fresh();
  await averaged.fit(text, { ...fit, steps: 3, heldOut: 0, emaMomentum: momentum });
  const found = await weightsOf(averaged);
  expect([...found.keys()].sort()).toEqual([...averages.keys()].sort());
  for (const [name, values] of found) {
    values.forEach((value, i) => expect(value).toBeCloseTo(averages.get(name)![i], 5));
  }
});

it('measures what is held out with the averages, keeps those of the best epoch, and resumes to the same', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'seqkit-averages-'));
  const options = { ...fit, epochs: 2, emaMomentum: 0.9, heldOut: 0.2 };
  const whole = fresh();
  const { heldOutLoss, bestEpoch } = await whole.fit(text, options);
  const { loss } = await whole.evaluate(text.slice(-Math.floor(text.length * 0.2)), {
    batchSize: 4,
    seqLength: 8,
  });
  expect(loss).toBeCloseTo(heldOutLoss[bestEpoch! - 1], 5);
  const plain = await fresh().fit(text, { ...fit, epochs: 2, heldOut: 0.2 });
  expect(heldOutLoss[0]).not.toBeCloseTo(plain.heldOutLoss[0], 4);

  const checkpoint = { folder, everySteps: 2 };
  const half = fresh();
  const stop = new AbortController();
  await half.fit(text, {
    ...{ ...options, checkpoint, signal: stop.signal },
    onProgress: ({ step }) => step === 5 && stop.abort(),
  });
  const resumed = fresh();
  await resumed.fit(text, { ...options, checkpoint, resume: true });
  expect(Buffer.from(resumed.toBytes()).equals(Buffer.from(whole.toBytes()))).toBe(true);
  await expect(fresh().fit(text, { ...options, emaMomentum: 0.5, checkpoint, resume: true })).rejects.toThrow(
    'emaMomentum (0.9 there, 0.5 here)',
  );
  rmSync(folder, { recursive: true });
});
