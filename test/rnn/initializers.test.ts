import { describe, expect, it } from 'vitest';
import {
  constant,
  glorotNormal,
  glorotUniform,
  heNormal,
  heUniform,
  initializerOf,
  ones,
  orthogonal,
  uniform,
  zeros,
  type Initializer,
} from '../../src/rnn/weights/initializers.js';
import { Conv1D } from '../../src/rnn/layers/conv1d.js';
import { Random } from '../../src/base/math/random.js';

const make = (initialize: Initializer, rows: number, cols: number): Float64Array =>
  initialize(rows, cols, new Random(1));
const variance = (values: Float64Array): number =>
  values.reduce((sum, value) => sum + value * value, 0) / values.length;

describe('initializers', () => {
  it('zeros, ones, constant', () => {
    expect([...make(zeros, 2, 3)]).toEqual([0, 0, 0, 0, 0, 0]);
    expect([...make(ones, 1, 3)]).toEqual([1, 1, 1]);
    expect([...make(constant(-3), 1, 2)]).toEqual([-3, -3]);
  });

  // For n draws, four deviations of the mean square: x^2 is 0.894 of its mean for a uniform x,
  // sqrt(2) of it for a normal one.
  it.each([
    { name: 'glorotUniform', initialize: glorotUniform, limit: Math.sqrt(6 / 150), spread: 0.894 },
    { name: 'heUniform', initialize: heUniform, limit: Math.sqrt(6 / 50), spread: 0.894 },
    { name: 'uniform', initialize: uniform, limit: 0.05, spread: 0.894 },
  ])('$name fills its range', ({ initialize, limit, spread }) => {
    const values = make(initialize, 50, 100);
    expect(Math.max(...values)).toBeLessThan(limit);
    expect(Math.min(...values)).toBeGreaterThan(-limit);
    expect(Math.abs(variance(values) / (limit ** 2 / 3) - 1)).toBeLessThan((4 * spread) / Math.sqrt(5000));
  });

  it('heNormal has variance 2 / rows', () => {
    expect(Math.abs(variance(make(heNormal, 50, 100)) / (2 / 50) - 1)).toBeLessThan(4 * Math.sqrt(2 / 5000));
  });

  it('glorotNormal has variance 2 / (rows + cols)', () => {
    const spread = 4 * Math.sqrt(2 / 5000);
    expect(Math.abs(variance(make(glorotNormal, 50, 100)) / (2 / 150) - 1)).toBeLessThan(spread);
  });

  it('are the same for the same seed, and known by name', () => {
    expect(make(heUniform, 3, 4)).toEqual(make(initializerOf('heUniform'), 3, 4));
    expect(heUniform(3, 4, new Random(2))).not.toEqual(make(heUniform, 3, 4));
    expect(() => initializerOf('lecun' as 'zeros')).toThrow('not "lecun"');
  });

  it('of a convolution count its taps on both sides, as Keras does', () => {
    // Keras: a kernel (K, D, F) has fans K * D and K * F.
    const [K, D, F] = [5, 8, 100];
    const [uniformly, normally] = [glorotUniform, glorotNormal].map((initialize) =>
      initialize(K * D, F, new Random(1), K),
    );
    const expected = 2 / (K * D + K * F);
    expect(Math.abs(variance(uniformly) / expected - 1)).toBeLessThan((4 * 0.894) / Math.sqrt(4000));
    expect(Math.abs(variance(normally) / expected - 1)).toBeLessThan(4 * Math.sqrt(2 / 4000));
    const layer = new Conv1D({ filters: F, kernelSize: K, name: 'convolution' });
    layer.build(D, new Random(1));
    expect(layer.getWeights()[0].data).toEqual(uniformly);
    // He looks at the inputs alone.
    expect(heNormal(K * D, F, new Random(1), K)).toEqual(heNormal(K * D, F, new Random(1)));
  });

  // Whole groups of four rows, and what is left of one.
  it.each([
    [6, 18],
    [18, 6],
    [7, 7],
    [1, 5],
    [128, 512],
    [101, 101],
  ])('orthogonal (%i, %i) has orthonormal rows or columns', (rows, cols) => {
    const values = make(orthogonal, rows, cols);
    const at = (vector: number, i: number): number =>
      rows <= cols ? values[vector * cols + i] : values[i * cols + vector];
    let worst = 0;
    for (let a = 0; a < Math.min(rows, cols); a++) {
      for (let b = 0; b <= a; b++) {
        let product = 0;
        for (let i = 0; i < Math.max(rows, cols); i++) product += at(a, i) * at(b, i);
        worst = Math.max(worst, Math.abs(product - (a === b ? 1 : 0)));
      }
    }
    expect(worst).toBeLessThan(1e-12);
    expect(make(orthogonal, rows, cols)).toEqual(values);
  });
});
