import { SeqkitError } from '../../base/errors.js';
import {
  anything,
  callback,
  listOf,
  number,
  objectWith,
  optional,
  text,
  typedArray,
} from '../../base/schema/index.js';
import { checkAscending, spokenWords, type SpokenWord } from './evaluation.js';
import {
  detectorSettings,
  firingSettings,
  stepsPerSecond,
  stepTiming,
  type FiringSettings,
  type TriggerPreset,
} from './trigger-settings.js';
import type { TriggerStream } from './trigger-stream.js';
import { signal } from '../signal/samples.js';
import type { Waveform } from '../signal/wav.js';
import { WordDetectors, type WordFiring } from './word-detectors.js';

/** A recording with every score that a model gave it, so that thresholds can be tried without listening again. */
export interface ScoredRecording {
  name: string;
  /** Length that counts as listened to. */
  seconds: number;
  /** Words that were said in it, ascending. */
  words: SpokenWord[];
  /** The words that the model listens for. */
  triggers: readonly string[];
  /** Shape (steps, triggers): 0 to 1, before smoothing. */
  scores: Float32Array;
  stepsPerSecond: number;
  /** The time up to which step 0 has heard, from the start of the recording. */
  firstStepSeconds: number;
}

/** What listens, a `TriggerModel`; by its shape, since models score recordings while they are trained. */
export interface Listener {
  readonly words: readonly string[];
  readonly settings: TriggerPreset;
  stream(options: { sampleRate: number; spectrum: 'fast' }): TriggerStream;
}

/** When the detector fired. */
export interface Firing {
  /** Which of the triggers it was. */
  word: string;
  timeSeconds: number;
  /** Smoothed score, 0 to 1. */
  score: number;
  /** When the detector says so: later where it waits for a better one of several words. */
  toldSeconds: number;
  /** When the smoothed score was below the threshold again, or the recording over. */
  endSeconds: number;
}

/** The words that a model listens for. */
const triggerNames = listOf(text, { min: 1 });
const seconds = number({ min: 0, max: 1e9 });
const listener = objectWith<Listener>('a trigger model', {
  words: triggerNames,
  settings: objectWith('settings', { features: anything(), network: anything(), firing: firingSettings }),
  stream: callback(),
});
/** Those of a test recording, which holds more. */
const scoringOptions = objectWith('options of scoreRecording', {
  name: text,
  words: optional(spokenWords),
  seconds: optional(seconds),
  leadSeconds: optional(seconds),
});
const scoredRecording = objectWith<ScoredRecording>(
  'a scored recording',
  {
    name: text,
    seconds,
    words: spokenWords,
    triggers: triggerNames,
    scores: typedArray('Float32Array'),
    stepsPerSecond: number({ min: 1e-3, max: 100_000 }),
    firstStepSeconds: number({ min: -1e9, max: 1e9 }),
  },
  ({ scores, triggers, words }, name) => {
    checkAscending(
      words.map(({ endSeconds }) => endSeconds),
      `${name}.words`,
    );
    if (scores.length % triggers.length === 0) return;
    throw new SeqkitError(
      `${name} has ${scores.length} scores, which are not whole steps of ${triggers.length} words.`,
      { code: 'bad-shape' },
    );
  },
);
/** Recordings that one model gave scores. */
export const scoredRecordings = listOf(scoredRecording);

/**
 * Listens to a whole recording.
 *
 * @param options.leadSeconds of what was put before the recording, from which times are counted
 * @throws SeqkitError `bad-value` where a sample is no number, or a time out of order
 */
export function scoreRecording(
  model: Listener,
  waveform: Waveform,
  options: { name: string; words?: SpokenWord[]; seconds?: number; leadSeconds?: number },
): ScoredRecording {
  listener.parse(model, 'scoreRecording: model');
  scoringOptions.parse(options, 'scoreRecording: options');
  const { name, words: said = [], leadSeconds = 0 } = options;
  checkAscending(
    said.map(({ endSeconds }) => endSeconds),
    'scoreRecording: words',
  );
  const { samples, sampleRate } = signal.parse(waveform, 'scoreRecording: waveform');
  const stream = model.stream({ sampleRate, spectrum: 'fast' });
  const scores: number[] = [];
  try {
    stream.on('score', (step) => void scores.push(...step.scores));
    stream.push(samples);
    stream.flush();
  } finally {
    stream.dispose();
  }
  return {
    name,
    seconds: options.seconds ?? samples.length / sampleRate,
    words: said,
    triggers: model.words,
    scores: Float32Array.from(scores),
    stepsPerSecond: stepsPerSecond(model.settings),
    firstStepSeconds:
      stepTiming(model.settings, model.settings.network.kernelFrames).firstStepMs / 1000 - leadSeconds,
  };
}

/** The same recording as a model that listens for one of the words alone would have scored it. */
export function scoresOfWord(recording: ScoredRecording, word: string): ScoredRecording {
  const { triggers, scores, words } = recording;
  if (triggers.length === 1) return recording;
  const column = triggers.indexOf(word);
  return {
    ...recording,
    triggers: [word],
    words: words.filter((said) => said.word === word),
    scores: Float32Array.from(
      { length: scores.length / triggers.length },
      (_, step) => scores[step * triggers.length + column],
    ),
  };
}

/** When a detector with these settings fires over a scored recording. */
export function firingsOf(recording: ScoredRecording, firing: FiringSettings): Firing[] {
  scoredRecording.parse(recording, 'firingsOf: recording');
  return firingsIn(recording, firingSettings.parse(firing, 'firingsOf: firing'));
}

/** {@link firingsOf} a recording that was checked: once for many thresholds. */
export function firingsIn(recording: ScoredRecording, firing: FiringSettings): Firing[] {
  const { scores, stepsPerSecond: rate, firstStepSeconds, triggers } = recording;
  const detectors = new WordDetectors(triggers.length, detectorSettings(firing, rate, triggers));
  const steps = scores.length / triggers.length;
  const timeOf = (step: number) => firstStepSeconds + step / rate;
  const firings: Firing[] = [];
  const open = new Map<number, Firing>();
  const add = (fired: WordFiring | undefined, step: number) => {
    if (fired === undefined) return;
    const { word, score, stepsAgo } = fired;
    const timeSeconds = timeOf(step - stepsAgo);
    const toldSeconds = timeOf(step);
    const firing = { word: triggers[word], timeSeconds, score, toldSeconds, endSeconds: timeOf(steps) };
    open.set(word, firing);
    firings.push(firing);
  };
  for (let step = 0; step < steps; step++) {
    add(detectors.push(scores, step * triggers.length), step);
    for (const [word, firing] of open) {
      if (detectors.above(word)) continue;
      firing.endSeconds = timeOf(step);
      open.delete(word);
    }
  }
  add(detectors.flush(), steps - 1);
  return firings;
}
