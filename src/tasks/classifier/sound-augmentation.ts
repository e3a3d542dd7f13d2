import { Random } from '../../base/math/random.js';
import { resample } from '../../audio/signal/resample.js';
import type { Waveform } from '../../audio/signal/wav.js';
import type { ClassedInputs } from './encoders/encoder.js';

/** Copies of each clip besides itself. */
const COPIES = 4;
/** The most that a copy is moved to either side, in seconds. */
const SHIFT_SECONDS = 0.1;
/** A copy is played so much faster or slower, its pitch with it. */
const SPEEDS = [0.85, 0.92, 1, 1.08, 1.15] as const;
/** Hz that speeds are told to the resampler in. */
const SPEED_STEPS = 1_000;

/**
 * Clips with copies that are moved, faster or slower, louder or softer, and in noise: a network must not learn a
 * handful of recordings by heart.
 */
export function augmentedSounds({ inputs, classes }: ClassedInputs, seed: number): ClassedInputs {
  const random = new Random(seed).fork('augmentation');
  const copies = (inputs as readonly Waveform[]).flatMap((clip) => [
    clip,
    ...Array.from({ length: COPIES }, () => changed(clip, random)),
  ]);
  const own = Int32Array.from(copies, (_, i) => classes[Math.floor(i / (COPIES + 1))]);
  return { inputs: copies, classes: own };
}

function changed({ samples, sampleRate }: Waveform, random: Random): Waveform {
  const speed = random.choice(SPEEDS);
  const played =
    speed === 1
      ? samples
      : resample({ samples, sampleRate: Math.round(SPEED_STEPS * speed) * 10 }, SPEED_STEPS * 10).samples;
  const out = new Float32Array(samples.length);
  const most = Math.round(SHIFT_SECONDS * sampleRate);
  const centre = Math.round((out.length - played.length) / 2);
  const shift = centre + random.integer(2 * most + 1) - most;
  const gain = 10 ** (random.uniform(-8, 8) / 20);
  let power = 0;
  for (const sample of samples) power += sample * sample;
  // From 10 to 40 dB under the clip.
  const noise = Math.sqrt(power / samples.length) * 10 ** (-random.uniform(10, 40) / 20);
  for (let i = 0; i < out.length; i++) {
    const at = i - shift;
    const sample = at >= 0 && at < played.length ? played[at] : 0;
    out[i] = gain * (sample + noise * random.normal());
  }
  return { samples: out, sampleRate };
}
