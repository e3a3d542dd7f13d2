import { SeqkitError } from '../../../base/errors.js';
import { isPlainObject } from '../../../base/schema/index.js';
import type { StoredTensor, TensorArrays, TensorType } from '../../../base/encoding/safetensors.js';
import type { KeyedVectors } from '../../../embeddings/keyed-vectors/keyed-vectors.js';
import { SentenceVectors, type SentenceState } from '../../average/sentence-vectors.js';
import type { SequenceInput } from '../../examples/sequence-input.js';
import type { SequenceReader } from '../../inputs/sequence-reader.js';
import { featureMoments } from '../../inputs/feature-moments.js';
import { NgramFeatures, type NgramState } from '../../linear/ngram-features.js';
import type { NgramOptions } from '../../linear/ngram-options.js';
import { denseRow, type SparseRow } from '../../linear/sparse-row.js';
import type { EncoderContents } from './encoder.js';

/** A sequence as one row of numbers, for a logistic regression. */
export interface Rows {
  readonly kind: 'ngrams' | 'average' | 'embedding' | 'pooled';
  /** How many numbers a row has. */
  readonly size: number;
  row(input: SequenceInput): SparseRow;
  contents(): EncoderContents;
  dispose(): void;
}

/** What a file keeps of rows and their regression. */
export interface StoredRows {
  readonly settings: Readonly<Record<string, unknown>>;
  readonly tensors: ReadonlyMap<string, StoredTensor>;
  readonly source: string;
}

/** Weights of n-grams of words and characters (TF-IDF). */
export class NgramRows implements Rows {
  readonly kind = 'ngrams';

  constructor(readonly features: NgramFeatures) {}

  static fit(texts: readonly string[], options: NgramOptions): NgramRows {
    return new NgramRows(NgramFeatures.fit(texts, options));
  }

  get size(): number {
    return this.features.size;
  }

  row(input: SequenceInput): SparseRow {
    return this.features.transform(input as string);
  }

  contents(): EncoderContents {
    const { settings, arrays } = this.features.toState();
    const { terms, idf } = arrays;
    return {
      settings: { ngrams: settings },
      tensors: {
        terms: { dtype: 'U8', shape: [terms.length], data: terms },
        idf: { dtype: 'F32', shape: [idf.length], data: idf },
      },
    };
  }

  static from(stored: StoredRows): NgramRows {
    const settings = objectOf(stored, 'ngrams') as unknown as NgramState['settings'];
    const arrays = { terms: arrayOf(stored, 'terms', 'U8'), idf: arrayOf(stored, 'idf', 'F32') };
    return new NgramRows(NgramFeatures.from({ settings, arrays }, stored.source));
  }

  dispose(): void {
    // Memory of its own alone.
  }
}

/** Vectors of sentences have numbers of about 0.1; the penalty on weights is meant for rows of length 1. */
const AVERAGE_SCALE = 10;

/** The mean of word vectors, weighed by how rare the words are (SIF). */
export class AverageRows implements Rows {
  readonly kind = 'average';

  constructor(readonly sentences: SentenceVectors) {}

  static async fit(texts: readonly string[], vectors: KeyedVectors | undefined): Promise<AverageRows> {
    return new AverageRows(await SentenceVectors.fit(texts, { ...(vectors && { vectors }) }));
  }

  get size(): number {
    return this.sentences.vectorSize;
  }

  row(input: SequenceInput): SparseRow {
    return denseRow(this.sentences.transform(input as string), AVERAGE_SCALE);
  }

  contents(): EncoderContents {
    const { settings, arrays } = this.sentences.toState();
    const { common, vectors } = arrays;
    return {
      settings: { sentences: settings },
      tensors: {
        common: { dtype: 'F32', shape: [common.length], data: common },
        ...(vectors && { vectors: { dtype: 'U8', shape: [vectors.length], data: vectors } }),
      },
    };
  }

  static async from(stored: StoredRows): Promise<AverageRows> {
    const settings = objectOf(stored, 'sentences') as unknown as SentenceState['settings'];
    const vectors = stored.tensors.has('vectors') ? arrayOf(stored, 'vectors', 'U8') : undefined;
    const arrays = { common: arrayOf(stored, 'common', 'F32'), ...(vectors && { vectors }) };
    return new AverageRows(await SentenceVectors.from({ settings, arrays }, stored.source));
  }

  dispose(): void {
    this.sentences.dispose();
  }
}

/** Mean and deviation of each feature over the steps of a sequence. */
export class PooledRows implements Rows {
  readonly kind = 'pooled';

  constructor(readonly reader: SequenceReader) {}

  get size(): number {
    return 2 * this.reader.features;
  }

  row(input: SequenceInput): SparseRow {
    const { mean, deviation } = featureMoments(this.reader.read(input).data, this.reader.features);
    return denseRow([...mean, ...deviation]);
  }

  contents(): EncoderContents {
    return { settings: { reader: this.reader.toJSON() } };
  }

  dispose(): void {
    // Memory of its own alone.
  }
}

/** An array of a file, of a type. @throws SeqkitError `bad-file` where it is missing or of another type */
export function arrayOf<Type extends TensorType>(
  { tensors, source }: Pick<StoredRows, 'tensors' | 'source'>,
  name: string,
  dtype: Type,
): TensorArrays[Type] {
  const tensor = tensors.get(name);
  if (tensor?.dtype === dtype) return tensor.data as TensorArrays[Type];
  throw new SeqkitError(
    `${source} should hold "${name}" as ${dtype}; it holds ${tensor?.dtype ?? 'nothing'}.`,
    {
      code: 'bad-file',
    },
  );
}

/** An entry of a file's settings that is an object. @throws SeqkitError `bad-file` */
export function objectOf(
  { settings, source }: Pick<StoredRows, 'settings' | 'source'>,
  name: string,
): Record<string, unknown> {
  const entry = settings[name];
  if (isPlainObject(entry)) return entry;
  throw new SeqkitError(`${source} should hold the settings "${name}".`, { code: 'bad-file' });
}
