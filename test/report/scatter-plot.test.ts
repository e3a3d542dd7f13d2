import { describe, expect, it } from 'vitest';
import { overlap, placeLabels } from '../../src/report/label-placement.js';
import { svgToPng } from '../../src/report/svg-to-png.js';
import { scatterPlotSvg } from '../../src/report/scatter-plot.js';

/** Fixed numbers that look random, from 0 to 1. */
const scattered = (i: number): number => Math.abs(Math.sin(12.9898 * (i + 1)) * 43758.5453) % 1;
const frame = { width: 720, height: 540 };
const sizes = { fontSize: 13, dotRadius: 3 };

it('draws words that hold what XML forbids', async () => {
  const words = ['a\x1b[31m', 'b\0', 'c\ud800', 'd\ufffe', '🙂'];
  const points = words.map((label, i) => ({ label, x: i, y: i % 2 }));
  const svg = await scatterPlotSvg({ title: 'esc\x07', xTitle: 'x', yTitle: 'y', points });
  for (const shown of ['a\ufffd[31m', 'b\ufffd', 'c\ufffd', 'd\ufffd', '🙂', 'esc\ufffd']) {
    expect(svg).toContain(`>${shown}<`);
  }
  expect((await svgToPng(svg)).length).toBeGreaterThan(1000);
});

describe('placeLabels', () => {
  const dots = Array.from({ length: 60 }, (_, i) => ({
    text: `word${i}`,
    // Half of them crowd in one corner.
    x: scattered(2 * i) * (i % 2 === 0 ? 700 : 150),
    y: scattered(2 * i + 1) * (i % 2 === 0 ? 520 : 120),
  }));
  const line = [dots[0], dots[2]] as const;
  const labels = placeLabels(dots, frame, sizes, [line])!;

  it('lets no label touch another, a dot or a line, or leave the frame', () => {
    expect(labels.map(({ text }) => text)).toEqual(dots.map(({ text }) => text));
    labels.forEach((label, i) => {
      for (const other of labels.slice(i + 1)) expect(overlap(label, other, 1)).toBe(false);
      for (const { x, y } of dots) {
        expect(overlap(label, { left: x - 3, right: x + 3, top: y - 3, bottom: y + 3 }, 1)).toBe(false);
      }
      for (let share = 0; share <= 1; share += 0.001) {
        const [x, y] = [
          line[0].x + share * (line[1].x - line[0].x),
          line[0].y + share * (line[1].y - line[0].y),
        ];
        expect(overlap(label, { left: x, right: x, top: y, bottom: y }, 0)).toBe(false);
      }
      expect(label.left >= 0 && label.top >= 0 && label.right <= 720 && label.bottom <= 540).toBe(true);
    });
  });

  it('puts a lone label to the right of its dot, and says where there is no room', () => {
    const [label] = placeLabels([{ text: 'alone', x: 100, y: 100 }], frame, sizes)!;
    expect(label).toMatchObject({ left: 105, far: false });
    expect(
      placeLabels([{ text: 'a word too long', x: 10, y: 10 }], { width: 50, height: 50 }, sizes),
    ).toBeUndefined();
  });
});

describe('scatterPlotSvg', () => {
  const plot = {
    title: 'Three & more',
    xTitle: 'across',
    yTitle: 'up',
    points: [
      { label: 'low', x: 0, y: 0 },
      { label: 'high', x: 0, y: 2 },
      { label: '<right>', x: 4, y: 0 },
    ],
    arrows: [[0, 1]] as [number, number][],
  };

  it('draws each label, the titles and an arrow', async () => {
    const svg = await scatterPlotSvg(plot);
    for (const text of ['low', 'high', '&lt;right&gt;', 'Three &amp; more', 'across', 'up'])
      expect(svg).toContain(`>${text}<`);
    expect(svg.match(/#c0392b/g)).toHaveLength(2);
    // A dot for each point, where its numbers say: 4.4 units across 720 pixels, 2.2 up 540.
    const dots = [...svg.matchAll(/translate\(([\d.]+),([\d.]+)\)" d="M[^"]*" fill="#1f5fa8"/g)].map(
      ([, x, y]) => [Number(x), Number(y)],
    );
    expect(dots).toHaveLength(3);
    [
      [32.727, 515.455],
      [32.727, 24.545],
      [687.273, 515.455],
    ].forEach(([x, y], i) => {
      expect(dots[i][0]).toBeCloseTo(x, 2);
      expect(dots[i][1]).toBeCloseTo(y, 2);
    });
  });

  it('begins a label at its dot, however wide its letters are', async () => {
    const svg = await scatterPlotSvg(plot);
    // 3 pixels of dot and 2 of gap to the right of (32.727, 24.545).
    expect(svg).toMatch(/<text text-anchor="start" transform="translate\(37\.727\d*,[\d.]+\)"[^>]*>high</);
  });

  it('lets no arrow begin before its first dot, where two dots all but meet', async () => {
    const close = { ...plot.points[0], label: 'close', x: 0.01 };
    const svg = await scatterPlotSvg({ ...plot, points: [...plot.points, close], arrows: [[0, 3]] });
    const [, x, y] = /<path[^>]*translate\(([\d.]+),([\d.]+)\)"[^>]*#c0392b/.exec(svg)!;
    expect([Number(x), Number(y)]).toEqual([expect.closeTo(32.727, 2), expect.closeTo(515.455, 2)]);
    expect(svg).toMatch(/<line[^>]* x2="0" y2="0"[^>]*#c0392b/);
  });

  it('becomes a PNG of twice its size', async () => {
    const svg = await scatterPlotSvg(plot);
    const png = await svgToPng(svg);
    const [, width, height] = /<svg[^>]* width="(\d+)" height="(\d+)"/.exec(svg)!;
    expect(Array.from(png.subarray(1, 4), (byte) => String.fromCharCode(byte)).join('')).toBe('PNG');
    const view = new DataView(png.buffer, png.byteOffset);
    expect([view.getUint32(16), view.getUint32(20)]).toEqual([2 * Number(width), 2 * Number(height)]);
  });
});
