import { giveTurn } from '../../base/host/yield-to-event-loop.js';
import { randomGenerator, type Random } from '../../base/math/random.js';
import {
  callback,
  listOf,
  objectWith,
  optional,
  optionsSchema,
  someText,
  wholeNumber,
  wrongValue,
} from '../../base/schema/index.js';
import { findSpeech } from '../clips/speech-edges.js';
import type { Clip } from '../clips/clips.js';
import { inSharedMemory } from '../clips/shared-clips.js';
import { resample } from '../signal/resample.js';
import { sampleRateHz } from '../signal/samples.js';
import type { SpeechRequest, Voice } from './engines/voice.js';
import { Voices } from './voices.js';
import { randomWarp, warpVoice, type VoiceWarp } from './warp.js';

/** A word, and how it is pronounced where the spelling does not tell. */
export interface Pronunciation {
  /** As it is spelled; what events are called. */
  text: string;
  /** Other spellings that engines read as it is meant, and pronunciations in the International Phonetic Alphabet. */
  say?: readonly { text?: string; ipa?: string }[];
}

export interface TakesOptions {
  /** How many clips. */
  count: number;
  /** Hz */
  sampleRate: number;
  random: Random;
  /** @param done things said or warped so far, of `total` */
  onProgress?: (done: number, total: number) => void;
}

const pronunciationSchema = objectWith<Pronunciation>('a word', {
  text: someText,
  say: optional(listOf(objectWith('a way to say it', { text: optional(someText), ipa: optional(someText) }))),
});
const takesOptions = optionsSchema<TakesOptions>('spokenTakes', {
  count: wholeNumber({ min: 0, max: 1_000_000 }),
  sampleRate: sampleRateHz,
  random: randomGenerator,
  onProgress: optional(callback<(done: number, total: number) => void>()),
});

/** What stands behind a word, and shapes its melody. */
export const ENDINGS = ['.', '!', '?', ','];
/**
 * Parts that the engines have in the clips of a word: where one has many voices that are alike and another few that
 * differ, neither their number nor an even share is right.
 */
const ENGINE_PARTS: Readonly<Record<string, number>> = {
  'espeak-ng': 3,
  flite: 5,
  festival: 2,
  piper: 6,
  say: 6,
  sapi: 5,
};
/** Most different things that an engine says: further clips are warped from these. */
const MAX_SAID: Readonly<Record<string, number>> = { 'espeak-ng': 160, flite: 96, festival: 48 };
const MAX_SAID_OTHERWISE = 96;
/** Of the engine's own pace and pitch, within what still sounds human. */
const TEMPO: readonly [number, number] = [0.75, 1.3];
const PITCH: readonly [number, number] = [0.85, 1.2];

/**
 * Clips of a word in all voices, each warped in vocal tract and pace; the share of an engine does not hang on how many
 * voices it has. The name of a clip begins with its speaker.
 *
 * @throws SeqkitError `engine`, `bad-value` as `Voices.speakAll`
 */
export async function spokenTakes(
  word: Pronunciation,
  voices: Voices,
  options: TakesOptions,
): Promise<Clip[]> {
  pronunciationSchema.parse(word, 'spokenTakes: word');
  if (!(voices instanceof Voices)) throw wrongValue('spokenTakes: voices', 'Voices', voices);
  const { count, sampleRate, random, onProgress } = takesOptions.parse(options);
  const spellings = word.say?.length ? word.say : [{ text: word.text }];
  const parts = voices.engines.map(({ name }) => ENGINE_PARTS[name] ?? 3);
  const all = parts.reduce((sum, part) => sum + part, 0);
  const requests: SpeechRequest[] = [];
  const planned: { request: number; warp: VoiceWarp; voice: Voice }[] = [];
  for (const [n, { name }] of voices.engines.entries()) {
    const theirs = random.shuffle(voices.voices.filter(({ engine }) => engine === name));
    const takes = Math.round((count * parts[n]) / all);
    const first = requests.length;
    const said = Math.min(takes, MAX_SAID[name] ?? MAX_SAID_OTHERWISE);
    for (let k = 0; k < said; k++) {
      const { text = word.text, ipa } = spellings[k % spellings.length];
      requests.push({
        voice: theirs[k % theirs.length],
        text: `${text.replace(/[.!?,]+$/, '')}${ENDINGS[Math.floor(k / theirs.length) % ENDINGS.length]}`,
        ...(ipa !== undefined && { ipa }),
        manner: { tempo: random.uniform(...TEMPO), pitch: random.uniform(...PITCH) },
      });
    }
    for (let take = 0; take < takes; take++) {
      const request = first + (take % said);
      planned.push({ request, warp: randomWarp(random), voice: requests[request].voice });
    }
  }
  const total = requests.length + planned.length;
  const sounds = await voices.speakAll(requests, (done) => onProgress?.(done, total));
  const spoken = sounds.map((sound) => resample(sound, sampleRate).samples);
  const clips: Clip[] = [];
  for (const [n, { request, warp, voice }] of planned.entries()) {
    const samples = inSharedMemory(warpVoice(spoken[request], sampleRate, warp));
    const speaker = speakerOf(voice);
    const name = `${speaker}_${fileName(word.text)}-${n + 1}.wav`;
    clips.push({ name, speaker, word: word.text, samples, speech: findSpeech(samples, sampleRate) });
    if (n % 16 === 0) {
      onProgress?.(requests.length + n, total);
      // A page or a bar wants to draw.
      await giveTurn();
    }
  }
  return clips;
}

/** What a voice is called in the names of files. */
export function speakerOf({ engine, name }: Voice): string {
  return engine === 'espeak-ng' ? fileName(name) : `${engine}-${fileName(name)}`;
}

/** Letters and digits, with dashes between them: no path, and no `_`, which parts the speaker from the rest. */
function fileName(text: string): string {
  const name = text.split(/[/\\]/).at(-1)!.toLowerCase();
  return name.replaceAll(/[^\p{L}\p{N}+]+/gu, '-').replaceAll(/^-|-$/g, '') || 'clip';
}
