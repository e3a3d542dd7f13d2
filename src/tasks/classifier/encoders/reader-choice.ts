import { SeqkitError } from '../../../base/errors.js';
import { featureSettings } from '../../../audio/signal/feature-settings.js';
import type { Waveform } from '../../../audio/signal/wav.js';
import {
  listOf,
  number,
  optionsSchema,
  parseStored,
  wholeNumber,
  type Schema,
} from '../../../base/schema/index.js';
import { Tokenizer, type StoredTokenizer } from '../../../text/words/tokenizer.js';
import type { InputKind, SequenceInput } from '../../examples/sequence-input.js';
import { NumberReader, type FeatureScale } from '../../inputs/number-reader.js';
import { lengthQuantile, type SequenceReader } from '../../inputs/sequence-reader.js';
import { SoundReader } from '../../inputs/sound-reader.js';
import { ByteReader, TokenReader } from '../../inputs/text-readers.js';

export const INPUT_NAMES = ['words', 'characters', 'bytes', 'numbers', 'sound'] as const;
/** What a sequence is read as: the words, characters or bytes of a text; numbers; sound. */
export type InputName = (typeof INPUT_NAMES)[number];

/** What examples must hold for each. */
export const KIND_OF_INPUT: Readonly<Record<InputName, InputKind>> = {
  words: 'text',
  characters: 'text',
  bytes: 'text',
  numbers: 'numbers',
  sound: 'sound',
};

/** How sequences are read. */
export interface ReaderSettings {
  readonly input: InputName;
  /** Words or characters that are kept, the most frequent ones. */
  readonly vocabularySize: number;
  /** Time steps that are kept, from the first on; undefined for the length that nearly all of the examples have. */
  readonly maxLength: number | undefined;
}

/** Longer ones are rare, and the network walks over as many steps for each of a batch. */
const LENGTH_SHARE = 0.95;
/** More steps than this teach little, and cost as much each. */
const DEFAULT_LONGEST = 400;
const LONGEST = 100_000;

/** A reader for the sequences that are trained on. */
export function fitReader(
  inputs: readonly SequenceInput[],
  { input, vocabularySize, maxLength }: ReaderSettings,
): SequenceReader {
  const make = readerMaker(inputs, input, vocabularySize);
  if (maxLength !== undefined) return make(maxLength);
  const whole = make(LONGEST);
  const lengths = inputs.map((one) => whole.read(one).length);
  return make(Math.min(DEFAULT_LONGEST, Math.max(8, lengthQuantile(lengths, LENGTH_SHARE))));
}

function readerMaker(
  inputs: readonly SequenceInput[],
  input: InputName,
  vocabularySize: number,
): (maxLength: number) => SequenceReader {
  if (input === 'bytes') return (maxLength) => new ByteReader(maxLength);
  if (input === 'numbers') return (maxLength) => NumberReader.fit(inputs, maxLength);
  if (input === 'sound') return (maxLength) => SoundReader.fit(inputs as readonly Waveform[], maxLength);
  const tokenizer = TokenReader.fit(inputs as readonly string[], input, vocabularySize);
  return (maxLength) => new TokenReader(tokenizer, maxLength);
}

const maxLength = wholeNumber({ min: 1, max: LONGEST });
const finite = listOf(number(), { min: 1, max: 65_536 });
/** Of a file's settings. */
export const storedScale: Schema<FeatureScale> = optionsSchema<FeatureScale>('scale', {
  mean: finite,
  deviation: listOf(number({ above: 0 }), { min: 1, max: 65_536 }),
});

/** The reader of a file. @throws SeqkitError `bad-file` */
export function readerOf(input: InputName, stored: Record<string, unknown>, source: string): SequenceReader {
  const entry = <T>(schema: Schema<T>, name: string): T =>
    parseStored(schema, stored[name], `its ${name}`, source);
  const length = entry(maxLength, 'maxLength');
  if (input === 'bytes') return new ByteReader(length);
  if (input === 'words' || input === 'characters') {
    const tokenizer: Schema<Tokenizer> = {
      expected: 'a tokenizer',
      parse: (value) => Tokenizer.from(value as StoredTokenizer),
    };
    return new TokenReader(entry(tokenizer, 'tokenizer'), length);
  }
  const own = entry(storedScale, 'scale');
  const features = input === 'sound' ? entry(featureSettings, 'features') : undefined;
  if (own.mean.length !== own.deviation.length || (features && features.bands !== own.mean.length)) {
    throw new SeqkitError(`${source} has a scale that does not fit its features.`, { code: 'bad-file' });
  }
  return features ? new SoundReader(features, own, length) : new NumberReader(own, length);
}
