import { describe, expect, it } from 'vitest';
import { Random } from '../../../src/base/random.js';
import { Completion } from '../../../src/text/music/completion.js';
import { barTicks, unitTicks, wholeTicks } from '../../../src/text/music/meter.js';
import { readTunes } from '../../../src/text/music/read-tunes.js';
import { TuneGrammar } from '../../../src/text/music/tune-grammar.js';
import { judgeTune, wrongBars } from './judge-tune.js';

const characters = [
  ...new Set('ABCDEFGabcdefgzx^_=\',0123456789/><()[]{}|:"~.uvTHLMOPS-! \n#mjdinsugtrlfeoacKixylph'),
];
/** What small models know; the second can begin a triplet, but end no slur. */
const few = ['DEFGABcd2|:\n', 'DEFGABcd23(|:RMLK/18\n', 'DE1|/\n', 'A]|[12:\n'].map((letters) => [
  ...letters,
]);

/** A tune of random characters, of those that may come. */
function walk(heading: { meter: string; unit: string }, letters: readonly string[], random: Random): string {
  const [bar, unit] = [barTicks(heading.meter), unitTicks(heading.unit)];
  const completion = new Completion((c) => letters.includes(c), { unit, maxBars: 8 });
  let grammar = new TuneGrammar({ bar, unit, exact: true });
  let body = '';
  while (!grammar.ended) {
    const ways = random.shuffle([...letters]);
    let way: TuneGrammar | undefined;
    const c = ways.find((each) => (way = completion.next(grammar, each)) !== undefined);
    if (c === undefined || !way) throw new Error(`no way on after ${JSON.stringify(body)}`);
    body += c;
    grammar = way;
  }
  return body;
}

describe('random characters under the constraint', () => {
  it.each([
    ['4/4', '1/8'],
    ['C|', '1/8'],
    ['6/8', '1/8'],
    ['9/8', '1/8'],
    ['3/4', '1/4'],
    ['5/4', '1/16'],
    ['2/4', '1/32'],
    ['12/8', '1/8'],
  ])('make tunes in %s with L:%s that abcjs parses, with bars that add up', async (meter, unit) => {
    const random = new Random(11);
    const seen = new Set<string>();
    for (let i = 0; i < 8; i++) {
      const body = walk({ meter, unit }, characters, random);
      const abc = `X:1\nT:t\nM:${meter}\nL:${unit}\nK:D\n${body}`;
      const judged = await judgeTune(abc);
      expect(judged.warnings, body).toEqual([]);
      expect(wrongBars(judged, barTicks(meter) / wholeTicks), body).toEqual([]);
      expect(readTunes(abc).faults, body).toEqual([]);
      // After eight bars the section ends, or the ending that repeats it and the other one.
      expect(judged.bars.length, body).toBeLessThanOrEqual(12);
      for (const c of body) seen.add(c);
    }
    // Nothing of the language is out of reach.
    for (const c of 'Az^,>([{"~|:-!2/') expect(seen).toContain(c);
  });

  it.each(few)('do with the characters that a small model knows', async (...letters) => {
    const random = new Random(3);
    for (let i = 0; i < 20; i++) {
      const body = walk({ meter: '6/8', unit: '1/8' }, letters, random);
      const judged = await judgeTune(`X:1\nT:t\nM:6/8\nL:1/8\nK:D\n${body}`);
      expect(judged.warnings, body).toEqual([]);
      expect(wrongBars(judged, 0.75), body).toEqual([]);
    }
  });
});

it('no tuplet begins in the middle of a broken rhythm, which none of its notes could end', () => {
  const completion = new Completion((c) => characters.includes(c), { unit: unitTicks('1/8'), maxBars: 8 });
  const after = (body: string): TuneGrammar | undefined => {
    let grammar: TuneGrammar | undefined = new TuneGrammar({
      bar: barTicks('4/4'),
      unit: unitTicks('1/8'),
      exact: true,
    });
    for (const c of body) grammar = grammar && completion.next(grammar, c);
    return grammar;
  };
  expect(after('A2(3AB')).toBeDefined();
  expect(after('A>(A')).toBeDefined();
  expect(after('A>(3')).toBeUndefined();
});

describe('the judge', () => {
  const judge = async (body: string) => wrongBars(await judgeTune(`X:1\nT:t\nM:4/4\nL:1/8\nK:D\n${body}`), 1);

  it('sees a bar that is too long or too short, and a section that does not close', async () => {
    expect(await judge('A8|A8:|\n')).toEqual([]);
    expect(await judge('AB|A8|A6:|\nAB|A8|A6||\n')).toEqual([]);
    expect(await judge('A8|A7|A8:|\n')).toHaveLength(1);
    expect(await judge('A8|A8A|A8:|\n')).toHaveLength(1);
    expect(await judge('AB|A8|A8:|\n')).toHaveLength(1);
    expect(await judge('A8|(3ABcA4|A8:|\n')).toHaveLength(1);
    expect(await judge('A8|A8\n')).toEqual(['no bar line at the end']);
  });
});
