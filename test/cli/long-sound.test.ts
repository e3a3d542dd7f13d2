import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { RepairOption } from '../../src/audio/signal/riff.js';
import { encodeWav } from '../../src/audio/signal/wav.js';
import { openLongSound } from '../../src/cli/trigger/long-sound.js';
import { readSound } from '../../src/cli/clips/sound-file.js';

const folder = mkdtempSync(path.join(tmpdir(), 'seqkit-long-sound-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const samples = Float32Array.from({ length: 300_000 }, (_, i) => Math.sin(i * i * 1e-6));
const plain = Buffer.from(encodeWav({ samples, sampleRate: 22_050 }));
const save = (name: string, bytes: Uint8Array): string => {
  const file = path.join(folder, name);
  writeFileSync(file, bytes);
  return file;
};

/** The pieces joined, and what is told beside them. */
function joined(file: string, options: RepairOption = {}) {
  const sound = openLongSound(file, options);
  const pieces = [...sound.chunks()];
  return {
    samples: Buffer.concat(
      pieces.map((piece) => Buffer.from(piece.buffer, piece.byteOffset, piece.byteLength)),
    ),
    sampleRate: sound.sampleRate,
    length: sound.length,
    losses: sound.losses,
    count: pieces.length,
  };
}

function expectAsWhole(file: string, options: RepairOption = {}): number {
  const whole = readSound(file, options);
  const { count, samples: read, ...told } = joined(file, options);
  expect(read.equals(Buffer.from(whole.samples.buffer))).toBe(true);
  const { sampleRate, losses } = whole;
  expect(told).toEqual({ sampleRate, losses, length: whole.samples.length });
  return count;
}

describe('openLongSound', () => {
  it('gives in pieces what the whole file holds', () => {
    expect(expectAsWhole(save('plain.wav', plain))).toBeGreaterThan(2);
    // Two channels of the same bytes.
    const stereo = Buffer.from(plain);
    stereo.writeUInt16LE(2, 22);
    stereo.writeUInt16LE(4, 32);
    expect(expectAsWhole(save('stereo.wav', stereo))).toBeGreaterThan(2);
  });

  it('reads on where the samples begin late', () => {
    const list = Buffer.alloc(8 + (3 << 20));
    list.write('LIST');
    list.writeUInt32LE(3 << 20, 4);
    const late = Buffer.concat([plain.subarray(0, 36), list, plain.subarray(36)]);
    late.writeUInt32LE(late.length - 8, 4);
    expectAsWhole(save('late.wav', late));
  });

  it('refuses or repairs what is cut off, as other commands do', () => {
    const cut = save('cut.wav', plain.subarray(0, 400_001));
    const message = (act: () => unknown): string => {
      try {
        act();
      } catch (error) {
        return (error as Error).message;
      }
      return 'no error';
    };
    expect(message(() => openLongSound(cut))).toBe(message(() => readSound(cut)));
    expect(message(() => openLongSound(cut))).toContain('the file is cut off');
    expectAsWhole(cut, { repair: true });
    const missing = path.join(folder, 'none.wav');
    expect(message(() => openLongSound(missing))).toBe(message(() => readSound(missing)));
    expect(message(() => openLongSound(folder))).toBe(message(() => readSound(folder)));
  });

  it('names the byte of a sample that is no number, and repairs it', () => {
    const float = Buffer.concat([plain.subarray(0, 44), Buffer.alloc(400_000)]);
    float.writeUInt16LE(3, 20);
    float.writeUInt16LE(4, 32);
    float.writeUInt16LE(32, 34);
    float.writeUInt32LE(400_000, 40);
    float.writeFloatLE(NaN, 44 + 4 * 90_000);
    const file = save('nan.wav', float);
    expect(() => joined(file)).toThrow(`byte ${44 + 4 * 90_000}: a sample is NaN`);
    expectAsWhole(file, { repair: true });
    expect(readFileSync(file).length).toBe(float.length);
  });
});
