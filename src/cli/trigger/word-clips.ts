import type { Clip, ClipSet } from '../../audio/clips/clips.js';
import type { SynthesisSettings } from '../../audio/mixing/synthesis-settings.js';
import { VOICE_SYNTHESIS } from '../../audio/voices/voice-synthesis.js';
import { SeqkitError } from '../../base/errors.js';
import { pronunciationsOf } from '../clips/pronunciations.js';
import { addAskedFor, loadTrainingClips, type TrainingClipsOptions } from '../clips/training-clips.js';
import { voicedClips, withRecordings } from '../clips/voiced-clips.js';

export interface WordClipsOptions extends Omit<TrainingClipsOptions, 'word'> {
  readonly word?: readonly string[];
  readonly say?: readonly string[];
  readonly language: string;
  /** Clips of each word by synthetic voices. */
  readonly voices: number;
  /** Minutes of running speech by the same and other voices. */
  readonly voicedMinutes: number;
}

/** What a model is trained on, and how it is mixed where that depends on it. */
export interface WordClips {
  words: readonly string[];
  train: ClipSet;
  test?: ClipSet;
  /** Takes of `--mine` that are not trained on. */
  heldTakes?: Clip[];
  synthesis: Partial<SynthesisSettings>;
}

/** Clips of words: recordings of a folder, or synthetic voices where there is none, or both. */
export async function loadWordClips(
  folder: string | undefined,
  sampleRate: number,
  options: WordClipsOptions,
): Promise<WordClips> {
  const { word: asked, voices: takes } = options;
  const recorded = folder === undefined ? undefined : await recordings(folder, sampleRate, options);
  if (takes === 0) return { ...recorded!, synthesis: {} };
  const words = asked ?? recorded!.words;
  const { language, voicedMinutes: minutes, seed } = options;
  const made = await voicedClips(pronunciationsOf(words, options.say), {
    ...{ language, takes, minutes, sampleRate, seed },
  });
  if (recorded === undefined) {
    const heldTakes = addAskedFor(made, { ...options, words });
    return {
      ...{ words, train: ofWords(made, words), synthesis: VOICE_SYNTHESIS },
      ...(heldTakes && { heldTakes }),
    };
  }
  const named = recorded.words.length === 1 && words.length === 1;
  const own = named
    ? recorded.train.activates.map((clip) => ({ ...clip, word: words[0] }))
    : recorded.train.activates;
  const train = withRecordings({ ...recorded.train, activates: own }, made);
  return {
    ...{ words, train: ofWords(train, words), synthesis: VOICE_SYNTHESIS },
    ...(recorded.test && { test: recorded.test }),
    ...(recorded.heldTakes && { heldTakes: recorded.heldTakes }),
  };
}

/** Of one word every clip is; the folder's name need not be its own. */
function ofWords(clips: ClipSet, words: readonly string[]): ClipSet {
  if (words.length > 1) return clips;
  return { ...clips, activates: clips.activates.map((clip) => ({ ...clip, word: undefined })) };
}

async function recordings(
  folder: string,
  sampleRate: number,
  { word: asked, ...options }: WordClipsOptions,
): Promise<Omit<WordClips, 'synthesis'>> {
  // The voices speak instead of espeak-ng alone.
  const spoken = options.voices > 0 ? 0 : options.spoken;
  if (asked === undefined || asked.length === 1) {
    const [word] = asked ?? [];
    return loadTrainingClips(folder, sampleRate, { ...options, spoken, ...(word !== undefined && { word }) });
  }
  const all = await loadTrainingClips(folder, sampleRate, { ...options, spoken, unsaid: asked });
  const missing = asked.find((word) => !all.words.includes(word));
  if (missing !== undefined && options.voices === 0) {
    throw new SeqkitError(`${folder}/activates holds no folder of "${missing}".`, {
      code: 'usage',
      hint: `It holds: ${all.words.join(', ')}. With --voices 520 a word is spoken by synthetic voices.`,
    });
  }
  const theirs = (clips: ClipSet): ClipSet => ({
    ...clips,
    activates: clips.activates.filter(({ word }) => word !== undefined && asked.includes(word)),
    negatives: [
      ...clips.negatives,
      ...clips.activates.filter(({ word }) => word === undefined || !asked.includes(word)),
    ],
  });
  return {
    ...{ words: asked, train: theirs(all.train) },
    ...(all.test && { test: theirs(all.test) }),
    ...(all.heldTakes && { heldTakes: all.heldTakes }),
  };
}
