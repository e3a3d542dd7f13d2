import type { Clip, ClipSet } from '../../audio/clips/clips.js';
import type { TriggerModel } from '../../audio/trigger-model.js';
import { counted } from '../terminal/output.js';

/** How many of the takes that were held back are found, each tried several times in other noise. */
export interface HeldTakes {
  takes: number;
  /** Of all takes together. */
  tries: number;
  found: number;
  /** By the model that was gone on from, where it hears the same words. */
  foundBefore?: number;
}

const TRIES = 10;
const SIGNAL_TO_NOISE_DB = 10;

/**
 * Tries each take ten times in noise at 10 dB, at the threshold of each model.
 * @param noise backgrounds
 * @param before what the model was made from
 */
export async function tryHeldTakes(
  takes: readonly Clip[],
  { sampleRate, backgrounds }: Pick<ClipSet, 'sampleRate' | 'backgrounds'>,
  model: TriggerModel,
  before: TriggerModel | undefined,
): Promise<HeldTakes> {
  const { testRecordings } = await import('../../audio/detection/test-recordings.js');
  const { scoreRecording } = await import('../../audio/detection/scored-recording.js');
  const { evaluateTrigger } = await import('../../audio/detection/trigger-evaluation.js');
  const activates = takes.flatMap((take) => Array.from({ length: TRIES }, () => take));
  const { wordEnd = 'speech' } = model.settings.synthesis;
  const spoken = { sampleRate, activates, negatives: [], backgrounds };
  // Nothing to lay under them: a quiet room.
  const noise = backgrounds.length > 0 ? { signalToNoiseDb: SIGNAL_TO_NOISE_DB } : {};
  const recordings = [...testRecordings(spoken, { wordEnd, ...noise })].filter(
    ({ words }) => words.length > 0,
  );
  const foundBy = (by: TriggerModel) =>
    evaluateTrigger(
      recordings.map((recording) => scoreRecording(by, recording, recording)),
      by.settings.firing,
    ).found;
  const hearsSame = before !== undefined && String(before.words) === String(model.words);
  return {
    ...{ takes: takes.length, tries: activates.length, found: foundBy(model) },
    ...(hearsSame && { foundBefore: foundBy(before) }),
  };
}

/** The same as a sentence. */
export function heldTakesText({ takes, tries, found, foundBefore }: HeldTakes): string {
  const before = foundBefore === undefined ? '' : `, ${foundBefore} by the model before`;
  return `of your own takes that were held back (${counted(takes, 'take')}, each in ${tries / takes} noises at ${SIGNAL_TO_NOISE_DB} dB): ${found} of ${tries} found${before}`;
}
