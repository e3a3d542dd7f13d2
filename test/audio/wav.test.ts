import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import wavefile from 'wavefile';
import { describe, expect, it } from 'vitest';
import { SeqkitError } from '../../src/base/errors.js';
import { decodeWav, encodeWav } from '../../src/audio/signal/wav.js';

/** A WAV file put together by hand: every byte is known. */
function wavOf(options: {
  format?: number;
  channels?: number;
  bits: number;
  data: number[];
  claim?: number;
  extra?: string;
  sampleRate?: number;
}): Uint8Array {
  const {
    format = 1,
    channels = 1,
    bits,
    data,
    claim = data.length,
    extra = '',
    sampleRate = 8000,
  } = options;
  const text = (value: string) => [...value].map((c) => c.charCodeAt(0));
  const u32 = (x: number) => [x & 255, (x >>> 8) & 255, (x >>> 16) & 255, (x >>> 24) & 255];
  const u16 = (x: number) => u32(x).slice(0, 2);
  const align = (channels * bits) / 8;
  const fmt = [
    ...u16(format),
    ...u16(channels),
    ...u32(sampleRate),
    ...u32(sampleRate * align),
    ...u16(align),
    ...u16(bits),
  ];
  const chunks = [
    ...text('fmt '),
    ...u32(16),
    ...fmt,
    ...text(extra),
    ...text('data'),
    ...u32(claim),
    ...data,
  ];
  return Uint8Array.from([...text('RIFF'), ...u32(4 + chunks.length), ...text('WAVE'), ...chunks]);
}

const decoded = (bytes: Uint8Array) => Array.from(decodeWav(bytes, 'x.wav').samples);
const messageOf = (bytes: Uint8Array) => {
  try {
    decodeWav(bytes, 'x.wav');
  } catch (error) {
    expect(error).toBeInstanceOf(SeqkitError);
    expect((error as SeqkitError).code).toBe('bad-file');
    return (error as SeqkitError).message;
  }
  throw new Error('no error was raised');
};

describe('decodeWav', () => {
  it('reads 8-bit samples, which have no sign', () => {
    expect(decoded(wavOf({ bits: 8, data: [0, 64, 128, 192] }))).toEqual([-1, -0.5, 0, 0.5]);
    expect(decoded(wavOf({ bits: 8, data: [0, 128, 192] }))).toEqual([-1, 0, 0.5]);
  });

  it('reads 16, 24 and 32-bit samples', () => {
    expect(decoded(wavOf({ bits: 16, data: [0, 0x80, 0, 0x40, 1, 0] }))).toEqual([-1, 0.5, 2 ** -15]);
    expect(decoded(wavOf({ bits: 24, data: [0, 0, 0x80, 0, 0, 0x40] }))).toEqual([-1, 0.5]);
    expect(decoded(wavOf({ bits: 32, data: [0, 0, 0, 0x80, 0, 0, 0, 0x40] }))).toEqual([-1, 0.5]);
  });

  it('reads floats of 32 and 64 bits', () => {
    const floats = (values: Float32Array | Float64Array) => Array.from(new Uint8Array(values.buffer));
    expect(decoded(wavOf({ format: 3, bits: 32, data: floats(new Float32Array([0.25, -0.75])) }))).toEqual([
      0.25, -0.75,
    ]);
    expect(decoded(wavOf({ format: 3, bits: 64, data: floats(new Float64Array([0.25, -0.75])) }))).toEqual([
      0.25, -0.75,
    ]);
  });

  it('reads A-law and mu-law', () => {
    // ITU-T G.711, tables 1a and 2a: the largest and the smallest values, on a scale of 4096 and 8192 at 16 bits.
    expect(decoded(wavOf({ format: 6, bits: 8, data: [0xaa, 0x2a, 0xd5] })).map((x) => x * 32768)).toEqual([
      32256, -32256, 8,
    ]);
    expect(decoded(wavOf({ format: 7, bits: 8, data: [0x80, 0x00, 0xff] })).map((x) => x * 32768)).toEqual([
      32124, -32124, 0,
    ]);
  });

  it('mixes channels down to their mean', () => {
    const { samples, sampleRate } = decodeWav(
      wavOf({ bits: 8, channels: 2, data: [128, 192, 0, 64], sampleRate: 44_100 }),
      'x',
    );
    expect(Array.from(samples)).toEqual([0.25, -0.75]);
    expect(sampleRate).toBe(44_100);
  });

  it.each(['RIFX', 'RF64'])('reads %s files', (container) => {
    const wav = new wavefile.WaveFile();
    wav.fromScratch(1, 16_000, '16', [0, 16384, -32768], { container });
    expect(decoded(wav.toBuffer())).toEqual([0, 0.5, -1]);
  });

  it('steps over chunks that hold no sound, whatever is in them', () => {
    const cue = 'cue \x04\0\0\0\xff\xff\xff\xff';
    const odd = 'LIST\x03\0\0\0abc\0';
    expect(decoded(wavOf({ bits: 8, data: [192], extra: cue + odd }))).toEqual([0.5]);
  });

  it('keeps a round trip within half a step of 16 bits', () => {
    const samples = Float32Array.from({ length: 100 }, (_, i) => Math.sin(i));
    const back = decodeWav(encodeWav({ samples, sampleRate: 16_000 }), 'x');
    back.samples.forEach((x, i) =>
      expect(Math.abs(x - samples[i])).toBeLessThanOrEqual(x > 0.9999 ? 1 / 32768 : 0.5 / 32768),
    );
    expect(back.sampleRate).toBe(16_000);
  });

  it('clips what it cannot write', () => {
    expect(decoded(encodeWav({ samples: Float32Array.of(3, -3), sampleRate: 8000 }))).toEqual([
      32767 / 32768,
      -1,
    ]);
  });
});

describe('decodeWav on bad files names the file, the byte and the cause', () => {
  const good = wavOf({ bits: 16, data: [1, 0, 2, 0] });
  const changed = (at: number, ...values: number[]) => {
    const bytes = good.slice();
    bytes.set(values, at);
    return bytes;
  };
  it.each<[string, Uint8Array, string]>([
    ['empty', new Uint8Array(0), 'x.wav: byte 0: the file is empty'],
    [
      'no WAV file',
      new TextEncoder().encode('ID3 and so on, an mp3'),
      'x.wav: byte 0: expected a WAV file (RIFF, RIFX or RF64), found "ID3 "',
    ],
    ['another RIFF file', changed(8, 65, 86, 73, 32), 'x.wav: byte 8: expected "WAVE", found "AVI "'],
    [
      'cut off in its samples',
      good.subarray(0, 46),
      'x.wav: byte 40: the header claims 4 bytes of samples, only 2 are there: the file is cut off',
    ],
    ['cut off before its samples', good.subarray(0, 36), 'x.wav: byte 36: the file ends before its samples'],
    [
      'cut off in its header',
      good.subarray(0, 20),
      'x.wav: byte 12: chunk "fmt " claims 16 bytes, only 0 are there',
    ],
    ['without samples', wavOf({ bits: 16, data: [] }), 'x.wav: byte 40: the file holds no samples'],
    ['without channels', changed(22, 0), 'x.wav: byte 20: the header claims no channels'],
    ['without a rate', changed(24, 0, 0), 'x.wav: byte 20: a sample rate of 0 Hz, expected 1,000 to 768,000'],
    [
      'coded as GSM',
      changed(20, 49),
      'x.wav: byte 20: samples coded as format 49 (GSM 6.10), which seqkit does not decode',
    ],
    [
      'with half a frame',
      wavOf({ bits: 16, data: [1, 0, 2] }),
      'x.wav: byte 40: 3 bytes of samples are no multiple of 2 a frame',
    ],
    [
      'streamed',
      wavOf({ bits: 16, data: [1, 0], claim: 0xffffffff }),
      'x.wav: byte 40: the header does not say how long the recording is (a streamed or unfinished file); 2 bytes follow',
    ],
    [
      'with samples that are no numbers',
      wavOf({ format: 3, bits: 32, data: [0, 0, 0xc0, 0x7f] }),
      'x.wav: byte 44: a sample is NaN, expected a finite number',
    ],
  ])('%s', (_, bytes, message) => {
    expect(messageOf(bytes)).toBe(message);
  });
});

describe('decodeWav of endless chunks', () => {
  const header = wavOf({ bits: 16, data: [1, 0, 2, 0] });
  const pair = (id: string) => [...id].map((c) => c.charCodeAt(0)).concat(0, 0, 0, 0);
  // Empty ones, twelve bytes after the file's beginning: zeros are such too.
  const before = (id: string, count: number) =>
    Uint8Array.from([
      ...header.slice(0, 12),
      ...Array.from({ length: count }, () => pair(id)).flat(),
      ...header.slice(12),
    ]);

  it('gives up on those before the samples, and reads past a thousand', () => {
    expect(decodeWav(before('\0\0\0\0', 1_000), 'a.wav').samples).toHaveLength(2);
    expect(() => decodeWav(before('\0\0\0\0', 20_000), 'a.wav')).toThrow(
      'a.wav: byte 80012: more than 10000 chunks come before the samples',
    );
  });
});

describe('decodeWav with repair keeps what is readable and says what was lost', () => {
  const repaired = (bytes: Uint8Array) => {
    const { samples, losses } = decodeWav(bytes, 'x.wav', { repair: true });
    return { samples: Array.from(samples), losses };
  };
  const four = wavOf({ bits: 16, data: [0, 0x40, 0, 0x20, 0, 0x10, 0, 0x08] });

  it('says nothing of a sound file', () => {
    expect(repaired(four)).toEqual({ samples: [0.5, 0.25, 0.125, 0.0625], losses: [] });
  });

  it('takes the whole frames of a file that is cut off', () => {
    expect(repaired(four.subarray(0, 49))).toEqual({
      samples: [0.5, 0.25],
      losses: [
        'byte 40: the header claims 8 bytes of samples, only 5 are there: the file is cut off; the last 0.00 s are lost',
      ],
    });
  });

  it.each([
    ['ffmpeg', 0xffffffff],
    ['sox', 0x7ffff000],
    ['a recorder that was switched off', 0],
  ])('takes all that follows where %s left the length open', (_, claim) => {
    const { samples, losses } = repaired(wavOf({ bits: 16, data: [0, 0x40, 0, 0x20], claim }));
    expect(samples).toEqual([0.5, 0.25]);
    expect(losses).toEqual([
      'byte 40: the header does not say how long the recording is (a streamed or unfinished file); 4 bytes follow; they are all taken for samples',
    ]);
  });

  it('drops half a frame', () => {
    expect(repaired(wavOf({ bits: 16, data: [0, 0x40, 7] }))).toEqual({
      samples: [0.5],
      losses: ['byte 40: 3 bytes of samples are no multiple of 2 a frame; the last byte is lost'],
    });
  });

  it('finds the samples behind a chunk with a wrong size', () => {
    const { samples, losses } = repaired(
      wavOf({ bits: 16, data: [0, 0x40], extra: 'LIST\xff\xff\xff\x0fdxta' }),
    );
    expect(samples).toEqual([0.5]);
    expect(losses).toEqual([
      'byte 36: chunk "LIST" claims 268435455 bytes, only 14 are there; the samples were found at byte 48',
    ]);
  });

  it('sets what is no number to 0, also what is too large for 32 bits', () => {
    const data = Array.from(new Uint8Array(new Float64Array([0.25, NaN, 1e300]).buffer));
    const bytes = wavOf({ format: 3, bits: 64, data });
    expect(repaired(bytes)).toEqual({
      samples: [0.25, 0, 0],
      losses: ['2 samples are no finite numbers; they are set to 0'],
    });
    expect(messageOf(bytes)).toBe('x.wav: byte 52: a sample is NaN, expected a finite number');
  });

  it('still refuses what holds no sound', () => {
    expect(() => decodeWav(four.subarray(0, 44), 'x.wav', { repair: true })).toThrow('holds no samples');
    expect(() => decodeWav(new Uint8Array(50), 'x.wav', { repair: true })).toThrow('expected a WAV file');
  });
});

describe('sound behind the samples that the header names', () => {
  const one = wavOf({ bits: 16, sampleRate: 1000, data: new Array<number>(100).fill(1) });
  const behind = (...more: (Uint8Array | string | number[])[]) =>
    Uint8Array.from([
      ...one,
      ...more.flatMap((part) =>
        typeof part === 'string' ? [...part].map((letter) => letter.charCodeAt(0)) : [...part],
      ),
    ]);
  const size = (bytes: number) => [bytes, 0, 0, 0];
  const noise = Array.from({ length: 60 }, (_, i) => 150 + i);

  it.each<[string, Uint8Array, RegExp, RegExp]>([
    [
      'a second file',
      behind(one),
      /^x\.wav: byte 144: a second WAV file of 144 bytes stands behind the samples/,
      /head -c 144 x\.wav > FIRST\.wav; tail -c \+145 x\.wav > SECOND\.wav/,
    ],
    [
      'a second file behind a chunk of text',
      behind('LIST', size(4), 'INFO', one),
      /byte 156: a second WAV file of 144 bytes/,
      /head -c 156/,
    ],
    [
      'a second chunk of samples',
      behind('data', size(8), noise.slice(0, 8)),
      /byte 144: a second "data" chunk of 8 bytes follows/,
      /Save it anew/,
    ],
    [
      'bytes of no chunk',
      behind(noise),
      /byte 144: 60 bytes follow the 100 bytes of samples that the header claims, and belong to no chunk/,
      /sox --ignore-length x\.wav OUTPUT\.wav/,
    ],
  ])('%s is refused, and left out where the file is repaired', (_, bytes, message, hint) => {
    expect(messageOf(bytes)).toMatch(message);
    expect(() => decodeWav(bytes, 'x.wav')).toThrow(
      expect.objectContaining({ hint: expect.stringMatching(hint) as string }),
    );
    const { samples, losses } = decodeWav(bytes, 'x.wav', { repair: true });
    expect(samples).toEqual(decodeWav(one, 'x.wav').samples);
    expect(losses).toEqual([expect.stringMatching(/(it is|they are) left out$/)]);
  });

  it.each<[string, Uint8Array]>([
    ['chunks of text', behind('LIST', size(4), 'INFO', 'id3 ', size(3), 'abc\0')],
    ['a chunk of text with a wrong size', behind('LIST', size(200), 'INFOIART')],
    ['a tag of an MP3', behind('TAG', noise)],
    ['zeros', behind(new Array<number>(60).fill(0))],
    ['a slip of a few bytes', behind([1, 2, 3])],
  ])('%s are no sound', (_, bytes) => {
    expect(decodeWav(bytes, 'x.wav')).toMatchObject({ losses: [], remarks: [] });
  });
});

describe('channels that cancel each other', () => {
  const tone = (i: number) => 0.5 * Math.sin(0.3 * i);
  const other = (i: number) => 0.5 * Math.sin(0.071 * i);
  const stereo = (left: (i: number) => number, right: (i: number) => number) => {
    const wav = new wavefile.WaveFile();
    const pcm = [left, right].map((of) =>
      Int16Array.from({ length: 8000 }, (_, i) => Math.round(32768 * of(i))),
    );
    wav.fromScratch(2, 8000, '16', pcm);
    return decodeWav(wav.toBuffer(), 'x.wav');
  };

  it.each<[string, (i: number) => number, (i: number) => number, number, RegExp]>([
    ['wholly', tone, (i) => -tone(i), 1, /its 2 channels cancel .* next to nothing would be left; channel 1/],
    [
      'the weaker one upside down',
      (i) => -0.5 * tone(i),
      tone,
      2,
      /12 dB less would be left; channel 2 alone/,
    ],
    ['each with an offset', (i) => tone(i) + 0.1, (i) => -0.9 * tone(i) - 0.2, 1, /channel 1 alone/],
    ['in half of it', tone, (i) => (i < 4000 ? -tone(i) : tone(i)), 1, /channel 1 alone/],
  ])('%s: one is taken, and said', (_, left, right, taken, remark) => {
    const { samples, remarks } = stereo(left, right);
    expect(remarks).toEqual([expect.stringMatching(remark)]);
    const expected = [left, right][taken - 1];
    for (let i = 0; i < 8000; i += 97) expect(samples[i]).toBeCloseTo(expected(i), 4);
  });

  it.each<[string, (i: number) => number, (i: number) => number]>([
    ['the same twice', tone, tone],
    ['one silent', tone, () => 0],
    ['other sounds', tone, other],
    ['a faint copy upside down', tone, (i) => -0.1 * tone(i)],
  ])('%s: they are mixed', (_, left, right) => {
    const { samples, remarks } = stereo(left, right);
    expect(remarks).toEqual([]);
    for (let i = 0; i < 8000; i += 97) expect(samples[i]).toBeCloseTo((left(i) + right(i)) / 2, 4);
  });
});

describe('codecs that are not decoded', () => {
  const coded = (format: number, bits = 4) => {
    const bytes = wavOf({ bits: 16, data: [1, 0, 2, 0] });
    bytes.set([format & 255, format >> 8], 20);
    bytes[34] = bits;
    return bytes;
  };
  it.each([
    [2, 'Microsoft ADPCM', "sox 'my take.wav' -e signed-integer -b 16 OUTPUT.wav"],
    [49, 'GSM 6.10', "sox 'my take.wav' -e signed-integer -b 16 OUTPUT.wav"],
    [0x55, 'MP3', "ffmpeg -i 'my take.wav' -c:a pcm_s16le OUTPUT.wav"],
  ])('format %d is named, with the command that converts it', (format, name, command) => {
    expect(() => decodeWav(coded(format), 'my take.wav')).toThrow(
      expect.objectContaining({
        message: expect.stringContaining(`(${name}), which seqkit does not decode`) as string,
        hint: `Convert it: ${command}`,
      }),
    );
  });

  it.each([
    ['FORM', 'sox a.aif OUTPUT.wav'],
    ['OggS', 'ffmpeg -i a.aif OUTPUT.wav'],
  ])('a file that begins with %s is told how to be converted', (start, command) => {
    expect(() => decodeWav(new TextEncoder().encode(`${start}0123456789`), 'a.aif')).toThrow(
      expect.objectContaining({ hint: `Convert it, for example with: ${command}` }),
    );
  });
});

const hasSox = spawnSync('sox', ['--version']).status === 0;
describe.skipIf(!hasSox)('the command that is advised', () => {
  it.each([
    ['ms-adpcm', 'ms.wav'],
    ['gsm-full-rate', 'gsm.wav'],
    ['', 'a.aif'],
  ])('converts %s', (encoding, name) => {
    const folder = mkdtempSync(join(tmpdir(), 'seqkit-codec-'));
    try {
      const file = join(folder, name);
      const code = encoding === '' ? [] : ['-e', encoding];
      spawnSync('sox', [
        '-n',
        '-r',
        '8000',
        '-c',
        '1',
        ...code,
        file,
        'synth',
        '0.5',
        'sine',
        '440',
        'vol',
        '0.5',
      ]);
      let hint = '';
      try {
        decodeWav(readFileSync(file), file);
      } catch (error) {
        hint = (error as SeqkitError).hint!;
      }
      const command = /sox .* OUTPUT\.wav$/.exec(hint)![0];
      expect(spawnSync(command, { shell: true, cwd: folder }).status).toBe(0);
      const { samples } = decodeWav(readFileSync(join(folder, 'OUTPUT.wav')), 'OUTPUT.wav');
      expect(samples.length).toBeGreaterThan(3900);
      const rms = Math.sqrt(samples.reduce((sum, x) => sum + x * x, 0) / samples.length);
      expect(rms).toBeCloseTo(0.5 / Math.SQRT2, 1);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

describe('long files', () => {
  // wavefile gets 256 KiB at a time: these are longer, with frames that do not divide it.
  it('join their blocks without a seam', () => {
    const frames = 100_000;
    const data = new Int16Array(3 * frames).map((_, i) => (i * 7919) % 32768);
    const wav = new wavefile.WaveFile();
    wav.fromScratch(3, 48_000, '16', data);
    const { samples, channels, bitsPerSample } = decodeWav(wav.toBuffer(), 'x.wav');
    expect([samples.length, channels, bitsPerSample]).toEqual([frames, 3, 16]);
    for (let i = 0; i < frames; i++) {
      const mean = Math.fround((data[3 * i] + data[3 * i + 1] + data[3 * i + 2]) / 3 / 32768);
      if (samples[i] !== mean) expect.fail(`frame ${i}: ${samples[i]}, expected ${mean}`);
    }
  });
});
