import { describe, expect, it } from 'vitest';
import {
  addNoise,
  cropOf,
  cropStart,
  maskFeatures,
  rmsOf,
  stretch,
} from '../../src/audio/signal/augmentation.js';
import { splitClips, type Clip, type ClipFile } from '../../src/audio/clips/clips.js';
import { readClips } from '../../src/audio/clips/read-clips.js';
import { placeWithoutOverlap } from '../../src/audio/mixing/placement.js';
import { convolve, roomResponse } from '../../src/audio/signal/reverberation.js';
import { findSpeech } from '../../src/audio/clips/speech-edges.js';
import { mixExample } from '../../src/audio/mixing/synthesis.js';
import { DEFAULT_SYNTHESIS } from '../../src/audio/mixing/synthesis-settings.js';
import { encodeWav } from '../../src/audio/signal/wav.js';
import { SeqkitError } from '../../src/base/errors.js';
import { Random } from '../../src/base/math/random.js';

const RATE = 16_000;

/** A recording: faint noise, with tone bursts between the given seconds. */
function recording(seconds: number, bursts: [from: number, to: number][], seed = 1): Float32Array {
  const random = new Random(seed);
  const samples = Float32Array.from({ length: seconds * RATE }, () => 1e-4 * random.normal());
  for (const [from, to] of bursts) {
    for (let i = Math.round(from * RATE); i < to * RATE; i++) samples[i] += 0.3 * Math.sin(0.7 * i);
  }
  return samples;
}

const fileOf = (path: string, samples: Float32Array, sampleRate = RATE): ClipFile => ({
  path,
  bytes: encodeWav({ samples, sampleRate }),
});

const speakers = (count: number, kind: string, each = 1) =>
  Array.from({ length: count * each }, (_, i) =>
    fileOf(`${kind}/s${i % count}_${i}.wav`, recording(1.2, [[0.2, 0.7]], i)),
  );

describe('findSpeech', () => {
  it('finds the end of the speech, not of the file', () => {
    const { start, end } = findSpeech(recording(3, [[0.5, 1.1]]), RATE);
    expect(Math.abs(start / RATE - 0.5)).toBeLessThan(0.0101);
    expect(Math.abs(end / RATE - 1.1)).toBeLessThan(0.0101);
  });

  it('bridges the pause before a last consonant, and drops a click', () => {
    const { start, end } = findSpeech(recording(3, [[0.5, 1.0], [1.15, 1.2], [2.5, 2.505]]), RATE); // prettier-ignore
    expect(Math.abs(start / RATE - 0.5)).toBeLessThan(0.0101);
    expect(Math.abs(end / RATE - 1.2)).toBeLessThan(0.0101);
  });

  it('takes the whole of what has no quiet part', () => {
    expect(findSpeech(new Float32Array(8000), RATE)).toEqual({ start: 0, end: 8000 });
  });
});

describe('readClips', () => {
  it('sorts files into kinds, with speakers and words', () => {
    const set = readClips(
      [
        fileOf('activates/anna_1.wav', recording(1, [[0.2, 0.5]])),
        fileOf('activates/lights/ben_1.wav', recording(1, [[0.2, 0.5]])),
        fileOf('negatives/x.WAV', recording(1, [[0.2, 0.5]])),
        fileOf('backgrounds/b.wav', recording(1, []), 44_100),
        { path: 'activates/notes.txt', bytes: new Uint8Array(3) },
        { path: 'elsewhere/x.wav', bytes: new Uint8Array(3) },
      ],
      RATE,
    );
    expect(set.activates.map(({ name, speaker, word }) => [name, speaker, word])).toEqual([
      ['activates/anna_1.wav', 'anna', undefined],
      ['activates/lights/ben_1.wav', 'ben', 'lights'],
    ]);
    expect(set.negatives).toHaveLength(1);
    expect(set.backgrounds[0].samples.length).toBe(Math.round((16_000 * 16_000) / 44_100));
  });

  it('uses all of a long negative, and of a phrase what is loudest', () => {
    const bursts: [number, number][] = [[1, 2], [4, 6], [9, 10]]; // prettier-ignore
    const spans = ['negatives', 'activates'].map((kind) => {
      const long = fileOf(`${kind}/talk.wav`, recording(12, bursts));
      const short = fileOf(`${kind}/word.wav`, recording(8, bursts.slice(0, 2)));
      const set = readClips([long, short], RATE);
      return set[kind as 'negatives'].map(({ speech }) =>
        [speech.start, speech.end].map((at) => Math.round(at / RATE)),
      );
    });
    expect(spans).toEqual([
      [[1, 10], [4, 6]],
      [[4, 6], [4, 6]],
    ]); // prettier-ignore
  });

  it('names every clip that is bad, and why', () => {
    const good = fileOf('activates/a_1.wav', recording(1, [[0.2, 0.5]]));
    const cut = { path: 'activates/a_2.wav', bytes: good.bytes.subarray(0, 1000) };
    const silent = fileOf('negatives/n.wav', new Float32Array(8000));
    const short = fileOf('negatives/m.wav', recording(0.05, []));
    const attempt = () => readClips([good, cut, silent, short], RATE);
    expect(attempt).toThrow(SeqkitError);
    expect(attempt).toThrow(/^3 clips cannot be used:/);
    expect(attempt).toThrow(/activates\/a_2\.wav: byte 40: the header claims 32000 bytes .* only 956/);
    expect(attempt).toThrow(/negatives\/n\.wav: the clip is silent/);
    expect(attempt).toThrow(/negatives\/m\.wav: the clip lasts 50 ms, expected 100/);
  });
});

describe('splitClips', () => {
  const clips = readClips(speakers(10, 'activates', 3), RATE).activates;

  it('keeps the clips of a speaker together', () => {
    const { train, test, by } = splitClips(clips, 0.2, new Random(4));
    expect(by).toBe('speaker');
    expect(test).toHaveLength(6);
    const trained = new Set(train.map(({ speaker }) => speaker));
    expect(test.some(({ speaker }) => trained.has(speaker))).toBe(false);
  });

  it('goes by file where names tell no speaker', () => {
    const nameless = clips.map((clip): Clip => ({ ...clip, speaker: undefined }));
    const { train, test, by } = splitClips(nameless, 0.2, new Random(4));
    expect([by, train.length, test.length]).toEqual(['file', 24, 6]);
  });

  it('lets a clip whose name tells no speaker stand alone', () => {
    const mixed = clips.map((clip, i): Clip => (i < 3 ? { ...clip, speaker: undefined } : clip));
    for (let seed = 0; seed < 20; seed++) {
      const { train, test, by } = splitClips(mixed, 0.2, new Random(seed));
      expect(by).toBe('speaker');
      const heldBack = new Set(test.flatMap(({ speaker = [] }) => speaker));
      expect(train.some(({ speaker }) => speaker !== undefined && heldBack.has(speaker))).toBe(false);
    }
  });

  it('goes by file where names tell fewer than five speakers', () => {
    const four = clips.filter(({ speaker }) => /^s[0-3]$/.test(speaker!));
    expect(splitClips(four, 0.2, new Random(4)).by).toBe('file');
  });

  it('is the same for the same seed, whatever the order of the clips', () => {
    const names = (list: readonly Clip[]) =>
      splitClips(list, 0.2, new Random(9))
        .test.map(({ name }) => name)
        .sort();
    expect(names([...clips].reverse())).toEqual(names(clips));
  });

  it('refuses to set everything apart', () => {
    expect(() => splitClips(clips.slice(0, 1), 0.5, new Random(1))).toThrow(/too few/);
  });
});

describe('placeWithoutOverlap', () => {
  it('places pieces without overlap, even where they fill all', () => {
    const random = new Random(5);
    for (const [lengths, total] of [[[3, 1, 4, 1, 5], 20], [[3, 1, 4], 8], [[7], 7], [[], 5]] as const) {
      for (let round = 0; round < 200; round++) {
        const starts = placeWithoutOverlap(lengths, total, random);
        const taken = new Uint8Array(total);
        starts.forEach((start, i) => {
          expect(start).toBeGreaterThanOrEqual(0);
          expect(start + lengths[i]).toBeLessThanOrEqual(total);
          for (let k = start; k < start + lengths[i]; k++) taken[k]++;
        });
        expect(Math.max(0, ...taken)).toBeLessThanOrEqual(1);
      }
    } // prettier-ignore
  });

  it('makes every place as likely', () => {
    const random = new Random(6);
    const counts = [0, 0, 0, 0, 0, 0];
    for (let i = 0; i < 6000; i++) counts[placeWithoutOverlap([5], 10, random)[0]]++;
    for (const count of counts) expect(Math.abs(count - 1000)).toBeLessThan(130);
  });

  it('says so when the clips cannot fit', () => {
    expect(() => placeWithoutOverlap([6, 5], 10, new Random(1))).toThrow(
      '2 clips of 11 samples together do not fit into 10 samples without overlap.',
    );
  });
});

describe('augmentation', () => {
  it.each([
    [5, 3],
    [1, 1],
    [3, 900],
    // One block of each of a pair, several pairs, and an odd number of blocks.
    [1500, 40],
    [7000, 300],
    [5000, 700],
  ])('convolves %d samples with %d as the definition says', (lengthA, lengthB) => {
    const random = new Random(lengthA);
    const [a, b] = [lengthA, lengthB].map((length) => Float32Array.from({ length }, () => random.normal()));
    const expected = new Float64Array(lengthA + lengthB - 1);
    a.forEach((x, i) => b.forEach((y, j) => (expected[i + j] += x * y)));
    const got = convolve(a, b);
    expect(got.length).toBe(expected.length);
    // Sums of up to 700 products of a size of 1.
    expected.forEach((x, i) => expect(Math.abs(got[i] - x)).toBeLessThan(2e-5));
  });

  it('makes rooms that die away by 60 dB in the time asked for', () => {
    const options = { rt60Seconds: 0.5, directToReverbDb: 6, sampleRate: RATE };
    const response = roomResponse(options, new Random(2));
    expect(response[0]).toBe(1);
    const tail = response.subarray(1);
    const energy = tail.reduce((sum, x) => sum + x * x, 0);
    expect(10 * Math.log10(energy)).toBeCloseTo(-6, 4);
    // Half of the time, half of the decay: 30 dB between 0.1 s and 0.35 s.
    const level = (from: number) =>
      20 * Math.log10(rmsOf(response.subarray(from * RATE, (from + 0.02) * RATE)));
    expect(Math.abs(level(0.1) - level(0.35) - 30)).toBeLessThan(2);
  });

  it('plays faster and slower without losing the tone', () => {
    const tone = Float32Array.from({ length: 4000 }, (_, i) => Math.sin(0.3 * i));
    const fast = stretch(tone, 1.15);
    expect(fast.length).toBe(3478);
    for (let n = 10; n < 3400; n++) expect(Math.abs(fast[n] - Math.sin(0.3 * 1.15 * n))).toBeLessThan(0.01);
  });

  it('repeats a background that is too short', () => {
    const crop = cropOf(Float32Array.of(1, 2, 3), cropStart(3, 8, new Random(3)), 8);
    const first = crop[0];
    expect(Array.from(crop)).toEqual(Array.from({ length: 8 }, (_, i) => ((first - 1 + i) % 3) + 1));
  });

  it('masks whole rows and columns, up to two stretches of each, no wider than asked', () => {
    const random = new Random(8);
    const [frames, bands] = [50, 8];
    const seen = { rows: 0, columns: 0 };
    for (let round = 0; round < 200; round++) {
      const features = new Float32Array(frames * bands).fill(1);
      maskFeatures(features, bands, { maxFrames: 10, maxBands: 2 }, random);
      const zero = (frame: number, band: number) => features[frame * bands + band] === 0;
      const all = (count: number, test: (i: number) => boolean) =>
        Array.from({ length: count }, (_, i) => i).filter(test);
      const rows = all(frames, (frame) => all(bands, (band) => zero(frame, band)).length === bands);
      const columns = all(bands, (band) => all(frames, (frame) => zero(frame, band)).length === frames);
      expect(rows.length).toBeLessThanOrEqual(2 * 10);
      expect(columns.length).toBeLessThanOrEqual(2 * 2);
      const stretches = (places: number[]) => places.filter((at) => !places.includes(at - 1)).length;
      expect(Math.max(stretches(rows), stretches(columns))).toBeLessThanOrEqual(2);
      // Nothing is masked but whole rows and whole columns.
      features.forEach((x, i) =>
        expect(x).toBe(rows.includes(Math.floor(i / bands)) || columns.includes(i % bands) ? 0 : 1),
      );
      if (rows.length > 0) seen.rows++;
      if (columns.length > 0) seen.columns++;
    }
    expect(Math.min(seen.rows, seen.columns)).toBeGreaterThan(80);
  });

  it('adds noise of the level and colour that it says', () => {
    const random = new Random(21);
    const poles = new Set<number>();
    for (let round = 0; round < 12; round++) {
      const samples = new Float32Array(40_000);
      const pole = addNoise(samples, -31, random);
      poles.add(pole);
      expect(20 * Math.log10(rmsOf(samples))).toBeCloseTo(-31, 4);
      // y[n] = pole y[n-1] + x[n] with white x has an autocorrelation of pole^k (Yule and Walker).
      for (const lag of [1, 2, 5]) {
        let sum = 0;
        for (let i = lag; i < samples.length; i++) sum += samples[i] * samples[i - lag];
        expect(Math.abs(sum / (samples.length * rmsOf(samples) ** 2) - pole ** lag)).toBeLessThan(0.04);
      }
    }
    expect([...poles].sort()).toEqual([0, 0.7, 0.98]);
  });
});

describe('mixExample', () => {
  const clips = readClips(
    [...speakers(6, 'activates'), ...speakers(8, 'negatives'), fileOf('backgrounds/b.wav', recording(4, []))],
    RATE,
  );

  it('gives the same example for the same seed, another for another', () => {
    const [a, b, c] = [1, 1, 2].map((seed) => mixExample(clips, DEFAULT_SYNTHESIS, new Random(seed)));
    expect(a.samples.every((x, i) => x === b.samples[i])).toBe(true);
    expect(b.placed).toEqual(a.placed);
    expect(a.samples.every((x, i) => x === c.samples[i])).toBe(false);
  });

  it('never overlaps clips, and puts the end of the speech where the speech ends', () => {
    const quiet = { ...DEFAULT_SYNTHESIS, reverbShare: 0, noiseShare: 0, babbleShare: 0, tiltShare: 0 };
    const settings = {
      ...quiet,
      signalToNoiseDb: [60, 60] as const,
      speechDb: [-20, -20] as const,
      maxNegatives: 0,
    };
    const random = new Random(11);
    let words = 0;
    for (let i = 0; i < 40; i++) {
      const { samples, placed } = mixExample(clips, settings, random);
      expect(samples.length).toBe(6 * RATE);
      const sorted = [...placed].sort((a, b) => a.startSeconds - b.startSeconds);
      sorted.forEach((clip, k) => {
        if (k > 0) expect(clip.startSeconds).toBeGreaterThanOrEqual(sorted[k - 1].speechEndSeconds);
      });
      for (const { kind, speechEndSeconds } of placed) {
        if (kind !== 'activate') continue;
        words++;
        const end = Math.round(speechEndSeconds * RATE);
        const before = rmsOf(samples.subarray(end - 800, end - 160));
        const after = rmsOf(samples.subarray(end + 160, end + 800));
        expect(before).toBeGreaterThan(10 * after);
      }
    }
    expect(words).toBeGreaterThan(20);
  });

  const plain = {
    ...DEFAULT_SYNTHESIS,
    ...{ reverbShare: 0, noiseShare: 0, babbleShare: 0, tiltShare: 0, speed: [1, 1] as const },
  };
  const byName = new Map(
    [...clips.activates, ...clips.negatives, ...clips.backgrounds].map((clip) => [clip.name, clip.samples]),
  );

  it('is, from its record alone, what lies where at which gain', () => {
    const settings = { ...plain, splicedShare: 0, runningSpeechShare: 0 };
    const random = new Random(31);
    let pieces = 0;
    for (let round = 0; round < 10; round++) {
      const mixture = mixExample(clips, settings, random);
      const { samples, placed, background, noises } = mixture;
      const rest = Float64Array.from(samples);
      for (const { sources, startSeconds, gainDb } of placed) {
        pieces++;
        const [{ name, fromSeconds, toSeconds }] = sources;
        expect(sources).toHaveLength(1);
        const [from, to] = [fromSeconds, toSeconds].map((seconds) => Math.round(seconds * RATE));
        const at = Math.round(startSeconds * RATE);
        const gain = 10 ** (gainDb / 20);
        for (let i = 0; i < to - from; i++) {
          // Ends are faded over 5 ms.
          const fade = Math.min(1, i / 80, (to - from - 1 - i) / 80);
          rest[at + i] -= gain * fade * byName.get(name)![from + i];
        }
      }
      const under = byName.get(background!.name)!;
      const from = Math.round(background!.fromSeconds * RATE);
      const gain = 10 ** (background!.gainDb / 20);
      // It starts over at its end.
      rest.forEach((_, i) => {
        const start =
          under.length > samples.length
            ? from + i
            : i < under.length - from
              ? from + i
              : (i - under.length + from) % under.length;
        rest[i] -= gain * under[start];
      });
      // What is left is the microphone's own noise.
      expect(noises).toHaveLength(1);
      const left = 20 * Math.log10(Math.sqrt(rest.reduce((sum, x) => sum + x * x, 0) / rest.length));
      expect(Math.abs(left - noises[0].levelDb)).toBeLessThan(0.1);
    }
    expect(pieces).toBeGreaterThan(15);
  });

  it('keeps the ratio of speech to background, and of speech to babble', () => {
    const random = new Random(32);
    const settings = {
      ...plain,
      ...{
        activateShare: 0,
        maxNegatives: 0,
        speechDb: [-20, -20] as const,
        signalToNoiseDb: [13, 13] as const,
      },
    };
    const levelOf = ({ samples }: { samples: Float32Array }) => 20 * Math.log10(rmsOf(samples));
    // With nothing said in it, an example is its background: 13 dB under the -20 of the speech.
    for (let i = 0; i < 5; i++) expect(levelOf(mixExample(clips, settings, random))).toBeCloseTo(-33, 1);
    const without = { ...clips, backgrounds: [] };
    const babbling = mixExample(without, { ...settings, babbleShare: 1 }, random);
    expect(levelOf(babbling)).toBeCloseTo(-33, 1);
    expect(babbling.babble!.levelDb).toBeCloseTo(-33, 9);
    expect(babbling.babble!.talkers).toHaveLength(4);
    for (const name of babbling.babble!.talkers.flat()) expect(name).toMatch(/^negatives\//);
    const hissing = mixExample(without, { ...settings, noiseShare: 1 }, random);
    expect(levelOf(hissing)).toBeCloseTo(-33, 1);
    expect(hissing.noises.map(({ levelDb }) => levelDb)[0]).toBeCloseTo(-33, 9);
  });

  it('says the word, and other words, as often at most as asked for', () => {
    const random = new Random(33);
    for (const [maxActivates, maxNegatives] of [[1, 0], [3, 2]] as const) {
      const settings = { ...plain, maxActivates, maxNegatives, halfWordShare: 0, activateShare: 1 };
      const counts = Array.from({ length: 60 }, () => {
        const { placed } = mixExample(clips, settings, random);
        const words = placed.filter(({ kind }) => kind === 'activate').length;
        return [words, placed.length - words];
      });
      const most = (of: number) => Math.max(...counts.map((count) => count[of]));
      expect([most(0), most(1)]).toEqual([maxActivates, maxNegatives]);
    } // prettier-ignore
  });

  it('holds the word as often as asked for', () => {
    const random = new Random(12);
    const settings = { ...DEFAULT_SYNTHESIS, exampleSeconds: 2, maxNegatives: 0, halfWordShare: 0 };
    let holding = 0;
    for (let i = 0; i < 300; i++) {
      const { placed } = mixExample(clips, settings, random);
      if (placed.some(({ kind }) => kind === 'activate')) holding++;
    }
    expect(Math.abs(holding / 300 - 0.8)).toBeLessThan(0.08);
  });

  it('refuses a word that is longer than the example', () => {
    const settings = { ...DEFAULT_SYNTHESIS, exampleSeconds: 0.5, activateShare: 1, halfWordShare: 0 };
    expect(() => mixExample(clips, settings, new Random(1))).toThrow(/longer than an example of 0.5 s/);
  });
});
