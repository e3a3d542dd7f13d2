import { expect, it } from 'vitest';
import { calibrationPlotSvg } from '../../src/report/index.js';

it('puts a dot where a bin is, its bar as high as it was right, and a count below', () => {
  const svg = calibrationPlotSvg({
    title: 'a < b',
    bins: [
      { from: 0, to: 0.5, examples: 0, probability: 0, accuracy: 0 },
      { from: 0.5, to: 1, examples: 4, probability: 0.75, accuracy: 0.5 },
    ],
  });
  // The square goes from (64, 366), where all is 0, to (384, 46), where all is 1.
  expect(svg.match(/<circle [^>]*>/g)).toEqual(['<circle cx="304" cy="206" r="4" fill="#0072b2"/>']);
  expect(svg).toContain(
    '<rect x="225" y="206" width="158" height="160" fill="#0072b2" fill-opacity="0.35"/>',
  );
  expect(svg).toContain('<title>4 examples</title>');
  expect(svg).toContain('>a &lt; b</text>');
});

it('refuses a share beyond 1', () => {
  const bin = { from: 0, to: 1, examples: 1, probability: 0.5, accuracy: 2 };
  expect(() => calibrationPlotSvg({ title: '', bins: [bin] })).toThrow(/accuracy/);
});
