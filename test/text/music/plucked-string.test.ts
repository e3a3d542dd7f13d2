import { describe, expect, it } from 'vitest';
import { tuneSound } from '../../../src/text/index.js';
import { pluckedString } from '../../../src/text/music/playback/plucked-string.js';

const note = (hertz: number, sampleRate: number): Float32Array =>
  pluckedString({ hertz, seconds: 0.5, gain: 0.75, sampleRate });

/** How strong a frequency is in a stretch, by its transform under a Hann window. */
function strength(samples: Float32Array, hertz: number, sampleRate: number): number {
  let [real, imaginary] = [0, 0];
  samples.forEach((sample, i) => {
    const angle = (2 * Math.PI * hertz * i) / sampleRate;
    const windowed = sample * (0.5 - 0.5 * Math.cos((2 * Math.PI * i) / samples.length));
    real += windowed * Math.cos(angle);
    imaginary += windowed * Math.sin(angle);
  });
  return Math.hypot(real, imaginary);
}

/** How far the strongest frequency near a pitch lies from it, in cents. */
function centsFrom(samples: Float32Array, hertz: number, sampleRate: number): number {
  const steps = Array.from({ length: 81 }, (_, i) => (i - 40) / 2);
  const levels = steps.map((cents) => strength(samples, hertz * 2 ** (cents / 1_200), sampleRate));
  return steps[levels.indexOf(Math.max(...levels))];
}

describe('a plucked string', () => {
  it.each([
    [98, 8_000],
    [261.626, 8_000],
    [440, 22_050],
    [987.767, 16_000],
    [2_093, 16_000],
    [3_700, 8_000],
  ])('is in tune at %d Hz, sampled at %d Hz', (hertz, sampleRate) => {
    const samples = note(hertz, sampleRate).subarray(0, 0.5 * sampleRate);
    expect(Math.abs(centsFrom(samples, hertz, sampleRate))).toBeLessThanOrEqual(2);
  });

  it('has partials that fade the faster the higher they are', () => {
    const samples = note(220, 16_000);
    const fall = (partial: number): number => {
      const [early, late] = [0, 0.25].map((from) =>
        strength(samples.subarray(from * 16_000, (from + 0.25) * 16_000), partial * 220, 16_000),
      );
      return late / early;
    };
    expect(fall(1)).toBeLessThan(1);
    expect(fall(4)).toBeLessThan(0.9 * fall(1));
    expect(fall(8)).toBeLessThan(0.9 * fall(4));
  });

  it('begins and ends in silence, and rings over its end without a click', () => {
    const samples = note(440, 44_100);
    expect(samples.length / 44_100).toBeGreaterThan(1);
    expect(samples[0]).toBe(0);
    expect(Math.abs(samples.at(-1)!)).toBeLessThan(1e-5);
    const steepest = (from: number, to: number): number => {
      let steep = 0;
      for (let i = from; i < to; i++) steep = Math.max(steep, Math.abs(samples[i + 1] - samples[i]));
      return steep;
    };
    const end = 0.5 * 44_100;
    expect(steepest(end - 50, end + 50)).toBeLessThanOrEqual(steepest(end - 500, end - 400));
    expect(steepest(samples.length - 500, samples.length - 1)).toBeLessThan(1e-4);
  });

  it('is silent above half the sample rate', () => {
    expect(note(4_100, 8_000)).toHaveLength(0);
  });
});

describe('tuneSound', () => {
  const sound = (body: string): ReturnType<typeof tuneSound> =>
    tuneSound(`X:1\nT:t\nM:4/4\nL:1/8\nQ:1/4=60\nK:C\n${body}\n`, { sampleRate: 8_000 });

  it('never clips, however many notes sound together', async () => {
    const { samples } = await sound('[CEGceg]2[DFAdfa]2 [CEGceg]4|');
    expect(Math.max(...samples.map(Math.abs))).toBeCloseTo(0.8, 5);
  });

  it('accompanies chord symbols more softly than it plays the melody', async () => {
    const { samples, sampleRate } = await sound('"C"e8|');
    // C, G and E of the chord, each where it is plucked: the bass first, then the others.
    const beats = [0, 1, 2, 3].map((beat) => samples.subarray(beat * 8_000, (beat + 0.5) * 8_000));
    const melody = strength(beats[0], 659.26, sampleRate);
    for (const hertz of [130.81, 196, 261.63, 329.63]) {
      const levels = beats.map((beat) => strength(beat, hertz, sampleRate));
      expect(Math.max(...levels)).toBeLessThan(0.5 * melody);
    }
    const heard = beats.map((beat) => strength(beat, 196, sampleRate));
    expect(Math.max(...heard)).toBeGreaterThan(0.02 * melody);
  });
});
