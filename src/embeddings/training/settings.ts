import { flag, number, optional, optionsSchema, wholeNumber, type Schema } from '../../base/schema/index.js';
import type { SubwordShape } from '../vectors/subwords.js';

/** How words are trained. Names, meanings and defaults are gensim's, in camelCase. */
export interface TrainingSettings {
  /** Numbers in a vector. @default 100 */
  readonly vectorSize: number;
  /** The most words to each side that count as context. @default 5 */
  readonly window: number;
  /** Words that come less often are left out. @default 5 */
  readonly minCount: number;
  /** 1: skip-gram; 0: CBOW, the continuous bag of words. @default 0 */
  readonly sg: 0 | 1;
  /** Noise words for each true one. @default 5 */
  readonly negative: number;
  /** The noise distribution is the words' counts to this power (Mikolov et al. 2013). @default 0.75 */
  readonly nsExponent: number;
  /** CBOW only: 1 takes the mean of the context's vectors, 0 their sum. @default 1 */
  readonly cbowMean: 0 | 1;
  /** Whether each word draws its window from 1 to `window`; else it is always `window`. @default true */
  readonly shrinkWindows: boolean;
  /** The share of the corpus above which a word is subsampled; 0 keeps all. @default 1e-3 */
  readonly sample: number;
  /** The learning rate at the start; it falls in a straight line to `minAlpha`. @default 0.025 */
  readonly alpha: number;
  /** The learning rate at the end. @default 1e-4 */
  readonly minAlpha: number;
  /** Passes over the corpus. @default 5 */
  readonly epochs: number;
  /** Seeds the first vectors, windows, subsampling and noise. @default 1 */
  readonly seed: number;
  /** At most so many words are kept, the most frequent ones. @default no limit */
  readonly maxFinalVocab: number | undefined;
  /** While words are counted, the rarest are dropped where there are more than this. @default 10,000,000 */
  readonly maxVocabSize: number;
  /** Character n-grams that share in the words' vectors: fastText; undefined for Word2Vec. */
  readonly subwords: SubwordShape | undefined;
}

/** What a caller may set; the n-grams are set one by one. */
export type TrainingOptions = Partial<Omit<TrainingSettings, 'subwords'>>;

const zeroOrOne = wholeNumber({ min: 0, max: 1 }) as Schema<0 | 1>;

/** The schemas of what a caller may set. */
export const trainingOptions = optionsSchema<TrainingOptions>('Word2Vec', {
  vectorSize: optional(wholeNumber({ min: 1, max: 10_000 })),
  window: optional(wholeNumber({ min: 1, max: 1_000 })),
  minCount: optional(wholeNumber({ min: 1, max: 2 ** 32 })),
  sg: optional(zeroOrOne),
  negative: optional(wholeNumber({ min: 1, max: 1_000 })),
  nsExponent: optional(number({ min: -10, max: 10 })),
  cbowMean: optional(zeroOrOne),
  shrinkWindows: optional(flag),
  sample: optional(number({ min: 0, max: 1e12 })),
  alpha: optional(number({ min: 0, max: 100 })),
  minAlpha: optional(number({ min: 0, max: 100 })),
  epochs: optional(wholeNumber({ min: 1, max: 1_000_000 })),
  seed: optional(wholeNumber({ min: 0 })),
  maxFinalVocab: optional(wholeNumber({ min: 1, max: 2 ** 32 })),
  maxVocabSize: optional(wholeNumber({ min: 1, max: 10_000_000 })),
});

/** The most characters of an n-gram. */
const MAX_SUBWORD = 100;

/** The schemas of the n-grams' shape. */
export const subwordShape = optionsSchema<SubwordShape>('FastText', {
  minn: wholeNumber({ min: 1, max: MAX_SUBWORD }),
  maxn: wholeNumber({ min: 1, max: MAX_SUBWORD }),
  bucket: wholeNumber({ min: 1, max: 2 ** 31 }),
});

const defaults: Omit<TrainingSettings, 'subwords'> = {
  vectorSize: 100,
  window: 5,
  minCount: 5,
  sg: 0,
  negative: 5,
  nsExponent: 0.75,
  cbowMean: 1,
  shrinkWindows: true,
  sample: 1e-3,
  alpha: 0.025,
  minAlpha: 1e-4,
  epochs: 5,
  seed: 1,
  maxFinalVocab: undefined,
  maxVocabSize: 10_000_000,
};

/**
 * Options with the defaults put in.
 * @throws SeqkitError `bad-value` that names the option and its range; `usage` for an unknown one
 */
export function trainingSettings(options: TrainingOptions, subwords?: SubwordShape): TrainingSettings {
  const settings: TrainingSettings = {
    ...defaults,
    ...trainingOptions.parse(options),
    subwords: subwords === undefined ? undefined : subwordShape.parse(subwords),
  };
  number({ min: 0, max: settings.alpha }).parse(settings.minAlpha, 'minAlpha');
  if (settings.subwords) {
    const { minn, maxn } = settings.subwords;
    wholeNumber({ min: minn, max: MAX_SUBWORD }).parse(maxn, 'maxN');
  }
  return settings;
}
