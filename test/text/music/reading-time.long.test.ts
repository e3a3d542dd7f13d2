import { describe, expect, it } from 'vitest';
import { readMidi } from '../../../src/text/music/midi/read-midi.js';
import { readTunes } from '../../../src/text/music/notation/read-tunes.js';
import { chunk, notes, type TimedEvent } from './midi/midi-bytes.js';

const head = 'X:1\nT:t\nM:4/4\nL:1/8\nK:C\n';

/** What has tempted readers into looking at a text over and over, so many characters long or more. */
const kinds: readonly (readonly [title: string, text: (length: number) => string])[] = [
  ['bar signs', (n) => head + '|'.repeat(n)],
  ['colons', (n) => head + ':'.repeat(n)],
  ['bar signs apart', (n) => head + '| '.repeat(n / 2)],
  ['bar signs with texts between', (n) => head + '|"x"'.repeat(n / 4)],
  ['tunes', (n) => `${head}A8|B8|]\n\n`.repeat(n / 30)],
  ['bars', (n) => head + 'A8|'.repeat(n / 3)],
  ['lines without bar lines', (n) => head + 'A\n'.repeat(n / 2)],
  ['lines of ornaments', (n) => head + '.\n'.repeat(n / 2)],
  ['spaces', (n) => `${head}A8|${' '.repeat(n)}B8|`],
  ['quotes', (n) => head + '"'.repeat(n)],
  ['a chord symbol without an end', (n) => `${head}"${'G'.repeat(n)}`],
  ['exclamation marks', (n) => head + '!'.repeat(n)],
  ['marks without an end', (n) => head + '!a'.repeat(n / 2)],
  ['plus signs', (n) => head + '+a'.repeat(n / 2)],
  ['brackets', (n) => head + '['.repeat(n)],
  ['a chord of many notes', (n) => `${head}[${'A'.repeat(n)}]`],
  ['braces', (n) => head + '{'.repeat(n)],
  ['grace notes and quotes', (n) => `${head}{${'"'.repeat(n)}}A8|`],
  ['slurs and ties', (n) => `${head}${'('.repeat(n / 3)}A${')'.repeat(n / 3)}${'-'.repeat(n / 3)}`],
  ['digits', (n) => `${head}A${'1'.repeat(n)}|`],
  ['slashes', (n) => `${head}A${'/'.repeat(n)}|`],
  ['numbers of a tuplet', (n) => `${head}(${'3:'.repeat(n / 2)}A8|`],
  ['numbers of an ending', (n) => `${head}A8|${'1,'.repeat(n / 2)}A8|`],
  ['comments', (n) => `${head}A8|${' %'.repeat(n / 2)}\u2028`],
  ['percent signs in a title', (n) => `X:1\nT:${' %'.repeat(n / 2)}\u2028\n`],
  ['fields of keys', (n) => head + 'K:D\n'.repeat(n / 4)],
  ['fields in brackets', (n) => head + '[K:D]'.repeat(n / 5)],
  ['a long type', (n) => `X:1\nR:${'a '.repeat(n / 2)}\nM:4/4\nL:1/8\nK:C\nA8|`],
  ['a long transcription', (n) => `X:1\nZ:${'id:-a-1'.repeat(n / 7)}x\nM:4/4\nL:1/8\nK:C\nA8|`],
  ['a long key', (n) => `X:1\nM:4/4\nK:${'A '.repeat(n / 2)}\nA8|`],
  ['a long meter', (n) => `X:1\nM:${'1+'.repeat(n / 2)}\nK:D\nA8|`],
  ['empty lines', (n) => head + '\n'.repeat(n)],
  ['heads without tunes', (n) => 'M:4/4\n\n'.repeat(n / 7)],
];

function seconds(work: () => void): number {
  const began = performance.now();
  work();
  return (performance.now() - began) / 1000;
}

/**
 * Time over three decades. What is linear takes a hundred times as long for a hundred times as much; what is quadratic
 * ten thousand times. Stretches too short to time count as 10 ms.
 */
function expectLinear(work: (length: number) => void): void {
  work(300);
  const hundredth = Math.max(Math.min(...[1, 2, 3].map(() => seconds(() => work(3_000)))), 0.01);
  expect(seconds(() => work(300_000))).toBeLessThan(1_000 * hundredth);
}

describe('the time that ABC takes grows with its length', () => {
  it.each(kinds)('of %s', (_, text) => {
    expectLinear((length) => {
      readTunes(text(length));
    });
  });
});

/** A MIDI file of so many bytes or a little more: format 0, 96 ticks a quarter. */
function midi(track: readonly number[][]): Uint8Array {
  const parts = [...chunk('MThd', [0, 0, 0, 1, 0, 96])];
  const body = track.flat();
  const size = [24, 16, 8, 0].map((shift) => (body.length >> shift) & 255);
  const bytes = new Uint8Array(parts.length + 8 + body.length);
  bytes.set([...parts, ...Buffer.from('MTrk'), ...size]);
  bytes.set(body, parts.length + 8);
  return bytes;
}

function repeated(events: readonly TimedEvent[], length: number): number[][] {
  const bytes = events.flatMap(([delta, ...event]) => [delta, ...event]);
  return Array.from({ length: Math.ceil(length / bytes.length) }, () => bytes);
}

const midiKinds: readonly (readonly [title: string, events: readonly TimedEvent[]])[] = [
  ['notes', notes([{ pitch: 60, start: 0, length: 96 }])],
  ['notes of the shortest kind', notes([{ pitch: 60, start: 0, length: 1 }])],
  ['triplets', notes([60, 62, 64].map((pitch, i) => ({ pitch, start: 32 * i, length: 32 })))],
  ['beginnings', [[1, 0x90, 60, 80]]],
  ['beginnings of all pitches', Array.from({ length: 128 }, (_, pitch): TimedEvent => [2, 0x90, pitch, 80])],
  ['ends', [[1, 0x80, 60, 0]]],
  ['keys and notes', [[0, 0xff, 0x59, 2, 1, 0], ...notes([{ pitch: 60, start: 0, length: 96 }])]],
  ['meters', [[1, 0xff, 0x58, 4, 4, 2, 24, 8]]],
];

describe('the time that MIDI takes grows with its length', () => {
  it.each(midiKinds)('of %s', (_, events) => {
    expectLinear((length) => {
      try {
        readMidi(midi(repeated(events, length)));
      } catch (error) {
        expect(error).toMatchObject({ name: 'SeqkitError' });
      }
    });
  });

  it.each([
    [
      'rest',
      [
        [0, 0x90, 60, 80],
        [0x60, 0x80, 60, 0],
        [0xaf, 0xd7, 0xc2, 0x00, 0x90, 62, 80],
        [0x60, 0x80, 62, 0],
      ],
    ],
    [
      'note',
      [
        [0, 0x90, 60, 80],
        [0xaf, 0xd7, 0xc2, 0x00, 0x80, 60, 0],
        [0, 0x90, 62, 80],
        [0x60, 0x80, 62, 0],
      ],
    ],
  ])('and a %s of a hundred million ticks is refused', (what, track) => {
    // 0xaf d7 c2 00 is 100,000,000: 260,417 whole notes at 96 ticks a quarter.
    const began = performance.now();
    expect(() => readMidi(midi(track))).toThrow(
      new RegExp(`a ${what} of 26041[67] whole notes comes 1 note into`),
    );
    expect(performance.now() - began).toBeLessThan(1_000);
  });
});
