import { describe, expect, it } from 'vitest';
import { heatMapSvg, type HeatMap } from '../../src/report/heat-map.js';

const map: HeatMap = {
  title: 'Seen',
  xTitle: 'source',
  yTitle: 'answer',
  columns: ['a', 'constructor', '<b>'],
  rows: ['x', 'y'],
  values: [
    [0, 0.5, 1],
    [0.25, 0, 0],
  ],
};

describe('heatMapSvg', () => {
  it('draws a cell for each value, the larger the darker, with its labels', async () => {
    const svg = await heatMapSvg({
      ...map,
      texts: [
        ['0', '5', '9'],
        ['3', '', ''],
      ],
    });
    for (const label of ['constructor', '&lt;b&gt;', 'Seen', 'source', 'answer', '>9<'])
      expect(svg).toContain(label);
    expect(svg).toContain('rgb(8, 48, 107)');
    expect(svg.match(/rgb\(255, 255, 255\)/g)?.length).toBeGreaterThanOrEqual(3);
  });

  it.each<[string, Partial<HeatMap>, RegExp]>([
    ['a row short', { values: [[0, 0, 0]] }, /values must have 2 rows of 3/],
    [
      'a value above 1',
      {
        values: [
          [0, 0, 2],
          [0, 0, 0],
        ],
      },
      /at most|to 1/,
    ],
    ['no labels', { rows: [] }, /rows/],
    ['texts of another size', { texts: [['a']] }, /texts must have 2 rows of 3/],
  ])('refuses %s', async (_, change, message) => {
    await expect(heatMapSvg({ ...map, ...change })).rejects.toThrow(message);
  });
});
