import { SeqkitError } from '../../base/errors.js';
import { Random } from '../../base/random.js';
import type { ClipSet } from '../clips/clips.js';
import type { EqualizerBand } from '../signal/equalizer.js';
import { fingerprint } from '../signal/fingerprint.js';
import type { PlacedClip } from '../mixing/segments.js';
import {
  mixExample,
  type AppliedLowPass,
  type Mixture,
  type PlacedBabble,
  type PlacedBackground,
  type PlacedNoise,
  type SynthesisSettings,
} from '../mixing/synthesis.js';

/** How one training example was mixed, so that it can be mixed again and looked at. */
export interface ExampleRecord {
  /** Number of the example, from 0. */
  example: number;
  /** With the number and the clips, all that is random follows from it. */
  seed: number;
  /** Mixed without the word: a hard negative, which the model took for the word when it was half trained. */
  wordless?: true;
  placed: PlacedClip[];
  speechDb: number;
  background: PlacedBackground | null;
  babble: PlacedBabble | null;
  noises: PlacedNoise[];
  tilt: number | null;
  equalizer?: EqualizerBand[];
  lowPass?: AppliedLowPass;
  /** Of the mixed sound: equal sound has an equal one. */
  fingerprint: string;
}

/** Which example to mix. */
export type ExampleNumber = Pick<ExampleRecord, 'seed' | 'example' | 'wordless'>;

/** Mixes example `example` of a seed: it follows from its number and the clips, whatever else was mixed before. */
export function mixNumbered(
  clips: ClipSet,
  settings: Readonly<SynthesisSettings>,
  { seed, example, wordless }: ExampleNumber,
): Mixture {
  const mixed = wordless === true ? { ...settings, activateShare: 0 } : settings;
  return mixExample(clips, mixed, new Random(seed).fork(`example ${example}`));
}

/** What to keep of a mixed example. */
export function recordOf(
  mixture: Mixture,
  { seed, example, wordless, sampleRate }: ExampleNumber & { sampleRate: number },
): ExampleRecord {
  const { samples, placed, speechDb, background = null, babble = null, noises } = mixture;
  const { tilt = null, equalizer, lowPass } = mixture;
  return {
    example,
    seed,
    ...(wordless && { wordless }),
    placed,
    speechDb,
    background,
    babble,
    noises,
    tilt,
    ...(equalizer && { equalizer }),
    ...(lowPass && { lowPass }),
    fingerprint: fingerprint({ samples, sampleRate }),
  };
}

/**
 * Mixes a recorded example again.
 *
 * @throws SeqkitError `bad-file` where other sound comes of it: the clips or settings have changed
 */
export function remix(
  record: ExampleNumber & Pick<ExampleRecord, 'fingerprint'>,
  clips: ClipSet,
  settings: Readonly<SynthesisSettings>,
): Mixture {
  const mixture = mixNumbered(clips, settings, record);
  if (fingerprint({ samples: mixture.samples, sampleRate: clips.sampleRate }) !== record.fingerprint) {
    throw new SeqkitError(`Example ${record.example} comes out otherwise than it was recorded.`, {
      code: 'bad-file',
      hint: 'The clips or the version of seqkit have changed since; take the folder as it was.',
    });
  }
  return mixture;
}
