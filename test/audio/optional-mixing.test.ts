import { describe, expect, it } from 'vitest';
import { rmsOf } from '../../src/audio/signal/augmentation.js';
import type { ClipSet } from '../../src/audio/clips/clips.js';
import { readFalseAlarms, readClips, readRooms } from '../../src/audio/clips/read-clips.js';
import { equalize } from '../../src/audio/signal/equalizer.js';
import { mixNumbered, recordOf, remix } from '../../src/audio/examples/example-record.js';
import { lowPass } from '../../src/audio/signal/low-pass.js';
import { shiftPitch, stretchTime } from '../../src/audio/signal/pitch.js';
import { mixExample } from '../../src/audio/mixing/synthesis.js';
import { DEFAULT_SYNTHESIS, type SynthesisSettings } from '../../src/audio/mixing/synthesis-settings.js';
import { testRecordings } from '../../src/audio/detection/test-recordings.js';
import { decodeWav, encodeWav } from '../../src/audio/signal/wav.js';
import { Random } from '../../src/base/math/random.js';
import { whistle, whistleFiles } from '../support/whistles.js';

const RATE = 16_000;
const tone = (hz: number, seconds = 0.5, rate = RATE) =>
  Float32Array.from({ length: seconds * rate }, (_, i) => 0.3 * Math.sin((2 * Math.PI * hz * i) / rate));
const wav = (path: string, samples: Float32Array, sampleRate = RATE) => ({
  path,
  bytes: encodeWav({ samples, sampleRate }),
});
/** The frequency of a tone, from the turns of its upward zero crossings. */
function frequencyOf(samples: Float32Array): number {
  const crossings: number[] = [];
  for (let i = 1; i < samples.length; i++) {
    if (samples[i - 1] < 0 && samples[i] >= 0) {
      crossings.push(i - samples[i] / (samples[i] - samples[i - 1]));
    }
  }
  return ((crossings.length - 1) * RATE) / (crossings.at(-1)! - crossings[0]);
}

describe('labels at the end of the clip', () => {
  // A whistle and 0.7 s of faint noise behind it.
  const random = new Random(3);
  const files = whistleFiles(['rising'], 'level', 4).map((file) => {
    if (!file.path.startsWith('activates/')) return file;
    const { samples, sampleRate } = decodeWav(file.bytes, file.path);
    const longer = Float32Array.from(
      { length: samples.length + 0.7 * sampleRate },
      (_, i) => (samples[i] ?? 0) + 1e-4 * random.normal(),
    );
    return { ...file, bytes: encodeWav({ samples: longer, sampleRate }) };
  });
  const clips = readClips(files, RATE);
  const mixed = (wordEnd: 'speech' | 'clip') => {
    const settings = { ...DEFAULT_SYNTHESIS, wordEnd, halfWordShare: 0, speed: [1, 1] as const };
    const examples = Array.from({ length: 20 }, (_, n) =>
      mixNumbered(clips, settings, { seed: 1, example: n }),
    );
    return examples.flatMap(({ placed }) => placed.filter(({ kind }) => kind === 'activate'));
  };
  const lengthOf = (name: string) =>
    clips.activates.find((clip) => clip.name === name)!.samples.length / RATE;

  it('are where the clip, all of which is played, is over', () => {
    const words = mixed('clip');
    expect(words.length).toBeGreaterThan(5);
    for (const { name, startSeconds, speechEndSeconds, sources } of words) {
      expect(sources).toEqual([{ name, fromSeconds: 0, toSeconds: lengthOf(name) }]);
      expect(speechEndSeconds - startSeconds).toBeCloseTo(lengthOf(name), 6);
    }
    // Otherwise at the end of the speech, well before.
    for (const { sources, startSeconds, speechEndSeconds } of mixed('speech')) {
      const { name, fromSeconds } = sources[sources.length - 1];
      if (sources.length > 1) continue;
      expect(fromSeconds + speechEndSeconds - startSeconds).toBeLessThan(lengthOf(name) - 0.6);
    }
  });

  it('are tested at the end of the clip too', () => {
    const endOf = (wordEnd: 'speech' | 'clip') =>
      [...testRecordings({ ...clips, negatives: [], backgrounds: [] }, { wordEnd })].map(
        ({ words }) => words[0].endSeconds,
      );
    expect(endOf('clip')).toEqual(clips.activates.map(({ samples }) => samples.length / RATE));
    expect(endOf('speech')).toEqual(clips.activates.map(({ speech }) => speech.end / RATE));
  });
});

describe('the equalizer', () => {
  it.each([
    [1000, 6],
    [3000, -9],
    [250, 3],
  ])('lifts %d Hz by %d dB and leaves what is far away', (hz, gainDb) => {
    const gainAt = (at: number) => {
      const samples = tone(at, 1);
      equalize(samples, [{ hz, gainDb, q: 2 }], RATE);
      // The filter has settled by then.
      return 20 * Math.log10(rmsOf(samples.subarray(4000)) / rmsOf(tone(at, 1).subarray(4000)));
    };
    expect(gainAt(hz)).toBeCloseTo(gainDb, 2);
    expect(Math.abs(gainAt(hz * 12 < 8000 ? hz * 12 : hz / 12))).toBeLessThan(0.1);
    // The cookbook's filter is symmetric in octaves up to the warping of the bilinear transform.
    expect(Math.sign(gainAt(hz * 1.1))).toBe(Math.sign(gainDb));
  });
});

describe('moving the pitch', () => {
  it.each([-4, -1, 2, 5])('by %d semitones keeps length and level', (semitones) => {
    const before = tone(300);
    const after = shiftPitch(before, semitones, RATE);
    expect(after.length).toBe(before.length);
    const middle = after.subarray(800, 7200);
    expect(frequencyOf(middle) / (300 * 2 ** (semitones / 12))).toBeCloseTo(1, 2);
    expect(rmsOf(middle) / rmsOf(before.subarray(800, 7200))).toBeCloseTo(1, 1);
  });

  it('leaves the pitch where only the time is stretched', () => {
    for (const factor of [0.8, 1.25]) {
      const longer = stretchTime(tone(440), factor, RATE);
      expect(longer.length).toBe(Math.round(8000 * factor));
      expect(frequencyOf(longer.subarray(500, -500)) / 440).toBeCloseTo(1, 2);
    }
  });

  it('leaves a burst where it was', () => {
    const samples = new Float32Array(RATE);
    samples.set(tone(500, 0.1), 8000);
    const after = shiftPitch(samples, 3, RATE);
    const energy = (from: number, to: number) => rmsOf(after.subarray(from, to)) ** 2 * (to - from);
    expect(energy(7600, 10_000) / energy(0, RATE)).toBeGreaterThan(0.97);
  });
});

describe('lowPass', () => {
  // The analogue filter's 1 / sqrt(1 + (f / cutoff)^16), its frequencies warped by the bilinear transform.
  const butterworth = (hz: number, cutoff: number) => {
    const warped = (f: number) => Math.tan((Math.PI * f) / RATE);
    return 1 / Math.sqrt(1 + (warped(hz) / warped(cutoff)) ** 16);
  };

  it.each([
    [500, 3000],
    [2500, 3000],
    [3000, 3000],
    [3600, 3000],
    [5000, 3000],
    [6000, 6500],
    [7200, 6500],
  ])('lets a tone at %d Hz through as a Butterworth filter of order 8 at %d Hz does', (hz, cutoff) => {
    const tone = Float32Array.from({ length: RATE }, (_, i) => Math.sin((2 * Math.PI * hz * i) / RATE));
    lowPass(tone, cutoff, RATE);
    expect(Math.SQRT2 * rmsOf(tone.subarray(RATE / 2))).toBeCloseTo(butterworth(hz, cutoff), 3);
  });

  it('leaves sound as it is where nothing lies above', () => {
    const noise = Float32Array.from({ length: 100 }, (_, i) => Math.sin(i * i));
    const before = noise.slice();
    lowPass(noise, RATE / 2, RATE);
    expect(noise).toEqual(before);
  });
});

describe('examples with more than the defaults', () => {
  const clips: ClipSet = readClips(
    whistleFiles(['rising'], 'level', 4).map((file) => ({
      ...file,
      path: file.path.replace('activates/rising', 'activates'),
    })),
    RATE,
  );
  const plain: SynthesisSettings = {
    ...DEFAULT_SYNTHESIS,
    ...{ reverbShare: 0, noiseShare: 0, babbleShare: 0, tiltShare: 0, halfWordShare: 0 },
  };

  it('come out as without them where they are off', () => {
    const off = {
      ...plain,
      ...{ pitchShare: 0, equalizerShare: 0 },
      ...{ surroundingsShare: 0, roomToneShare: 0, lowPassShare: 0 },
    };
    const [a, b] = [plain, off].map((settings) => mixExample(clips, settings, new Random(7)));
    expect(a.samples.every((x, i) => x === b.samples[i])).toBe(true);
  });

  it('bring more of the recording with the word as often as asked, at the same level of the speech', () => {
    const samples = Float32Array.from({ length: 3 * RATE }, (_, i) => {
      const isWord = i >= 1.2 * RATE && i < 1.7 * RATE;
      return (isWord ? 0.3 : 1e-4) * Math.sin(0.7 * i);
    });
    const quiet = readClips([wav('activates/word.wav', samples)], RATE);
    const settings: SynthesisSettings = {
      ...plain,
      ...{ activateShare: 1, maxActivates: 1, maxNegatives: 0, surroundingsSeconds: 0.8 },
    };
    const placed = (surroundingsShare: number) =>
      Array.from({ length: 200 }, (_, seed) => {
        const mixture = mixExample(quiet, { ...settings, surroundingsShare }, new Random(seed));
        const [{ sources, gainDb, speed, startSeconds, speechEndSeconds }] = mixture.placed;
        const [{ fromSeconds, toSeconds }] = sources;
        // A sine of 0.3 is 13.5 dB below full scale; 0.5 s of it and 0.3 of quiet, 2 dB more.
        expect(Math.abs(gainDb - 15.5 - mixture.speechDb)).toBeLessThan(4.2);
        expect(Math.abs((speechEndSeconds - startSeconds) * speed - (1.7 - fromSeconds))).toBeLessThan(0.02);
        return { lead: 1.2 - fromSeconds, tail: toSeconds - 1.7 };
      });
    for (const { lead, tail } of placed(0)) {
      expect(lead).toBeCloseTo(0.1, 2);
      expect(tail).toBeCloseTo(0.21, 2);
    }
    const half = placed(0.5);
    const more = half.filter(({ lead }) => lead > 0.12);
    expect(Math.abs(more.length / half.length - 0.5)).toBeLessThan(0.15);
    expect(Math.max(...more.map(({ lead }) => lead))).toBeGreaterThan(0.7);
    expect(Math.max(...more.map(({ lead, tail }) => Math.max(lead, tail)))).toBeLessThan(0.82);
    const leads = more.map(({ lead }) => lead);
    expect(Math.abs(leads.reduce((sum, lead) => sum + lead, 0) / leads.length - 0.45)).toBeLessThan(0.08);
  });

  it('hold what is around the word as often as asked, as loud as it was beside it', () => {
    const samples = Float32Array.from({ length: 3 * RATE }, (_, i) => {
      const isWord = i >= 1.2 * RATE && i < 1.7 * RATE;
      return (isWord ? 0.3 : 1e-3) * Math.sin(0.7 * i);
    });
    const quiet = readClips(
      [wav('activates/word.wav', samples), wav('negatives/other.wav', whistle('falling', 1))],
      RATE,
    );
    const settings: SynthesisSettings = { ...plain, activateShare: 0, roomToneShare: 0.25 };
    let [tones, others] = [0, 0];
    for (let seed = 0; seed < 150; seed++) {
      const { placed, speechDb } = mixExample(quiet, settings, new Random(seed));
      for (const { kind, sources, gainDb } of placed) {
        others++;
        if (kind !== 'room-tone') continue;
        tones++;
        const [{ fromSeconds, toSeconds }] = sources;
        // Up to a tenth of a second before the word, of which there is as much as after it.
        expect(fromSeconds).toBeGreaterThanOrEqual(0);
        expect(toSeconds).toBeCloseTo(1.1, 1);
        // The word itself, a sine of 0.3, is 13.5 dB below full scale.
        expect(Math.abs(gainDb - 13.47 - speechDb)).toBeLessThan(4.1);
      }
    }
    expect(Math.abs(tones / others - 0.25)).toBeLessThan(0.08);
    const short = readClips(
      [
        wav('activates/word.wav', samples.subarray(1.1 * RATE, 1.9 * RATE)),
        wav('negatives/other.wav', whistle('falling', 1)),
      ],
      RATE,
    );
    for (let seed = 0; seed < 30; seed++) {
      const { placed } = mixExample(short, { ...settings, roomToneShare: 1 }, new Random(seed));
      for (const { kind } of placed) expect(kind).not.toBe('room-tone');
    }
  });

  it('say what was done, and are made again from their record', () => {
    const rooms = readRooms([wav('hall.wav', Float32Array.of(0, 0.1, 0.8, -0.4, 0.2))], RATE);
    const set = { ...clips, rooms };
    const settings: SynthesisSettings = {
      ...plain,
      ...{ reverbShare: 1, pitchShare: 1, pitchSemitones: [1, 3], equalizerShare: 1, equalizerDb: 5 },
      ...{ lowPassShare: 1, lowPassHz: [3000, 4000] },
    };
    const number = { seed: 3, example: 2 };
    const mixture = mixNumbered(set, settings, number);
    expect(mixture.placed.length).toBeGreaterThan(0);
    for (const clip of mixture.placed) {
      expect(clip.room).toBe('rooms/hall.wav');
      expect(clip.rt60Seconds).toBeUndefined();
      expect(clip.pitchSemitones).toBeGreaterThan(1);
    }
    for (const { gainDb } of mixture.equalizer!) expect(Math.abs(gainDb)).toBeLessThanOrEqual(5);
    const record = recordOf(mixture, { ...number, sampleRate: RATE });
    expect(record.equalizer).toEqual(mixture.equalizer);
    expect(record.lowPass).toEqual(mixture.lowPass);
    expect(mixture.lowPass!.hz).toBeGreaterThan(3000);
    const again = remix(record, set, settings).samples;
    expect(mixture.samples.every((x, i) => x === again[i])).toBe(true);
    expect(() => remix(record, clips, settings)).toThrow(/otherwise than it was recorded/);
  });

  it('take a room from its loudest sample on, at any rate', () => {
    const response = new Float32Array(4800);
    response[960] = -0.5;
    response[960 + 480] = 0.25;
    const [room] = readRooms([wav('room.wav', response, 48_000)], RATE);
    // 480 samples at 48 kHz are 160 at 16 kHz.
    expect(room.samples[0]).toBe(1);
    expect(room.samples[160]).toBeCloseTo(-0.5, 2);
    expect(room.samples.length).toBe(1600 - 320);
    expect(() => readRooms([wav('none.wav', new Float32Array(4000))], RATE)).toThrow(/rooms\/none.wav/);
  });

  it('draw a third of the words, whole and halved, from takes of one person', () => {
    const ownTakes = clips.activates.slice(0, 2).map((clip) => ({ ...clip, name: `mine/${clip.name}` }));
    const counts = { activate: [0, 0], 'half-activate': [0, 0] };
    for (let seed = 0; seed < 400; seed++) {
      const settings = { ...plain, activateShare: 1, halfWordShare: 0.5 };
      for (const { kind, name } of mixExample({ ...clips, ownTakes }, settings, new Random(seed)).placed) {
        if (kind !== 'activate' && kind !== 'half-activate') continue;
        counts[kind][0]++;
        if (name.includes('mine/')) counts[kind][1]++;
      }
    }
    for (const [all, own] of Object.values(counts)) {
      expect(all).toBeGreaterThan(150);
      expect(Math.abs(own / all - 1 / 3)).toBeLessThan(4 * Math.sqrt(2 / 9 / all));
    }
  });

  it('of several words draw takes of the word that is due', () => {
    const two = readClips(whistleFiles(['rising', 'falling'], 'level', 4), RATE);
    const ownTakes = two.activates
      .filter(({ word }) => word === 'falling')
      .map((clip) => ({ ...clip, name: `mine/${clip.name}` }));
    const settings = { ...plain, activateShare: 1, halfWordShare: 0, runningSpeechShare: 0 };
    const said = Array.from({ length: 400 }, (_, seed) =>
      mixExample({ ...two, ownTakes }, settings, new Random(seed)).placed.filter(
        ({ kind }) => kind === 'activate',
      ),
    ).flat();
    const falling = said.filter(({ word }) => word === 'falling');
    expect(Math.abs(falling.length / said.length - 0.5)).toBeLessThan(4 * Math.sqrt(0.25 / said.length));
    const own = falling.filter(({ name }) => name.startsWith('mine/'));
    expect(Math.abs(own.length / falling.length - 1 / 3)).toBeLessThan(4 * Math.sqrt(2 / 9 / falling.length));
    expect(said.filter(({ name, word }) => name.startsWith('mine/') && word === 'rising')).toEqual([]);
  });

  it('hold alarms of before among the other words, whole', () => {
    const alarms = readFalseAlarms([wav('one.wav', whistle('falling', 1))], RATE);
    expect(alarms[0]).toMatchObject({ name: 'alarms/one.wav', speech: { start: 0 } });
    let [held, others] = [0, 0];
    for (let seed = 0; seed < 200; seed++) {
      const { placed } = mixExample({ ...clips, falseAlarms: alarms }, plain, new Random(seed));
      for (const { kind, sources } of placed) {
        if (kind === 'activate') continue;
        others++;
        if (kind !== 'alarm') continue;
        held++;
        expect(sources).toEqual([
          { name: 'alarms/one.wav', fromSeconds: 0, toSeconds: alarms[0].samples.length / RATE },
        ]);
      }
    }
    expect(Math.abs(held / others - 0.3)).toBeLessThan(0.08);
  });
});
