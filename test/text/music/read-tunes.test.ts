import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { packageFile } from '../../../src/base/host/package-file.js';
import { readKey } from '../../../src/text/music/key.js';
import { barTicks, wholeTicks } from '../../../src/text/music/meter.js';
import { readTunes } from '../../../src/text/music/read-tunes.js';
import { writeTunes } from '../../../src/text/music/tune.js';
import { describeShared } from '../../support/shared-data.js';
import { judgeTune, wrongBars } from './judge-tune.js';

const tune = (body: string, header = 'M:4/4\nL:1/8\nK:D Major'): string =>
  `X:7\nT:A tune\n${header}\n${body}\n\n`;
const reasonOf = (text: string): string | undefined => readTunes(text).faults[0]?.reason;

describe('readTunes', () => {
  it('makes one spelling of headers', () => {
    const [read] = readTunes('%abc\nX:1\nT:A\nR:Slip  Jig\nM:C\nK:b minor % sad\nABcd efga|]\n').tunes;
    expect(read).toEqual({
      ...{ title: 'A', type: 'slip jig', meter: '4/4', unit: '1/8', key: 'Bm', body: 'ABcd efga|]\n' },
    });
    // ABC 2.1, 3.1.7: without L: the unit is 1/16 below 3/4.
    expect(readTunes('X:1\nT:A\nM:2/4\nK:D\nABcd efga|]\n').tunes[0].unit).toBe('1/16');
  });

  it.each([
    ['D Major', 'D'],
    ['A Dorian', 'Ador'],
    ['G mixolydian', 'Gmix'],
    ['F# Minor', 'F#m'],
    ['Bb', 'Bb'],
    ['bbm', 'Bbm'],
    ['Bm', 'Bm'],
    ['E Minor', 'Em'],
    ['HP', undefined],
    ['D ^c', undefined],
    ['', undefined],
  ])('reads the key %s as %s', (written, key) => expect(readKey(written)).toBe(key));

  it('keeps repeats, endings, pickups, tuplets, ornaments, grace notes, chords and slurs', () => {
    const body =
      '(3ABc|:~d2 [DFA]2 {c}"Gm"dcdB|A2 dc d2AB|1 c2 A2 A2 (3ABc:|2 c2A2 A4||\n' +
      "fg|a>b a2 (gf)ed|c4- c2 z2|!trill!a,2^c'2 =B,2_E2|!fermata!A2 !turn![DF]2 u!accent!^c2:|\n";
    expect(readTunes(tune(body)).tunes[0].body).toBe(body);
  });

  it('reads the older way of writing lines', () => {
    expect(readTunes(tune('ABcd\\\nefga|ABcd efga|!\nK:G\nABcd efga|]!')).tunes[0].body).toBe(
      'ABcd efga|ABcd efga|\n[K:G]ABcd efga|]\n',
    );
  });

  it.each([
    ['A8 :| |: B8 :|', 'A8::B8:|\n'],
    ['A8 :: |: B8 :|', 'A8::B8:|\n'],
    ['A8 :|| B8 || |: c8 :|', 'A8:| B8|: c8:|\n'],
    ['A8 |] |: B8 [|: c8 ||: d8 :|] |: e8 :|', 'A8|: B8|: c8|: d8::e8:|\n'],
    ['|: A8 ::| B8 |]', undefined],
  ])('reads the bar lines of %j', (body, read) => expect(readTunes(tune(body)).tunes[0]?.body).toBe(read));

  it.each([
    ['ABcd efgab|A8|', 'bar 1 is too long'],
    ['A8|ABc|A8|A8|', "bar 3 is 1 of the meter's length"],
    ['A8|Q2 A6|', '"Q" is not understood in bar 2'],
    ['A8|\nM:6/8\nA6|', 'its M: changes within the tune'],
    ['A8|\nV:2\nA8|', 'it has several voices'],
    ['(3AB|', 'a tuplet across a bar line'],
    ['', 'it has no notes'],
  ])('leaves out %j and says why', (body, reason) => {
    const { tunes, faults } = readTunes(`${tune('A8|A8|]')}${tune(body)}${tune('B8|B8|]')}`);
    expect(tunes.map((each) => each.body)).toEqual(['A8|A8|]\n', 'B8|B8|]\n']);
    expect(faults).toEqual([{ number: '7', title: 'A tune', line: 8, reason }]);
  });

  it('says what it does not understand of a header', () => {
    expect(reasonOf(tune('A8|', 'M:4/4\nL:1/8'))).toBe('it has no key (K:)');
    expect(reasonOf(tune('A8|', 'M:none\nL:1/8\nK:D'))).toBe('the meter "none" is not understood');
    expect(reasonOf(tune('A8|', 'M:4/4\nL:1/8\nK:Hp'))).toBe('the key "Hp" is not understood');
    expect(reasonOf(tune('A8|', 'M:4/4\nL:1/3\nK:D'))).toBe('the unit length "1/3" is not understood');
  });
});

/** Every tune as it is written again: abcjs has nothing to say against it. */
async function warningsOf(text: string): Promise<string[]> {
  const warnings: string[] = [];
  for (const each of readTunes(text).tunes) {
    const judged = await judgeTune(writeTunes([each]));
    warnings.push(...judged.warnings.map((warning) => `${each.title}: ${warning}`));
  }
  return warnings;
}

describe('the tunes that come with seqkit', () => {
  const text = readFileSync(packageFile('data/tunes/seqkit-tunes.abc'), 'utf8');

  it('are all understood, with exact bars by the reading of abcjs', async () => {
    const { tunes, faults } = readTunes(text);
    expect(faults).toEqual([]);
    expect(tunes).toHaveLength(98);
    expect(new Set(tunes.map(({ title }) => title)).size).toBe(98);
    expect(new Set(tunes.map(({ body }) => body)).size).toBe(98);
    expect(new Set(tunes.map(({ type }) => type)).size).toBe(7);
    expect(new Set(tunes.map(({ key }) => key)).size).toBe(14);
    for (const each of tunes) {
      const judged = await judgeTune(writeTunes([each]));
      expect(judged.warnings, each.title).toEqual([]);
      expect(wrongBars(judged, barTicks(each.meter) / wholeTicks), each.title).toEqual([]);
    }
  });
});

describeShared('irish.abc', ['music', 'irish.abc'], (path) => {
  it('is understood but for thirteen tunes, and parses when written again', async () => {
    const text = readFileSync(path, 'utf8');
    const { tunes, faults } = readTunes(text);
    expect([tunes.length, faults.length]).toEqual([791, 13]);
    expect(faults[0]).toMatchObject({ number: '22', title: "Father Dollard's", line: 239 });
    expect(await warningsOf(text)).toEqual([]);
  });
});
