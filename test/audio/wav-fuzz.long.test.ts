import wavefile from 'wavefile';
import { describe, expect, it } from 'vitest';
import { decodeWav } from '../../src/audio/signal/wav.js';
import { SeqkitError } from '../../src/base/errors.js';
import { Random } from '../../src/base/math/random.js';

const FILES = 20_000;

/** Sound files of every kind that is read, a few hundred frames each. */
function soundFiles(): Uint8Array[] {
  const files: Uint8Array[] = [];
  const make = (depth: string, channels: number, change: (wav: wavefile.WaveFile) => void, options = {}) => {
    const floats = /f$|^64$/.test(depth);
    const scale = floats ? 1 : 2 ** ((depth === '8' ? 8 : Number.parseInt(depth)) - 1) - 1;
    const samples = Array.from({ length: 300 * channels }, (_, i) => {
      const x = 0.7 * Math.sin(0.05 * i) * scale;
      return floats ? x : Math.round(depth === '8' ? x + 128 : x);
    });
    const wav = new wavefile.WaveFile();
    wav.fromScratch(channels, 8000, depth, samples, options);
    change(wav);
    files.push(wav.toBuffer());
  };
  for (const depth of ['8', '12', '16', '24', '32', '32f', '64']) make(depth, 2, () => undefined);
  for (const container of ['RIFX', 'RF64']) make('16', 1, () => undefined, { container });
  // wavefile writes the extensible header from three channels on.
  make('24', 4, () => undefined);
  make('16', 1, (wav) => wav.toALaw());
  make('16', 1, (wav) => wav.toMuLaw());
  make('16', 1, (wav) => wav.toIMAADPCM());
  make('16', 1, (wav) => wav.setTag('ICMT', 'a remark'));
  return files;
}

const EXTREMES = [0, 1, 0x7f, 0x80, 0xff, 0x7fffffff, 0x80000000, 0xfffffffe, 0xffffffff];

/** One to four changes: bytes, sizes, a cut, a stretch doubled or taken out. */
function mutated(file: Uint8Array, random: Random): Uint8Array {
  let bytes = file.slice();
  for (let change = 1 + random.integer(4); change > 0; change--) {
    // The header is where it hurts.
    const at = random.integer(random.uniform() < 0.7 ? Math.min(bytes.length, 80) : bytes.length);
    switch (random.integer(5)) {
      case 0:
        bytes[at] = random.integer(256);
        break;
      case 1:
        if (at + 4 <= bytes.length) {
          new DataView(bytes.buffer).setUint32(at, random.choice(EXTREMES), random.uniform() < 0.8);
        }
        break;
      case 2:
        bytes = bytes.slice(0, at);
        break;
      case 3: {
        const length = random.integer(40);
        bytes = Uint8Array.from([...bytes.slice(0, at), ...bytes.slice(at, at + length), ...bytes.slice(at)]);
        break;
      }
      default:
        bytes = Uint8Array.from([...bytes.slice(0, at), ...bytes.slice(at + 1 + random.integer(20))]);
    }
    if (bytes.length === 0) break;
  }
  return bytes;
}

describe(`${FILES} damaged files`, () => {
  it('decode to finite samples or end in an error that names file, byte and cause', () => {
    const random = new Random(20_000);
    const whole = soundFiles();
    for (const file of whole) expect(decodeWav(file, 'whole.wav').losses).toEqual([]);
    const counts = { read: 0, refused: 0, repaired: 0 };
    let mostMemory = 0;
    for (let n = 0; n < FILES; n++) {
      const bytes = mutated(random.choice(whole), random);
      for (const repair of [false, true]) {
        const before = process.memoryUsage().arrayBuffers;
        try {
          const { samples, losses } = decodeWav(bytes, 'x.wav', { repair });
          expect(samples.every(Number.isFinite)).toBe(true);
          // Half a byte a sample is the least that is read, and a sample kept takes four.
          expect(samples.length).toBeLessThanOrEqual(2 * bytes.length);
          if (!repair) expect(losses).toEqual([]);
          if (!repair) counts.read++;
          else if (losses.length > 0) counts.repaired++;
        } catch (error) {
          if (!(error instanceof SeqkitError)) throw error;
          expect(error.code).toBe('bad-file');
          expect(error.message).toMatch(/^x\.wav: byte \d+: [ -~]+$/);
          if (!repair) counts.refused++;
        }
        mostMemory = Math.max(
          mostMemory,
          (process.memoryUsage().arrayBuffers - before) / (bytes.length + 1024),
        );
      }
    }
    expect(counts.read + counts.refused).toBe(FILES);
    // Each kind of outcome was really met.
    for (const count of Object.values(counts)) expect(count).toBeGreaterThan(1000);
    // Small files, all of whose passing copies are counted; of long ones only a block is in hand at a time.
    expect(mostMemory).toBeLessThan(40);
  });
});
