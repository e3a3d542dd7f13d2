import { expect, it } from 'vitest';
import { describeTunes, readTunes, type ComposedTune } from '../../../src/text/index.js';

const composed = (text: string, removed: number, characters: number): ComposedTune => ({
  ...{ text, removed, characters, title: 'Test' },
  abc: `X:1\nT:Test\n${text}`,
});
const header = 'M:4/4\nL:1/4\nK:D\n';
const good = composed(`${header}ABcd|efga|d4|]\n\n`, 0.2, 10);

it('tunes are described in figures', async () => {
  const tunes = [
    { ...good, removedCopies: 0.05, redrawn: { bars: 2, choices: 15, removed: 0.4 } },
    // Parses and plays; its bar is too long.
    composed(`${header}ABcdef|d4|]\n\n`, 0, 30),
    // Parses and adds up; there is nothing to hear.
    composed(`${header}z4|]\n\n`, 0.5, 0),
    // abcjs plays what it understands.
    composed(`${header}AB?cd|]\n\n`, 0.1, 20),
  ];
  const { tunes: training } = readTunes(`X:1\nT:Old\n${header}ABcd|efgf|d4|]\n`);
  expect(await describeTunes(tunes, training)).toEqual({
    ...{ tunes: 4, parse: 3, play: 3, barsAddUp: 2 },
    // (0.2 x 10 + 0.1 x 20) of 60 characters, and 0.05 x 10.
    removed: expect.closeTo(4 / 60, 12) as number,
    removedCopies: expect.closeTo(0.5 / 60, 12) as number,
    // 0.4 x 15 more, of 15 more.
    ...{ redrawnBars: 2, removedInAll: expect.closeTo(10 / 75, 12) as number },
    bars: { min: 1, max: 3, mean: 7 / 4 },
    // Of bodies of 14, 10, 4 and 8 characters: 7, 3, none and 1; "ABcd" goes on otherwise in each.
    distinctEightGrams: 11,
    eightGrams: 11,
    copies: expect.objectContaining({ longest: 'ABcd|efg', longestLength: 8 }) as object,
  });
  expect(await describeTunes([good])).not.toHaveProperty('copies');
});

it('and so are none', async () => {
  expect(await describeTunes([])).toEqual({
    ...{ tunes: 0, parse: 0, play: 0, barsAddUp: 0, removed: 0, removedCopies: 0 },
    ...{ redrawnBars: 0, removedInAll: 0 },
    bars: { min: 0, max: 0, mean: 0 },
    ...{ distinctEightGrams: 0, eightGrams: 0 },
  });
});
