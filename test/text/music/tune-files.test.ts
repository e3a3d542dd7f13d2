import { describe, expect, it } from 'vitest';
import { tuneCursor, tuneSheet } from '../../../src/text/music/playback/engraving.js';
import { tuneSound } from '../../../src/text/music/playback/synthesis.js';
import { parseWarnings, tuneMidi } from '../../../src/text/music/playback/tune-files.js';

const abc = 'X:1\nT:Up & down <1>\nM:4/4\nL:1/4\nQ:1/4=120\nK:D\nA B c d|(3efg a2|1 D4:|2 [DFA]4|]\n';

/** Strength of one frequency in a stretch of samples (Goertzel 1958), whatever its phase. */
function strength(samples: Float32Array, hertz: number, sampleRate: number): number {
  const turn = 2 * Math.cos((2 * Math.PI * hertz) / sampleRate);
  let [before, last] = [0, 0];
  for (const sample of samples) [before, last] = [last, sample + turn * last - before];
  return Math.sqrt(before ** 2 + last ** 2 - turn * before * last) / samples.length;
}

/** The notes that a MIDI file begins, in order: pitches of its note-on events (MIDI 1.0, status 9n). */
function notesOn(bytes: Uint8Array): number[] {
  const pitches: number[] = [];
  let at = 14;
  while (at < bytes.length) {
    const end = at + 8 + new DataView(bytes.buffer, bytes.byteOffset + at + 4).getUint32(0);
    at += 8;
    while (at < end) {
      while (bytes[at] >= 0x80) at++;
      at++;
      const status = bytes[at++];
      if (status === 0xff) at += 2 + bytes[at + 1];
      else {
        if (status >> 4 === 9 && bytes[at + 1] > 0) pitches.push(bytes[at]);
        at += status >> 4 === 0xc || status >> 4 === 0xd ? 1 : 2;
      }
    }
  }
  return pitches;
}

// A B c# d e f# g a and both endings, as they stand in D major.
const first = [69, 71, 73, 74, 76, 78, 79, 81];
const played = [...first, 62, ...first, 62, 66, 69];

describe('a tune', () => {
  it('is played out as MIDI: repeats, endings, the key, chords', async () => {
    const bytes = await tuneMidi(abc);
    expect(new TextDecoder().decode(bytes.subarray(0, 4))).toBe('MThd');
    expect(notesOn(bytes)).toEqual(played);
  });

  it('sounds at its pitches and for its time', async () => {
    const { samples, sampleRate } = await tuneSound(abc);
    // 24 quarters at 120 a minute: 12 s, and what rings on.
    expect(samples.length / sampleRate).toBeGreaterThan(12);
    expect(samples.length / sampleRate).toBeLessThan(13.5);
    expect(Math.max(...samples.subarray(0, 100_000).map(Math.abs))).toBeLessThanOrEqual(0.8 + 1e-6);
    const quarter = 0.5 * sampleRate;
    [440, 493.883, 554.365, 587.33].forEach((hertz, i) => {
      const note = samples.subarray((i + 0.2) * quarter, (i + 0.8) * quarter);
      const own = strength(note, hertz, sampleRate);
      for (const other of [415.3, 466.16, 523.25, 622.25]) {
        expect(own).toBeGreaterThan(8 * strength(note, other, sampleRate));
      }
    });
  });

  it('is drawn as one SVG with nothing undefined in it', async () => {
    const svg = await tuneSheet(abc);
    expect(svg).toMatch(
      /^<\?xml version="1.0" encoding="UTF-8"\?>\n<svg xmlns="http:\/\/www.w3.org\/2000\/svg"/,
    );
    expect(svg).not.toMatch(/NaN|undefined|currentColor/);
    expect(svg).toContain('Up &amp; down &lt;1&gt;');
    // Every tag that opens is closed, in order.
    const open: string[] = [];
    for (const [tag, close, name] of svg.matchAll(/<(\/?)([a-z]+)(?:[^<>"]|"[^"]*")*>/g)) {
      if (close) expect(open.pop()).toBe(name);
      else if (!tag.endsWith('/>')) open.push(name);
    }
    expect(open).toEqual([]);
    expect(globalThis).not.toHaveProperty('document');
    // As after a look for a GPU, which leaves a navigator of its own.
    const before = Object.getOwnPropertyDescriptor(globalThis, 'navigator');
    Object.defineProperty(globalThis, 'navigator', { value: { gpu: {} }, configurable: true });
    try {
      expect(await tuneSheet(abc)).toBe(svg);
      expect(globalThis.navigator).toEqual({ gpu: {} });
    } finally {
      if (before) Object.defineProperty(globalThis, 'navigator', before);
      else Reflect.deleteProperty(globalThis, 'navigator');
    }
  });

  it('has its lines broken where they would not fit, and stays as wide as asked', async () => {
    const bars = 'ABcd efga|'.repeat(16);
    const sheet = async (body: string, width?: number) => {
      const svg = await tuneSheet(`X:1\nM:4/4\nL:1/8\nK:D\n${body}\n`, width === undefined ? {} : { width });
      return {
        width: Number(/ width="([\d.]+)"/.exec(svg)![1]),
        height: Number(/ height="([\d.]+)"/.exec(svg)![1]),
      };
    };
    const [long, short] = [await sheet(bars), await sheet('ABcd efga|')];
    expect(long.width).toBe(short.width);
    expect(long.height).toBeGreaterThan(2 * short.height);
    expect((await sheet(bars, 400)).width).toBeLessThan(450);
  });

  it('is followed by a cursor, note by note as it is played', async () => {
    const [places, svg] = [await tuneCursor(abc), await tuneSheet(abc)];
    // At 120 a minute; the triplet takes the time of a half note, and the first four and the last bar one each.
    const once = [0, 0.5, 1, 1.5, 2, 2 + 1 / 3, 2 + 2 / 3, 3, 4];
    const times = [...once, ...once.slice(0, -1).map((seconds) => 6 + seconds), 10];
    expect(places).toHaveLength(times.length);
    places.forEach(({ seconds }, i) => expect(seconds).toBeCloseTo(times[i], 2));
    // Where the heads of the notes are drawn.
    const heads = [...svg.matchAll(/data-name="([A-Ga-g])" d="M ([\d.]+) ([\d.]+)/g)];
    const names = places.map(({ left, width, top, height }) => {
      const own = heads.filter(([, , x]) => Number(x) >= left && Number(x) <= left + width);
      for (const [, , , y] of own) {
        expect(Number(y)).toBeGreaterThan(top);
        expect(Number(y)).toBeLessThan(top + height);
      }
      return own.map(([, name]) => name).join('');
    });
    expect(names.join(' ')).toBe('A B c d e f g a D A B c d e f g a DFA');
  });

  it('is judged by abcjs', async () => {
    expect(await parseWarnings(abc)).toEqual([]);
    expect((await parseWarnings('X:1\nM:4/4\nK:D\nA?B|\n')).join()).toContain('Unknown character');
  });
});
