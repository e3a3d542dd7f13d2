import { describe, expect, it } from 'vitest';
import { editDistance } from '../../src/base/edit-distance.js';
import { vectorsFrom } from '../support/vectors-text.js';

describe('editDistance', () => {
  it.each([
    ['', '', 0],
    ['', 'abc', 3],
    ['kitten', 'sitting', 3],
    ['queen', 'qeuen', 1],
    ['ab', 'ba', 1],
    ['ca', 'abc', 3],
    ['flaw', 'lawn', 2],
    ['浴室', '浴', 1],
  ])('from "%s" to "%s" is %i', (a, b, expected) => {
    expect(editDistance([...a], [...b], 5)).toBe(expected);
    expect(editDistance([...b], [...a], 5)).toBe(expected);
  });

  it('is given up beyond the farthest that counts', () => {
    expect(editDistance([...'kitten'], [...'sitting'], 2)).toBeGreaterThan(2);
    expect(editDistance([...'a'], [...'abcdefgh'], 2)).toBeGreaterThan(2);
  });
});

describe('near spellings', () => {
  it('come nearest first, then in the order of the words', async () => {
    const words = ['them', 'tea', 'the', 'thee', 'THERE', 'quite', 'hte'];
    const vectors = await vectorsFrom(words.map((word, row) => [word, [row, 1]]));
    expect(await vectors.nearSpellings('teh', 9)).toEqual(['tea', 'the']);
    expect(await vectors.nearSpellings('teh', 1)).toEqual(['tea']);
    expect(await vectors.nearSpellings('thare')).toEqual(['THERE', 'the', 'thee']);
  });
});
