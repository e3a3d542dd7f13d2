import { encodeWav, resample, type Waveform } from '../../audio/index.js';
import { newId, RATE } from './clip.js';
import type { Firing } from './firing.js';

/** @param sound of the moment alone */
export const firingOf = (found: Pick<Firing, 'where' | 'seconds' | 'score'>, sound: Waveform): Firing => ({
  ...{ ...found, id: newId() },
  bytes: encodeWav({ samples: resample(sound, RATE).samples, sampleRate: RATE }),
});
