import { describe, expect, it } from 'vitest';
import { KeyedVectors } from '../../src/embeddings/index.js';
import { labelPlaces } from '../../src/studio/words/label-places.js';
import { parallels, typedMap } from '../../src/studio/words/map-words.js';

const vectors = KeyedVectors.fromRows(
  ['man', 'woman', 'king', 'queen', 'apple'],
  // Unit vectors: woman - man and queen - king are alike, apple lies the other way.
  Float32Array.from([0.6, 0.8, 0, 0.8, 0.6, 0, 0.6, 0, 0.8, 0.8, 0, 0.6, 0, 1, 0]),
);

describe('the map of words', () => {
  it('reads groups with and without a name, each word once', () => {
    expect(typedMap('royals: king, queen nobody\nman woman king\n\n: apple', '', vectors)).toEqual({
      groups: [
        { name: 'royals', words: ['king', 'queen'] },
        { name: 'man …', words: ['man', 'woman'] },
        { name: 'apple …', words: ['apple'] },
      ],
      arrows: [],
      unknown: ['nobody'],
      notArrows: [],
    });
  });

  it('reads arrows as one may write them, and puts their words on the map', () => {
    const { groups, arrows, unknown, notArrows } = typedMap(
      'king',
      'man:woman king -> queen, apple→man;king>none lone a:b:c man:man',
      vectors,
    );
    expect(arrows).toEqual([
      ['man', 'woman'],
      ['king', 'queen'],
      ['apple', 'man'],
    ]);
    expect(groups).toEqual([
      { name: 'king …', words: ['king'] },
      { name: 'of arrows', words: ['man', 'woman', 'queen', 'apple'] },
    ]);
    expect([unknown, notArrows]).toEqual([['none'], ['lone', 'a:b:c', 'man:man']]);
  });

  it('tells how alike arrows point', () => {
    // woman - man = (0.2, -0.2, 0), queen - king = (0.2, 0, -0.2), man - woman the other way.
    const found = parallels(vectors, [
      ['man', 'woman'],
      ['king', 'queen'],
      ['woman', 'man'],
      ['man', 'man'],
    ]);
    expect(found[0]).toBeCloseTo(1, 6);
    expect(found[1]).toBeCloseTo(0.5, 6);
    expect(found[2]).toBeCloseTo(-1, 6);
    expect(found[3]).toBeNaN();
  });

  it('puts a word to the other side where an arrow leaves its point', () => {
    const [at, to] = [
      { word: 'word', x: 100, y: 50 },
      { word: 'other', x: 200, y: 50 },
    ];
    const sideOf = (arrows: [typeof at, typeof to][]): string =>
      labelPlaces([at, to], 400, arrows).find(({ word }) => word === 'word')!.side.anchor;
    expect(sideOf([])).toBe('start');
    expect(sideOf([[at, to]])).toBe('end');
  });
});
