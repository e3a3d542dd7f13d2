import type { Clip } from '../../audio/clips/clips.js';
import { resample } from '../../audio/signal/resample.js';
import { inSharedMemory } from '../../audio/clips/shared-clips.js';
import { findSpeech, type SpeechEdges } from '../../audio/clips/speech-edges.js';
import { Random } from '../../base/math/random.js';
import { phonemesOf, speak, speakAside, voicesOf, type Speech } from './espeak.js';
import { frequentWords } from './frequent-words.js';
import { lookAlikes } from './look-alikes.js';
import { note } from '../terminal/output.js';
import { findProgram } from '../../base/host/programs.js';
import { runningText } from './running-text.js';
import { spokenWords } from './spoken-words.js';
import { UnsaidWords } from './unsaid-words.js';

export interface SpokenClipsOptions {
  /** The trigger word, or several, where they are known: they are not said, but words like them are. */
  word?: string | readonly string[];
  /** How much running speech; 0 for no synthetic speech at all. */
  minutes: number;
  /** Hz */
  sampleRate: number;
}

/** What is spoken is the same for every training of a word, so that any example can be mixed again. */
const SEED = 1;
const CLIP_SECONDS = 8;
/** Texts whose words are looked up together. */
const TEXTS_AT_ONCE = 16;
const WORDS_PER_MINUTE: readonly [number, number] = [120, 260];
const PITCH: readonly [number, number] = [15, 85];
const LOOK_ALIKES = 40;
/** How often each look-alike is said, by another voice each time. */
const TAKES = 3;

/** A clip that espeak-ng speaks when it is first asked for: an example of training needs but a few. */
export class SpokenClip implements Clip {
  readonly speaker = undefined;
  readonly word = undefined;
  readonly #manner: Speech;
  readonly #sampleRate: number;
  #text: string | (() => string);
  #samples: Float32Array | undefined;
  #speech: SpeechEdges | undefined;

  constructor(
    readonly name: string,
    /** Text, or phonemes in double brackets; a function is asked for it once. */
    text: string | (() => string),
    manner: Speech,
    sampleRate: number,
    /** All of it is speech, pauses too, rather than one word. */
    readonly running: boolean,
  ) {
    this.#text = text;
    this.#manner = manner;
    this.#sampleRate = sampleRate;
  }

  get text(): string {
    if (typeof this.#text !== 'string') this.#text = this.#text();
    return this.#text;
  }

  get samples(): Float32Array {
    return (this.#samples ??= resample(speak(this.text, this.#manner), this.#sampleRate).samples);
  }

  async load(): Promise<void> {
    const said = this.#samples === undefined ? await speakAside(this.text, this.#manner) : undefined;
    if (said !== undefined) this.#samples = inSharedMemory(resample(said, this.#sampleRate).samples);
  }

  get speech(): SpeechEdges {
    const { samples } = this;
    return (this.#speech ??= this.running
      ? { start: 0, end: samples.length }
      : findSpeech(samples, this.#sampleRate));
  }
}

/**
 * Negatives that espeak-ng speaks: running speech in all its English voices, and phrases that sound like
 * the trigger word. Says what it does, and what is missing where espeak-ng is.
 */
export async function spokenClips(
  options: SpokenClipsOptions,
): Promise<{ speech?: SpokenClip[]; lookAlikes?: SpokenClip[] }> {
  const { word, minutes, sampleRate } = options;
  const triggers = word === undefined ? [] : [word].flat();
  if (minutes === 0) return {};
  if (findProgram('espeak-ng') === undefined) {
    note(
      'espeak-ng is not installed: without its running speech among the negatives there will be more false alarms (apt-get install espeak-ng, brew install espeak-ng).',
    );
    return {};
  }
  const voices = voicesOf('en');
  const words = await frequentWords();
  const unsaid = new UnsaidWords(triggers, voices[0]);
  const count = Math.ceil((60 * minutes) / CLIP_SECONDS);
  const drawn = Array.from({ length: count }, (_, n) => {
    const random = new Random(SEED).fork(`speech ${n}`);
    const manner = mannerOf(random.choice(voices), random);
    return {
      manner,
      text: runningText(words, Math.round((CLIP_SECONDS * manner.wordsPerMinute) / 60), random),
    };
  });
  const speech = drawn.map(({ manner, text }, n) => {
    const saidText = () => {
      const first = n - (n % TEXTS_AT_ONCE);
      unsaid.learn(drawn.slice(first, first + TEXTS_AT_ONCE).map((other) => other.text));
      return unsaid.without(text);
    };
    return new SpokenClip(`speech/${n}_${manner.voice}`, saidText, manner, sampleRate, true);
  });
  if (triggers.length === 0) {
    note('The word is not known by name: name it with --word, and espeak-ng will say words like it too.');
    return { speech };
  }
  const random = new Random(SEED).fork('look-alikes');
  const each = Math.ceil(LOOK_ALIKES / triggers.length);
  const found = triggers.flatMap((trigger) => lookAlikes(phonemesOf(trigger, voices[0]), each, random));
  const near = found.flatMap(({ text, name }, n) =>
    Array.from({ length: TAKES }, (_, take) => {
      const manner = mannerOf(random.choice(voices), random);
      return new SpokenClip(`look-alikes/${n}-${take}_${name}`, text, manner, sampleRate, false);
    }),
  );
  note(
    `espeak-ng speaks ${minutes} min of running text and ${near.length} phrases like ${spokenWords(triggers)}, which serve as negatives.`,
  );
  return { speech, lookAlikes: near };
}

function mannerOf(voice: string, random: Random): Speech {
  return {
    voice,
    wordsPerMinute: Math.round(random.uniform(...WORDS_PER_MINUTE)),
    pitch: Math.round(random.uniform(...PITCH)),
  };
}
