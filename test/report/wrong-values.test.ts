import { describe, expect, it } from 'vitest';
import * as report from '../../src/report/index.js';
import { faultsOf } from '../support/wrong-calls.js';
import { wrongValues } from '../support/wrong-values.js';

const titles = { title: 'a', xTitle: 'b', yTitle: 'c' };
const points = [
  { label: 'x', x: 0, y: 1 },
  { label: 'y', x: 1, y: 0 },
];
const dot = { missed: 0.1, falseAlarmsPerHour: 1 };

const functions: Record<string, () => readonly unknown[]> = {
  linePlotSvg: () => [{ ...titles, series: [{ name: 'n', points, dots: true }] }],
  scatterPlotSvg: () => [{ ...titles, points, arrows: [[0, 1]] }],
  tradeoffPlotSvg: () => [
    {
      title: 'a',
      curves: [{ label: 'w', points: [dot], chosen: { ...dot, label: 'here' } }],
      words: 10,
      hours: 2,
    },
  ],
  clipPlotSvg: () => [
    {
      ...{ title: 'a', seconds: 1, samples: new Float32Array(100), features: new Float32Array(20), bands: 4 },
      ...{ bandsTitle: 'bands', firstStepSeconds: 0, stepsPerSecond: 5 },
      segments: [{ label: 'p', isWord: true, startSeconds: 0, endSeconds: 0.5 }],
      words: [{ label: 'w', target: [0, 1, 0, 0, 0], output: [0, 0.5, 0, 0, 0] }],
    },
  ],
  confusionPlotSvg: () => [
    {
      title: 'a',
      labels: ['x', 'y'],
      counts: [
        [3, 1],
        [0, 2],
      ],
    },
  ],
  calibrationPlotSvg: () => [
    { title: 'a', bins: [{ from: 0.5, to: 1, examples: 4, probability: 0.8, accuracy: 0.75 }] },
  ],
  heatMapSvg: () => [
    {
      ...titles,
      rows: ['r'],
      columns: ['c', 'd'],
      values: [[0.25, 0.75]],
    },
  ],
  svgToPng: () => ['<svg xmlns="http://www.w3.org/2000/svg" width="4" height="4"/>', 1],
  MissingPackage: () => ['vega', 'npm install vega', {}],
};

describe('wrong values', () => {
  it('are tried on all that the module has', () => {
    expect(Object.keys(report).sort()).toEqual(Object.keys(functions).sort());
  });

  it.each(Object.keys(functions))('are refused or drawn by %s', { timeout: 20_000 }, async (name) => {
    const made = report[name as 'svgToPng'] as (...given: never[]) => unknown;
    const Class = made as unknown as new (...given: never[]) => unknown;
    const call = (...given: never[]): unknown =>
      name === 'MissingPackage' ? new Class(...given) : made(...given);
    expect(await faultsOf(name, call, functions[name]())).toEqual([]);
  });

  it('deep in a plot are named by their place', async () => {
    const call = (x: unknown): Promise<string> =>
      report.scatterPlotSvg({ ...titles, points: [points[0], { ...points[1], x: x as number }] });
    for (const [title, wrong] of wrongValues) {
      if (typeof wrong === 'number' && Number.isFinite(wrong)) continue;
      await expect(call(wrong), title).rejects.toThrow(
        /^(scatterPlotSvg: points\[1\]\.x must be a number|The options)/,
      );
    }
    await expect(report.scatterPlotSvg({ ...titles, points, arrows: [[0, 2]] })).rejects.toThrow(
      'the number of a point, below 2, not 2',
    );
    await expect(
      report.clipPlotSvg({ ...(functions['clipPlotSvg']()[0] as report.ClipPlot), bands: 3 }),
    ).rejects.toMatchObject({ code: 'bad-shape' });
    await expect(report.svgToPng('<p>no picture</p>')).rejects.toMatchObject({ code: 'bad-value' });
  });
});
