import { SeqkitError } from '../../base/errors.js';
import type { SubwordShape } from '../subwords.js';

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
  /** The share of the corpus above which a word is thinned out; 0 keeps all. @default 1e-3 */
  readonly sample: number;
  /** The learning rate at the start; it falls in a straight line to `minAlpha`. @default 0.025 */
  readonly alpha: number;
  /** The learning rate at the end. @default 1e-4 */
  readonly minAlpha: number;
  /** Passes over the corpus. @default 5 */
  readonly epochs: number;
  /** Seeds the first vectors, windows, thinning and noise. @default 1 */
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

/** Every key of `TrainingOptions`. */
export const trainingKeys: Record<keyof TrainingOptions, true> = {
  vectorSize: true,
  window: true,
  minCount: true,
  sg: true,
  negative: true,
  nsExponent: true,
  cbowMean: true,
  shrinkWindows: true,
  sample: true,
  alpha: true,
  minAlpha: true,
  epochs: true,
  seed: true,
  maxFinalVocab: true,
  maxVocabSize: true,
};

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
 * @throws SeqkitError `bad-value` that names the option and its range
 */
export function trainingSettings(options: TrainingOptions, subwords?: SubwordShape): TrainingSettings {
  const given = Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
  const settings: TrainingSettings = { ...defaults, ...given, subwords };
  check('vectorSize', settings.vectorSize, { whole: true, min: 1, max: 10_000 });
  check('window', settings.window, { whole: true, min: 1, max: 1_000 });
  check('minCount', settings.minCount, { whole: true, min: 1, max: 2 ** 32 });
  check('sg', settings.sg, { whole: true, min: 0, max: 1 });
  check('negative', settings.negative, { whole: true, min: 1, max: 1_000 });
  check('nsExponent', settings.nsExponent, { min: -10, max: 10 });
  check('cbowMean', settings.cbowMean, { whole: true, min: 0, max: 1 });
  check('sample', settings.sample, { min: 0, max: 1e12 });
  check('alpha', settings.alpha, { min: 0, max: 100 });
  check('minAlpha', settings.minAlpha, { min: 0, max: settings.alpha });
  check('epochs', settings.epochs, { whole: true, min: 1, max: 1_000_000 });
  check('seed', settings.seed, { whole: true, min: 0, max: Number.MAX_SAFE_INTEGER });
  check('maxVocabSize', settings.maxVocabSize, { whole: true, min: 1, max: 10_000_000 });
  if (settings.maxFinalVocab !== undefined) {
    check('maxFinalVocab', settings.maxFinalVocab, { whole: true, min: 1, max: 2 ** 32 });
  }
  if (subwords !== undefined) {
    check('minN', subwords.minn, { whole: true, min: 1, max: 100 });
    check('maxN', subwords.maxn, { whole: true, min: subwords.minn, max: 100 });
    check('bucket', subwords.bucket, { whole: true, min: 1, max: 2 ** 31 });
  }
  return settings;
}

function check(
  name: string,
  value: unknown,
  { min, max, whole = false }: { min: number; max: number; whole?: boolean },
): void {
  const fits = typeof value === 'number' && (whole ? Number.isSafeInteger(value) : Number.isFinite(value));
  if (fits && value >= min && value <= max) return;
  const kind = whole ? 'a whole number' : 'a number';
  throw new SeqkitError(`${name} must be ${kind} from ${min} to ${max}, not ${String(value)}.`, {
    code: 'bad-value',
  });
}
