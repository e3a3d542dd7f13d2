import { describe, expect, it } from 'vitest';
import { engineOption, realNumber, wholeNumber } from '../../src/cli/options/options.js';

describe('wholeNumber', () => {
  it('takes both ends of its range', () => {
    const parse = wholeNumber({ min: 1, max: 9 });
    expect([parse('1'), parse('9'), parse(' 5 ')]).toEqual([1, 9, 5]);
  });

  it.each(['0', '10', '2.5', 'two', '', ' ', 'NaN', 'Infinity', '1e400'])('refuses %j', (text) => {
    expect(() => wholeNumber({ min: 1, max: 9 })(text)).toThrow('Expected a whole number from 1 to 9.');
  });
});

describe('realNumber', () => {
  it('keeps an open bound out', () => {
    const parse = realNumber({ above: 0, max: 5 });
    expect([parse('0.01'), parse('5')]).toEqual([0.01, 5]);
    expect(() => parse('0')).toThrow('Expected a number above 0 and of at most 5.');
  });

  it('without a range takes any finite number', () => {
    expect(realNumber()('-1e9')).toBe(-1e9);
    expect(() => realNumber()('Infinity')).toThrow('Expected a number.');
    expect(() => realNumber({ min: 0 })('-1')).toThrow('Expected a number of at least 0.');
  });
});

describe('engineOption', () => {
  it('offers every engine', async () => {
    const { engineChoices } = await import('../../src/rnn/engine/engine-names.js');
    expect(engineOption().argChoices).toEqual(engineChoices);
  });
});
