import { describe, expect, it } from 'vitest';
import { Dense, Masking, Sequential, SimpleRNN, type CompileOptions } from '../../../src/rnn/index.js';

const engine = { engine: 'reference' } as const;

function network(loss: CompileOptions['loss'], units: number): Sequential {
  const model = new Sequential([new Dense({ units })], { seed: 1, ...engine });
  model.compile({ loss, optimizer: 'sgd' });
  return model;
}
const x = [
  [1, 2],
  [3, 4],
];

describe.each([
  ['binaryCrossentropy', 2, 2],
  ['contrastiveLoss', 2, 1],
] as const)('%s', (loss, units, columns) => {
  const targets = (wrong: number) => [
    Array<number>(columns).fill(1),
    [...Array<number>(columns - 1).fill(0), wrong],
  ];

  it.each([-1, 1.5, 2, NaN, Infinity])('refuses the target %d', async (wrong) => {
    const model = network(loss, units);
    const said = {
      code: 'bad-value',
      message: `The target ${wrong} is not from 0 to 1, as ${loss} takes them.`,
    };
    await expect(model.fit(x, targets(wrong))).rejects.toMatchObject(said);
    await expect(model.evaluate(x, targets(wrong))).rejects.toMatchObject(said);
    await expect(model.trainOnBatch(x, targets(wrong))).rejects.toMatchObject(said);
    // What does not count may be anything.
    expect(await model.evaluate(x, targets(wrong), { sampleWeight: [1, 0] })).toBeGreaterThanOrEqual(0);
    await model.dispose();
  });

  it('takes all from 0 to 1', async () => {
    const model = network(loss, units);
    for (const right of [0, 0.25, 1])
      expect(await model.evaluate(x, targets(right))).toBeGreaterThanOrEqual(0);
    await model.dispose();
  });
});

it('other numbers are for other losses', async () => {
  const model = network('meanSquaredError', 1);
  expect(await model.evaluate(x, [[-3], [7]])).toBeGreaterThan(0);
  await model.dispose();
});

it('a row that a mask hides may hold any target', async () => {
  const layers = [new Masking(), new SimpleRNN({ units: 2, returnSequences: true }), new Dense({ units: 1 })];
  const model = new Sequential(layers, { seed: 1, ...engine });
  model.compile({ loss: 'binaryCrossentropy', optimizer: 'sgd' });
  const loss = await model.evaluate([[[1], [0]]], [[[1], [-1]]]);
  expect(loss).toBe(await model.evaluate([[[1], [0]]], [[[1], [0]]]));
  await model.dispose();
});
