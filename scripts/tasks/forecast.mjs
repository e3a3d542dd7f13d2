// Forecasts of public series beside the seasonal naive ones: `node scripts/tasks/forecast.mjs <folder>`, after
// `npm run build`. The folder is node_modules/vega-datasets/data of the package vega-datasets.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseSeries, SequenceRegressor } from '../../dist/tasks/index.js';

const folder = process.argv[2];
if (folder === undefined) throw new Error('give the folder data of vega-datasets');

/** Each series with what is forecast of it. */
const tasks = [
  {
    ...{ title: 'CO2 at Mauna Loa, monthly', file: 'co2-concentration.csv', target: 'CO2' },
    ...{ horizon: 12, season: 12 },
  },
  {
    ...{ title: 'highest temperature in Seattle, daily', file: 'seattle-weather.csv', target: 'temp_max' },
    ...{ horizon: 7, season: 1, context: 28, observed: ['temp_min', 'wind', 'precipitation'] },
  },
  {
    ...{ title: 'employees in the USA, monthly', file: 'us-employment.csv', target: 'nonfarm' },
    ...{ horizon: 6, season: 12, context: 24 },
  },
];

console.log('| series | values | horizon | season | MAE | MASE | baseline MAE | held by 80%, 95% | s |');
console.log('| --- | --- | --- | --- | --- | --- | --- | --- | --- |');
for (const { title, file, target, observed = [], ...shape } of tasks) {
  const [series] = parseSeries(readFileSync(join(folder, file), 'utf8'), { target, observed, name: file });
  const figures = [];
  const began = performance.now();
  for (const seed of [1, 2, 3]) {
    const model = new SequenceRegressor({ ...shape, seed, engine: 'wasm' });
    await model.fit(series, { refit: false });
    figures.push({ ...model.figures, method: model.method });
    await model.dispose();
  }
  const mean = (of) => figures.reduce((sum, one) => sum + of(one) / figures.length, 0);
  const seconds = (performance.now() - began) / 1000 / figures.length;
  const cells = [
    ...[title, series.values.length, shape.horizon, shape.season],
    mean(({ mae }) => mae).toFixed(3),
    mean(({ mase }) => mase).toFixed(3),
    mean(({ baseline }) => baseline.mae).toFixed(3),
    [0, 1].map((i) => `${(100 * mean(({ coverage }) => coverage[i])).toFixed(1)}%`).join(', '),
    seconds.toFixed(1),
  ];
  console.log(`| ${cells.join(' | ')} |`);
  console.error(figures.map(({ method, mae }) => `${method} ${mae.toFixed(3)}`).join('; '));
}
