import { expect, it } from 'vitest';
import { learningCurve, type LabeledExample } from '../../src/tasks/index.js';

/** Each label has twenty words of its own, one in each text: what was not seen cannot be told. */
const examples: LabeledExample[] = ['north', 'south'].flatMap((label) =>
  Array.from({ length: 100 }, (_, i) => ({ text: `word ${label.slice(0, 2)}${i % 20}x`, label })),
);

it('judges growing parts by the same examples apart', async () => {
  const curve = await learningCurve(examples, { encoder: 'linear', seed: 4 });
  expect(curve.map((point) => point.examples)).toEqual([20, 40, 80, 160]);
  expect(curve[3].accuracy).toBe(1);
  expect(curve[0].accuracy).toBeLessThan(1);
  // In steps of one of the forty that judge.
  for (const { accuracy } of curve) expect(40 * accuracy).toBeCloseTo(Math.round(40 * accuracy), 9);
  expect(await learningCurve(examples, { encoder: 'linear', seed: 4 })).toEqual(curve);
});

it('is of one encoder', async () => {
  const message = 'A learning curve is of one encoder, not of auto.';
  await expect(learningCurve(examples, {})).rejects.toMatchObject({ code: 'usage', message });
  await expect(learningCurve(examples, { encoder: 'auto' })).rejects.toMatchObject({ code: 'usage' });
  const alone = learningCurve(examples.slice(0, 100), { encoder: 'linear' });
  await expect(alone).rejects.toThrow(/label/);
});
