import { expect, it } from 'vitest';
import { linePlotSvg, svgToPng } from '../../src/report/index.js';
import { lossCurve, tuneSheet } from '../../src/text/index.js';

it('losses are drawn, of the held-out text where they were measured', async () => {
  const metrics = [
    { step: 5, loss: 3, heldOutLoss: null },
    { step: 10, loss: 2, heldOutLoss: 2.5 },
    { step: 20, loss: 1, heldOutLoss: 2 },
  ];
  const plot = lossCurve(metrics, 'A run');
  expect(plot.series).toEqual([
    {
      name: 'training',
      points: [
        { x: 5, y: 3 },
        { x: 10, y: 2 },
        { x: 20, y: 1 },
      ],
    },
    {
      name: 'held out',
      points: [
        { x: 10, y: 2.5 },
        { x: 20, y: 2 },
      ],
      dots: true,
    },
  ]);
  expect(lossCurve(metrics.slice(0, 1), 'A run').series.map(({ name }) => name)).toEqual(['training']);
  const svg = await linePlotSvg(plot);
  for (const word of ['A run', 'training', 'held out', 'step']) expect(svg).toContain(`>${word}</text>`);
});

it('sheet music becomes a PNG of any size, by what the library exports', async () => {
  const svg = await tuneSheet('X:1\nM:4/4\nL:1/4\nK:D\nABcd|\n');
  const [, width] = /<svg[^>]* width="(\d+)/.exec(svg)!;
  for (const scale of [1, 2]) {
    const png = await svgToPng(svg, scale);
    expect(Buffer.from(png).toString('latin1', 1, 4)).toBe('PNG');
    expect(Buffer.from(png).readUInt32BE(16)).toBe(scale * Number(width));
  }
});
