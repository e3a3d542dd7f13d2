import { finish } from '../../base/host/in-turns.js';
import { DEFAULT_FEATURES } from '../signal/feature-settings.js';
import { FeatureExtractor } from '../signal/features.js';
import { sampleRateHz } from '../signal/samples.js';
import { wordClips } from './clip-shapes.js';
import { findSpeech, soundStretches, type SoundStretch, type SpeechEdges } from './speech-edges.js';

/** So many clips with one sound alone are needed to tell what the word is like. */
const MIN_PLAIN = 20;
/** A sound counts where it is no weaker than this against the strongest, in energy ... */
const WEAKEST_DB = 30;
/** ... no shorter than this, ... */
const SHORTEST_SECONDS = 0.08;
/** ... and, to be taken for the word, no shorter than this share of what the word usually takes. */
const SHORTEST_SHARE = 0.5;
/** It is taken where it is so much nearer to what the word is like than the strongest sound is. */
const NEARER = 0.55;
/** Profiles are of 12 bands in each third of a sound, and of its length. */
const BANDS = 12;
const PARTS = 3;
/** Weight of the logarithm of the length, which is one number beside 36. */
const LENGTH_WEIGHT = 3;
/** One odd number does not decide: squares of more deviations than three count as so much. */
const MAX_SQUARE = 9;
const MIN_DEVIATION = 0.05;

/** A recording of a word. */
export interface WordClip {
  /** Shape (samples). */
  samples: Float32Array;
  /** Where the word lies, the strongest sound at first. */
  speech: SpeechEdges;
  /** Which word it is, where there are several. */
  word: string | undefined;
}

/**
 * Finds the word again in clips where another sound, a knock or a breath, is stronger than it. The clips of a word
 * that hold one sound alone tell what it is like: the median and the deviation of its spectrum, in thirds, and of
 * its length. Where a clip holds several sounds and one of them is far more like that than the strongest, it is
 * the word. With few such clips all stay as they are.
 *
 * @param clips of one or more words, each told from the others by `word`
 * @param sampleRate Hz
 * @returns the same clips in the same order; those of which the word was found elsewhere are new, with other edges
 */
export function agreeOnSpeech<C extends WordClip>(clips: readonly C[], sampleRate: number): C[] {
  wordClips.parse(clips, 'agreeOnSpeech: clips');
  sampleRateHz.parse(sampleRate, 'agreeOnSpeech: sampleRate');
  return finish(agreeStepByStep(clips, sampleRate));
}

/** {@link agreeOnSpeech}, a clip in each step. */
export function* agreeStepByStep<C extends WordClip>(
  clips: readonly C[],
  sampleRate: number,
): Generator<undefined, C[]> {
  const agreement = new SpeechAgreement(sampleRate);
  for (const clip of clips) {
    agreement.hear(clip);
    yield;
  }
  const found = agreement.found();
  return clips.map((clip, n) => (found[n] === undefined ? clip : { ...clip, speech: found[n] }));
}

/** What is kept of a clip to compare it with the others: some numbers a sound, none of its samples. */
interface HeardClip {
  word: string | undefined;
  /** Whether it holds one sound alone. */
  isPlain: boolean;
  /** What the strongest sound is like. */
  profile: readonly number[];
  /** In samples. */
  length: number;
  /** The other sounds, with their edges where nothing else is heard. */
  others: readonly { profile: readonly number[]; length: number; alone: SpeechEdges }[];
}

/** `agreeOnSpeech` of clips that come one after the other and are not kept. */
export class SpeechAgreement {
  readonly #extractor: FeatureExtractor;
  readonly #clips: HeardClip[] = [];

  /** @param sampleRate of all clips, Hz */
  constructor(sampleRate: number) {
    this.#extractor = profileExtractor(sampleRate);
  }

  /** Takes a clip in. */
  hear({ samples, speech, word }: WordClip): void {
    const { sampleRate } = this.#extractor.settings;
    const sounds = soundsOf(samples, sampleRate);
    this.#clips.push({
      word,
      isPlain: sounds.length === 1,
      profile: profileOf(samples, speech, this.#extractor),
      length: speech.end - speech.start,
      others: sounds
        .filter(({ start }) => start !== speech.start)
        .map((sound) => ({
          profile: profileOf(samples, sound, this.#extractor),
          length: sound.end - sound.start,
          alone: edgesAlone(samples, sound, sounds, sampleRate),
        })),
    });
  }

  /** Of each clip, in order, where the word lies in place of its strongest sound; undefined where that is the word. */
  found(): (SpeechEdges | undefined)[] {
    const typical = new Map<string | undefined, WordProfile | undefined>();
    for (const word of new Set(this.#clips.map((clip) => clip.word))) {
      typical.set(word, wordProfile(this.#clips.filter((clip) => clip.word === word && clip.isPlain)));
    }
    return this.#clips.map((clip) => {
      const profile = typical.get(clip.word);
      return profile && nearestSound(clip, profile);
    });
  }
}

/** The sounds of a clip that may be the word, in the order of time. */
function soundsOf(samples: Float32Array, sampleRate: number): SoundStretch[] {
  const all = soundStretches(samples, sampleRate);
  const min = Math.max(0, ...all.map(({ energy }) => energy)) * 10 ** (-WEAKEST_DB / 10);
  const shortest = SHORTEST_SECONDS * sampleRate;
  return all.filter(({ start, end, energy }) => energy >= min && end - start >= shortest);
}

/** What a word is like: of each number of a profile the median, and the deviation from it. */
interface WordProfile {
  medians: readonly number[];
  deviations: readonly number[];
  /** In samples. */
  medianLength: number;
}

/** @param plain clips of one sound alone */
function wordProfile(plain: readonly HeardClip[]): WordProfile | undefined {
  if (plain.length < MIN_PLAIN) return undefined;
  const medians = plain[0].profile.map((_, i) => median(plain.map(({ profile }) => profile[i])));
  // 1.4826 times the median distance from the median is the standard deviation of a normal distribution.
  const deviations = medians.map(
    (middle, i) => 1.4826 * median(plain.map(({ profile }) => Math.abs(profile[i] - middle))) + MIN_DEVIATION,
  );
  return { medians, deviations, medianLength: median(plain.map(({ length }) => length)) };
}

/** The edges of the sound that is the word in place of the strongest; undefined where that is likely the word. */
function nearestSound(clip: HeardClip, word: WordProfile): SpeechEdges | undefined {
  const others = clip.others.filter(({ length }) => length >= SHORTEST_SHARE * word.medianLength);
  if (others.length === 0) return undefined;
  const distances = others.map(({ profile }) => distance(profile, word));
  const nearest = Math.min(...distances);
  return nearest <= NEARER * distance(clip.profile, word)
    ? others[distances.indexOf(nearest)].alone
    : undefined;
}

/** Where a sound begins and ends without the others of its clip, beside which what is faint in it was lost. */
function edgesAlone(
  samples: Float32Array,
  sound: SoundStretch,
  all: readonly SoundStretch[],
  sampleRate: number,
): SpeechEdges {
  const from = Math.max(0, ...all.filter(({ end }) => end <= sound.start).map(({ end }) => end));
  const to = Math.min(
    samples.length,
    ...all.filter(({ start }) => start >= sound.end).map(({ start }) => start),
  );
  const { start, end } = findSpeech(samples.subarray(from, to), sampleRate);
  return { start: from + start, end: from + end };
}

/** The mean square of the deviations. */
function distance(profile: readonly number[], { medians, deviations }: WordProfile): number {
  let sum = 0;
  profile.forEach((x, i) => (sum += Math.min(MAX_SQUARE, ((x - medians[i]) / deviations[i]) ** 2)));
  return sum / profile.length;
}

/** The features of {@link DEFAULT_FEATURES} in fewer bands, for any sample rate. */
function profileExtractor(sampleRate: number): FeatureExtractor {
  const rate = sampleRate / DEFAULT_FEATURES.sampleRate;
  const settings = {
    ...DEFAULT_FEATURES,
    sampleRate,
    frameSamples: DEFAULT_FEATURES.frameSamples * 2 ** Math.ceil(Math.log2(rate)),
    hopSamples: Math.round(DEFAULT_FEATURES.hopSamples * rate),
    highHz: Math.min(DEFAULT_FEATURES.highHz, 0.475 * sampleRate),
    bands: BANDS,
  };
  return new FeatureExtractor(settings, 'fast');
}

/** Of each third of a sound its mean log-mel bands, over their common mean, which is its level; and its length. */
function profileOf(
  samples: Float32Array,
  { start, end }: SpeechEdges,
  extractor: FeatureExtractor,
): number[] {
  const { frameSamples, hopSamples, sampleRate } = extractor.settings;
  // Each frame stands for its middle.
  const from = Math.max(0, start - (frameSamples >> 1));
  const heard = new Float32Array(
    Math.max(end + (frameSamples >> 1) - from, frameSamples + PARTS * hopSamples),
  );
  heard.set(samples.subarray(from, from + heard.length));
  const features = extractor.extract(heard);
  const frames = features.length / BANDS;
  const profile: number[] = [];
  for (let part = 0; part < PARTS; part++) {
    const first = Math.floor((part * frames) / PARTS);
    const last = Math.floor(((part + 1) * frames) / PARTS);
    for (let band = 0; band < BANDS; band++) {
      let sum = 0;
      for (let k = first; k < last; k++) sum += features[k * BANDS + band];
      profile.push(sum / (last - first));
    }
  }
  const level = profile.reduce((sum, x) => sum + x, 0) / profile.length;
  return [...profile.map((x) => x - level), LENGTH_WEIGHT * Math.log((end - start) / sampleRate)];
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1];
}
