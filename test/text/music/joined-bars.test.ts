import { describe, expect, it } from 'vitest';
import { withJoinedBars } from '../../../src/text/music/form/joined-bars.js';
import { readMelody } from '../../../src/text/music/form/read-melody.js';
import { countedSections } from '../../../src/text/music/form/tune-symbols.js';
import { writeMelody } from '../../../src/text/music/form/write-melody.js';
import { readTunes, TuneModel } from '../../../src/text/index.js';
import { seenTunes } from '../../../src/text/music/composition/seen-tunes.js';

const headed = (body: string): string => `X:1\nT:t\nM:6/8\nL:1/8\nK:D\n${body}\n\n`;
function joined(body: string): string {
  const { tunes, faults } = readTunes(headed(body));
  expect(faults).toEqual([]);
  return writeMelody(withJoinedBars(readMelody(tunes[0])))!;
}

describe('bars that stand in two', () => {
  it.each([
    ['the sign of an ending', '|:A6|B3e2|1d|c6|d6:|2f|e6|d6|]', '|:A6|1B3 e2d|c6|d6:|2B3 e2f|e6|d6|]\n'],
    ['the end of a line', '|:D|A6|B2d|\nd3|c6|d3A2:|', '|:D|A6|B2d d3|c6|d3 A2:|\n'],
    [
      'the end of a line, before one that a pickup is taken from',
      '|:D|A6|c6|B3|\nd2:|',
      '|:D|A6|c6|B3 d2:|\n',
    ],
    ['the end of a line in an ending', '|:D|A6|1B3|\nd2:|2e3A2|]', '|:D|A6|1B3 d2:|2e3 A2|]\n'],
  ])('are put together at %s', (_, body, whole) => {
    expect(joined(body)).toBe(whole);
  });

  it.each([
    ['only one ending goes on with', '|:A6|B3e2|1d|c6:|2e6|d6|]'],
    ['a tie leads through', '|:A6|B3-|\nB3|c6:|'],
    ['are a pickup and the bar that makes up for it', '|:D3|A6|d3:|'],
  ])('stay where they %s', (_, body) => {
    expect(joined(body)).toBe(writeMelody(readMelody(readTunes(headed(body)).tunes[0])));
  });

  it('count once in the forms of a training, and not in its figures', async () => {
    const { tunes } = readTunes(headed('|:A6|B3e2|1d|c6:|2f|e6|]'));
    const seen = seenTunes(tunes.map(readMelody), ['end']);
    expect(seen.forms).toEqual([{ type: '', meter: '6/8', sections: [['endings', 3]], tunes: 1 }]);
    expect(countedSections(readMelody(tunes[0]))[0].bars).toHaveLength(4);
    const model = new TuneModel({ units: 4, layers: 1, engine: 'reference' });
    await model.fit(
      Array.from({ length: 20 }, () => tunes[0]),
      { batchSize: 2, seqLength: 8, steps: 1, heldOut: 0 },
    );
    expect(model.seen.symbols).toContain('bars 3');
    expect(model.seen.symbols).not.toContain('bars 4');
    expect(model.seen.symbols).not.toContain('short');
    await model.dispose();
  });
});
