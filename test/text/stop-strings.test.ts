import { describe, expect, it } from 'vitest';
import { StopStrings } from '../../src/text/sampling/stop-strings.js';

describe('StopStrings', () => {
  it('holds back what may begin a stop string, and gives it when it does not', () => {
    const stops = new StopStrings(['END', 'NO']);
    expect([...'aENxEEN'].map((character) => stops.push(character))).toEqual([
      'a',
      '',
      '',
      'ENx',
      '',
      'E',
      '',
    ]);
    expect(stops.end()).toBe('EN');
  });

  it('ends before the first of them', () => {
    const stops = new StopStrings(['lo', 'o w']);
    expect([...'hello world'].map((character) => stops.push(character)).join('')).toBe('hel');
    expect(stops.stopped).toBe(true);
    expect(stops.end()).toBe('');
  });

  it('finds one that begins within a failed beginning', () => {
    const stops = new StopStrings(['aab']);
    expect([...'aaab'].map((character) => stops.push(character)).join('')).toBe('a');
    expect(stops.stopped).toBe(true);
  });

  it('refuses an empty one', () => {
    expect(() => new StopStrings([''])).toThrow('empty');
  });
});
