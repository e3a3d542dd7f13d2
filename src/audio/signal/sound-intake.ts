import { isTypedArray, wrongValue } from '../../base/schema/index.js';
import { floatsOfPcm16 } from './pcm16.js';
import { MAX_AMPLITUDE, samplesHint } from './samples.js';

/** What comes into a stream, as sound: samples that are none become silence, and are counted. */
export class SoundIntake {
  #silenced = 0;

  /** How many samples were no sound. */
  get silenced(): number {
    return this.#silenced;
  }

  /**
   * @param samples floats, full scale -1 to 1, or PCM of 16 bits
   * @returns floats: those that came, or new ones where some had to be changed
   * @throws SeqkitError `bad-value` where they are of another kind
   */
  take(samples: Float32Array | Int16Array): Float32Array {
    if (!isTypedArray(samples, 'Float32Array')) {
      if (isTypedArray(samples, 'Int16Array')) return floatsOfPcm16(samples);
      throw wrongValue('push: samples', 'a Float32Array or an Int16Array', samples, samplesHint(samples));
    }
    let clean = samples;
    for (let i = 0; i < samples.length; i++) {
      // Not so for what is no number.
      if (Math.abs(samples[i]) <= MAX_AMPLITUDE) continue;
      if (clean === samples) clean = samples.slice();
      clean[i] = 0;
      this.#silenced++;
    }
    return clean;
  }

  /** Begins to count anew. */
  reset(): void {
    this.#silenced = 0;
  }
}
