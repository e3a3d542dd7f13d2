import type { StoredTensor } from '../../base/encoding/safetensors.js';
import { SeqkitError } from '../../base/errors.js';
import { choice, parseStored } from '../../base/schema/index.js';
import { SentenceVectors } from '../average/sentence-vectors.js';
import type { KeyedVectors } from '../../embeddings/keyed-vectors/keyed-vectors.js';
import type { TaskContents, TaskFile } from '../file/task-file.js';
import { LogisticRegression, type LogisticRegressionState } from '../linear/logistic-regression.js';
import { NgramFeatures, type NgramState } from '../linear/ngram-features.js';
import { denseRow, type SparseRow } from '../linear/sparse-row.js';
import { writtenOut } from './chat-spelling.js';

/** A message and its class; the class after the last intent is what the bot is not for. */
export type Example = readonly [text: string, label: number];

/** The strength of the penalty, of both regressions: what cross-validation on another file of intents chose. */
const C = 30;
/** Softer than the default: probabilities need no more digits. */
const TOLERANCE = 0.1;
/** What the messages that the bot is not for count together, in intents. */
const FOREIGN_WEIGHT = 4;
/** What all examples of an intent count that has small talk besides, where its own alone would count 1. */
const TALK_WEIGHT = 0.5;
/**
 * Directions of running text that are taken out of sentences: what cross-validation chose of 0 to 15 for 100 numbers a
 * vector. Short vectors have few to spare.
 */
const DIRECTIONS = 7;
const NUMBERS_A_DIRECTION = 14;
/** The numbers of a default vector. */
const DEFAULT_SIZE = 100;

/** Whether the short spellings of chats ("thx") are written out, which are English. */
export const SPELLINGS = ['as typed', 'chat'] as const;
export type Spelling = (typeof SPELLINGS)[number];

interface Parts {
  readonly ngrams: NgramFeatures;
  readonly byNgrams: LogisticRegression;
  readonly sentences: SentenceVectors | undefined;
  readonly bySentences: LogisticRegression | undefined;
  readonly spelling: Spelling;
}

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
  readonly #spelling: Spelling;

  private constructor({ ngrams, byNgrams, sentences, bySentences, spelling }: Parts) {
    this.#spelling = spelling;
    this.classes = byNgrams.classes;
    this.#ngrams = ngrams;
    this.#byNgrams = byNgrams;
    this.#sentences = sentences;
    this.#bySentences = bySentences;
  }

  /** What there is to know of its training. */
  get notes(): readonly string[] {
    return [...this.#byNgrams.notes, ...(this.#bySentences?.notes ?? [])];
  }

  /**
   * @param intents how many classes are intents; examples of the class after them count less than one of them each
   * @param options.talk more examples of intents, which share the weight that their intent's own have
   */
  static fit(
    given: readonly Example[],
    intents: number,
    sentences: SentenceVectors | undefined,
    { spelling = 'as typed', talk = [] }: { spelling?: Spelling; talk?: readonly Example[] } = {},
  ): IntentModel {
    const examples = [...given, ...talk].map(([text, label]): Example => [spelled(text, spelling), label]);
    const counted = (of: readonly Example[], k: number) => of.filter(([, label]) => label === k).length;
    // An intent is no likelier for the small talk that it has besides.
    const shareOwn = (k: number) => {
      const [own, more] = [counted(given, k), counted(talk, k)];
      return own === 0 || more === 0 ? 1 : (TALK_WEIGHT * own) / (own + more);
    };
    const foreign = examples.filter(([, label]) => label === intents).length;
    const classes = foreign > 0 ? intents + 1 : intents;
    const share = Math.min(1, (FOREIGN_WEIGHT * (given.length - foreign)) / (intents * Math.max(1, foreign)));
    const classWeight = Array.from({ length: classes }, (_, k) => (k === intents ? share : shareOwn(k)));
    const labels = examples.map(([, label]) => label);
    const options = { C, tolerance: TOLERANCE, classWeight };
    const ngrams = NgramFeatures.fit(examples.map(([text]) => text));
    const rows = examples.map(([text]) => ngrams.transform(text));
    const byNgrams = LogisticRegression.fit(rows, labels, classes, { ...options, features: ngrams.size });
    const parts = { ngrams, byNgrams, spelling, sentences };
    if (!sentences) return new IntentModel({ ...parts, bySentences: undefined });
    const dense = examples.map(([text]) => sentenceRow(sentences, text));
    const features = sentences.vectorSize;
    const bySentences = LogisticRegression.fit(dense, labels, classes, { ...options, features });
    return new IntentModel({ ...parts, bySentences });
  }

  /** How likely a message is of each class, shape `(classes)`; no message is of none. */
  probabilities(message: string): Float64Array {
    const text = spelled(message, this.#spelling);
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
        spelling: this.#spelling,
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
    // Bots of earlier releases took messages as they were typed.
    const spelling = parseStored(
      choice(SPELLINGS),
      settings['spelling'] ?? 'as typed',
      'its spelling',
      source,
    );
    const known = { ngrams, byNgrams, spelling };
    if (settings['sentences'] === undefined) {
      return new IntentModel({ ...known, sentences: undefined, bySentences: undefined });
    }
    const vectors = parts.get('vectors');
    const sentences = await SentenceVectors.from(
      {
        settings: objectOf('sentences'),
        arrays: { common: arrayOf('sentenceCommon', 'F32'), ...(vectors && { vectors }) },
      },
      source,
    );
    const bySentences = regression('sentenceWeights', sentences.vectorSize);
    return new IntentModel({ ...known, sentences, bySentences });
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
  // So few phrases have in common what tells them apart, too: what is taken out is that of all text.
  const removed = (size: number) => Math.min(DIRECTIONS, Math.floor(size / NUMBERS_A_DIRECTION));
  return SentenceVectors.fit(texts, {
    removeCommon: false,
    removeDirections: removed(vectors?.vectorSize ?? DEFAULT_SIZE),
    ...(vectors ? { vectors } : { includeVectors }),
  });
}

function spelled(text: string, spelling: Spelling): string {
  return spelling === 'chat' ? writtenOut(text) : text;
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
