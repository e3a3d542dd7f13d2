import type { StoredTensor } from '../../base/encoding/safetensors.js';
import { SeqkitError } from '../../base/errors.js';
import { SentenceVectors } from '../average/sentence-vectors.js';
import type { KeyedVectors } from '../../embeddings/keyed-vectors/keyed-vectors.js';
import type { TaskContents, TaskFile } from '../file/task-file.js';
import { LogisticRegression, type LogisticRegressionState } from '../linear/logistic-regression.js';
import { NgramFeatures, type NgramState } from '../linear/ngram-features.js';
import { denseRow, type SparseRow } from '../linear/sparse-row.js';

/** A message and its class; the class after the last intent is what the bot is not for. */
export type Example = readonly [text: string, label: number];

/** The strength of the penalty, of both regressions: what cross-validation on another file of intents chose. */
const C = 30;
/** Softer than the default: probabilities need no more digits. */
const TOLERANCE = 0.1;
/** What the messages that the bot is not for count together, in intents. */
const FOREIGN_WEIGHT = 4;

/**
 * Which intent a message means: the geometric mean of two softmax regressions, one over n-grams of words and characters,
 * one over the mean of word vectors (SIF). N-grams know the words of the phrases and their misspellings; vectors know
 * words that mean alike. Without vectors the n-grams decide alone.
 */
export class IntentModel {
  readonly classes: number;
  readonly #ngrams: NgramFeatures;
  readonly #byNgrams: LogisticRegression;
  readonly #sentences: SentenceVectors | undefined;
  readonly #bySentences: LogisticRegression | undefined;

  private constructor(
    ngrams: NgramFeatures,
    byNgrams: LogisticRegression,
    sentences: SentenceVectors | undefined,
    bySentences: LogisticRegression | undefined,
  ) {
    this.classes = byNgrams.classes;
    this.#ngrams = ngrams;
    this.#byNgrams = byNgrams;
    this.#sentences = sentences;
    this.#bySentences = bySentences;
  }

  /** @param intents how many classes are intents; examples of the class after them count less than one of them each */
  static fit(
    examples: readonly Example[],
    intents: number,
    sentences: SentenceVectors | undefined,
  ): IntentModel {
    const foreign = examples.filter(([, label]) => label === intents).length;
    const classes = foreign > 0 ? intents + 1 : intents;
    const share = Math.min(
      1,
      (FOREIGN_WEIGHT * (examples.length - foreign)) / (intents * Math.max(1, foreign)),
    );
    const classWeight = Array.from({ length: classes }, (_, k) => (k === intents ? share : 1));
    const labels = examples.map(([, label]) => label);
    const options = { C, tolerance: TOLERANCE, classWeight };
    const ngrams = NgramFeatures.fit(examples.map(([text]) => text));
    const rows = examples.map(([text]) => ngrams.transform(text));
    const byNgrams = LogisticRegression.fit(rows, labels, classes, { ...options, features: ngrams.size });
    if (!sentences) return new IntentModel(ngrams, byNgrams, undefined, undefined);
    const dense = examples.map(([text]) => sentenceRow(sentences, text));
    const features = sentences.vectorSize;
    const bySentences = LogisticRegression.fit(dense, labels, classes, { ...options, features });
    return new IntentModel(ngrams, byNgrams, sentences, bySentences);
  }

  /** How likely a message is of each class, shape `(classes)`; no message is of none. */
  probabilities(text: string): Float64Array {
    const product = this.#byNgrams.probabilities(this.#ngrams.transform(text));
    if (!this.#sentences || !this.#bySentences) return product;
    const other = this.#bySentences.probabilities(sentenceRow(this.#sentences, text));
    let sum = 0;
    for (let k = 0; k < product.length; k++) {
      product[k] = Math.sqrt(product[k] * other[k]);
      sum += product[k];
    }
    for (let k = 0; k < product.length; k++) product[k] /= sum;
    return product;
  }

  /** What a file keeps. */
  contents(): Required<Pick<TaskContents, 'settings' | 'tensors' | 'parts'>> {
    const [ngrams, byNgrams] = [this.#ngrams.toState(), this.#byNgrams.toState()];
    const sentences = this.#sentences?.toState();
    const bySentences = this.#bySentences?.toState();
    return {
      settings: {
        ngrams: ngrams.settings,
        classes: byNgrams.settings.classes,
        ...(sentences && { sentences: sentences.settings }),
      },
      tensors: {
        ngramTerms: { dtype: 'U8', shape: [ngrams.arrays.terms.length], data: ngrams.arrays.terms },
        ngramIdf: floats(ngrams.arrays.idf),
        ngramWeights: weights(byNgrams),
        ...(sentences && { sentenceCommon: floats(sentences.arrays.common) }),
        ...(bySentences && { sentenceWeights: weights(bySentences) }),
      },
      parts: sentences?.arrays.vectors ? { vectors: sentences.arrays.vectors } : {},
    };
  }

  /** The model of a file. @throws SeqkitError `bad-file` */
  static async from(
    settings: Readonly<Record<string, unknown>>,
    { tensors, parts }: Pick<TaskFile, 'tensors' | 'parts'>,
    source: string,
  ): Promise<IntentModel> {
    const arrayOf = <T extends 'U8' | 'F32'>(name: string, dtype: T) => {
      const tensor = tensors.get(name);
      if (tensor?.dtype === dtype) return tensor.data as Extract<StoredTensor, { dtype: T }>['data'];
      throw new SeqkitError(`${source} has no array "${name}" of type ${dtype}.`, { code: 'bad-file' });
    };
    const regression = (name: string, features: number) =>
      LogisticRegression.from(
        {
          settings: { classes: settings['classes'] as number, features },
          arrays: { weights: arrayOf(name, 'F32') },
        } satisfies LogisticRegressionState,
        source,
      );
    const objectOf = <T>(name: string): T => {
      const value = settings[name];
      if (typeof value === 'object' && value !== null) return value as T;
      throw new SeqkitError(`${source} has no settings of its ${name}.`, { code: 'bad-file' });
    };
    const arrays = { terms: arrayOf('ngramTerms', 'U8'), idf: arrayOf('ngramIdf', 'F32') };
    const ngrams = NgramFeatures.from(
      { settings: objectOf<NgramState['settings']>('ngrams'), arrays },
      source,
    );
    const byNgrams = regression('ngramWeights', ngrams.size);
    if (settings['sentences'] === undefined) return new IntentModel(ngrams, byNgrams, undefined, undefined);
    const vectors = parts.get('vectors');
    const sentences = await SentenceVectors.from(
      {
        settings: objectOf('sentences'),
        arrays: { common: arrayOf('sentenceCommon', 'F32'), ...(vectors && { vectors }) },
      },
      source,
    );
    return new IntentModel(ngrams, byNgrams, sentences, regression('sentenceWeights', sentences.vectorSize));
  }

  /** Frees the word vectors. */
  dispose(): void {
    this.#sentences?.dispose();
  }
}

/** What gives sentences their vectors; undefined without word vectors. */
export async function sentencesOf(
  texts: readonly string[],
  vectors: KeyedVectors | undefined,
  includeVectors: boolean,
): Promise<SentenceVectors> {
  // So few phrases have in common what tells them apart, too: nothing is taken out.
  const options = { removeCommon: false, ...(vectors ? { vectors } : { includeVectors }) };
  return SentenceVectors.fit(texts, options);
}

/** A sentence's vector, of length 1. */
function sentenceRow(sentences: SentenceVectors, text: string): SparseRow {
  const vector = sentences.transform(text);
  let squares = 0;
  for (let i = 0; i < vector.length; i++) squares += vector[i] * vector[i];
  return denseRow(vector, squares === 0 ? 0 : 1 / Math.sqrt(squares));
}

function floats(data: Float32Array): StoredTensor {
  return { dtype: 'F32', shape: [data.length], data };
}

function weights({ settings, arrays }: LogisticRegressionState): StoredTensor {
  return { dtype: 'F32', shape: [settings.features + 1, settings.classes], data: arrays.weights };
}
