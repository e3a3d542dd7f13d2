import { describe, expect, it } from 'vitest';
import { Random } from '../../src/base/math/random.js';
import { TextModel } from '../../src/text/model/text-model.js';
import { overfitting } from '../../src/text/training/overfitting.js';
import type { TextFitOptions } from '../../src/text/training/text-training.js';

/** Nothing can be learned of it but by heart, so that the loss on what is held out soon rises. */
function noise(length: number): string {
  const random = new Random(3);
  return Array.from({ length }, () => 'abcdef'[random.integer(6)]).join('');
}

const text = noise(900);
const run: TextFitOptions = {
  ...{ epochs: 14, seqLength: 16, batchSize: 8, learningRate: 0.03, heldOut: 0.2 },
};
const trained = async (options: TextFitOptions) => {
  const model = new TextModel({ cell: 'gru', units: 24, layers: 1, seed: 2, engine: 'wasm' });
  const history = await model.fit(text, { ...run, ...options });
  const { loss } = await model.evaluate(text.slice(-180), { batchSize: 8, seqLength: 16 });
  await model.dispose();
  return { history, loss };
};

describe('a model that learns by heart', () => {
  it('is kept as it was after the epoch with the lowest held-out loss', async () => {
    const { history, loss } = await trained({});
    const lowest = Math.min(...history.heldOutLoss);
    expect(history.heldOutLoss.at(-1)! - lowest).toBeGreaterThan(0.1);
    expect(history.bestEpoch).toBe(history.heldOutLoss.indexOf(lowest) + 1);
    expect(loss).toBeCloseTo(lowest, 5);
  });

  it('is kept as it is at the end where that is asked for', async () => {
    const { history, loss } = await trained({ keepBest: false });
    expect(history.bestEpoch).toBeUndefined();
    expect(loss).toBeCloseTo(history.heldOutLoss.at(-1)!, 5);
  });

  it.each<[TextFitOptions, string]>([
    [{ keepBest: 1 as never }, 'keepBest must be true or false, not 1'],
    [{ keepBest: true, earlyStopping: { patience: 2 } }, 'contradicts the restoreBest of earlyStopping'],
  ])('refuses %j', async (options, message) => {
    await expect(trained(options)).rejects.toThrow(message);
  });
});

describe('overfitting', () => {
  it('is held-out losses above their lowest for three epochs', () => {
    expect(overfitting([])).toBeUndefined();
    expect(overfitting([2, 1.5, 1.6, 1.55])).toBeUndefined();
    expect(overfitting([2, 1.5, 1.6, 1.55, 1.7])).toEqual({
      bestEpoch: 2,
      bestLoss: 1.5,
      epochs: 3,
      loss: 1.7,
    });
    expect(overfitting([2, 1.5, 1.6, 1.7, 1.4])).toBeUndefined();
    // As low as before is not lower.
    expect(overfitting([1, 1, 1, 1])).toEqual({ bestEpoch: 1, bestLoss: 1, epochs: 3, loss: 1 });
  });
});
