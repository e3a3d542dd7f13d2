import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Random } from '../../../src/base/math/random.js';
import { Completion } from '../../../src/text/music/composition/completion.js';
import { barTicks, unitTicks, WHOLE_TICKS } from '../../../src/text/music/notation/meter.js';
import { readTunes } from '../../../src/text/music/notation/read-tunes.js';
import { TuneGrammar } from '../../../src/text/music/notation/tune-grammar.js';
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

/** What abc2midi (Debian's abcmidi) calls errors in a tune. */
function abc2midiErrors(abc: string): string[] {
  const folder = mkdtempSync(join(tmpdir(), 'seqkit-abc2midi-'));
  try {
    const source = join(folder, 'tune.abc');
    writeFileSync(source, abc);
    const { stdout, stderr, status } = spawnSync('abc2midi', [source, '-o', `${source}.mid`], {
      encoding: 'utf8',
    });
    const errors = `${stdout}${stderr}`.split('\n').filter((each) => /error/i.test(each));
    return status === 0 ? errors : [...errors, `it ended with ${status}`];
  } finally {
    rmSync(folder, { recursive: true });
  }
}

describe('random characters under the constraint, to abc2midi', () => {
  const isThere = spawnSync('abc2midi', ['-ver']).error === undefined;
  // No chord symbols: their chords may ring on after a short last bar, which abc2midi calls an error.
  const letters = characters.filter((c) => c !== '"');

  it.for(['4/4', 'C|', '6/8', '3/4', '9/8'])('are tunes without an error in %s', (meter, context) => {
    if (!isThere) return context.skip('abc2midi is not installed: apt-get install abcmidi');
    const random = new Random(23);
    for (let i = 0; i < 12; i++) {
      const body = walk({ meter, unit: '1/8' }, letters, random);
      expect(abc2midiErrors(`X:1\nT:t\nM:${meter}\nL:1/8\nK:D\n${body}`), body).toEqual([]);
    }
    return undefined;
  });

  it('which sees errors', (context) => {
    if (!isThere) return context.skip('abc2midi is not installed: apt-get install abcmidi');
    expect(abc2midiErrors('X:1\nT:t\nM:4/4\nL:1/8\nK:D\nA8|B8||\n')).toEqual([]);
    expect(abc2midiErrors('X:1\nT:t\nM:4/4\nL:1/8\nK:D\nA8:|2 \n')).not.toEqual([]);
    expect(abc2midiErrors("X:1\nT:t\nM:4/4\nL:1/8\nK:D\nA'8|\n")).not.toEqual([]);
    return undefined;
  });
});

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
      expect(wrongBars(judged, barTicks(meter) / WHOLE_TICKS), body).toEqual([]);
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

describe('what players get wrong', () => {
  const completion = new Completion((c) => characters.includes(c), { unit: unitTicks('1/8'), maxBars: 8 });
  /** Whether a tune in 4/4 may begin so. */
  const mayBegin = (body: string): boolean => {
    let grammar: TuneGrammar | undefined = new TuneGrammar({
      bar: barTicks('4/4'),
      unit: unitTicks('1/8'),
      exact: true,
    });
    for (const c of body) grammar = grammar && completion.next(grammar, c);
    return grammar !== undefined;
  };

  it.each([
    ['a tuplet in the middle of a broken rhythm, which none of its notes could end', 'A2(3AB', 'A>(3'],
    ['an empty second ending', 'A8|1B8:|2c8|]\n\n', 'A8|1B8:|2\n\n'],
    ['a first ending that begins the repeat', 'A8|1', '|:A8:|1'],
    ['a second ending that repeats', 'A8|1B8:|2c8||', 'A8|1B8:|2c8:|'],
    ['a first ending after a repeat that nothing began', 'A8:|\n|:B8|1c8:|2', 'A8:|B8|1c'],
    ['a repeat that does not end', '|:A8:|\n\n', '|:A8||'],
    ['a tie to another note', "A8-|A8|c'8-|c'8|", 'A8-|B'],
    ['a tie of another octave', 'A,8-|A,8|', 'A,8-|A8|'],
    ['a tie across a repeat', 'A8-|A8:|', 'A8-:'],
    ['a tie of a rest', 'z8|', 'z4-'],
    ['a broken rhythm of unequal notes', 'A2>B2A4|', 'A2>B3'],
    ['a broken rhythm off the beat', 'A2B>cA4|', 'AB>'],
    ['octave marks against the octave', "A,a'", "A'"],
    ['ornaments of chords', '~A4[Ac]4|', '~['],
    ['ornaments of rests', '~A4z4|', '~z'],
    ['ornaments after grace notes', '{g}A8|', '{g}~'],
    ['grace notes after ornaments', '~A8|', '~{'],
    ['grace notes longer than their note', '{ga}A8|', '{gab}A/B'],
    ['chord symbols that nobody knows', '"Am7/G"A8|', '"Am23"'],
    ['a field at the start of a line', 'A8|\nA4', 'A8|\nA:'],
  ])('%s cannot be made', (_, made, wrong) => {
    expect(mayBegin(made)).toBe(true);
    expect(mayBegin(wrong)).toBe(false);
  });
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
