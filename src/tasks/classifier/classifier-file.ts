import {
  choice,
  listOf,
  number,
  optionsSchema,
  parseStored,
  schemaOf,
  someText,
  wholeNumber,
  type Schema,
} from '../../base/schema/index.js';
import { EmbeddingUse } from '../../audio/embedding/embedding-use.js';
import type { SpeechEmbedding } from '../../audio/embedding/speech-embedding.js';
import { SeqkitError } from '../../base/errors.js';
import type { FileSource } from '../../base/source/file-source.js';
import type { EngineChoice } from '../../rnn/engine/engine-names.js';
import { encodeTask, type TaskFile } from '../file/task-file.js';
import type { ClassifierFigures } from './classifier-figures.js';
import type { ClassifierParts } from './classifier-training.js';
import { EmbeddingRows } from './encoders/embedding-rows.js';
import {
  ENCODER_NAMES,
  isShallow,
  type Encoder,
  type EncoderName,
  type ShallowName,
} from './encoders/encoder.js';
import { NbsvmEncoder } from './encoders/nbsvm-encoder.js';
import { NetworkEncoder, openNetwork } from './encoders/network-encoder.js';
import { INPUT_NAMES, KIND_OF_INPUT, readerOf, type InputName } from './encoders/reader-choice.js';
import { RegressionEncoder } from './encoders/regression-encoder.js';
import { AverageRows, NgramRows, objectOf, PooledRows, type Rows, type StoredRows } from './encoders/rows.js';

/** What the metadata of the file call it. */
export const CLASSIFIER_KIND = 'SequenceClassifier';

/** What stands in the file's settings. */
interface ClassifierSettings {
  readonly labels: readonly string[];
  readonly input: InputName;
  readonly encoder: EncoderName;
  readonly temperature: number;
  readonly threshold: number;
  readonly seed: number;
  /** Told again, never computed with. */
  readonly figures: ClassifierFigures;
  /** The encoder's own. */
  readonly settings: Readonly<Record<string, unknown>>;
}

const anObject = <T extends object>(): Schema<T> =>
  schemaOf<T>('an object', (value) => typeof value === 'object' && value !== null && !Array.isArray(value));

const labelList: Schema<string[]> = {
  expected: 'an array of at least two labels, all of them different',
  parse(value, name) {
    const labels = listOf(someText, { min: 2, max: 1_000_000 }).parse(value, name);
    if (new Set(labels).size < labels.length) {
      throw new SeqkitError(`${name} names a label twice.`, { code: 'bad-value' });
    }
    return labels;
  },
};

const stored = optionsSchema<ClassifierSettings>('its settings', {
  labels: labelList,
  input: choice(INPUT_NAMES),
  encoder: choice(ENCODER_NAMES),
  temperature: number({ above: 0 }),
  threshold: number({ min: 0, max: 1 }),
  seed: wholeNumber(),
  figures: anObject<ClassifierFigures>(),
  settings: anObject<Record<string, unknown>>(),
});

/** The file of a classifier. */
export function encodeClassifier(parts: ClassifierParts): Uint8Array {
  const { labels, input, encoder, temperature, threshold, seed, figures } = parts;
  const { settings, tensors, parts: networks } = encoder.contents();
  const all: ClassifierSettings = {
    ...{ labels, input, encoder: encoder.name, temperature, threshold, seed, figures, settings },
  };
  return encodeTask({
    kind: CLASSIFIER_KIND,
    settings: { ...all },
    ...(tensors && { tensors }),
    ...(networks && { parts: networks }),
  });
}

/** What runs a classifier's network. */
interface OpeningOptions {
  readonly engine?: EngineChoice;
  readonly threads?: number;
}

/**
 * A classifier from its file.
 * @param given its embedding, or where that is
 * @throws SeqkitError `bad-file` where the file contradicts itself; as `EmbeddingUse.need`
 */
export async function openClassifier(
  file: TaskFile,
  source: string,
  options: OpeningOptions,
  given?: SpeechEmbedding | FileSource,
): Promise<ClassifierParts> {
  const known = Object.keys(stored.table);
  const own = Object.fromEntries(Object.entries(file.settings).filter(([key]) => known.includes(key)));
  const { settings, encoder: name, ...rest } = parseStored(stored, own, 'its settings', source);
  const heard = new EmbeddingUse(given);
  try {
    const ofEncoder = { settings, tensors: file.tensors, source };
    return { ...rest, heard, encoder: await openEncoder(name, rest, ofEncoder, file, options, heard) };
  } catch (error) {
    await heard.dispose();
    throw error;
  }
}

async function openEncoder(
  name: EncoderName,
  { input, labels }: Pick<ClassifierSettings, 'input' | 'labels'>,
  own: StoredRows,
  file: TaskFile,
  options: OpeningOptions,
  heard: EmbeddingUse,
): Promise<Encoder> {
  const { source } = own;
  if (name === 'nbsvm') return NbsvmEncoder.from(labels.length, own);
  if (isShallow(name)) {
    return RegressionEncoder.from(name, await rowsOf(name, input, own, heard), labels.length, own);
  }
  const reader = readerOf(input, objectOf(own, 'reader'), source);
  const model = await openNetwork(file.parts.get('network'), source, options);
  const encoder = new NetworkEncoder(name, reader, model, labels.length);
  try {
    await encoder.check(source);
    return encoder;
  } catch (error) {
    await encoder.dispose();
    throw error;
  }
}

function rowsOf(
  name: ShallowName,
  input: InputName,
  own: StoredRows,
  heard: EmbeddingUse,
): Rows | Promise<Rows> {
  if (name === 'embedding') return EmbeddingRows.from(own, heard);
  if (KIND_OF_INPUT[input] !== 'text') {
    return new PooledRows(readerOf(input, objectOf(own, 'reader'), own.source));
  }
  return name === 'average' ? AverageRows.from(own) : NgramRows.from(own);
}
