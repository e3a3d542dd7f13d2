import wavefile from 'wavefile';
import { describe, expect, it } from 'vitest';
import { checkClips } from '../../src/audio/clips/clip-check.js';
import type { ClipFile } from '../../src/audio/clips/clips.js';
import { encodeWav } from '../../src/audio/signal/wav.js';
import { Random } from '../../src/base/math/random.js';

/** A tone between two moments over faint noise. */
function sound(options: {
  seconds?: number;
  from?: number;
  to?: number;
  gain?: number;
  rate?: number;
  seed?: number;
}) {
  const { seconds = 1.2, from = 0.3, to = 0.8, gain = 0.3, rate = 16_000, seed = 1 } = options;
  const random = new Random(seed);
  return Float32Array.from({ length: Math.round(seconds * rate) }, (_, i) => {
    const on = i >= from * rate && i < to * rate;
    return Math.max(
      -1,
      Math.min(1, gain * (1e-3 * random.normal() + (on ? Math.sin((2000 * i) / rate) : 0))),
    );
  });
}
const file = (path: string, options: Parameters<typeof sound>[0] = {}): ClipFile => ({
  path,
  bytes: encodeWav({ samples: sound(options), sampleRate: options.rate ?? 16_000 }),
});
const found = (...files: ClipFile[]) =>
  checkClips(files).problems.map(({ path, kind, severity, detail }) => [path, kind, severity, detail]);

describe('checkClips', () => {
  it('finds nothing wrong with sound clips, and counts them', () => {
    const check = checkClips([
      file('activates/anna_1.wav'),
      file('negatives/anna_2.wav', { seed: 2 }),
      file('backgrounds/rain.wav', { seconds: 3, seed: 3 }),
    ]);
    expect(check.problems).toEqual([]);
    expect(check.counts).toEqual({
      activates: { clips: 1, seconds: 1.2 },
      negatives: { clips: 1, seconds: 1.2 },
      backgrounds: { clips: 1, seconds: 3 },
    });
  });

  const name = 'activates/a_1.wav';
  it.each<[string, ClipFile, string, string, RegExp]>([
    ['clipped', file(name, { gain: 3 }), 'clipped', 'warning', /^\d+\.\d% of it is cut off at full scale$/],
    ['zeros', file(name, { gain: 0 }), 'silent', 'error', /nothing but zeros/],
    ['a muted microphone', file(name, { gain: 5e-4 }), 'silent', 'error', /peak is at -66 dB/],
    [
      'a whisper from afar',
      file(name, { gain: 0.01 }),
      'faint',
      'warning',
      /peak of its speech is at -40 dB/,
    ],
    ['cut short', file(name, { seconds: 0.08, from: 0, to: 1 }), 'too-short', 'error', /lasts 80 ms/],
    ['a click', file(name, { from: 0.5, to: 0.55 }), 'too-short', 'warning', /speech lasts \d0 ms/],
    [
      'a sentence',
      file(name, { seconds: 5, from: 0.5, to: 4 }),
      'too-long',
      'warning',
      /speech lasts 3\.5 s/,
    ],
    ['a minute of talk', file(name, { seconds: 7, from: 0.5, to: 6 }), 'too-long', 'error', /speech lasts 5\.5 s, and no example/], // prettier-ignore
    ['nobody', file(name, { from: 0, to: 0, gain: 60 }), 'no-speech', 'warning', /rises above its noise/],
    ['a telephone', file(name, { rate: 8000 }), 'odd-rate', 'warning', /8000 Hz/],
    ['an old recorder', file(name, { rate: 37_000 }), 'odd-rate', 'warning', /37000 Hz/],
    ['noise among words', file(name, { seconds: 12 }), 'wrong-folder', 'warning', /12\.0 s are long/],
    ['a word among noise', file('backgrounds/a.wav'), 'wrong-folder', 'warning', /as short as a word/],
    ['elsewhere', file('positives/a_1.wav'), 'wrong-folder', 'error', /in none of/],
    [
      'no sound',
      { path: 'activates/notes.txt', bytes: new Uint8Array(3) },
      'wrong-folder',
      'warning',
      /no sound file/,
    ],
    [
      'damaged',
      { path: name, bytes: file(name).bytes.subarray(0, 999) },
      'damaged',
      'error',
      /^byte 40: .*cut off$/,
    ],
  ])('finds %s', (_, clip, kind, severity, detail) => {
    expect(found(clip)).toEqual([[clip.path, kind, severity, expect.stringMatching(detail)]]);
  });

  describe('tells the cause', () => {
    const rate = 16_000;
    const checked = (samples: Float32Array) =>
      checkClips([{ path: name, bytes: encodeWav({ samples, sampleRate: rate }) }]).problems;
    const hum = (hz: number, gain: number) => (x: number, i: number) =>
      x +
      gain * Math.sin((2 * Math.PI * hz * i) / rate) +
      (gain / 3) * Math.sin((6 * Math.PI * hz * i) / rate);

    it.each([50, 60])('of hum of %d Hz', (hz) => {
      // 0.3 and 0.05 with a third of it: 20 log10(0.3 / 0.0527) = 15 dB.
      expect(checked(sound({}).map(hum(hz, 0.05)))).toEqual([
        expect.objectContaining({
          kind: 'hum',
          severity: 'warning',
          detail: `a hum of ${hz} Hz lies under it, 15 dB below its speech`,
        }),
      ]);
      expect(checked(sound({}).map(hum(hz, 0.005)))).toEqual([]);
    });

    it('of lost packets', () => {
      const samples = sound({});
      samples.fill(0, 0.4 * rate, 0.44 * rate).fill(0, 0.5 * rate, 0.52 * rate);
      expect(checked(samples)).toEqual([
        expect.objectContaining({
          kind: 'dropouts',
          detail: '60 ms of digital silence cut into its speech, first at 0.40 s',
        }),
      ]);
    });

    it('of a noise gate, which may have taken the faint ends', () => {
      // Speech from 0.3 to 0.8 s.
      const gated = (from: number, to: number) =>
        sound({}).map((x, i) => (i < from * rate || i >= to * rate ? 0 : x));
      const problem = (where: string) =>
        expect.objectContaining({ kind: 'gated', detail: `digital silence stands ${where} its speech` });
      expect(checked(gated(0.26, 0.84))).toEqual([problem('right before and right after')]);
      expect(checked(gated(0, 0.81))).toEqual([problem('right after')]);
      expect(checked(gated(0.28, 2))).toEqual([problem('right before')]);
      // A clip that was filled up is none: there is room between.
      expect(checked(gated(0.2, 0.9))).toEqual([]);
    });

    it('of a word that silence may have parted, as long as there is little else between', () => {
      const parted = (seconds: number, room: number) => {
        const samples = sound({ seconds: 2.4, from: 0.3, to: 0.6 });
        const second = Math.round((0.6 + room + seconds) * rate);
        samples.set(sound({ seconds: 0.5, from: 0, to: 0.2 }), second);
        samples.fill(0, Math.round((0.6 + room / 2) * rate), Math.round((0.6 + room / 2 + seconds) * rate));
        return checked(samples);
      };
      expect(parted(0.5, 0.1)).toEqual([
        expect.objectContaining({
          kind: 'dropouts',
          detail: '500 ms of digital silence at 0.65 s part its speech from another sound',
        }),
      ]);
      // A second sound far off is another.
      expect(parted(0.5, 0.6).filter(({ kind }) => kind === 'dropouts')).toEqual([]);
    });

    it('of an offset only where it costs something', () => {
      expect(checked(sound({}).map((x) => x + 0.03))).toEqual([]);
      const [problem] = checked(sound({ gain: 0.8 }).map((x) => x + 0.5));
      expect(problem).toMatchObject({
        kind: 'clipped',
        detail: expect.stringMatching(/full scale, on one side of a constant offset of 0\.\d+$/) as string,
        advice: expect.stringContaining('another input') as string,
      });
      expect(checked(new Float32Array(rate).fill(0.03))).toEqual([
        expect.objectContaining({ kind: 'silent', detail: 'there is nothing but the number 0.030 in it' }),
      ]);
    });

    it('of faint speech beside a loud click', () => {
      const samples = sound({ gain: 0.01 });
      for (let i = 0; i < 20; i++) samples[100 + i] = 0.5 * (-1) ** i;
      expect(checked(samples)).toEqual([
        expect.objectContaining({
          kind: 'faint',
          detail: 'the peak of its speech is at -40 dB of full scale',
        }),
      ]);
    });

    it('of channels that cancel, where nothing is wrong with the one that is taken', () => {
      const left = Int16Array.from(sound({}), (x) => Math.round(32767 * x));
      const wav = new wavefile.WaveFile();
      wav.fromScratch(2, rate, '16', [left, left.map((x) => -x)]);
      expect(checkClips([{ path: name, bytes: wav.toBuffer() }]).problems).toEqual([
        expect.objectContaining({
          kind: 'channels-cancel',
          severity: 'warning',
          advice: expect.stringContaining('can be used as it is') as string,
        }),
      ]);
    });
  });

  it('finds the same sound twice, and on the wrong side', () => {
    const again = file('activates/b_1.wav');
    const other = file('negatives/n_1.wav');
    expect(found(file(name), again, file('activates/c_1.wav', { seed: 9 }))).toEqual([
      ['activates/b_1.wav', 'duplicate', 'warning', `it sounds exactly like ${name}`],
    ]);
    expect(found(file(name), other)).toEqual([
      ['negatives/n_1.wav', 'wrong-folder', 'error', `it sounds exactly like ${name}`],
    ]);
  });

  it('knows what seqkit reads from what lies beside the clips', () => {
    expect(found({ path: 'README.md', bytes: new Uint8Array(3) })).toEqual([
      ['README.md', 'wrong-folder', 'warning', 'it is no sound file that seqkit knows'],
    ]);
  });

  it('finds clips beside the folders of words', () => {
    expect(found(file('activates/on/a_1.wav'), file('activates/a_2.wav', { seed: 4 }))).toEqual([
      [
        'activates/a_2.wav',
        'wrong-folder',
        'error',
        'it lies beside folders of words, and belongs to no word',
      ],
    ]);
  });

  it('warns of what a repair lost', () => {
    const cut = { path: name, bytes: file(name).bytes.subarray(0, 20_001) };
    expect(checkClips([cut], { repair: true }).problems).toEqual([
      expect.objectContaining({
        kind: 'damaged',
        severity: 'warning',
        detail: expect.stringMatching(/0\.58 s are lost/),
      }),
    ]);
  });

  it('says of each problem what to do', () => {
    for (const { advice } of checkClips([file(name, { gain: 3 }), file('x.wav')]).problems) {
      expect(advice).toMatch(/^[A-Z].*\.$/);
    }
  });
});
