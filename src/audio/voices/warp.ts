import type { Random } from '../../base/math/random.js';
import { number, optional, optionsSchema } from '../../base/schema/index.js';
import { stretch } from '../signal/augmentation.js';
import { stretchTime } from '../signal/pitch.js';
import { finiteSamples, sampleRateHz } from '../signal/samples.js';

/** How a voice is turned into another. */
export interface VoiceWarp {
  /**
   * A shorter vocal tract than the voice's own where above 1, a longer one below: the spectrum moves by this factor and
   * the pitch with it, the pace stays. @default 1
   */
  vocalTract?: number;
  /** A faster pace where above 1, at the same pitch. @default 1 */
  tempo?: number;
}

const factor = number({ min: 0.5, max: 2 });
const warpOptions = optionsSchema<VoiceWarp>('warpVoice', {
  vocalTract: optional(factor),
  tempo: optional(factor),
});

/** A child and a tall man from one voice, and still human. */
const WARP_RANGE: readonly [number, number] = [0.82, 1.24];
/** So many of the takes keep the tract, and so many the pace, of their voice. */
const UNWARPED_SHARE = 0.2;

/**
 * Another voice of the same words: played faster or slower, which moves the resonances of the vocal tract, then brought
 * back to its time (Jaitly and Hinton 2013 warp the same by filters; here by WSOLA). Shape (samples / tempo).
 *
 * @param sampleRate Hz
 * @throws SeqkitError `bad-value` where a factor is not 0.5 to 2, or a sample is no number
 */
export function warpVoice(samples: Float32Array, sampleRate: number, warp: VoiceWarp = {}): Float32Array {
  finiteSamples.parse(samples, 'warpVoice: samples');
  sampleRateHz.parse(sampleRate, 'warpVoice: sampleRate');
  const { vocalTract = 1, tempo = 1 } = warpOptions.parse(warp);
  const played = vocalTract === 1 ? samples : stretch(samples, vocalTract);
  const longer = vocalTract / tempo;
  return Math.abs(longer - 1) < 1e-6 ? played.slice() : stretchTime(played, longer, sampleRate);
}

/** A warp at random, evenly in ratios. */
export function randomWarp(random: Random, range: readonly [number, number] = WARP_RANGE): VoiceWarp {
  const draw = () => {
    const value = Math.exp(random.uniform(Math.log(range[0]), Math.log(range[1])));
    return random.uniform() < UNWARPED_SHARE ? 1 : value;
  };
  return { vocalTract: draw(), tempo: draw() };
}
