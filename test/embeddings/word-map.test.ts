import { describe, expect, it } from 'vitest';
import { UMAP } from 'umap-js';
import { Random } from '../../src/base/math/random.js';
import { dot, unitVector } from '../../src/embeddings/vectors/unit-vector.js';
import { KeyedVectors, pcaMap, umapMap, type UmapProgress } from '../../src/embeddings/index.js';
import golden from '../golden/bias.json' with { type: 'json' };

const vectors = KeyedVectors.fromRows(golden.words, Float32Array.from(golden.vectors.flat()));

describe('pcaMap', () => {
  it.each(golden.pcas)("lays $words out as numpy's SVD does", ({ words, scores, variance }) => {
    const map = pcaMap(vectors, words);
    map.points.forEach(({ word, x, y }, i) => {
      expect(word).toBe(words[i]);
      expect(x).toBeCloseTo(scores[i][0], 6);
      expect(y).toBeCloseTo(scores[i][1], 6);
    });
    map.variance!.forEach((share, i) => expect(share).toBeCloseTo(variance[i], 9));
  });

  it('refuses fewer than three words, and unknown ones', () => {
    expect(() => pcaMap(vectors, ['she', 'he'])).toThrow(/needs 3 words or more, not 2/);
    expect(() => pcaMap(vectors, ['she', 'he', 'nobody'])).toThrow(/nobody/);
  });
});

describe('umapMap', () => {
  it('keeps two groups apart, and follows its seed', async () => {
    const rows = Array.from({ length: 24 }, (_, i) => {
      const [x, y] = i < 12 ? [1, 0] : [0, 1];
      return [x + Math.sin(i) / 10, y + Math.cos(3 * i) / 10, Math.sin(5 * i) / 10];
    });
    const names = rows.map((_, i) => `w${i}`);
    const two = KeyedVectors.fromRows(names, Float32Array.from(rows.flat()));
    const map = await umapMap(two, names, { seed: 4, neighbors: 6 });
    const distance = (i: number, j: number): number =>
      Math.hypot(map.points[i].x - map.points[j].x, map.points[i].y - map.points[j].y);
    // The nearest neighbour of each word is of its own group.
    names.forEach((_, i) => {
      const others = names.map((_, j) => j).filter((j) => j !== i);
      const nearest = others.reduce((best, j) => (distance(i, j) < distance(i, best) ? j : best));
      expect(nearest < 12).toBe(i < 12);
    });
    expect(await umapMap(two, names, { seed: 4, neighbors: 6 })).toEqual(map);
    expect(await umapMap(two, names, { seed: 5, neighbors: 6 })).not.toEqual(map);
    // It tells of the map at the end, and ends where it is stopped.
    const seen: UmapProgress[] = [];
    await umapMap(two, names, { seed: 4, neighbors: 6, onProgress: (progress) => seen.push(progress) });
    expect(seen.at(-1)).toEqual({ map, epoch: 500, epochs: 500 });
    const stop = new AbortController();
    stop.abort(new Error('enough'));
    await expect(umapMap(two, names, { neighbors: 6, signal: stop.signal })).rejects.toThrow('enough');
    // One that says no reason.
    await expect(umapMap(two, names, { neighbors: 6, signal: { aborted: true } })).rejects.toMatchObject({
      code: 'stopped',
      message: 'The map was stopped.',
    });
  });

  it('lays out as the package does at one go', async () => {
    const names = golden.words.slice(0, 12);
    const random = new Random(3);
    const umap = new UMAP({
      ...{ nComponents: 2, nNeighbors: 5, random: () => random.uniform() },
      distanceFn: (a, b) => 1 - dot(a, b),
    });
    const places = umap.fit(names.map((word) => Array.from(unitVector(vectors.get(word)))));
    const { points } = await umapMap(vectors, names, { seed: 3, neighbors: 5 });
    expect(points.map(({ x, y }) => [x, y])).toEqual(places);
  });
});
