import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { readScore } from '../../../src/text/music/midi/score.js';
import { WHOLE_TICKS } from '../../../src/text/music/notation/meter.js';
import { programOf } from '../../../src/text/music/playback/general-midi.js';
import { tuneMidi, tuneSound } from '../../../src/text/index.js';

const abc = (meter: string, body: string, key = 'C'): string =>
  `X:1\nT:t\nM:${meter}\nL:1/8\nK:${key}\n${body}\n`;

/** Starts and ends of the notes of a MIDI file, in eighths. */
function timesOf(bytes: Uint8Array): number[][] {
  const eighth = WHOLE_TICKS / 8;
  return readScore(bytes).parts[0].notes.map(({ start, end }) => [start / eighth, end / eighth]);
}

describe('tuneMidi', () => {
  it('swings eighths as it is asked to, and leaves quarters and compound meters alone', async () => {
    const even = timesOf(await tuneMidi(abc('4/4', 'CDEF G2A2|')));
    const swung = timesOf(await tuneMidi(abc('4/4', 'CDEF G2A2|'), { swing: 0.75 }));
    expect(even.map(([start]) => start)).toEqual([0, 1, 2, 3, 4, 6]);
    const starts = swung.map(([start]) => start);
    [0, 1.5, 2, 3.5, 4, 6].forEach((start, i) => expect(starts[i]).toBeCloseTo(start, 1));
    const jig = abc('6/8', 'CDE FGA|');
    expect(await tuneMidi(jig, { swing: 0.75 })).toEqual(await tuneMidi(jig));
    expect(await tuneMidi(jig, { swing: 0.5 })).toEqual(await tuneMidi(jig));
  });

  it('counts beats from the first whole bar on', async () => {
    const swung = timesOf(await tuneMidi(abc('4/4', 'C|DEFG A4|'), { swing: 0.75 }));
    const starts = swung.map(([start]) => start);
    // The pickup is the second of two eighths: its bar begins one eighth later.
    [0, 1, 2.5, 3, 4.5, 5].slice(1).forEach((start, i) => expect(starts[i + 1]).toBeCloseTo(start, 1));
  });

  it('says tempo and instrument, and plays chord symbols beside the melody', async () => {
    const bytes = Buffer.from(await tuneMidi(abc('4/4', '"C"C8|'), { tempo: 120, instrument: 'Flute' }));
    expect(bytes.includes(Buffer.from([0xff, 0x51, 0x03, 0x07, 0xa1, 0x20]))).toBe(true);
    expect(bytes.includes(Buffer.from([0xc0, 73]))).toBe(true);
    expect(readScore(bytes).parts.length).toBeGreaterThan(1);
  });
});

describe('tuneSound', () => {
  it('is as long as its tempo says', async () => {
    const seconds = async (tempo: number): Promise<number> => {
      const { samples, sampleRate } = await tuneSound(abc('4/4', 'C4D4|'), { tempo, sampleRate: 8_000 });
      return samples.length / sampleRate;
    };
    // Four quarters, and what rings on.
    expect((await seconds(60)) - (await seconds(120))).toBeCloseTo(2, 2);
    const swung = await tuneSound(abc('4/4', 'CDCD C4|'), { swing: 0.7, sampleRate: 8_000 });
    expect(swung.samples).not.toEqual(
      (await tuneSound(abc('4/4', 'CDCD C4|'), { sampleRate: 8_000 })).samples,
    );
  });
});

describe('instruments of General MIDI', () => {
  it.each([
    ['violin', 40],
    ['Fiddle', 110],
    ['accordion', 21],
    ['acoustic grand', 0],
    ['1', 0],
    ['128', 127],
    ['gunshot', 127],
    ['flute', 73],
  ])('knows %s', (name, program) => expect(programOf(name)).toBe(program));

  it.each(['', 'kazoo', '0', '129', 'synth', '1.5'])('refuses %j', (name) => {
    expect(() => programOf(name)).toThrow('General MIDI has no');
  });
});

it('sox, where it is installed, hears the chords under the melody', async ({ skip }) => {
  skip(spawnSync('sox', ['--version']).error !== undefined, 'sox is not installed');
  const { encodeWav } = await import('../../../src/audio/signal/wav.js');
  const level = async (body: string): Promise<number> => {
    const sound = await tuneSound(abc('4/4', body), { sampleRate: 8_000 });
    // What lies under the melody, which begins at 523 Hz.
    const { stderr } = spawnSync('sox', ['-t', 'wav', '-', '-n', 'sinc', '-400', 'stat'], {
      input: encodeWav(sound),
      encoding: 'utf8',
    });
    return Number(/RMS\s+amplitude:\s+([\d.]+)/.exec(stderr)![1]);
  };
  expect(await level('"C"c8|"G"d8|')).toBeGreaterThan(20 * (await level('c8|d8|')));
});
