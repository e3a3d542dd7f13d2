import { giveTurn } from '../../base/host/yield-to-event-loop.js';
import type { Random } from '../../base/math/random.js';
import type { Clip } from '../clips/clips.js';
import { inSharedMemory } from '../clips/shared-clips.js';
import { resample } from '../signal/resample.js';
import type { SpeechRequest } from './engines/voice.js';
import type { Voices } from './voices.js';
import { randomWarp, warpVoice } from './warp.js';

export interface ProseOptions {
  /** Hz */
  sampleRate: number;
  random: Random;
  onProgress?: (done: number, total: number) => void;
}

/** Parts that the engines have in running speech: it takes them as long as they are good. */
const ENGINE_PARTS: Readonly<Record<string, number>> = {
  'espeak-ng': 10,
  flite: 4,
  festival: 1,
  piper: 4,
  say: 6,
  sapi: 4,
};
/** Of the texts, so many are said by voices of the word as they are warped there; the others sound like nobody else. */
const FAMILIAR_SHARE = 0.5;
/** Outside of what the voices of a word are warped by: a small child, a giant. */
const STRANGE_WARPS: readonly (readonly [number, number])[] = [
  [0.7, 0.82],
  [1.24, 1.42],
];
const TEMPO: readonly [number, number] = [0.8, 1.5];
const PITCH: readonly [number, number] = [0.8, 1.25];

/**
 * Running speech without the word, as negatives: by the voices of the word, so that none of them foretells it, and by
 * voices unlike them. All of a clip counts as speech.
 *
 * @param texts what is said, a clip each
 */
export async function spokenProse(
  texts: readonly string[],
  voices: Voices,
  options: ProseOptions,
): Promise<Clip[]> {
  const { sampleRate, random, onProgress } = options;
  const parts = voices.engines.map(({ name }) => ENGINE_PARTS[name] ?? 3);
  const requests = texts.map((text): SpeechRequest => {
    const { name } = voices.engines[drawnPart(parts, random)];
    const voice = random.choice(voices.voices.filter(({ engine }) => engine === name));
    return { voice, text, manner: { tempo: random.uniform(...TEMPO), pitch: random.uniform(...PITCH) } };
  });
  const total = 2 * requests.length;
  const sounds = await voices.speakAll(requests, (done) => onProgress?.(done, total));
  const clips: Clip[] = [];
  for (const [n, sound] of sounds.entries()) {
    const { samples } = resample(sound, sampleRate);
    const isFamiliar = random.uniform() < FAMILIAR_SHARE;
    const warp = isFamiliar ? randomWarp(random) : randomWarp(random, random.choice(STRANGE_WARPS));
    const warped = inSharedMemory(warpVoice(samples, sampleRate, { ...warp, tempo: 1 }));
    const { voice } = requests[n];
    clips.push({
      name: `speech/${n}_${voice.engine}-${voice.name}`,
      ...{ speaker: undefined, word: undefined },
      samples: warped,
      speech: { start: 0, end: warped.length },
    });
    onProgress?.(requests.length + n + 1, total);
    await giveTurn();
  }
  return clips;
}

/** An index, each as likely as its part says. */
function drawnPart(parts: readonly number[], random: Random): number {
  let left = random.uniform() * parts.reduce((sum, part) => sum + part, 0);
  const drawn = parts.findIndex((part) => (left -= part) < 0);
  return drawn < 0 ? parts.length - 1 : drawn;
}
