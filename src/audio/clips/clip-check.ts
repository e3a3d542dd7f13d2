import { SeqkitError } from '../../base/errors.js';
import { CLIP_KINDS, isSoundName, type ClipFile, type ClipKind } from './clips.js';
import { soundFingerprint } from '../signal/fingerprint.js';
import { resample } from '../signal/resample.js';
import { repairOption, type RepairOption } from '../signal/riff.js';
import type { ClipProblem, ClipProblemKind } from './clip-problem.js';
import { clipFiles } from './clip-shapes.js';
import { soundFaults } from './sound-faults.js';
import { SpeechAgreement } from './speech-agreement.js';
import { findSpeech } from './speech-edges.js';
import { decodeWav, type DecodedWav } from '../signal/wav.js';

/** What a folder of clips holds and what is wrong with it. */
export interface ClipCheck {
  /** Clips and seconds of each kind, damaged ones left out. */
  counts: Record<ClipKind, { clips: number; seconds: number }>;
  problems: ClipProblem[];
}

/**
 * Looks for what is wrong with the clips of a folder before they are trained on.
 *
 * @param files all files below the folder; each is looked at or complained about
 * @param options.repair damaged files are judged by what is readable of them, and the loss is a warning
 */
export function checkClips(files: readonly ClipFile[], options: RepairOption = {}): ClipCheck {
  clipFiles.parse(files, 'checkClips: files');
  repairOption.parse(options, 'checkClips');
  const counts = { activates: none(), negatives: none(), backgrounds: none() };
  const problems: ClipProblem[] = [];
  const seen = new Map<string, string>();
  const spoken: SpokenClip[] = [];
  const agreement = new SpeechAgreement(COMPARED_RATE);
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
    for (const remark of wav.remarks) problems.push(cancelledChannels(file.path, remark));
    const seconds = wav.samples.length / wav.sampleRate;
    counts[kind].clips++;
    counts[kind].seconds += seconds;
    for (const fault of soundFaults(wav, kind)) problems.push({ path: file.path, ...fault });
    if (kind === 'activates') spoken.push(heard(file.path, wav, agreement));
    const print = soundFingerprint(wav);
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
  problems.push(...mixedWords(files), ...otherSounds(spoken, agreement));
  return { counts, problems };
}

/** A clip of the word that waits for the others: where it lies and where its loudest sound begins, in samples. */
interface SpokenClip {
  path: string;
  strongest: number;
}

/** Clips are compared at one rate, Hz. */
const COMPARED_RATE = 16_000;

/** Takes a clip in, of which no sample is kept: there may be hours of them. */
function heard(path: string, wav: DecodedWav, agreement: SpeechAgreement): SpokenClip {
  const { samples } = resample(wav, COMPARED_RATE);
  const parts = path.split('/');
  const speech = findSpeech(samples, COMPARED_RATE);
  agreement.hear({ samples, speech, word: parts.length > 2 ? parts[1] : undefined });
  return { path, strongest: speech.start };
}

/** Of channels that were not mixed, since they cancel each other. */
export function cancelledChannels(path: string, detail: string): ClipProblem {
  const advice = 'It can be used as it is; to record both, check the cable and the settings of the recorder.';
  return { path, kind: 'channels-cancel', severity: 'warning', detail, advice };
}

const none = () => ({ clips: 0, seconds: 0 });

/** Clips of the word in which something else is louder: the others tell what the word is like. */
function otherSounds(spoken: readonly SpokenClip[], agreement: SpeechAgreement): ClipProblem[] {
  const seconds = (samples: number) => (samples / COMPARED_RATE).toFixed(1);
  return agreement.found().flatMap((speech, n): ClipProblem[] => {
    if (speech === undefined) return [];
    const { path, strongest } = spoken[n];
    const detail =
      `its loudest sound, at ${seconds(strongest)} s, is unlike the word in the other clips; ` +
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
