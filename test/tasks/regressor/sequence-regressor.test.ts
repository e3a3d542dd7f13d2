import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Random } from '../../../src/base/math/random.js';
import { conformalWidth, coverage, forecastErrors } from '../../../src/tasks/regressor/forecast-figures.js';
import { parseSeries, SequenceRegressor, type TimeSeries } from '../../../src/tasks/index.js';

const folder = mkdtempSync(path.join(tmpdir(), 'seqkit-regressor-'));
afterAll(() => rmSync(folder, { recursive: true }));

const engine = { engine: 'wasm', threads: 1 } as const;

/** A trend, a season of 12, an input that is known ahead and adds 4, and noise. */
function sales(steps: number, seed: number, ahead = 0): TimeSeries & { known: number[][] } {
  const random = new Random(seed);
  const known = Array.from({ length: steps + ahead }, () => [random.uniform() < 0.3 ? 1 : 0]);
  const values = Array.from(
    { length: steps },
    (_, t) => 10 + 0.02 * t + 3 * Math.sin((2 * Math.PI * t) / 12) + 4 * known[t][0] + 0.3 * random.normal(),
  );
  return { values, known };
}

const residual = (error: number, scale = 1, naive = 1) => ({ error, scale, naive });

describe('figures of forecasts', () => {
  it('are those of their definitions', () => {
    const steps = [[residual(1, 1, 2), residual(-3, 1, 2)], [residual(2, 1, 4)]];
    // MAE (1 + 3 + 2) / 3; RMSE of 1, 9, 4; MASE (1/2 + 3/2 + 2/4) / 3.
    expect(forecastErrors(steps)).toEqual({ mae: 2, rmse: Math.sqrt(14 / 3), mase: 2.5 / 3 });
  });

  it('intervals take the residual at rank ceil((n + 1) level)', () => {
    const nine = [5, -1, 3, -9, 2, 8, -4, 6, 7].map((error) => residual(error));
    expect(conformalWidth(nine, 0.8)).toBe(8);
    expect(conformalWidth(nine, 0.5)).toBe(5);
    // Too few for this level: the largest.
    expect(conformalWidth(nine, 0.99)).toBe(9);
    expect(conformalWidth([residual(6, 2), residual(-2, 4)], 0.9)).toBe(3);
    expect(coverage([[residual(1), residual(-3)], [residual(5, 2)]], [2, 2.5])).toBe(2 / 3);
  });

  it('intervals hold what they say, of residuals that come independently', () => {
    const random = new Random(3);
    const draw = (count: number) => Array.from({ length: count }, () => residual(random.normal()));
    let within = 0;
    for (let i = 0; i < 400; i++) within += coverage([draw(50)], [conformalWidth(draw(49), 0.9)]) / 400;
    // The share is 0.9 to the letter for 49 residuals; its standard error here is below 0.003.
    expect(within).toBeGreaterThan(0.89);
    expect(within).toBeLessThan(0.91);
  });
});

describe('a SequenceRegressor', () => {
  const options = { horizon: 6, season: 12, units: 16, seed: 1, ...engine };
  let model: SequenceRegressor;
  beforeAll(async () => {
    model = new SequenceRegressor(options);
    await model.fit(sales(400, 1), { epochs: 30 });
  });
  afterAll(() => model.dispose());

  it('beats the seasonal naive forecast, near to what noise allows', () => {
    expect(model.method).toBe('network');
    const { mae, mase, baseline, forecasts, coverage: held } = model.figures;
    // The mean absolute value of the noise is 0.24. The naive forecast has that of two, and every input of 4.
    expect(mae).toBeLessThan(0.5);
    expect(baseline.mae).toBeGreaterThan(1.5);
    expect(mase).toBeLessThan(0.5);
    // Of 60 steps each is forecast from six steps on, but for those that the end cuts off.
    expect(forecasts).toBe(6 * 60 - 15);
    expect(held[0]).toBeGreaterThan(0.65);
    expect(held[1]).toBeGreaterThan(0.85);
    expect(held[1]).toBeGreaterThanOrEqual(held[0]);
  });

  it('forecasts what follows, with the inputs that are known ahead', async () => {
    const whole = sales(406, 77);
    const past = { values: Array.from(whole.values).slice(0, 400), known: whole.known };
    const { values, intervals, baseline } = await model.forecast(past);
    expect(values).toHaveLength(6);
    const truth = Array.from(whole.values).slice(400);
    const errors = values.map((value, h) => Math.abs(value - truth[h]));
    expect(Math.max(...errors)).toBeLessThan(1);
    expect(baseline).toEqual(Array.from(whole.values).slice(388, 394));
    intervals.forEach(({ lower, upper }) => {
      expect(lower.every((low, h) => low < values[h] && values[h] < upper[h])).toBe(true);
    });
    expect(intervals.map(({ level }) => level)).toEqual([0.8, 0.95]);
    // Another plan for the same days is another forecast.
    const other = past.known.map(({ 0: one }, t) => [t < 400 ? one : 1 - one]);
    const changed = await model.forecast({ ...past, known: other });
    changed.values.forEach((value, h) => expect(Math.abs(value - values[h])).toBeGreaterThan(2));
  });

  it('judges series that it has not seen', async () => {
    const { mae, baseline, coverage: held } = await model.evaluate([sales(200, 8), sales(150, 9)]);
    expect(mae).toBeLessThan(0.5);
    expect(baseline.mae).toBeGreaterThan(1.5);
    expect(held[0].share).toBeGreaterThan(0.7);
    expect(held[1].share).toBeGreaterThan(0.88);
  });

  it('is saved and opened whole', async () => {
    const file = path.join(folder, 'sales.safetensors');
    await model.save(file);
    const opened = await SequenceRegressor.load(file, engine);
    expect(opened.figures).toEqual(model.figures);
    const series = sales(40, 5, 6);
    expect(await opened.forecast(series)).toEqual(await model.forecast(series));
    expect(opened.toBytes()).toEqual(model.toBytes());
    await opened.dispose();
  });

  it('learns nothing from the end that figures come from', async () => {
    const first = sales(200, 4);
    const cut = 200 - 30;
    const second = {
      ...first,
      values: Array.from(first.values, (value, t) => (t < cut ? value : 100 - value)),
    };
    const files: Uint8Array[] = [];
    const figures: number[] = [];
    for (const series of [first, second]) {
      const one = new SequenceRegressor(options);
      await one.fit(series, { epochs: 3, refit: false });
      figures.push(one.figures.mae);
      // The widths of a file come from all residuals, weights from the training part alone.
      files.push(await weightsOf(one));
      await one.dispose();
    }
    expect(files[0]).toEqual(files[1]);
    expect(figures[1]).toBeGreaterThan(10 * figures[0]);
  });

  it('takes the seasonal naive forecast where it is better', async () => {
    const values = Array.from({ length: 120 }, (_, t) => [3, 1, 4, 1, 5][t % 5]);
    const one = new SequenceRegressor({ horizon: 5, season: 5, units: 4, seed: 1, ...engine });
    await one.fit({ values }, { epochs: 2 });
    expect(one.method).toBe('seasonalNaive');
    expect(one.figures).toMatchObject({ mae: 0, baseline: { mae: 0 }, coverage: [1, 1] });
    expect((await one.forecast({ values })).values).toEqual([3, 1, 4, 1, 5]);
    await one.dispose();
  });

  it('refuses what does not fit, and says what does', async () => {
    const fit = (series: unknown) => new SequenceRegressor(options).fit(series as TimeSeries);
    await expect(fit({ values: [1, 2, NaN] })).rejects.toMatchObject({
      code: 'bad-value',
      message: 'fit: series: values[2] must be a finite number, at most 3.4e38, not NaN.',
    });
    // Finite, and infinite in 32 bits.
    await expect(fit({ values: [1, 2], known: [[1], [-1e39]] })).rejects.toMatchObject({
      code: 'bad-value',
      message: 'fit: series: known[1][0] must be a finite number, at most 3.4e38, not -1e+39.',
    });
    await expect(fit([sales(200, 1), { values: [1, 2] }])).rejects.toMatchObject({ code: 'bad-shape' });
    await expect(fit(sales(40, 1))).rejects.toMatchObject({ code: 'too-little-data' });
    await expect(fit([1, 2, 3])).rejects.toMatchObject({ code: 'bad-value' });
    await expect(fit([])).rejects.toMatchObject({ code: 'bad-value' });
    await expect(fit({ values: sales(200, 1).values, known: [[1]] })).rejects.toMatchObject({
      code: 'bad-shape',
    });
    await expect(
      model.forecast({ values: sales(10, 1).values, known: sales(16, 1).known }),
    ).rejects.toMatchObject({
      code: 'too-little-data',
    });
    await expect(model.forecast(sales(40, 1))).rejects.toMatchObject({ code: 'bad-shape' });
    await expect(model.forecast({ values: sales(40, 1).values })).rejects.toMatchObject({
      code: 'bad-shape',
    });
    expect(() => new SequenceRegressor({ horizon: 0 })).toThrow('horizon');
    expect(() => new SequenceRegressor({ levels: [1] })).toThrow('levels');
    expect(() => new SequenceRegressor().figures).toThrow('not been trained');
  });
});

/** The bytes of the weights alone: a file's head holds figures, too. */
async function weightsOf(model: SequenceRegressor): Promise<Uint8Array> {
  const bytes = model.toBytes();
  const head = new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true);
  return Promise.resolve(bytes.slice(8 + head));
}

describe('series from tables', () => {
  it('are read by their columns, steps to forecast at the end', () => {
    const csv = 'shop,sold,promo,rain\na,1,0,2\nb,10,1,2\na,2,1,3\na,,1,\nb,11,0,4\n';
    const options = { target: 'sold', known: ['promo'], observed: ['rain'], series: 'shop' };
    expect(parseSeries(csv, options)).toEqual([
      { name: 'a', values: [1, 2], known: [[0], [1], [1]], observed: [[2], [3]] },
      { name: 'b', values: [10, 11], known: [[1], [0]], observed: [[2], [4]] },
    ]);
    expect(parseSeries('y\n1\n2\n', { target: 'y' })).toEqual([{ values: [1, 2] }]);
  });

  it.each([
    ['a\ty\n1\t2\n', 'Tabs stand between them: the format is tsv.'],
    ['a;y\n1;2\n', 'Semicolons stand between them: save the table with commas.'],
    ['a,y\n1,2\n', 'The columns are "a", "y".'],
  ])('%j: the hint says what parts the columns', (csv, hint) => {
    expect(() => parseSeries(csv, { target: 'z' })).toThrow(
      expect.objectContaining({ hint: expect.stringContaining(hint) as string }) as Error,
    );
  });

  it.each([
    ['y\n1\nx\n', { target: 'y' }, 'line 3: "y" is "x", not a number'],
    ['y\n1\n1e39\n', { target: 'y' }, 'line 3: "y" is "1e39", not a finite number, at most 3.4e38'],
    ['y\n1\n\n2\n', { target: 'z' }, 'no column "z"'],
    ['y,p\n1,0\n,1\n2,0\n', { target: 'y', known: ['p'] }, 'line 4: a value of "y" follows'],
    ['y,p\n1,0\n,1\n', { target: 'y', observed: ['p'] }, 'line 3: "y" is empty'],
    ['y,p\n1,0\n2,\n', { target: 'y', known: ['p'] }, 'line 3: "p" is ""'],
    // What is forecast must not be known ahead.
    ['y,p\n1,0\n', { target: 'y', known: ['p', 'y'] }, 'The column "y" is named twice.'],
    ['p,y\n1,0\n', { observed: ['p'], series: 'p' }, 'The column "p" is named twice.'],
  ])('%j is refused', (csv, options, text) => {
    expect(() => parseSeries(csv, options)).toThrow(text);
  });
});
