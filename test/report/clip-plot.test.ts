import { inflateSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { clipPlotSvg, type ClipPlot } from '../../src/report/clip-plot.js';
import { heatPng } from '../../src/report/heat-png.js';

/** The chunks of a PNG by name. */
function chunksOf(png: Uint8Array): Map<string, Buffer> {
  const bytes = Buffer.from(png);
  expect(bytes.subarray(0, 8).toString('latin1')).toBe('\x89PNG\r\n\x1a\n');
  const chunks = new Map<string, Buffer>();
  for (let at = 8; at < bytes.length; at += 12 + bytes.readUInt32BE(at)) {
    const length = bytes.readUInt32BE(at);
    chunks.set(bytes.toString('latin1', at + 4, at + 8), bytes.subarray(at + 8, at + 12 + length));
  }
  return chunks;
}

describe('heatPng', () => {
  it('holds the rows of levels, each after the number of no filter', async () => {
    const chunks = chunksOf(await heatPng(Uint8Array.of(0, 1, 2, 253, 254, 255), 3));
    const header = chunks.get('IHDR')!;
    expect([header.readUInt32BE(0), header.readUInt32BE(4), header[8], header[9]]).toEqual([3, 2, 8, 3]);
    const data = chunks.get('IDAT')!;
    expect([...inflateSync(data.subarray(0, -4))]).toEqual([0, 0, 1, 2, 0, 253, 254, 255]);
    // The checksum of an empty IEND, as every PNG has it.
    expect(chunks.get('IEND')!.toString('hex')).toBe('ae426082');
  });

  it('grows lighter from level to level', async () => {
    const palette = chunksOf(await heatPng(Uint8Array.of(0), 1)).get('PLTE')!;
    const light = Array.from({ length: 256 }, (_, i) =>
      [0.2126, 0.7152, 0.0722].reduce((sum, share, c) => sum + share * palette[3 * i + c], 0),
    );
    for (let i = 1; i < 256; i++) expect(light[i]).toBeGreaterThan(light[i - 1] - 0.6);
    expect(light[255]).toBeGreaterThan(200);
  });
});

describe('clipPlotSvg', () => {
  const [frames, bands] = [50, 4];
  const plot: ClipPlot = {
    title: 'Example 7',
    seconds: 1,
    samples: Float32Array.from({ length: 4000 }, (_, i) => 0.5 * Math.sin(i)),
    // The lowest band is loud in the first half, the highest in the second.
    features: Float32Array.from({ length: frames * bands }, (_, i) => {
      const [frame, band] = [Math.floor(i / bands), i % bands];
      return (frame < 25 && band === 0) || (frame >= 25 && band === 3) ? 1 : 0;
    }),
    bands,
    bandsTitle: 'mel band',
    segments: [{ label: 'anna_1', isWord: true, startSeconds: 0.2, endSeconds: 0.6 }],
    words: [{ label: 'go', target: [0, 0, 1, 1, 0], output: [0, 0.1, 0.8, 0.9, 0.2] }],
    firstStepSeconds: 0.2,
    stepsPerSecond: 5,
  };

  it('draws the high bands above the low ones', async () => {
    const svg = await clipPlotSvg(plot);
    const [, base64] = /href="data:image\/png;base64,([^"]+)"/.exec(svg)!;
    const chunks = chunksOf(Buffer.from(base64, 'base64'));
    const rows = inflateSync(chunks.get('IDAT')!.subarray(0, -4));
    const level = (row: number, column: number) => rows[row * (frames + 1) + 1 + column];
    expect([level(0, 10), level(3, 10), level(0, 40), level(3, 40)]).toEqual([0, 255, 255, 0]);
  });

  it('draws waveform, words, labels and output', async () => {
    const svg = await clipPlotSvg(plot);
    for (const text of ['Example 7', 'waveform', 'mel band', 'anna_1', '>go<', 's; labels and output']) {
      expect(svg).toContain(text);
    }
    const alone = await clipPlotSvg({ ...plot, words: [{ label: 'go', target: [0, 0, 1, 1, 0] }] });
    expect(alone).toContain('s; labels<');
  });
});
