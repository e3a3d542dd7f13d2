import { SeqkitError } from '../../base/errors.js';
import { CLIP_KINDS, isSoundName, SHORTEST_CLIP_SECONDS, type ClipFile, type ClipKind } from './clips.js';
import { fingerprint } from '../signal/fingerprint.js';
import { resample } from '../signal/resample.js';
import type { RepairOption } from '../signal/riff.js';
import { agreeOnSpeech } from './speech-agreement.js';
import { findSpeech, hasSpeech, type SpeechEdges } from './speech-edges.js';
import { decodeWav, type DecodedWav } from '../signal/wav.js';

/** What can be wrong with a clip. */
export type ClipProblemKind =
  | 'damaged'
  | 'silent'
  | 'faint'
  | 'no-speech'
  | 'clipped'
  | 'several-sounds'
  | 'too-short'
  | 'too-long'
  | 'odd-rate'
  | 'duplicate'
  | 'wrong-folder';

/** One thing that is wrong with one clip, and what to do about it. */
export interface ClipProblem {
  path: string;
  kind: ClipProblemKind;
  /** An error keeps the clip from being trained on; a warning is for the user to judge. */
  severity: 'error' | 'warning';
  /** What was found. */
  detail: string;
  /** What to do. */
  advice: string;
}

/** What a folder of clips holds and what is wrong with it. */
export interface ClipCheck {
  /** Clips and seconds of each kind, damaged ones left out. */
  counts: Record<ClipKind, { clips: number; seconds: number }>;
  problems: ClipProblem[];
}

/** Under this nothing is in a clip: -60 dB of full scale. */
const SILENT_PEAK = 1e-3;
/** Speech under this is lost in the noise of most microphones: -30 dB of full scale. */
const FAINT_PEAK = 0.0316;
/** A flat top of so many equal samples at the peak is one that was cut off. */
const CLIPPED_RUN = 3;
const CLIPPED_PEAK = 0.95;
/** Cut-off tops in so many samples are heard. */
const CLIPPED_SHARE = 1e-3;
const SHORTEST_SPEECH_SECONDS = 0.15;
const LONGEST_WORD_SECONDS = 2.5;
/** An example of 6 s holds no more of it, said slowly and with what is kept around it. */
const LONGEST_MIXED_SECONDS = 4.5;
const LONGEST_ACTIVATE_SECONDS = 10;
const SHORTEST_BACKGROUND_SECONDS = 2;
const COMMON_RATES = new Set([
  16_000, 22_050, 24_000, 32_000, 44_100, 48_000, 88_200, 96_000, 176_400, 192_000,
]);

/**
 * Looks for what is wrong with the clips of a folder before they are trained on.
 *
 * @param files all files below the folder; each is looked at or complained about
 * @param options.repair damaged files are judged by what is readable of them, and the loss is a warning
 */
export function checkClips(files: readonly ClipFile[], options: RepairOption = {}): ClipCheck {
  const counts = { activates: none(), negatives: none(), backgrounds: none() };
  const problems: ClipProblem[] = [];
  const seen = new Map<string, string>();
  const spoken: SpokenClip[] = [];
  for (const file of [...files].sort((a, b) => (a.path < b.path ? -1 : 1))) {
    const add = (kind: ClipProblemKind, severity: ClipProblem['severity'], detail: string, advice: string) =>
      problems.push({ path: file.path, kind, severity, detail, advice });
    const kind = CLIP_KINDS.find((name) => file.path.startsWith(`${name}/`));
    if (!isSoundName(file.path)) {
      add('wrong-folder', 'warning', 'it is no sound file that seqkit knows', 'Take it out of the folder.');
      continue;
    }
    if (kind === undefined) {
      add(
        'wrong-folder',
        'error',
        `it is in none of ${CLIP_KINDS.join('/, ')}/`,
        'Move it into one of them.',
      );
      continue;
    }
    let wav: DecodedWav;
    try {
      wav = decodeWav(file.bytes, file.path, options);
    } catch (error) {
      if (!(error instanceof SeqkitError)) throw error;
      // The message begins with the path, which is said already.
      const detail = error.message.replace(`${file.path}: `, '').replace(/\.$/, '');
      add('damaged', 'error', detail, error.hint ?? 'Record it again.');
      continue;
    }
    for (const loss of wav.losses)
      add('damaged', 'warning', loss, 'Record it again if what is lost matters.');
    const seconds = wav.samples.length / wav.sampleRate;
    counts[kind].clips++;
    counts[kind].seconds += seconds;
    judge(wav, kind, add);
    if (kind === 'activates') spoken.push(spokenClip(file.path, wav));
    const print = fingerprint(wav);
    const twin = seen.get(print);
    if (twin === undefined) seen.set(print, file.path);
    else if (twin.split('/')[0] === kind) {
      add(
        'duplicate',
        'warning',
        `it sounds exactly like ${twin}`,
        'Keep one of the two, or a test may know what it is asked.',
      );
    } else {
      add(
        'wrong-folder',
        'error',
        `it sounds exactly like ${twin}`,
        'Keep the one that is in the right folder.',
      );
    }
  }
  problems.push(...mixedWords(files), ...otherSounds(spoken));
  return { counts, problems };
}

/** A clip of the word, to be compared with the others. */
interface SpokenClip {
  path: string;
  word: string | undefined;
  samples: Float32Array;
  speech: SpeechEdges;
}

/** Clips are compared at one rate, Hz. */
const COMPARED_RATE = 16_000;

function spokenClip(path: string, wav: DecodedWav): SpokenClip {
  const { samples } = resample(wav, COMPARED_RATE);
  const parts = path.split('/');
  const word = parts.length > 2 ? parts[1] : undefined;
  const kept = Int16Array.from(samples, (x) => Math.max(-32768, Math.min(32767, Math.round(x * 32767))));
  return {
    ...{ path, word, speech: findSpeech(samples, COMPARED_RATE) },
    // Thousands of clips wait here for each other: in half the memory, which takes 16 bits a sample.
    get samples() {
      return Float32Array.from(kept, (x) => x / 32767);
    },
  };
}

const none = () => ({ clips: 0, seconds: 0 });

/** What one clip's own sound gives away. */
function judge(
  { samples, sampleRate }: DecodedWav,
  kind: ClipKind,
  add: (kind: ClipProblemKind, severity: ClipProblem['severity'], detail: string, advice: string) => void,
): void {
  const seconds = samples.length / sampleRate;
  const peak = samples.reduce((most, x) => Math.max(most, Math.abs(x)), 0);
  const inDb = (amplitude: number) => `${(20 * Math.log10(amplitude)).toFixed(0)} dB of full scale`;
  const spoken = kind !== 'backgrounds';
  if (!COMMON_RATES.has(sampleRate)) {
    const advice =
      sampleRate < 16_000
        ? 'Half of what tells consonants apart is missing: record at 16 kHz or more.'
        : 'It is resampled; check that it does not play too fast or too slow.';
    add('odd-rate', 'warning', `its sample rate is ${sampleRate} Hz`, advice);
  }
  if (seconds < SHORTEST_CLIP_SECONDS) {
    add('too-short', 'error', `it lasts ${(1000 * seconds).toFixed(0)} ms`, 'Record it again.');
    return;
  }
  if (peak < SILENT_PEAK) {
    const detail = peak === 0 ? 'there is nothing but zeros in it' : `its peak is at ${inDb(peak)}`;
    add('silent', spoken ? 'error' : 'warning', detail, 'Check the microphone and record it again.');
    return;
  }
  const flat = clippedShare(samples, peak);
  if (flat > CLIPPED_SHARE) {
    add(
      'clipped',
      'warning',
      `${(100 * flat).toFixed(1)}% of it is cut off at full scale`,
      'Record it again with less gain.',
    );
  }
  if (!spoken) {
    if (seconds < SHORTEST_BACKGROUND_SECONDS) {
      add(
        'wrong-folder',
        'warning',
        `a background of ${seconds.toFixed(1)} s is as short as a word`,
        'Give longer stretches of noise; words belong in negatives/.',
      );
    }
    return;
  }
  if (peak < FAINT_PEAK) {
    add(
      'faint',
      'warning',
      `its peak is at ${inDb(peak)}`,
      'Speak up or raise the gain, and record it again.',
    );
  }
  const isHeard = hasSpeech(samples, sampleRate);
  if (!isHeard) {
    const advice = 'Listen to it: the word may be missing, or lost in noise.';
    add('no-speech', 'warning', 'nothing in it rises above its noise', advice);
  }
  const { start, end } = findSpeech(samples, sampleRate);
  const speech = (end - start) / sampleRate;
  if (speech < SHORTEST_SPEECH_SECONDS) {
    add(
      'too-short',
      'warning',
      `its speech lasts ${(1000 * speech).toFixed(0)} ms`,
      'Listen to it: it may hold a click instead of the word.',
    );
  }
  if (kind !== 'activates') return;
  if (speech > LONGEST_MIXED_SECONDS) {
    add(
      'too-long',
      'error',
      `its speech lasts ${speech.toFixed(1)} s, and no example of training holds more than ${LONGEST_MIXED_SECONDS}`,
      'Cut it to the word, said once; a stretch of noise belongs in backgrounds/.',
    );
  } else if (seconds > LONGEST_ACTIVATE_SECONDS) {
    add(
      'wrong-folder',
      'warning',
      `${seconds.toFixed(1)} s are long for one word`,
      'Cut it to the word; a stretch of noise belongs in backgrounds/.',
    );
  } else if (isHeard && speech > LONGEST_WORD_SECONDS) {
    add('too-long', 'warning', `its speech lasts ${speech.toFixed(1)} s`, 'Cut it to the word, said once.');
  }
}

/** Share of the samples that lie in flat tops at the peak. */
function clippedShare(samples: Float32Array, peak: number): number {
  if (peak < CLIPPED_PEAK) return 0;
  let clipped = 0;
  for (let i = 0; i < samples.length;) {
    let run = 1;
    while (i + run < samples.length && samples[i + run] === samples[i]) run++;
    if (run >= CLIPPED_RUN && Math.abs(samples[i]) > 0.99 * peak) clipped += run;
    i += run;
  }
  return clipped / samples.length;
}

/** Clips of the word in which something else is louder: the others tell what the word is like. */
function otherSounds(spoken: readonly SpokenClip[]): ClipProblem[] {
  const seconds = (samples: number) => (samples / COMPARED_RATE).toFixed(1);
  return agreeOnSpeech(spoken, COMPARED_RATE).flatMap(({ path, speech }, n): ClipProblem[] => {
    const { speech: strongest } = spoken[n];
    if (speech === strongest) return [];
    const detail =
      `its loudest sound, at ${seconds(strongest.start)} s, is unlike the word in the other clips; ` +
      `the one at ${seconds(speech.start)} s is taken for it`;
    const advice = 'Listen to it, and cut it to the word.';
    return [{ path, kind: 'several-sounds', severity: 'warning', detail, advice }];
  });
}

/** Clips beside folders of words: they belong to none of them. */
function mixedWords(files: readonly ClipFile[]): ClipProblem[] {
  const activates = files.filter(({ path }) => path.startsWith('activates/') && isSoundName(path));
  const loose = activates.filter(({ path }) => path.split('/').length === 2);
  if (loose.length === 0 || loose.length === activates.length) return [];
  return loose.map(({ path }) => ({
    path,
    kind: 'wrong-folder',
    severity: 'error',
    detail: 'it lies beside folders of words, and belongs to no word',
    advice: 'Move it into the folder of its word.',
  }));
}
