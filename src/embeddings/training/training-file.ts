import { readSource, type FileSource } from '../../base/source/file-source.js';
import type { VerifyOptions } from '../../base/encoding/content-digest.js';
import { faultyNumber, refuseFaultyNumbers } from '../../base/encoding/finite-numbers.js';
import { SeqkitError } from '../../base/errors.js';
import {
  decodeSafetensors,
  encodeSafetensors,
  type StoredTensor,
  type TensorArrays,
  type TensorType,
} from '../../base/encoding/safetensors.js';
import {
  either,
  exactly,
  optionsSchema,
  parseStored,
  wholeNumber,
  type Schema,
} from '../../base/schema/index.js';
import type { SubwordShape } from '../vectors/subwords.js';
import type { CorpusWords } from './corpus-words.js';
import {
  subwordShape,
  trainingOptions,
  trainingSettings,
  type TrainingOptions,
  type TrainingSettings,
} from './settings.js';
import { TRAINING_FORMAT } from './training-format.js';
import type { EmbeddingTrainer } from './embedding-trainer.js';
import type { RunPosition } from './train-options.js';

/** The version that is written; older ones are read. Version 2 brought the digest of the contents. */
const FORMAT_VERSION = 2;

/** From this version on a file keeps a digest of its contents. */
const DIGEST_VERSION = 2;

/** What such a file says beside its weights. */
export interface StoredTraining {
  readonly settings: TrainingSettings;
  readonly vocabulary: CorpusWords;
  readonly position: RunPosition;
  /** Of the words, then of the buckets of n-grams; shape `(rows, vectorSize)`. */
  readonly inputs: Float32Array;
  /** Puts the weights where they are trained. */
  fill(trainer: EmbeddingTrainer): void;
}

/** The bytes of a training from wherever it is, and what messages call it. */
export function readTraining(from: FileSource): Promise<{ bytes: Uint8Array; name: string }> {
  const what = { name: 'the training', kind: 'the training', isModel: true };
  return readSource(from, 'load: from', what);
}

/** Packs a model. */
export function encodeTraining({ settings, vocabulary, memory, position }: EmbeddingTrainer): Uint8Array {
  const { words, counts, corpusWords, corpusBytes } = vocabulary;
  const encoder = new TextEncoder();
  const text = encoder.encode(words.join(''));
  const width = settings.vectorSize;
  const { subwords, ...options } = settings;
  const tensors: Record<string, StoredTensor> = {
    inputs: {
      dtype: 'F32',
      shape: [memory.rows, width],
      data: trimmed(memory.inputs, memory.stride, width),
    },
    outputs: {
      dtype: 'F32',
      shape: [words.length, width],
      data: trimmed(memory.outputs, memory.stride, width),
    },
    counts: { dtype: 'F64', shape: [words.length], data: counts },
    'words.text': { dtype: 'U8', shape: [text.length], data: text },
    'words.lengths': {
      dtype: 'U32',
      shape: [words.length],
      data: Uint32Array.from(words, (word) => encoder.encode(word).length),
    },
  };
  for (const [name, tensor] of Object.entries(tensors)) {
    const fault = faultyNumber(tensor);
    if (!fault) continue;
    throw new SeqkitError(
      `The ${name} of the training hold ${fault.value}, so that it is not worth saving.`,
      {
        code: 'diverged',
        hint: 'Train again with a lower alpha. What was saved before stays as it is.',
      },
    );
  }
  return encodeSafetensors(tensors, {
    format: TRAINING_FORMAT,
    formatVersion: String(FORMAT_VERSION),
    settings: JSON.stringify({ options, subwords: subwords ?? null }),
    run: JSON.stringify({ corpusWords, corpusBytes, ...position }),
  });
}

/** Rows without what fills them up. */
function trimmed(data: Float32Array, stride: number, width: number): Float32Array {
  const rows = data.length / stride;
  const out = new Float32Array(rows * width);
  for (let row = 0; row < rows; row++) {
    out.set(data.subarray(row * stride, row * stride + width), row * width);
  }
  return out;
}

/**
 * Opens what `encodeTraining` packed.
 * @param source what to call the file in errors
 * @throws SeqkitError `bad-file` where it is damaged, of another kind, or of a later version
 */
export function decodeTraining(
  bytes: Uint8Array,
  source: string,
  options: VerifyOptions = {},
): StoredTraining {
  const { tensors, metadata, digest } = decodeSafetensors(bytes, source, options);
  if (metadata['format'] !== TRAINING_FORMAT) {
    throw new SeqkitError(`${source} holds no training of word vectors.`, {
      code: 'bad-file',
      hint: 'Give what save of Word2Vec or FastText wrote, or a checkpoint of theirs.',
    });
  }
  const version = parseStored(
    wholeNumber({ min: 1 }),
    Number(metadata['formatVersion']),
    'formatVersion',
    source,
  );
  if (version > FORMAT_VERSION) {
    throw new SeqkitError(
      `${source} is of format version ${version}; this seqkit reads up to version ${FORMAT_VERSION}.`,
      { code: 'bad-file', hint: 'Update seqkit.' },
    );
  }
  if (digest === 'none' && version >= DIGEST_VERSION && options.verify !== false) {
    // Nobody else writes these, and a run must go on from the very numbers that were saved.
    throw new SeqkitError(`${source} is damaged: the digest of its contents is gone.`, {
      code: 'bad-file',
      hint: 'Copy it again from where it is whole.',
    });
  }
  for (const [name, tensor] of tensors) refuseFaultyNumbers(name, tensor, source);
  const stored = parsed(storedSettings, metadata['settings'], 'settings', source);
  const run = parsed(storedRun, metadata['run'], 'run', source);
  const settings = parseStored(
    { expected: 'settings', parse: () => trainingSettings(stored.options, stored.subwords ?? undefined) },
    undefined,
    'settings',
    source,
  );
  const take = <Type extends TensorType>(name: string, dtype: Type, shape: readonly number[]) =>
    takeTensor(tensors, name, dtype, shape, source);
  const count = tensors.get('counts')?.shape[0] ?? 0;
  const width = settings.vectorSize;
  const lengths = take('words.lengths', 'U32', [count]);
  const text = take('words.text', 'U8', [lengths.reduce((sum, length) => sum + length, 0)]);
  const inputs = take('inputs', 'F32', [count + (settings.subwords?.bucket ?? 0), width]);
  const outputs = take('outputs', 'F32', [count, width]);
  const counts = take('counts', 'F64', [count]);
  const words = readWords(text, lengths, source);
  if (count === 0 || !counts.every((times) => Number.isSafeInteger(times) && times > 0)) {
    throw new SeqkitError(`${source} is damaged: its words are not all counted.`, { code: 'bad-file' });
  }
  return {
    settings,
    vocabulary: {
      words,
      counts: counts.slice(),
      corpusWords: run.corpusWords,
      corpusBytes: run.corpusBytes,
      notes: [],
    },
    position: { epoch: run.epoch, block: run.block },
    inputs,
    fill({ memory }) {
      spreadOut(inputs, width, memory.inputs, memory.stride);
      spreadOut(outputs, width, memory.outputs, memory.stride);
    },
  };
}

const count = wholeNumber({ min: 0 });

/** How far a run has come, and over what. */
const storedRun = optionsSchema<RunPosition & { readonly corpusWords: number; readonly corpusBytes: number }>(
  'run',
  { corpusWords: count, corpusBytes: count, epoch: count, block: count },
);

const storedSettings = optionsSchema<{
  readonly options: TrainingOptions;
  readonly subwords: SubwordShape | null;
}>('settings', { options: trainingOptions, subwords: either(exactly(null), subwordShape) });

/** The words end to end, each so many bytes. @throws SeqkitError `bad-file` for one that is no UTF-8 or comes twice */
function readWords(text: Uint8Array, lengths: Uint32Array, source: string): string[] {
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  let end = 0;
  try {
    const words = Array.from(lengths, (length) => decoder.decode(text.subarray(end, (end += length))));
    if (new Set(words).size === words.length) return words;
  } catch {
    // Falls through to the one message.
  }
  throw new SeqkitError(`${source} is damaged: its words cannot be read, or come twice.`, {
    code: 'bad-file',
  });
}

/** JSON of the metadata, by a schema. */
function parsed<T>(schema: Schema<T>, text: string | undefined, name: string, source: string): T {
  return parseStored(schema, parse(text, source), name, source);
}

function spreadOut(data: Float32Array, width: number, out: Float32Array, stride: number): void {
  for (let row = 0; row * width < data.length; row++) {
    out.set(data.subarray(row * width, (row + 1) * width), row * stride);
  }
}

function parse(text: string | undefined, source: string): unknown {
  try {
    return JSON.parse(text ?? '');
  } catch (cause) {
    throw new SeqkitError(`${source} is damaged: its settings cannot be read.`, { code: 'bad-file', cause });
  }
}

function takeTensor<Type extends TensorType>(
  tensors: ReadonlyMap<string, StoredTensor>,
  name: string,
  dtype: Type,
  shape: readonly number[],
  source: string,
): TensorArrays[Type] {
  const found = tensors.get(name);
  if (found?.dtype === dtype && found.shape.join() === shape.join()) return found.data as TensorArrays[Type];
  const is = found ? `${found.dtype} (${found.shape.join(', ')})` : 'none';
  throw new SeqkitError(
    `${source} is damaged: it needs a tensor ${name} of ${dtype} (${shape.join(', ')}) and has ${is}.`,
    { code: 'bad-file', hint: 'Copy it again.' },
  );
}
