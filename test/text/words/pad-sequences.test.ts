import { describe, expect, it } from 'vitest';
import { padSequences } from '../../../src/text/index.js';

const rows = (...given: Parameters<typeof padSequences>): number[][] => {
  const { data, shape } = padSequences(...given);
  return Array.from({ length: shape[0] }, (_, n) => [...data].slice(n * shape[1], (n + 1) * shape[1]));
};
const sequences = [[1], [2, 3], [4, 5, 6]];

describe('padSequences, as the documentation of Keras has it', () => {
  it('pads before, to the longest', () => {
    expect(rows(sequences)).toEqual([
      [0, 0, 1],
      [0, 2, 3],
      [4, 5, 6],
    ]);
  });

  it('pads with a value', () => {
    expect(rows(sequences, { value: -1 })).toEqual([
      [-1, -1, 1],
      [-1, 2, 3],
      [4, 5, 6],
    ]);
  });

  it('pads after', () => {
    expect(rows(sequences, { padding: 'post' })).toEqual([
      [1, 0, 0],
      [2, 3, 0],
      [4, 5, 6],
    ]);
  });

  it('cuts before, and after', () => {
    expect(rows(sequences, { maxLength: 2 })).toEqual([
      [0, 1],
      [2, 3],
      [5, 6],
    ]);
    expect(rows(sequences, { maxLength: 2, truncating: 'post', padding: 'post' })).toEqual([
      [1, 0],
      [2, 3],
      [4, 5],
    ]);
  });

  it('pads beyond the longest', () => {
    expect(rows([[7]], { maxLength: 3, padding: 'post' })).toEqual([[7, 0, 0]]);
  });
});

describe('what comes out', () => {
  it('is whole where all numbers are', () => {
    expect(padSequences(sequences).data).toBeInstanceOf(Int32Array);
    expect(padSequences([[0.5], Float32Array.of(1)]).data).toEqual(Float32Array.of(0.5, 1));
    expect(padSequences([[1]], { maxLength: 2, value: 0.5 }).data).toEqual(Float32Array.of(0.5, 1));
  });

  it('of empty sequences is padding', () => {
    expect(rows([[], []])).toEqual([[0], [0]]);
  });
});

describe('refused', () => {
  it.each([
    ['a sequence alone', [1, 2] as never, {}, 'sequences[0] must be an array of numbers'],
    ['no sequences', [], {}, 'at least one sequence'],
    ['texts', [['a']] as never, {}, 'sequences[0] must be an array of numbers'],
    ['no steps', sequences, { maxLength: 0 }, 'maxLength must be a whole number'],
    ['an unknown side', sequences, { padding: 'left' as never }, 'padding must be one of "pre", "post"'],
    ['more than fits', [[1], [2]], { maxLength: 2 ** 30 }, 'more than 2^30 numbers'],
  ])('%s', (_, given, options, message) => {
    expect(() => padSequences(given, options)).toThrow(message);
  });
});
