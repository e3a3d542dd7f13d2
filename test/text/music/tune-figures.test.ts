import { describe, expect, it } from 'vitest';
import { jensenShannon } from '../../../src/text/music/analysis/distribution.js';
import { figureTable } from '../../../src/text/music/analysis/figure-table.js';
import { tuneCopies } from '../../../src/text/music/analysis/tune-copies.js';
import { readMelody } from '../../../src/text/music/form/read-melody.js';
import { readTunes, tuneDivergence, tuneFigures, type Tune } from '../../../src/text/index.js';

function tuneOf(body: string, { meter = '4/4', key = 'C' } = {}): Tune {
  const read = readTunes(`X:1\nT:t\nM:${meter}\nL:1/8\nK:${key}\n${body}\n`);
  expect(read.faults).toEqual([]);
  return read.tunes[0];
}

const eight = 'C8|D8|C8|E8|C8|D8|C8|C8';

describe('tuneFigures', () => {
  it('are those that are counted by hand', () => {
    // The first ends on its tonic, in two sections of eight that are repeated; the second does neither.
    const good = tuneOf(`|:${eight}:|\n|:${eight}:|`);
    const bad = tuneOf("C2D2 E2c'2|D2E2 F2G2|");
    const figures = tuneFigures([good, bad]);
    expect(figures).toMatchObject({
      ...{ tunes: 2, endOnTonic: 0.5, severalSections: 0.5, wholePhrases: 0.5, doubled: 0.5 },
      // Of 16 and 2 bars three are new in the first and two in the second.
      barsTakenUp: 13 / 18,
      // From E to c' is 20 semitones, and back 22: two of 15 + 7 steps.
      leaps: 2 / 22,
      // E over C is 4; c' over C is 24.
      range: (4 + 24) / 2,
      notesPerBar: 24 / 18,
      lengths: { 8: 16, 2: 8 },
    });
    expect(figures.pitchClasses).toEqual({ 0: 10 + 2, 2: 4 + 2, 4: 2 + 2, 5: 1, 7: 1 });
  });

  it('count a pickup and what it lacks at the end as one bar, and written-out repeats as repeats', () => {
    const pickup = tuneOf('|:G2|C8|D8|E8|F8|C8|D8|E8|C6:|');
    expect(tuneFigures([pickup])).toMatchObject({ wholePhrases: 1, doubled: 0, severalSections: 0 });
    const writtenOut = tuneOf(`${eight}||\n${eight}||\n|:E8|F8|G8|A8:|`);
    expect(tuneFigures([writtenOut])).toMatchObject({ doubled: 1, wholePhrases: 0 });
    const twoEndings = tuneOf('|:C8|D8|E8|F8|C8|D8|E8|1G8:|2C8|]');
    expect(tuneFigures([twoEndings])).toMatchObject({ wholePhrases: 1, endOnTonic: 1 });
  });

  it('are zero of nothing', () => {
    expect(tuneFigures([])).toMatchObject({ tunes: 0, endOnTonic: 0, barsTakenUp: 0, leaps: 0, range: 0 });
  });
});

describe('divergence', () => {
  it('is that of the formula, in bits', () => {
    expect(jensenShannon({ a: 1 }, { a: 5 })).toBe(0);
    expect(jensenShannon({ a: 1 }, { b: 1 })).toBe(1);
    // p = (1/2, 1/2), q = (1, 0), m = (3/4, 1/4): 0.5 (0.5 log2(2/3) + 0.5 log2 2) + 0.5 log2(4/3)
    const byHand = 0.5 * (0.5 * Math.log2(2 / 3) + 0.5) + 0.5 * Math.log2(4 / 3);
    expect(jensenShannon({ a: 2, b: 2 }, { a: 3 })).toBeCloseTo(byHand, 12);
    expect(jensenShannon({}, { a: 1 })).toBe(0);
    const one = tuneFigures([tuneOf('C8|')]);
    expect(tuneDivergence(one, one)).toEqual({ pitchClasses: 0, intervals: 0, lengths: 0 });
  });

  it('stands in the table beside the shares', () => {
    const rows = figureTable(tuneFigures([tuneOf('C8|')]), tuneFigures([tuneOf('D8|')]));
    expect(rows[0]).toEqual({ name: 'tunes that end on the tonic', tunes: '100.0%', others: '0.0%' });
    expect(rows.find(({ name }) => name.startsWith('pitch classes'))!.tunes).toBe('1.0000');
  });
});

describe('tuneCopies', () => {
  it('finds a stretch in another key, and tells how long it is in bars', () => {
    const source = readMelody(tuneOf('CDEF GABc|e8|', { key: 'C' }));
    const copy = readMelody(tuneOf('z8|DEFG ABcd|', { key: 'D' }));
    expect(tuneCopies([copy], [source])).toEqual({ longestBars: 1, medianBars: 1, seenEightGrams: 0.5 });
    expect(tuneCopies([copy], [])).toEqual({ longestBars: 0, medianBars: 0, seenEightGrams: 0 });
  });
});
