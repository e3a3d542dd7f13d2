import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { packageFile } from '../../../src/base/host/package-file.js';
import { readScore } from '../../../src/text/music/midi/score.js';
import { WHOLE_TICKS } from '../../../src/text/music/notation/meter.js';
import { playable } from '../../../src/text/music/playback/playable.js';
import { playFaults } from '../../../src/text/music/playback/playing.js';
import { tuneMidi } from '../../../src/text/music/playback/tune-files.js';

const tune = (body: string): string => `X:1\nT:Test\nM:4/4\nL:1/4\nK:D\n${body}\n`;

/** Pitch, begin and end of the notes of a tune's MIDI file, in whole notes. */
async function notesOf(body: string): Promise<[number, number, number][]> {
  const { parts } = readScore(await tuneMidi(tune(body)));
  return parts[0].notes.map(({ pitch, start, end }) => [pitch, start / WHOLE_TICKS, end / WHOLE_TICKS]);
}

describe('a tune plays', () => {
  it.each([
    ['repeats and endings', '|:A4|1B4:|2c4:|:d2e2:|'],
    ['a repeat without a beginning, and two in one sign', 'A4:|B4::c4:|'],
    ['tuplets and broken rhythm', '(3ABcd>e|f<g a2|(3A/B/c/ d e f|'],
    ['ties, over a bar line too', 'A2-A2-|A4|[Ac]2-[Ac]2|'],
    ['rests, at the end too', 'z4|A2z2|B2x2|z4|'],
    ['chords, grace notes and slurs', '[DFA]4|{ga}A2(B2|c4)|'],
    ['chord symbols, which go on after the last note', '"D"A4|"G"B z3|'],
    ['ornaments', '~A2TB2|Mc2Pd2|!turn!e4|(3TABc d2|'],
    ['mordents on notes too short for them', 'MA/4B/4c/2 d2|e3 f/2PM!mordent!g/4.!uppermordent!a/4|'],
    ['staccato', '.A.B!staccato!c.d|.A4|'],
  ])('with %s', async (_, body) => {
    expect(await playFaults(tune(body))).toEqual([]);
  });

  it('if it comes with the package', async () => {
    const tunes = readFileSync(packageFile('data/tunes/seqkit-tunes.abc'), 'utf8').split(/\n\n+(?=X:)/);
    expect(tunes).toHaveLength(98);
    for (const abc of tunes.filter((_each, i) => i % 3 === 0)) expect(await playFaults(abc), abc).toEqual([]);
  });

  it.each([
    ['nothing sounds', 'z4|', [/^No note sounds\.$/]],
    ['it has no notes', '', [/^No note sounds\.$/]],
    // Only what is written as 1 is passed over the second time, and abcjs plays this ending otherwise.
    [
      'its time is another',
      '|:A4|[1,3B4:|[2c4|]',
      [/^The last note ends at 6 .* add up to 5 whole notes\.$/],
    ],
    // A mark that stands after its note, where no writer here puts it.
    ['a note does not sound', 'AB|A.>.B|', [/^Notes that never end/]],
    ['notes come at other times', '|:A4|[1,3B2G2:|[2c4|]', [/^No note sounds at 3.5 /]],
  ])('not where %s', async (_, body, faults) => {
    const found = await playFaults(tune(body));
    expect(found.slice(0, faults.length)).toEqual(faults.map((fault) => expect.stringMatching(fault)));
  });
});

describe('tuplets of unequal notes', () => {
  // Begin and length in eighths, worked by hand from ABC 2.1, 4.13: each written length times q/p. abc2midi agrees.
  it.each([
    [
      '(3G>FE z2 C2 D2|',
      [
        [0, 1],
        [1, 1 / 3],
        [4 / 3, 2 / 3],
        [4, 2],
        [6, 2],
      ],
    ],
    [
      '(3G2E C2 D2 z2|',
      [
        [0, 4 / 3],
        [4 / 3, 2 / 3],
        [2, 4 / 3],
        [10 / 3, 2],
      ],
    ],
    [
      '(3:2:4GFE/F/ z2 C2 D2|',
      [
        [0, 2 / 3],
        [2 / 3, 2 / 3],
        [4 / 3, 1 / 3],
        [5 / 3, 1 / 3],
        [4, 2],
        [6, 2],
      ],
    ],
    [
      '(3G2F2E4 C2|',
      [
        [0, 4 / 3],
        [4 / 3, 4 / 3],
        [8 / 3, 8 / 3],
        [16 / 3, 2],
      ],
    ],
    [
      '(5:2CDEFG z4 C2|',
      [
        [0, 0.4],
        [0.4, 0.4],
        [0.8, 0.4],
        [1.2, 0.4],
        [1.6, 0.4],
        [6, 2],
      ],
    ],
  ])('%s are in their time', async (body, expected) => {
    const abc = `X:1\nT:t\nM:4/4\nL:1/8\nK:C\n${body}\n`;
    const { parts } = readScore(await tuneMidi(abc));
    const played = parts[0].notes.map(({ start, end }) =>
      [start, end - start].map((time) => (8 * time) / WHOLE_TICKS),
    );
    expect(played).toHaveLength(expected.length);
    played.flat().forEach((time, i) => expect(time).toBeCloseTo(expected.flat()[i], 2));
    expect(await playFaults(abc)).toEqual([]);
  });
});

describe('marks that abcjs cannot play', () => {
  it('are left out, and no others', async () => {
    expect(await playable(tune('.A "A.M"Me/4.f/4"^M."Pg/2 ~a2|'))).toBe(tune('A "A.M"e/4f/4"^M."Pg/2 ~a2|'));
    const plain = tune('~A4|TB2Mc2|');
    expect(await playable(plain)).toBe(plain);
  });

  it('keep no note from sounding', async () => {
    expect(await notesOf('.A2 .B2|')).toEqual([
      [69, 0, 0.5],
      [71, 0.5, 1],
    ]);
    expect(await notesOf('A3 B3/4Mc/4|')).toEqual([
      [69, 0, 0.75],
      [71, 0.75, 0.9375],
      [73, 0.9375, 1],
    ]);
    // A quarter has room for one: two notes of 1/32, and what is left.
    expect(await notesOf('Mc|')).toEqual([
      [73, 0, 1 / 32],
      [71, 1 / 32, 1 / 16],
      [73, 1 / 16, 1 / 4],
    ]);
  });
});
