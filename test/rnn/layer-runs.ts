import { expect } from 'vitest';
import type { EngineChoice } from '../../src/rnn/engine/engine-names.js';
import { Model } from '../../src/rnn/model/model.js';
import { gradientCheck, relativeError } from '../../src/rnn/gradient-check/gradient-check.js';
import type { LossChoice } from '../../src/rnn/losses/loss-choice.js';
import { SGD } from '../../src/rnn/training/optimizers/index.js';
import { expectExactGradients } from '../support/exact-gradients.js';
import { layerCases, type LayerCase } from './layer-cases.js';

export const titles = Object.keys(layerCases);
const losses = ({ loss }: LayerCase): readonly LossChoice[] =>
  (Array.isArray(loss) ? loss : [loss]) as readonly LossChoice[];

/** Holds a case's gradients against finite differences. @param samples how many of each array @default all */
export function expectRightGradients(title: string, samples?: number): void {
  const test = layerCases[title];
  const { lossWeights, x, y, sampleWeight, batchSize, names } = test;
  const loss = losses(test).map((one, i) => ({ loss: one, weight: lossWeights?.[i] ?? 1 }));
  const errors = gradientCheck(test.graph(), {
    ...{ loss, x: x, y: y },
    ...(sampleWeight && { sampleWeight }),
    ...(batchSize && { batchSize }),
    ...(samples && { samples }),
  });
  const found = errors.map(({ name }) => name.replace(/ carried by .*/, ''));
  expect(found).toEqual(expect.arrayContaining([...names, 'overall']));
  expectExactGradients(title, errors);
}

/** What a model predicts before and after three steps, and the losses of those steps. */
async function run(title: string, engine: EngineChoice) {
  const test = layerCases[title];
  const model = new Model(test.graph(), { engine, seed: 5 });
  const { lossWeights, sampleWeight, batchSize } = test;
  model.compile({
    loss: losses(test),
    ...(lossWeights && { lossWeights }),
    optimizer: new SGD({ learningRate: 0.05, momentum: 0.5, globalClipNorm: 0.4 }),
  });
  const [x, y] = [test.x as never, test.y as never];
  const before = await model.predictAll(x);
  const options = { ...(sampleWeight && { sampleWeight }), ...(batchSize && { batchSize }) };
  const steps = [];
  for (let step = 0; step < 3; step++) steps.push(await model.trainOnBatch(x, y, options));
  const after = await model.predictAll(x);
  const reloaded = await Model.load(model.toBytes(), { engine });
  const again = await reloaded.predictAll(x);
  await model.dispose();
  await reloaded.dispose();
  return { steps, before, after, again };
}

/** Three steps of a case on an engine against the reference; the model again from its file. */
export async function expectSameAsReference(title: string, engine: EngineChoice): Promise<void> {
  const [found, wanted] = [await run(title, engine), await run(title, 'reference')];
  expect(relativeError([found.steps], [wanted.steps])).toBeLessThan(1e-5);
  for (const what of ['before', 'after'] as const) {
    expect(found[what].map(({ shape }) => shape)).toEqual(wanted[what].map(({ shape }) => shape));
    found[what].forEach(({ data }, i) => {
      expect(relativeError([data], [wanted[what][i].data]), `${what}, output ${i}`).toBeLessThan(1e-5);
    });
  }
  // A step that does nothing would agree as well.
  expect(relativeError([wanted.after[0].data], [wanted.before[0].data])).toBeGreaterThan(1e-4);
  found.again.forEach(({ data }, i) => expect([...data]).toEqual([...found.after[i].data]));
}
