import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { decodeWav } from '../../src/audio/wav.js';
import { SeqkitError } from '../../src/rnn/errors.js';
import { describeShared } from '../support/shared-data.js';

/** Files that are damaged or of a kind that is not decoded, and what is said of them. */
const refused: Record<string, RegExp> = {
  'fuzzing_corpus__au__pcm_mulaw.au': /byte 0: expected a WAV file/,
  'fuzzing_corpus__wav__mozilla__1080986.wav': /claims 808006 bytes, only 536/,
  'fuzzing_corpus__wav__mozilla__wavedata_u8.wav': /claims 12049 bytes of samples, only 10993/,
  'go_audio_wav__sample.avi': /expected "WAVE", found "AVI "/,
  'hound__fuzz__crash-24728523ef4be15c838293b676f6853e73723bf4.wav': /claims 655360 bytes, only 17/,
  'hound__fuzz__crash-b8447179832529c48f9c6bf17feab6337bbc78ea.wav': /claims 4278190336 bytes, only 21/,
  'hound__pcmwaveformat-24bit-4byte-48kHz-stereo.wav': /frames of 8 bytes, expected 6/,
  'scipy__data__test-44100Hz-le-1ch-4bytes-early-eof-no-data.wav': /ends before its samples/,
  'scipy__data__test-44100Hz-le-1ch-4bytes-incomplete-chunk.wav': /no "fmt " chunk/,
  'scipy__data__test-8000Hz-le-3ch-5S-24bit-inconsistent.wav': /frames of 4 bytes, expected 9/,
  'scipy__data__test-8000Hz-le-3ch-5S-64bit.wav': /64 bits a sample/,
};

/** What sox makes of a file, mixed down to one channel; undefined where it cannot read it. */
function bySox(file: string): Float32Array | undefined {
  const args = ['-V1', '-D', '-t', 'wav', file, '-t', 'f32', '-c', '1', '-'];
  const { status, stdout } = spawnSync('sox', args, { maxBuffer: 2 ** 28 });
  if (status !== 0) return undefined;
  return new Float32Array(stdout.buffer.slice(stdout.byteOffset, stdout.byteOffset + stdout.length));
}

const soxIsHere = spawnSync('sox', ['--version']).status === 0;

describeShared('odd WAV files', ['odd-wavs'], (folder) => {
  for (const name of readdirSync(folder)) {
    const bytes = () => new Uint8Array(readFileSync(join(folder, name)));
    if (refused[name] !== undefined) {
      it(`refuses ${name}`, () => {
        expect(() => decodeWav(bytes(), name)).toThrow(SeqkitError);
        expect(() => decodeWav(bytes(), name)).toThrow(refused[name]);
      });
      continue;
    }
    it.skipIf(!soxIsHere)(`reads ${name} as sox does${soxIsHere ? '' : ' (sox is not here)'}`, () => {
      const { samples } = decodeWav(bytes(), name);
      const expected = bySox(join(folder, name));
      if (expected === undefined) {
        // 12 bits in 16 and 27 in 32, which sox does not read: at least it must be sound.
        expect(samples.every((x) => Math.abs(x) <= 1)).toBe(true);
        return;
      }
      expect(samples.length).toBe(expected.length);
      // sox clips what exceeds full scale, and rounds to 32-bit integers on its way.
      let worst = 0;
      samples.forEach(
        (x, i) => (worst = Math.max(worst, Math.abs(Math.max(-1, Math.min(1, x)) - expected[i]))),
      );
      expect(worst).toBeLessThan(4e-5);
    });
  }

  it('reads the big-endian extensible file as its little-endian twin', () => {
    const read = (name: string) => decodeWav(new Uint8Array(readFileSync(join(folder, name))), name).samples;
    const [big, little] = ['be-1ch-4bytes', 'le-1ch-4bytes-rf64'].map((kind) =>
      read(`scipy__data__test-44100Hz-${kind}.wav`),
    );
    expect(big.length).toBe(4410);
    expect(big).toEqual(little);
  });

  it.each(readdirSync(folder))('repairs %s, or says why not', (name) => {
    const bytes = new Uint8Array(readFileSync(join(folder, name)));
    let strict: Float32Array | undefined;
    try {
      strict = decodeWav(bytes, name).samples;
    } catch {
      // Refused; what repair makes of it is below.
    }
    try {
      const { samples, losses } = decodeWav(bytes, name, { repair: true });
      expect(samples.length).toBeGreaterThan(0);
      expect(losses.length > 0).toBe(strict === undefined);
      if (strict !== undefined)
        expect(Buffer.from(samples.buffer).equals(Buffer.from(strict.buffer))).toBe(true);
    } catch (error) {
      expect(error).toBeInstanceOf(SeqkitError);
      expect((error as SeqkitError).message).toContain(`${name}: byte `);
      expect(strict).toBeUndefined();
    }
  });
});
