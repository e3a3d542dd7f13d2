import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { packageFile } from '../../../src/base/host/package-file.js';
import { readKey } from '../../../src/text/music/notation/key.js';
import { barTicks, WHOLE_TICKS } from '../../../src/text/music/notation/meter.js';
import { readTunes } from '../../../src/text/music/notation/read-tunes.js';
import { writeTunes } from '../../../src/text/music/notation/tune-book.js';
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
    ['|: A8 ::| B8 |]', '|: A8:| B8|]\n'],
    ['|:: A8 ::|', '|: A8:|\n'],
    ['A8|||B8|]', 'A8||B8|]\n'],
    ['A8|: || |:B8:|', 'A8|:B8:|\n'],
    ['A8[|]B8.|c8|]', 'A8|B8|c8|]\n'],
    ['|: A8 |[1 B8 :|[2 c8 |]', '|: A8|1 B8:|2 c8|]\n'],
    ['|: A8 |1,3 B8 :|2-4 c8 |]', '|: A8|1,3 B8:|2-4 c8|]\n'],
    ['A8 : B8|', undefined],
  ])('reads the bar lines of %j', (body, read) => expect(readTunes(tune(body)).tunes[0]?.body).toBe(read));

  it.each([
    ['ABcd efgab|A8|', 'bar 1 is too long'],
    ['A8|ABc|A8|A8|', "bar 3 is 1 of the meter's length"],
    ['A8|Q2 A6|', '"Q" is not understood in bar 2'],
    ['A8|\nM:none\nA6|', 'the meter "none" is not understood'],
    ['A4&B4 A4|', 'it has voices within a bar (&)'],
    ['+DFA+8|', 'the chord +DFA+ is of an older ABC'],
    ['Z65|', 'a rest of too many bars'],
    ['A8|[DF', 'a chord without an end'],
    ['A8|\nV:2\nA9|', 'its voice 2: bar 1 is too long'],
    ['V:1\nA8|\nV:bass\nA4&B4 A4|', 'its voice bass: it has voices within a bar (&)'],
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

/** The decorations of ABC 2.1, 4.14. */
const decorations = (
  'trill trill( trill) lowermordent uppermordent mordent pralltriller roll turn turnx invertedturn invertedturnx ' +
  'arpeggio > accent emphasis fermata invertedfermata tenuto 0 1 2 3 4 5 + plus snap slide wedge upbow downbow open ' +
  'thumb breath pppp ppp pp p mp mf f ff fff ffff sfz crescendo( <( crescendo) <) diminuendo( >( diminuendo) >) ' +
  'segno coda D.S. D.C. dacoda dacapo fine shortphrase mediumphrase longphrase ^ // 8va( D.S.alcoda nonsense'
).split(' ');
const kept = ['trill', 'roll', 'turn', 'mordent', 'accent', 'fermata', 'segno', 'coda', 'upbow', 'downbow'];

describe('decorations', () => {
  it.each(decorations)('of the name %s become no music', (name) => {
    const written = kept.includes(name) ? `!${name}!` : '';
    const [read] = readTunes(tune(`A4!${name}!B4|!${name}!c8|]`)).tunes;
    expect(read.body).toBe(`A4${written}B4|${written}c8|]\n`);
    if (name.includes('+')) return;
    const [older] = readTunes(tune(`A4+${name}+B4|+${name}+c8|]`)).tunes;
    expect(older.body).toBe(read.body);
  });

  it.each([
    // Marcato is no sharp, and with an accidental behind it that one counts.
    ['!^!C4!^!^D4|', 'C4^D4|\n'],
    // Shorthands; letters that U: gives a meaning (4.16); dotted slurs and ties.
    ['~A.BHcLd MeOfPgSa|TA4uA2vA2|', '~A.BHcLd MeOfPgSa|TA4uA2vA2|\n'],
    ['U:n=!tenuto!\nU:T = +fermata+\nnA4TA4|', 'A4!fermata!A4|\n'],
    ['.(A4B4.)|A4.-A4|', '(A4B4)|A4-A4|\n'],
    // The older breaks of lines.
    ['A4!B4|!c8|', 'A4B4|c8|\n'],
    // Annotations, and chord symbols, which stay.
    ['"^slow"A8|"<(" ">)" "@1,2 x"B8|"Gm7"c8|"D/F#"d8|', 'A8| B8|"Gm7"c8|"D/F#"d8|\n'],
    ['!p!"_pizz."!f!A8|!D.C.!', 'A8|\n'],
    ['{~g!f!a}A8|{}B8|', '{ga}A8|B8|\n'],
    ['A4!con brio!B4|', 'A4B4|\n'],
  ])('in %j', (body, read) => expect(readTunes(tune(body)).tunes[0]?.body).toBe(read));
});

describe('several voices', () => {
  /** One line a voice: setting and notes. */
  const voicesOf = (text: string) => {
    const { tunes, faults } = readTunes(text);
    expect(faults).toEqual([]);
    const [{ body, voices = [] }] = tunes;
    return [body, ...voices.map((voice) => `${voice.setting}: ${voice.body}`)];
  };

  it.each([
    ['in lines of their own', 'V:1\nA8|\nV:2\nF8|\nV:1\nB8|]\nV:2\nG8|]', ['A8|\nB8|]\n', ': F8|\nG8|]\n']],
    ['in brackets', '[V:1]A8|\n[V:2]F8|\n[V:1]B8|]\n[V:2]G8|]', ['A8|\nB8|]\n', ': F8|\nG8|]\n']],
    ['in one line', '[V:1]A8|[V:2]F8|[V:1]B8|][V:2]G8|]', ['A8|\nB8|]\n', ': F8|\nG8|]\n']],
    ['the first without a name', 'A8|\nV:2\nF8|\nV:1\nB8|]', ['A8|\nB8|]\n', ': F8|\n']],
    ['what is said of all before them', 'L:1/4\nV:1\nA4|\nV:2\nF4|', ['[L:1/4]A4|\n', ': [L:1/4]F4|\n']],
    ['a key of one alone', 'V:1\nA8|\nK:G\nA8|\nV:2\nF8|F8|', ['A8|\n[K:G]A8|\n', ': F8|F8|\n']],
    [
      'how notes are meant, and nothing else',
      'V:1 nm="The alto octave=9"\nA8|\nV:2 clef=bass octave=-1 nm="Left hand" stem=up\nF8|',
      ['A8|\n', 'clef=bass octave=-1: F8|\n'],
    ],
    ['those without notes are none', 'V:1\nA8|\nV:2\n% nothing\nw: la', ['A8|\n']],
    ['what stands in quotes is none', 'A4"^[V:2]"B4|', ['A4B4|\n']],
    ['the name of a prototype', 'V:__proto__\nA8|\nV:constructor\nF8|', ['A8|\n', ': F8|\n']],
  ])('are told apart: %s', (_, body, voices) => expect(voicesOf(tune(body))).toEqual(voices));

  it('are written as they were read, for abcjs too', async () => {
    const header = 'M:4/4\nL:1/8\nV:2 clef=bass\nK:D';
    const [read] = readTunes(tune('V:1\n|:A8|B8:|\nV:2\n|:F8|G8:|', header)).tunes;
    const written = writeTunes([read]);
    expect(written).toContain('V:2 clef=bass\n|:F8|G8:|\n');
    expect(readTunes(written).tunes).toEqual([read]);
    expect((await judgeTune(written)).warnings).toEqual([]);
  });

  it('are not more than music has', () => {
    const body = (count: number) => Array.from({ length: count }, (_, n) => `V:${n}\nA8|`).join('\n');
    expect(readTunes(tune(body(64))).tunes[0].voices).toHaveLength(63);
    expect(reasonOf(tune(body(65)))).toBe('it has more than 64 voices');
  });
});

describe('what people write', () => {
  it.each([
    ['a space before a tie', 'A4 -A4|A8 -|A8|', 'A4-A4|A8-|A8|\n'],
    ['a tie behind the end of a slur', '(A4B4)-|B8|', '(A4B4-)|B8|\n'],
    ['spaces at broken rhythms', 'A >BA4 c2|', 'A>BA4 c2|\n'],
    ['lengths inside chords', '[A2c2]4|[A2c2]2[Ac]4|[A/c/]8 [A/c/]8|', '[Ac]8|[Ac]4[Ac]4|[Ac]4 [Ac]4|\n'],
    ['ties and ornaments inside chords', '[A4-c4-] [.A !1!c]4|[(A(c]8|', '[Ac]4- [Ac]4|[Ac]8|\n'],
    // ABC 2.1, 4.17: a chord lasts as long as its first note.
    ['chords of unequal lengths', '[A4c2]A4|[c2A4]2A4|', '[A4c2]A4|[c2A4]2A4|\n'],
    ['rests of bars', 'Z2|A8|X|', 'z8|z8|A8|x8|\n'],
    [
      'a meter that changes',
      'A8|[M:3/4]A6|\nM:2/4\nA4|[M:4/4][L:1/4]A4|',
      'A8|[M:3/4]A6|\n[M:2/4]A4|[M:4/4][L:1/4]A4|\n',
    ],
    ['the meter that it has', 'A8|[M:4/4][L:1/8]A8|', 'A8|A8|\n'],
    ['one voice', 'V:1 treble nm="Flute"\nA8|\n[V:1]A8|', 'A8|\nA8|\n'],
    ['a second ending within a bar', '|:A8|B4 [1 c4:|[2 d4|]', '|:A8|B4 [1 c4:|2 d4|]\n'],
    ['ends of slurs that never began', 'A8)|(A8|', 'A8|(A8|\n'],
    ['spacers and signs of setting', 'A4 y B4|y2A4`B4$|', 'A4 B4|A4B4|\n'],
    ['a chord symbol at the end of a line', 'A8|"G"\nB8|', 'A8|\n"G"B8|\n'],
    ['remarks behind notes', 'A8|% and so on\nA8|[r:a remark]B8|[I:x]c8|', 'A8|\nA8|B8|c8|\n'],
    // 4.13: two quarters of five notes in simple time, three in compound.
    ['quintuplets', '(5ABcde A6|', '(5:2ABcde A6|\n'],
  ])('is read: %s', (_, body, read) => {
    const again = readTunes(tune(body));
    expect(again.faults).toEqual([]);
    expect(again.tunes[0].body).toBe(read);
  });

  it('is read: quintuplets in compound time, and in 3/4, which is none', () => {
    const body = (meter: string, notes: string) =>
      readTunes(tune(notes, `M:${meter}\nL:1/8\nK:D`)).tunes.at(0)?.body;
    expect(body('6/8', '(5ABcde A3|')).toBe('(5:3ABcde A3|\n');
    expect(body('3/4', '(5CDEFG F2 G2|C6|]')).toBe('(5:2CDEFG F2 G2|C6|]\n');
  });

  it('stands in files of many shapes', () => {
    const titles = (text: string) =>
      readTunes(text).tunes.map(({ title, unit, meter }) => [title, meter, unit]);
    const body = 'K:D\nA4|A4|A4|]';
    // No empty line between tunes; none before the first and none at the end.
    expect(titles(`X:1\nT:a\nM:2/4\nL:1/8\n${body}\nX:2\nT:b\nM:2/4\nL:1/8\n${body}`)).toEqual([
      ['a', '2/4', '1/8'],
      ['b', '2/4', '1/8'],
    ]);
    // The head of the file counts for every tune (2.2.2).
    expect(titles(`%abc-2.1\nM:2/4\nL:1/8\n\nX:1\nT:a\n${body}\n\nX:2\nT:b\nL:1/4\nK:D\nA2|A2|]\n`)).toEqual([
      ['a', '2/4', '1/8'],
      ['b', '2/4', '1/4'],
    ]);
    // One tune without its X:, with an empty line before its notes, with Mac's line ends.
    expect(titles(`T:a\nM:2/4\nL:1/8\nK:D\n\nA4|A4|A4|]\n`)).toEqual([['a', '2/4', '1/8']]);
    expect(titles(`X:1\rT:a\rM:2/4\rL:1/8\r${body.replaceAll('\n', '\r')}\r`)).toEqual([['a', '2/4', '1/8']]);
  });

  it('has titles that hold the sign of a comment', () => {
    const [read] = readTunes(tune('A8|').replace('A tune', '100 \\% wool % so they say')).tunes;
    expect(read.title).toBe('100 % wool');
    expect(writeTunes([read])).toContain('T:100 \\% wool\n');
    expect(readTunes(writeTunes([read])).tunes).toEqual([read]);
  });
});

describe('bars that are short of the meter', () => {
  const half = 'A2 AB|d2 dB|A2 AF|E2 E2|';
  it.each([
    // ABC 2.1, 3.1.7: without L: the unit in 2/4 is 1/16, so that these are half bars.
    [
      'M:2/4\nK:D',
      `${half}${half}`,
      '8 of 8 bars are short of the meter; with L:1/8 in its header it is understood',
    ],
    ['M:4/4\nL:1/8\nK:D', `${half}${half}`, '8 of 8 bars are short of the meter'],
    ['M:4/4\nL:1/8\nK:D', half.replaceAll('|', '||'), '4 of 4 bars are short of the meter'],
    ['M:4/4\nL:1/8\nK:D', 'A8|A4|A4|A8|A4|A4|A8|A4|A4|', '6 of 9 bars are short of the meter'],
    ['M:6/8\nL:1/8\nK:D', 'A6|A2|A4|A2|A4|A2|A4|A6|', '6 of 8 bars are short of the meter'],
    // Once, as where a line ends within a bar, they are taken.
    ['M:4/4\nL:1/8\nK:D', 'A8|A8|A4|A4|A8|A8|', undefined],
    ['M:4/4\nL:1/8\nK:D', 'AB|A8|A6:|AB|A8|A6||', undefined],
  ])('%j %j', (header, body, reason) => expect(reasonOf(tune(body, header))).toBe(reason));
});

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
      expect(wrongBars(judged, barTicks(each.meter) / WHOLE_TICKS), each.title).toEqual([]);
    }
  });
});

describeShared('irish.abc', ['music', 'irish.abc'], (path) => {
  it('is understood but for seven tunes, and parses when written again', async () => {
    const text = readFileSync(path, 'utf8');
    const { tunes, faults } = readTunes(text);
    expect([tunes.length, faults.length]).toEqual([797, 7]);
    expect(faults[0]).toMatchObject({ number: '34', title: 'Donnybrook Fair', line: 1166 });
    // What is written again is read as the same.
    expect(readTunes(writeTunes(tunes)).tunes).toEqual(tunes);
    expect(await warningsOf(text)).toEqual([]);
  });
});
