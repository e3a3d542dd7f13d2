import type { Clip, ClipSet } from '../../audio/clips/clips.js';
import { readClips } from '../../audio/clips/read-clips.js';
import { listClipFiles } from '../../audio/clips/clip-folder.js';
import { saysOneOf } from '../../audio/clips/said-in-name.js';
import { madeBackgrounds } from '../../audio/mixing/made-backgrounds.js';
import { spokenProse } from '../../audio/voices/spoken-prose.js';
import { spokenTakes, type Pronunciation } from '../../audio/voices/spoken-takes.js';
import { Voices } from '../../audio/voices/voices.js';
import { SeqkitError } from '../../base/errors.js';
import { folderHost } from '../../base/host/folder-host.js';
import { packageFile } from '../../base/host/package-file.js';
import { findProgram } from '../../base/host/programs.js';
import { Random } from '../../base/math/random.js';
import { counted, note } from '../terminal/output.js';
import { Progress } from '../terminal/progress.js';
import { frequentWords } from './frequent-words.js';
import { phrasesLike } from './phrases-like.js';
import { runningText } from './running-text.js';
import { spokenWords } from './spoken-words.js';
import { UnsaidWords } from './unsaid-words.js';
import { voicesFor } from './voices-for.js';

export interface VoicedClipsOptions {
  language: string;
  /** Clips of each word. */
  takes: number;
  /** Of running speech. */
  minutes: number;
  /** Hz */
  sampleRate: number;
  seed: number;
}

const CLIP_SECONDS = 8;
const WORDS_PER_SECOND = 2.6;
/** Phrases that sound like the word: few, since they cost words. */
const LOOK_ALIKES = 16;
const [BACKGROUNDS, BACKGROUND_SECONDS] = [16, 12];

/**
 * All that it takes to train words nobody has recorded: clips of them in every voice, running speech by the same and by
 * other voices, phrases that sound like them, music and noise. Says what it makes.
 *
 * @throws SeqkitError `engine` where nothing speaks
 */
export async function voicedClips(
  words: readonly Pronunciation[],
  options: VoicedClipsOptions,
): Promise<ClipSet & { speech: Clip[]; lookAlikes: Clip[] }> {
  const { language, takes, minutes, sampleRate, seed } = options;
  const voices = await voicesFor(language);
  const random = new Random(seed).fork('voices');
  const bar = new Progress('speaking', { total: 1, unit: 'clips' });
  const count = Math.ceil((60 * minutes) / CLIP_SECONDS);
  const expected = 2 * takes * words.length + 2 * count;
  let before = 0;
  const onProgress = (done: number) => bar.update(Math.min(before + done, expected), '', expected);
  const activates: Clip[] = [];
  for (const word of words) {
    const own = random.fork(`takes of ${word.text}`);
    activates.push(
      ...(await spokenTakes(word, voices, { count: takes, sampleRate, random: own, onProgress })),
    );
    before += 2 * takes;
  }
  const names = words.map(({ text }) => text);
  const texts = await proseTexts(names, count, random.fork('prose'));
  const prose = { sampleRate, random: random.fork('who says it'), onProgress };
  const speech = await spokenProse(texts, voices, prose);
  const near = await nearClips(words, voices, { sampleRate, random: random.fork('like it') });
  bar.end();
  const shipped = shippedClips(sampleRate, names);
  const made = madeBackgrounds(BACKGROUNDS, BACKGROUND_SECONDS, sampleRate, random.fork('backgrounds'));
  note(
    `${counted(activates.length, 'clip')} of ${spokenWords(names)}, ${counted(Math.round(seconds(speech, sampleRate) / 60), 'minute')} of other speech and ${counted(made.length, 'background')} were made.`,
  );
  return {
    ...{ sampleRate, activates, speech, lookAlikes: near },
    negatives: shipped.negatives,
    backgrounds: [...shipped.backgrounds, ...made],
  };
}

function seconds(clips: readonly Clip[], sampleRate: number): number {
  return clips.reduce((sum, { speech }) => sum + (speech.end - speech.start) / sampleRate, 0);
}

/** Sentences without sense, in which none of the words is heard. */
async function proseTexts(words: readonly string[], count: number, random: Random): Promise<string[]> {
  const vocabulary = await frequentWords();
  const length = Math.round(CLIP_SECONDS * WORDS_PER_SECOND);
  const texts = Array.from({ length: count }, () => runningText(vocabulary, length, random));
  if (findProgram('espeak-ng') !== undefined) {
    const unsaid = new UnsaidWords(words, 'en');
    unsaid.learn(texts);
    return texts.map((text) => unsaid.without(text));
  }
  // Without ears for it: words that are spelled like those of the phrase.
  const spelled = new Set(words.flatMap((word) => word.toLowerCase().split(/\s+/)));
  return texts.map((text) =>
    text.replaceAll(/ ?\b([A-Za-z]+)\b/g, (all, word: string) =>
      spelled.has(word.toLowerCase()) ? '' : all,
    ),
  );
}

/** Clips of phrases like the words. */
async function nearClips(
  words: readonly Pronunciation[],
  voices: Voices,
  { sampleRate, random }: { sampleRate: number; random: Random },
): Promise<Clip[]> {
  const clips: Clip[] = [];
  for (const { text } of words) {
    const near = phrasesLike(text, voices, Math.ceil(LOOK_ALIKES / words.length), random);
    if (near.voices.length === 0) continue;
    const ours = new Voices(voices.engines, near.voices);
    for (const like of near.texts) {
      const word = { text: like.name, say: [{ text: like.text }] };
      clips.push(...(await spokenTakes(word, ours, { count: 1, sampleRate, random })));
    }
  }
  return clips.map((clip) => ({ ...clip, word: undefined }));
}

/** The negatives and backgrounds that come with seqkit, but for what says one of the words. */
function shippedClips(sampleRate: number, words: readonly string[]): ClipSet {
  const { files } = listClipFiles(folderHost, packageFile('data/clips'));
  return readClips(
    files.filter(({ path }) => !path.startsWith('activates/') && !saysOneOf(path, words)),
    sampleRate,
  );
}

/** Recordings beside synthetic clips: each counts so often that a third of the words in training are real. */
export function withRecordings(recorded: ClipSet, made: ClipSet): ClipSet {
  if (recorded.sampleRate !== made.sampleRate) {
    throw new SeqkitError('Recordings and synthetic clips are at different sample rates.', {
      code: 'bad-value',
    });
  }
  const times = Math.max(1, Math.round(made.activates.length / 2 / Math.max(1, recorded.activates.length)));
  const repeated = Array.from({ length: times }, () => recorded.activates).flat();
  return {
    ...recorded,
    activates: [...repeated, ...made.activates],
    negatives: withOthers(recorded.negatives, made.negatives),
    backgrounds: withOthers(recorded.backgrounds, made.backgrounds),
    speech: [...(recorded.speech ?? []), ...(made.speech ?? [])],
    lookAlikes: [...(made.lookAlikes ?? [])],
  };
}

/** Clips, and those further ones that are not among them: the clips that come with seqkit may serve both. */
function withOthers(clips: readonly Clip[], further: readonly Clip[]): Clip[] {
  const names = new Set(clips.map(({ name }) => name));
  return [...clips, ...further.filter(({ name }) => !names.has(name))];
}
