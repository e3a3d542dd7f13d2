/** Options of the library under the names that they have on the command line. */
const FLAGS: Readonly<Record<string, string>> = {
  batchSize: '--batch',
  bestOf: '--best-of',
  bucket: '--bucket',
  checkpointMinutes: '--checkpoint-minutes',
  clipNorm: '--clip-norm',
  constrained: '--no-constraint',
  count: '--count',
  dropout: '--dropout',
  earlyStopping: '--patience',
  emaMomentum: '--ema-momentum',
  encoder: '--encoder',
  encoding: '--encoding',
  engine: '--engine',
  epochs: '--epochs',
  everyMinutes: '--checkpoint-minutes',
  everySteps: '--checkpoint-steps',
  examples: '--examples',
  folds: '--folds',
  force: '--force',
  format: '--format',
  heldOut: '--held-out',
  labelSmoothing: '--label-smoothing',
  labelSteps: '--label-steps',
  includeVectors: '--include-vectors',
  key: '--key',
  layers: '--layers',
  learningRate: '--learning-rate',
  limit: '--limit',
  maxBars: '--max-bars',
  maxN: '--max-n',
  meter: '--meter',
  minAlpha: '--min-alpha',
  minCount: '--min-count',
  minN: '--min-n',
  patience: '--patience',
  precision: '--precision',
  preset: '--preset',
  repair: '--repair',
  replace: '--force',
  repetitionPenalty: '--repetition-penalty',
  repetitionWindow: '--repetition-window',
  restrictVocab: '--restrict-vocab',
  resume: '--resume',
  seed: '--seed',
  seqLength: '--seq-length',
  targetAccuracy: '--target-accuracy',
  temperature: '--temperature',
  threads: '--threads',
  tokens: '--tokens',
  test: '--test',
  topK: '--top-k',
  topP: '--top-p',
  topn: '--topn',
  type: '--type',
  units: '--units',
  verify: '--no-verify',
  vectorSize: '--vector-size',
  vocabularySize: '--vocabulary',
  warmup: '--warmup',
  withFeatures: '--with-features',
  workers: '--threads',
};

/** `engine: 'wasm'`, `repair: true`, `verify: false`, `batchSize: 5`: an option with a value to take. */
const GIVEN = /(?<![\w./"'-])(\w+): (true|false|'[^']*'|-?\d[\d.e-]*\d|\d)/g;
/** A name that no word of English looks like. */
const CAMEL = /(?<![\w./"'-])([a-z]+[A-Z]\w*)(?![\w"'/:(]|\.\w)/g;
/** What a hint says of saving to whoever writes a program. */
const SAVED = /checkpoint: \{ path \} too, or \{ store \} in a page/g;
/** What a message is about: `epochs must be ...`, `key: there is ...`, or `fit: epochs must be ...` of an option of fit's. */
const SUBJECT = /^(?:[\w' ]+: )?([a-z]\w*)(?= (?:must|takes|needs)\b|: )/;

/**
 * A message of the library as the command line says it: options by the flags that stand for them. The library
 * writes them as in code, with a value, such as `engine: 'wasm'`; by a name such as `minCount`; or at the very
 * start of what must hold, such as `epochs must be ...`.
 */
export function asTyped(text: string): string {
  return text
    .replaceAll(SAVED, '--checkpoint too')
    .replaceAll(GIVEN, (given, name: string, value: string) => {
      if (!Object.hasOwn(FLAGS, name)) return given;
      if (value !== 'true' && value !== 'false') return `${FLAGS[name]} ${value.replaceAll("'", '')}`;
      // A flag such as --no-verify stands for false, any other for true.
      return /^--no-/.test(FLAGS[name]) === (value === 'false') ? FLAGS[name] : given;
    })
    .replaceAll(CAMEL, (name) => (Object.hasOwn(FLAGS, name) ? FLAGS[name] : name))
    .replace(SUBJECT, (subject, name: string) => (Object.hasOwn(FLAGS, name) ? FLAGS[name] : subject));
}

/** The flags there are, for tests. */
export const knownFlags: readonly string[] = Object.values(FLAGS);
