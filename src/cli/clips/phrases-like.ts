import type { Voice } from '../../audio/voices/engines/voice.js';
import type { Voices } from '../../audio/voices/voices.js';
import type { Random } from '../../base/math/random.js';
import { phonemesOf } from './espeak.js';
import { lookAlikes, type LookAlike } from './look-alikes.js';

const ESPEAK = 'espeak-ng';

/** Phrases that sound like one, and the voices that can say them: those of espeak-ng, which says any phonemes. */
export function phrasesLike(
  phrase: string,
  { voices: all }: Voices,
  count: number,
  random: Random,
): { texts: LookAlike[]; voices: Voice[] } {
  const voices = all.filter(({ engine }) => engine === ESPEAK);
  if (voices.length === 0 || count === 0) return { texts: [], voices };
  return { texts: lookAlikes(phonemesOf(phrase, voices[0].name), count, random), voices };
}
