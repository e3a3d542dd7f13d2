import { describe, expect, it } from 'vitest';
import { parseThreshold, type Threshold } from '../../src/cli/trigger/threshold-option.js';

const parsed = (...texts: string[]) =>
  texts.reduce<Threshold | undefined>((before, text) => parseThreshold(text, before), undefined);

describe('--threshold', () => {
  it('is one for all words, or one for each that is named', () => {
    expect(parsed('0.9')).toBe(0.9);
    expect(parsed('0.9', '0.8')).toBe(0.8);
    expect(parsed('yes=0.9', 'no=0.25')).toEqual({ yes: 0.9, no: 0.25 });
    expect(parsed('a=b=0.5')).toEqual({ 'a=b': 0.5 });
  });

  it.each([
    [['0'], 'above 0'],
    [['yes=1.5'], 'at most 1'],
    [['yes='], 'Expected a number'],
    [['=0.5'], 'no word before'],
    [['yes=0.5', '0.5'], 'one for all words, or word=score'],
    [['0.5', 'yes=0.5'], 'one for all words, or word=score'],
  ])('refuses %j', (texts, message) => {
    expect(() => parsed(...texts)).toThrow(message);
  });
});
