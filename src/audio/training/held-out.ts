import type { Network } from '../../rnn/model/network.js';
import type { ClipSet } from '../clips/clips.js';
import type { ScoredRecording } from '../detection/scored-recording.js';
import { clipRecordings } from '../detection/clip-recordings.js';
import { stepTiming, type TriggerPreset } from '../detection/trigger-settings.js';
import type { SpeechEmbedding } from '../embedding/speech-embedding.js';
import { exampleFeatures } from '../examples/example-mixer.js';
import type { StepTiming } from '../mixing/labels.js';

/** Sound that a network is not trained on, as it hears it. */
export interface HeldOutSound extends Pick<ScoredRecording, 'name' | 'words' | 'seconds'> {
  /** (frames, bands) */
  features: Float32Array;
  leadSeconds?: number;
}

/** Sounds that are heard at a time. */
const AT_ONCE = 32;
/** A clip of each kind is listened to for so many examples: one or two of a hundred parts of an epoch's time. */
const EXAMPLES_PER_CLIP = 40;
const FEWEST = 10;
/** Of other speech no more than the first of each clip. */
const OTHER_SECONDS = 10;
const NOISE_DB = 10;

/**
 * Held-out clips as recordings, made one at a time: each on its own, over the backgrounds where there are some. Those
 * are not listened to by themselves, since training has them too.
 * @param examples of an epoch: the more, the more clips
 */
export function* heldOutSounds(
  { sampleRate, activates, negatives, backgrounds }: ClipSet,
  preset: TriggerPreset,
  embedding: SpeechEmbedding | undefined,
  examples: number,
): Generator<HeldOutSound> {
  const most = Math.max(FEWEST, Math.round(examples / EXAMPLES_PER_CLIP));
  const some = <Type>(all: readonly Type[]): Type[] => {
    const count = Math.min(most, all.length);
    return Array.from({ length: count }, (_, i) => all[Math.floor((i * all.length) / count)]);
  };
  const longest = OTHER_SECONDS * sampleRate;
  const others = some(negatives).map((clip) =>
    clip.samples.length <= longest
      ? clip
      : { ...clip, samples: clip.samples.subarray(0, longest), speech: { start: 0, end: longest } },
  );
  const extractor = exampleFeatures(preset, embedding);
  let left = Math.min(most, activates.length) + others.length;
  const chosen = { sampleRate, activates: some(activates), negatives: others, backgrounds };
  const { wordEnd = 'speech' } = preset.synthesis;
  const noise = { wordEnd, ...(backgrounds.length > 0 && { signalToNoiseDb: NOISE_DB }) };
  for (const { name, words, seconds, leadSeconds, samples } of clipRecordings(chosen, noise)) {
    if (left-- === 0) return;
    yield { name, words, seconds, leadSeconds, features: extractor.extract(samples) };
  }
}

/** What a network hears in sounds of any length. */
export async function heardIn(
  sounds: readonly HeldOutSound[],
  { network, preset, words: triggers }: { network: Network; preset: TriggerPreset; words: readonly string[] },
): Promise<ScoredRecording[]> {
  const recordings: ScoredRecording[] = [];
  const { bands } = preset.features;
  // Those of about one length together, since what is shorter is filled up.
  const sorted = [...sounds].sort((a, b) => a.features.length - b.features.length);
  for (let from = 0; from < sorted.length; from += AT_ONCE) {
    const part = sorted.slice(from, from + AT_ONCE);
    const size = part.at(-1)!.features.length;
    const x = new Float32Array(part.length * size);
    part.forEach(({ features }, n) => x.set(features, n * size));
    const shape = [part.length, size / bands, bands];
    const { data: logits } = await network.predict({ data: x, shape });
    part.forEach(({ features, leadSeconds, ...said }, n) => {
      const timing = stepTiming(preset, features.length / bands);
      const at = (n * logits.length) / part.length;
      const own = logits.subarray(at, at + timing.steps * triggers.length);
      recordings.push(scored(said, own, triggers, timing, leadSeconds));
    });
  }
  return recordings;
}

/** A recording with the scores that logits stand for. */
export const scored = (
  said: Pick<ScoredRecording, 'name' | 'words' | 'seconds'>,
  logits: ArrayLike<number>,
  triggers: readonly string[],
  { stepsPerSecond, firstStepMs }: StepTiming,
  leadSeconds = 0,
): ScoredRecording => ({
  ...said,
  triggers,
  scores: Float32Array.from(logits, (z) => 1 / (1 + Math.exp(-z))),
  ...{ stepsPerSecond, firstStepSeconds: firstStepMs / 1000 - leadSeconds },
});
