import { SeqkitError } from '../../base/errors.js';
import { Random } from '../../base/math/random.js';
import {
  exactly,
  listOf,
  objectWith,
  optional,
  someText,
  typedArray,
  wholeNumber,
} from '../../base/schema/index.js';
import type { ClipSet } from '../clips/clips.js';
import { clipSet } from '../clips/clip-shapes.js';
import type { EqualizerBand } from '../signal/equalizer.js';
import { soundFingerprint } from '../signal/fingerprint.js';
import type { PlacedClip } from '../mixing/segments.js';
import {
  mixed,
  type AppliedLowPass,
  type Mixture,
  type PlacedBabble,
  type PlacedBackground,
  type PlacedNoise,
} from '../mixing/synthesis.js';
import { synthesisSettings, type SynthesisSettings } from '../mixing/synthesis-settings.js';
import { sampleRateHz } from '../signal/samples.js';

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
  highPassHz?: number;
  telephone?: true;
  /** Of the mixed sound: equal sound has an equal one. */
  fingerprint: string;
}

/** Which example to mix. */
export type ExampleNumber = Pick<ExampleRecord, 'seed' | 'example' | 'wordless'>;

const numberEntries = {
  seed: wholeNumber(),
  example: wholeNumber({ min: 0 }),
  wordless: optional(exactly(true)),
};
const exampleNumber = objectWith<ExampleNumber>('the number of an example', numberEntries);
const numberedSound = objectWith<ExampleNumber>('the number of an example', {
  ...numberEntries,
  sampleRate: sampleRateHz,
});
const recordedNumber = objectWith<ExampleNumber>('the record of an example', {
  ...numberEntries,
  fingerprint: someText,
});
const mixtureShape = objectWith('a mixture', {
  samples: typedArray('Float32Array'),
  placed: listOf(objectWith('a placed clip', {})),
});

/**
 * Mixes example `example` of a seed: it follows from its number and the clips, whatever else was mixed before.
 * @throws SeqkitError as `mixExample`
 */
export function mixNumbered(
  clips: ClipSet,
  settings: Readonly<SynthesisSettings>,
  number: ExampleNumber,
): Mixture {
  clipSet.parse(clips, 'mixNumbered: clips');
  exampleNumber.parse(number, 'mixNumbered: number');
  return mixedNumber(clips, synthesisSettings.parse(settings, 'mixNumbered'), number);
}

/** {@link mixNumbered} of what was checked: once for thousands of examples. */
export function mixedNumber(
  clips: ClipSet,
  settings: Readonly<SynthesisSettings>,
  { seed, example, wordless }: ExampleNumber,
): Mixture {
  const asked = wordless === true ? { ...settings, activateShare: 0 } : settings;
  return mixed(clips, asked, new Random(seed).fork(`example ${example}`));
}

/** What to keep of a mixed example. */
export function recordOf(mixture: Mixture, number: ExampleNumber & { sampleRate: number }): ExampleRecord {
  mixtureShape.parse(mixture, 'recordOf: mixture');
  numberedSound.parse(number, 'recordOf: number');
  const { seed, example, wordless, sampleRate } = number;
  const { samples, placed, speechDb, background = null, babble = null, noises } = mixture;
  const { tilt = null, equalizer, lowPass, highPassHz, telephone } = mixture;
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
    ...(highPassHz !== undefined && { highPassHz }),
    ...(telephone && { telephone }),
    fingerprint: soundFingerprint({ samples, sampleRate }),
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
  recordedNumber.parse(record, 'remix: record');
  clipSet.parse(clips, 'remix: clips');
  const mixture = mixedNumber(clips, synthesisSettings.parse(settings, 'remix'), record);
  if (soundFingerprint({ samples: mixture.samples, sampleRate: clips.sampleRate }) !== record.fingerprint) {
    throw new SeqkitError(`Example ${record.example} comes out otherwise than it was recorded.`, {
      code: 'bad-file',
      hint: 'The clips or the version of seqkit have changed since; take the folder as it was.',
    });
  }
  return mixture;
}
