import { describe, expect, it, vi } from 'vitest';
import { decodeWav } from '../../src/audio/index.js';
import { isClip } from '../../src/studio/wake-word/clip.js';
import { splitClipSet } from '../../src/studio/wake-word/clip-set.js';
import { firingOf } from '../../src/studio/wake-word/firing-sound.js';
import { clipOf, isFiring } from '../../src/studio/wake-word/firing.js';
import { RecentSound } from '../../src/studio/wake-word/recent-sound.js';
import {
  adviceAt,
  allThresholds,
  longMeaning,
  nearestThreshold,
  shortMeaning,
} from '../../src/studio/wake-word/threshold-meaning.js';

describe('RecentSound', () => {
  it('keeps the last seconds, however the sound is cut into pieces', () => {
    const recent = new RecentSound(100, 3);
    const whole = Float32Array.from({ length: 1234 }, (_, i) => i);
    // Longer than what is kept, empty, and odd ones.
    for (const [from, to] of [
      [0, 7],
      [7, 507],
      [507, 507],
      [507, 800],
      [800, 1101],
      [1101, 1234],
    ]) {
      recent.push(whole.subarray(from, to));
    }
    expect(recent.seconds).toBe(12.34);
    expect(recent.cut(10, 11)).toEqual(whole.slice(1000, 1100));
    // What is gone, and what is still to come, is left out.
    expect(recent.cut(2, 10)).toEqual(whole.slice(934, 1000));
    expect(recent.cut(12, 20)).toEqual(whole.slice(1200));
    expect(recent.cut(2, 3)).toHaveLength(0);
  });
});

describe('thresholds', () => {
  const tradeoff = allThresholds().map((threshold) => ({
    threshold,
    missed: threshold < 0.5 ? 0.25 : 0.75,
    falseAlarmsPerHour: threshold < 0.5 ? 120 : 0,
  }));
  const figures = { clips: 8, hours: 0.05, verdict: '', tradeoff };

  it('are hundredths, from 0.02 to 0.98', () => {
    expect(tradeoff).toHaveLength(97);
    expect([tradeoff[0].threshold, tradeoff[40].threshold, tradeoff[96].threshold]).toEqual([
      0.02, 0.42, 0.98,
    ]);
    expect([-1, 0.456, 0.999].map(nearestThreshold)).toEqual([0.02, 0.46, 0.98]);
  });

  it('come to counts of held-out clips', () => {
    expect(shortMeaning(figures, 0.49)).toBe('misses 25% of the words and has 120 false alarms an hour');
    expect(longMeaning(figures, 0.49)).toBe(
      'it missed 2 of 8 held-out clips, and fired 6 times in 3 min 00 s of other speech.',
    );
    expect(longMeaning(figures, 0.5)).toContain('missed 6 of 8 held-out clips, and fired 0 times');
  });

  it('that miss most of the words are told, with the highest that misses few', () => {
    expect(adviceAt(figures, 0.49)).toBeUndefined();
    expect(adviceAt(figures, 0.8)).toEqual({
      text: 'At 0.80 it misses most of the words. At 0.49 it missed 2 of 8 held-out clips, and fired 6 times in 3 min 00 s of other speech.',
      threshold: 0.49,
    });
    const deaf = { ...figures, tradeoff: tradeoff.map((point) => ({ ...point, missed: 0.9 })) };
    expect(adviceAt(deaf, 0.3)).toMatchObject({ threshold: undefined });
    expect(adviceAt(deaf, 0.3)!.text).toContain('record more clips of the word');
  });
});

describe('a firing', () => {
  const sound = {
    samples: Float32Array.from({ length: 4800 }, (_, i) => Math.sin(i / 9) / 2),
    sampleRate: 48_000,
  };
  const firing = firingOf({ where: 'a_walk.m4a', seconds: 3, score: 0.5 }, sound);

  it('keeps its sound at 16 kHz', () => {
    const { samples, sampleRate } = decodeWav(firing.bytes, 'firing.wav');
    expect(sampleRate).toBe(16_000);
    expect(samples).toHaveLength(1600);
    // In the middle no edge disturbs what is resampled.
    for (let i = 400; i < 1200; i++) expect(samples[i]).toBeCloseTo(sound.samples[3 * i], 2);
    expect(isFiring(structuredClone(firing))).toBe(true);
    expect(isFiring({ ...firing, isRight: 'yes' })).toBe(false);
  });

  it('is a clip of the word or a false alarm once it is marked, with a name that tells no speaker', () => {
    expect(clipOf(firing)).toBeUndefined();
    const right = clipOf({ ...firing, isRight: true })!;
    const wrong = clipOf({ ...firing, isRight: false })!;
    expect(right).toMatchObject({ kind: 'activates', name: 'heard in a walk.wav' });
    expect(wrong).toMatchObject({ kind: 'negatives', isAlarm: true, name: 'false alarm in a walk.wav' });
    expect(right.id).toBe(wrong.id);
    expect([right, wrong].every(isClip)).toBe(true);
  });

  it('that was wrong is a false alarm of the next training, and no phrase of other speech', async () => {
    vi.stubGlobal('fetch', () => Promise.resolve({ json: () => ({ negatives: [], backgrounds: [] }) }));
    try {
      const clips = [true, false].map((isRight) => clipOf({ ...firing, isRight })!);
      const { train, test } = await splitClipSet(clips);
      expect(test).toBeUndefined();
      expect(train.activates).toHaveLength(1);
      expect(train.negatives).toEqual([]);
      expect(train.falseAlarms).toHaveLength(1);
      expect(train.falseAlarms![0].speech).toEqual({ start: 0, end: 1600 });
    } finally {
      vi.unstubAllGlobals();
    }
  });
});
