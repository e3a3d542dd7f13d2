import { describe, expect, it } from 'vitest';
import { SeqkitError } from '../../../../src/base/errors.js';
import { Random } from '../../../../src/base/math/random.js';
import { readMidi } from '../../../../src/text/music/midi/read-midi.js';
import { trackFault } from '../../../../src/text/music/midi/track-check.js';
import { chunk } from './midi-bytes.js';

const end = [0, 0xff, 0x2f, 0];
const file = (track: readonly number[]): Uint8Array =>
  Uint8Array.from([...chunk('MThd', [0, 0, 0, 1, 1, 0xe0]), ...chunk('MTrk', [...track])]);

describe('the events of a track', () => {
  it.each<[string, number[], string | undefined]>([
    ['notes, with and without a status of their own', [0, 0x90, 60, 64, 96, 60, 0, ...end], undefined],
    ['a time of four bytes, the longest', [0xff, 0xff, 0xff, 0x7f, 0x90, 60, 64, ...end], undefined],
    ['a time of five', [0x81, 0x81, 0x81, 0x81, 1, 0x90, 60, 64], 'byte 0 has a time without an end'],
    ['a time at the very end', [...end, 0], 'byte 4 is cut off'],
    ['a text of three bytes', [0, 0xff, 1, 3, 97, 98, 99, ...end], undefined],
    ['a text that goes on behind the track', [0, 0xff, 1, 9, 97, 98], 'is cut off: 7 bytes are missing'],
    // As five bytes of length come out below zero, and lead back to where they stand.
    ['a text of less than nothing', [0, 0xff, 1, 0xff, 0xff, 0xff, 0xff, 0x40], 'a length without an end'],
    ['a system message', [0, 0xf0, 2, 1, 0xf7, ...end], undefined],
    ['data before any status', [0, 60, 64], 'byte 0 has no status'],
    ['half a note', [0, 0x90, 60], 'is cut off: 1 bytes are missing'],
  ])('%s', (_what, track, fault) => {
    const found = trackFault(Uint8Array.from(track));
    if (fault === undefined) expect(found).toBeUndefined();
    else expect(found).toContain(fault);
  });

  it('are refused or read, whatever they are, and none goes on for ever', () => {
    const random = new Random(8);
    const likely = [0, 0x90, 0xff, 0x80, 0xf0, 0xf7, 1, 0x51, 0x58, 60, 0x7f, 0xc0];
    let refused = 0;
    for (let i = 0; i < 3_000; i++) {
      const track = Array.from({ length: random.integer(40) }, () =>
        random.integer(3) === 0 ? random.integer(256) : likely[random.integer(likely.length)],
      );
      try {
        readMidi(file(track));
      } catch (error) {
        expect(error).toBeInstanceOf(SeqkitError);
        refused++;
      }
    }
    expect(refused).toBeGreaterThan(1_000);
  });

  it('are looked for in a file that has no more than its first letters', () => {
    for (let size = 4; size < 14; size++) {
      expect(() => readMidi(file(end).subarray(0, size))).toThrow('header is cut off');
    }
  });
});
