import { SeqkitError } from '../../base/errors.js';
import {
  decodeSafetensors,
  encodeSafetensors,
  type StoredTensor,
  type TensorArrays,
  type TensorType,
} from '../../base/encoding/safetensors.js';
import type { CorpusWords } from './corpus-words.js';
import { trainingSettings, type TrainingOptions, type TrainingSettings } from './settings.js';
import type { RunPosition, Trainer } from './trainer.js';

/**
 * A model whose training can go on: a safetensors file with `inputs` (rows, D), `outputs` (words,
 * D), the words (`words.text` end to end, `words.lengths` in bytes) and their `counts`; its
 * metadata hold the settings and how far the run has come.
 */
export const TRAINING_FORMAT = 'seqkit-embedding-training';

/** The version that is written; older ones are read. */
const FORMAT_VERSION = 1;

/** What such a file says beside its weights. */
export interface StoredTraining {
  readonly settings: TrainingSettings;
  readonly vocabulary: CorpusWords;
  readonly position: RunPosition;
  /** Of the words, then of the buckets of n-grams; shape `(rows, vectorSize)`. */
  readonly inputs: Float32Array;
  /** Puts the weights where they are trained. */
  fill(trainer: Trainer): void;
}

/** Packs a model. */
export function encodeTraining({ settings, vocabulary, memory, position }: Trainer): Uint8Array {
  const { words, counts, corpusWords, corpusBytes } = vocabulary;
  const encoder = new TextEncoder();
  const text = encoder.encode(words.join(''));
  const width = settings.vectorSize;
  const { subwords, ...options } = settings;
  return encodeSafetensors(
    {
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
    },
    {
      format: TRAINING_FORMAT,
      formatVersion: String(FORMAT_VERSION),
      settings: JSON.stringify({ options, subwords: subwords ?? null }),
      run: JSON.stringify({ corpusWords, corpusBytes, ...position }),
    },
  );
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
export function decodeTraining(bytes: Uint8Array, source: string): StoredTraining {
  const { tensors, metadata } = decodeSafetensors(bytes, source);
  if (metadata['format'] !== TRAINING_FORMAT) {
    throw new SeqkitError(`${source} holds no training of word vectors.`, {
      code: 'bad-file',
      hint: 'Give a checkpoint of train-embeddings, or what save of Word2Vec or FastText wrote.',
    });
  }
  if (!(Number(metadata['formatVersion']) <= FORMAT_VERSION)) {
    throw new SeqkitError(
      `${source} is of format version ${metadata['formatVersion']}; this seqkit reads up to version ${FORMAT_VERSION}.`,
      { code: 'bad-file', hint: 'Update seqkit.' },
    );
  }
  const stored = parse(metadata['settings'], source) as {
    options: TrainingOptions;
    subwords: TrainingSettings['subwords'] | null;
  };
  const run = parse(metadata['run'], source) as RunPosition & { corpusWords: number; corpusBytes: number };
  const settings = trainingSettings(stored.options, stored.subwords ?? undefined);
  const take = <Type extends TensorType>(name: string, dtype: Type, shape: readonly number[]) =>
    takeTensor(tensors, name, dtype, shape, source);
  const count = tensors.get('counts')?.shape[0] ?? 0;
  const width = settings.vectorSize;
  const lengths = take('words.lengths', 'U32', [count]);
  const text = take('words.text', 'U8', [lengths.reduce((sum, length) => sum + length, 0)]);
  const inputs = take('inputs', 'F32', [count + (settings.subwords?.bucket ?? 0), width]);
  const outputs = take('outputs', 'F32', [count, width]);
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  let end = 0;
  const words = Array.from(lengths, (length) => decoder.decode(text.subarray(end, (end += length))));
  return {
    settings,
    vocabulary: {
      words,
      counts: take('counts', 'F64', [count]).slice(),
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
