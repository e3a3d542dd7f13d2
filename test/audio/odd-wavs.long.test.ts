import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, it } from 'vitest';
import { decodeWav } from '../../src/audio/signal/wav.js';
import { SeqkitError } from '../../src/base/errors.js';
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

/** Sound files that sox does not read: 12 bits in 16, 24 and 27 in 32, and the extensible header of RIFX. */
const notBySox = new Set([
  'hound__waveformatextensible-24bit-4byte-48kHz-stereo.wav',
  'scipy__data__test-44100Hz-be-1ch-4bytes.wav',
  'wavefile__27bit-8kHz-noBext-mono.wav',
  'wavefile__M1F1-int12WE-AFsp-NEW-TAGS.wav',
  'wavefile__M1F1-int12WE-AFsp.wav',
]);

/** What another program makes of a file, mixed down to one channel, as 32-bit floats. */
function byProgram(program: string, args: string[]): Float32Array {
  const { status, stdout } = spawnSync(program, args, { maxBuffer: 2 ** 28 });
  expect(status).toBe(0);
  return new Float32Array(stdout.buffer.slice(stdout.byteOffset, stdout.byteOffset + stdout.length));
}

/**
 * The same by numpy, for frames of whole little- or big-endian 16 or 32-bit numbers after the "data" of an
 * intact file.
 */
const NUMPY = `
import sys, struct, numpy
b = open(sys.argv[1], 'rb').read()
e = '>' if b[:4] == b'RIFX' else '<'
at, channels, width = 12, 0, 0
while b[at:at+4] != b'data':
    size = struct.unpack(e + 'I', b[at+4:at+8])[0]
    if b[at:at+4] == b'fmt ':
        channels, = struct.unpack(e + 'H', b[at+10:at+12])
        width = struct.unpack(e + 'H', b[at+22:at+24])[0] // 8
    at += 8 + size + size % 2
size = struct.unpack(e + 'I', b[at+4:at+8])[0]
x = numpy.frombuffer(b[at+8:at+8+size], e + 'i%d' % width).reshape(-1, channels)
taken = sys.argv[2:]
x = x[:, [int(taken[0]) - 1]] if taken else x
sys.stdout.buffer.write((x.mean(axis=1) / 2.0 ** (8 * width - 1)).astype('<f4').tobytes())`;

const soxIsHere = spawnSync('sox', ['--version']).status === 0;
const numpyIsHere = spawnSync('/usr/bin/python3', ['-c', 'import numpy']).status === 0;

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

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
    const judge = notBySox.has(name) ? 'numpy' : 'sox';
    const isHere = judge === 'sox' ? soxIsHere : numpyIsHere;
    it.skipIf(!isHere)(`reads ${name} as ${judge} does${isHere ? '' : ` (${judge} is not here)`}`, () => {
      const { samples, remarks } = decodeWav(bytes(), name);
      const file = join(folder, name);
      // Of channels that cancel, one is taken.
      const taken = /channel (\d+) alone is taken/.exec(remarks.join())?.[1];
      const mix = taken === undefined ? ['-c', '1', '-'] : ['-', 'remix', taken];
      const expected =
        judge === 'sox'
          ? byProgram('sox', ['-V1', '-D', '-t', 'wav', file, '-t', 'f32', ...mix])
          : byProgram('/usr/bin/python3', ['-c', NUMPY, file, ...(taken === undefined ? [] : [taken])]);
      expect(samples.length).toBe(expected.length);
      expect(samples.length).toBeGreaterThan(0);
      // sox clips what exceeds full scale, and rounds to 32-bit integers on its way.
      let worst = 0;
      samples.forEach(
        (x, i) => (worst = Math.max(worst, Math.abs(Math.max(-1, Math.min(1, x)) - expected[i]))),
      );
      expect(worst).toBeLessThan(judge === 'sox' ? 4e-5 : 1e-7);
    });
  }

  it.each(readdirSync(folder))('takes no more memory for %s than a few times its size', (name) => {
    const bytes = new Uint8Array(readFileSync(join(folder, name)));
    for (const repair of [false, true]) {
      collectGarbage();
      const before = process.memoryUsage().arrayBuffers;
      try {
        decodeWav(bytes, name, { repair });
      } catch {
        // What is said of it is held elsewhere.
      }
      // With every passing copy: of 8 bits a byte, float64 and float32, of 4 bits twice that. Some headers claim gigabytes.
      const taken = process.memoryUsage().arrayBuffers - before;
      expect(taken).toBeLessThan(32 * bytes.length + 65_536);
    }
  });

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
