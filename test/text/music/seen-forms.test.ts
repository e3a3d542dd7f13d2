import { describe, expect, it } from 'vitest';
import { Random } from '../../../src/base/math/random.js';
import { pickAtRandom, pickFirst } from '../../../src/text/music/composition/picking.js';
import { readTunes } from '../../../src/text/index.js';
import { drawForm, isSeenForm, seenForms } from '../../../src/text/music/composition/seen-forms.js';
import { readMelody } from '../../../src/text/music/form/read-melody.js';

const bar = 'D8|';
const abc = (type: string, ...sections: string[]): string =>
  `X:1\nT:t\nR:${type}\nM:4/4\nL:1/8\nK:D\n${sections.join('\n')}\n\n`;
const twice = (bars: number): string => `|:${bar.repeat(bars).slice(0, -1)}:|`;
const once = (bars: number): string => `${bar.repeat(bars)}|`;

const { tunes } = readTunes(
  [
    ...[abc('reel', twice(8), twice(8)), abc('reel', twice(8), twice(8)), abc('reel', twice(8), twice(8))],
    abc('reel', twice(4), once(8)),
    abc('march', once(16)),
    // A pickup, and endings that are played in the place of each other: four bars of a pass.
    abc('air', '|:AB|D8|D8|D8|1D6:|2D6||', twice(2)),
  ].join(''),
);
const forms = seenForms(tunes.map(readMelody));

describe('forms of tunes', () => {
  it('are counted by type and meter, the most frequent first', () => {
    expect(forms).toEqual([
      {
        type: 'reel',
        meter: '4/4',
        sections: [
          ['twice', 8],
          ['twice', 8],
        ],
        tunes: 3,
      },
      {
        type: 'reel',
        meter: '4/4',
        sections: [
          ['twice', 4],
          ['once', 8],
        ],
        tunes: 1,
      },
      { type: 'march', meter: '4/4', sections: [['once', 16]], tunes: 1 },
      {
        type: 'air',
        meter: '4/4',
        sections: [
          ['endings', 4],
          ['twice', 2],
        ],
        tunes: 1,
      },
    ]);
    expect(forms.every(isSeenForm)).toBe(true);
  });

  it('are drawn as often as tunes of the kind have them', () => {
    const pick = pickAtRandom(new Random(1));
    const reel = { type: 'reel', meter: '4/4' };
    const draws = Array.from({ length: 4000 }, () => drawForm(forms, reel, 0, pick)![0].bars);
    const share = draws.filter((bars) => bars === 8).length / draws.length;
    // Three of four, and four standard deviations of 4,000 draws.
    expect(Math.abs(share - 0.75)).toBeLessThan(0.028);
    expect(new Set(draws)).toEqual(new Set([4, 8]));
    expect(drawForm(forms, reel, 0, pickFirst)).toEqual([
      { kind: 'twice', bars: 8 },
      { kind: 'twice', bars: 8 },
    ]);
  });

  it('have a first section that goes on after the opening, and are of the kind', () => {
    const pick = pickAtRandom(new Random(2));
    const reel = { type: 'reel', meter: '4/4' };
    for (let i = 0; i < 50; i++) expect(drawForm(forms, reel, 4, pick)![0].bars).toBe(8);
    expect(drawForm(forms, reel, 8, pick)).toBeUndefined();
    expect(drawForm(forms, { type: 'reel', meter: '6/8' }, 0, pick)).toBeUndefined();
    expect(drawForm(forms, { type: 'march', meter: '4/4' }, 3, pick)).toEqual([{ kind: 'once', bars: 16 }]);
  });

  it.each([
    ['no object', 3],
    ['no sections', { type: 'reel', meter: '4/4', sections: [], tunes: 1 }],
    ['another kind', { type: 'reel', meter: '4/4', sections: [['thrice', 8]], tunes: 1 }],
    ['half a bar', { type: 'reel', meter: '4/4', sections: [['once', 0.5]], tunes: 1 }],
    ['no tunes', { type: 'reel', meter: '4/4', sections: [['once', 8]], tunes: 0 }],
    ['no type', { meter: '4/4', sections: [['once', 8]], tunes: 1 }],
  ])('of a file are refused where they hold %s', (_, value) => {
    expect(isSeenForm(value)).toBe(false);
  });
});
