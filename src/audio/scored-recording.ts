import { Detector } from './detector.js';
import type { SpokenWord } from './evaluation.js';
import { stepsPerSecond, stepTiming, type FiringSettings, type TriggerPreset } from './trigger-settings.js';
import type { TriggerStream } from './trigger-stream.js';
import type { Waveform } from './wav.js';

/** A recording with every score that a model gave it, so that thresholds can be tried without listening again. */
export interface ScoredRecording {
  name: string;
  /** Length that counts as listened to. */
  seconds: number;
  /** Words that were said in it, ascending. */
  words: SpokenWord[];
  /** One score a step, 0 to 1, before smoothing. */
  scores: Float32Array;
  stepsPerSecond: number;
  /** The time up to which step 0 has heard, from the start of the recording. */
  firstStepSeconds: number;
}

/** What listens, a `TriggerModel`; by its shape, since models score recordings while they are trained. */
export interface Listener {
  readonly settings: TriggerPreset;
  stream(options: { sampleRate: number; spectrum: 'fast' }): TriggerStream;
}

/** When the detector fired. */
export interface Firing {
  timeSeconds: number;
  /** Smoothed score, 0 to 1. */
  score: number;
  /** When the smoothed score was below the threshold again, or the recording over. */
  endSeconds: number;
}

/**
 * Listens to a whole recording.
 *
 * @param options.leadSeconds of what was put before the recording, from which times are counted
 */
export function scoreRecording(
  model: Listener,
  waveform: Waveform,
  options: { name: string; words?: SpokenWord[]; seconds?: number; leadSeconds?: number },
): ScoredRecording {
  const { name, words = [], leadSeconds = 0 } = options;
  const { samples, sampleRate } = waveform;
  const stream = model.stream({ sampleRate, spectrum: 'fast' });
  const scores: number[] = [];
  stream.on('score', ({ score }) => void scores.push(score));
  stream.push(samples);
  stream.flush();
  stream.dispose();
  return {
    name,
    seconds: options.seconds ?? samples.length / sampleRate,
    words,
    scores: Float32Array.from(scores),
    stepsPerSecond: stepsPerSecond(model.settings),
    firstStepSeconds:
      stepTiming(model.settings, model.settings.network.kernelFrames).firstStepMs / 1000 - leadSeconds,
  };
}

/** When a detector with these settings fires over a scored recording. */
export function firingsOf(recording: ScoredRecording, firing: FiringSettings): Firing[] {
  const { scores, stepsPerSecond: rate, firstStepSeconds } = recording;
  const detector = new Detector({
    threshold: firing.threshold,
    smoothSteps: firing.smoothSteps,
    refractorySteps: Math.round(firing.refractorySeconds * rate),
  });
  const firings: Firing[] = [];
  let open: Firing | undefined;
  scores.forEach((score, step) => {
    const timeSeconds = firstStepSeconds + step / rate;
    const fired = detector.push(score);
    if (open !== undefined && !detector.above) {
      open.endSeconds = timeSeconds;
      open = undefined;
    }
    if (fired === undefined) return;
    open = { timeSeconds, score: fired, endSeconds: firstStepSeconds + scores.length / rate };
    firings.push(open);
  });
  return firings;
}
