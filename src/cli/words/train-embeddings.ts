import { Option, type Command } from 'commander';
import type { Corpus } from '../../embeddings/training/corpus.js';
import type { TrainingSettings } from '../../embeddings/training/settings.js';
import type { TrainReport } from '../../embeddings/training/train-options.js';
import type { Word2Vec } from '../../embeddings/word2vec.js';
import { SeqkitError } from '../../base/errors.js';
import { forceOption, jsonOption, realNumber, seedOption, wholeNumber } from '../options/options.js';
import { counted, note, print, printJson } from '../terminal/output.js';
import { checkDistinct } from '../terminal/output-files.js';
import { fileOrStandardInput } from '../terminal/standard-input.js';
import { checkVectorName } from '../terminal/file-names.js';
import { typedValue } from '../options/typed-value.js';
import { checkEncoding } from './open-vectors.js';
import { Progress } from '../terminal/progress.js';
import { commandLine, quoted } from '../terminal/shell-quoting.js';
import { stoppable, stoppedError } from '../terminal/stop-signal.js';
import { groupDigits } from '../../base/math/group-digits.js';

interface TrainOptions {
  readonly model: 'word2vec' | 'fasttext';
  readonly algorithm: 'skip-gram' | 'cbow';
  readonly tokens: 'words' | 'spaces' | 'segments';
  readonly encoding: string;
  readonly vectorSize: number;
  readonly window: number;
  readonly minCount: number;
  readonly negative: number;
  readonly sample: number;
  readonly alpha: number;
  readonly minAlpha: number;
  readonly epochs: number;
  readonly minN: number;
  readonly maxN: number;
  readonly bucket: number;
  readonly threads?: number;
  readonly seed: number;
  readonly out: string;
  readonly saveModel?: string;
  readonly checkpoint?: string;
  readonly checkpointMinutes: number;
  readonly resume: boolean;
  readonly force: boolean;
  readonly json: boolean;
}

/** Adds the command that trains word vectors: train-embeddings. */
export function register(program: Command): void {
  program
    .command('train-embeddings')
    .description('Train word vectors on a text file of any size, plain, .gz or .zip.')
    .argument('<corpus>', 'the text, - for standard input; a line is a sentence')
    .addOption(
      new Option('--model <name>', 'whole words, or words with their character n-grams')
        .choices(['word2vec', 'fasttext'])
        .default('word2vec'),
    )
    .addOption(
      new Option('--algorithm <name>', 'a word predicts those around it, or they predict it')
        .choices(['skip-gram', 'cbow'])
        .default('skip-gram'),
    )
    .addOption(
      new Option(
        '--tokens <how>',
        'words: lower-cased runs of letters and digits; spaces: what white space separates; segments: by dictionary, for Chinese, Japanese, Thai',
      )
        .choices(['words', 'spaces', 'segments'])
        .default('words'),
    )
    .option('--encoding <name>', 'of the text', 'utf-8')
    .addOption(whole('--vector-size <n>', 'numbers in a vector', 100, 1, 10_000))
    .addOption(whole('--window <n>', 'words to each side, at most', 5, 1, 1_000))
    .addOption(whole('--min-count <n>', 'leave out words that come less often', 5, 1, 2 ** 32))
    .addOption(whole('--negative <n>', 'noise words for each true one', 5, 1, 1_000))
    .addOption(
      real('--sample <share>', 'thin out words above this share of the text; 0 for none', 1e-3, { min: 0 }),
    )
    .addOption(real('--alpha <rate>', 'the learning rate at the start', 0.025, { above: 0, max: 100 }))
    .addOption(real('--min-alpha <rate>', 'the learning rate at the end', 1e-4, { min: 0, max: 100 }))
    .addOption(whole('--epochs <n>', 'passes over the text', 5, 1, 1_000_000))
    .addOption(whole('--min-n <n>', 'fasttext: the shortest n-gram', 3, 1, 100))
    .addOption(whole('--max-n <n>', 'fasttext: the longest n-gram', 6, 1, 100))
    .addOption(whole('--bucket <n>', 'fasttext: rows that n-grams share by hash', 2_000_000, 1, 2 ** 31))
    .addOption(
      new Option(
        '--threads <n>',
        'with 1, the same seed gives the same bytes; with more, no two runs are alike (default: all cores)',
      ).argParser(wholeNumber({ min: 1, max: 256 })),
    )
    .addOption(seedOption())
    .option('--out <file>', 'the vectors', 'vectors.safetensors')
    .option(
      '--save-model <file>',
      'all that training needs to go on, and fasttext for unknown words: see --vectors of neighbors; .bin: a model of fastText',
    )
    .option('--checkpoint <file>', 'where the run is kept meanwhile (default: beside the vectors)')
    .addOption(real('--checkpoint-minutes <n>', 'how often', 10, { above: 0 }))
    .option('--resume', 'go on from the checkpoint, with its settings', false)
    .addOption(forceOption())
    .addOption(jsonOption())
    .action(trainEmbeddings);
}

function whole(flags: string, description: string, fallback: number, min: number, max: number): Option {
  return new Option(flags, description).argParser(wholeNumber({ min, max })).default(fallback);
}

function real(
  flags: string,
  description: string,
  fallback: number,
  range: Parameters<typeof realNumber>[0],
): Option {
  return new Option(flags, description).argParser(realNumber(range)).default(fallback);
}

async function trainEmbeddings(corpusPath: string, options: TrainOptions, command: Command): Promise<void> {
  const { checkWritable, fileExists, removeLeftovers } = await import('../../base/host/files.js');
  const { checkUnlocked } = await import('../../base/host/lock-file.js');
  const { fileCorpus } = await import('../../embeddings/training/corpus.js');
  const { out, saveModel, tokens, encoding, checkpoint = `${out}.checkpoint` } = options;
  checkVectorName('--out', out);
  await checkEncoding(encoding);
  checkDistinct({ '--out': out, '--save-model': saveModel, '--checkpoint': checkpoint });
  checkUnlocked(checkpoint);
  const goesOn = options.resume && fileExists(checkpoint);
  // A run that goes on was allowed to write there when it began, and may have been killed as it did.
  const force = options.force || goesOn;
  for (const path of [out, saveModel]) {
    if (path === undefined) continue;
    checkWritable(path, { force });
    removeLeftovers(path);
  }
  // A checkpoint that is there belongs to a run that was stopped.
  checkWritable(checkpoint, { force: force || options.resume });
  removeLeftovers(checkpoint);
  if (options.resume && !goesOn) note(`${checkpoint} is not there yet: the training begins anew.`);
  const { path, name } = await fileOrStandardInput(corpusPath);
  const corpus = fileCorpus(path, { tokens, encoding, name });

  const { model, report } = await stoppable(async (signal) => {
    const model = goesOn ? await resume(checkpoint, options, command) : await create(options, command);
    if (!goesOn) await countWords(model, corpus, signal);
    if (model.workers > 1) {
      note(
        `${model.workers} threads share the vectors without locks: no two runs are quite alike. --threads 1 repeats itself.`,
      );
    }
    const progress = new Progress('training', { total: 1, unit: 'words' });
    const report = await model
      .train(corpus, {
        signal,
        checkpoint,
        checkpointMinutes: options.checkpointMinutes,
        onProgress({ words, totalWords, epoch, epochs, rate, loss }) {
          progress.update(
            words,
            `pass ${epoch} of ${epochs}, ${Number.isNaN(loss) ? '' : `loss ${loss.toFixed(3)}, `}rate ${rate.toFixed(4)}`,
            totalWords,
          );
        },
      })
      .catch((error: unknown) => {
        if (!signal.aborted) throw error;
        throw stoppedError(
          `in pass ${model.position.epoch + 1} of ${model.settings.epochs}; what was learned is in ${checkpoint}.`,
          `Go on with: ${commandLine('--resume')}`,
        );
      })
      .finally(() => progress.end());
    return { model, report };
  });

  await model.wv.save(out, { force });
  if (saveModel !== undefined) await writeModel(model, saveModel, force);
  const { rm } = await import('node:fs/promises');
  await rm(checkpoint, { force: true });
  if (options.json) printJson(summary(name, options, model, report));
  else tell(options, model, report);
}

/** All that training needs to go on or, under the name of fastText's files, a model for its program. */
async function writeModel(model: Word2Vec, path: string, force: boolean): Promise<void> {
  const isFastText = model.settings.subwords !== undefined && /\.bin(\.gz)?$/i.test(path);
  if (isFastText) await model.wv.save(path, { format: 'fasttext-binary', force });
  else await model.save(path, { force });
}

/** The pass over the text before training. */
async function countWords(model: Word2Vec, corpus: Corpus, signal: AbortSignal): Promise<void> {
  const counting = new Progress('counting', { total: Infinity, unit: 'words' });
  const { words, corpusWords, notes } = await model
    .buildVocab(corpus, { signal, onCount: (count) => counting.update(count) })
    .catch((error: unknown) => {
      if (!signal.aborted) throw error;
      throw stoppedError(
        'while words were counted; nothing was learned yet.',
        'Run it again from the start.',
      );
    })
    .finally(() => counting.end());
  notes.forEach(note);
  note(
    `${counted(corpusWords, 'word')}; ${count(words.length)} different ${words.length === 1 ? 'one comes' : 'ones come'} ${model.settings.minCount === 1 ? 'once' : `${model.settings.minCount} times`} or more.`,
  );
}

async function create(options: TrainOptions, command: Command): Promise<Word2Vec> {
  if (options.alpha < options.minAlpha) {
    throw new SeqkitError(
      `--alpha ${options.alpha} is below --min-alpha ${options.minAlpha}, where the rate ends.`,
      {
        code: 'usage',
      },
    );
  }
  const { vectorSize, window, minCount, negative, sample, alpha, minAlpha, epochs, seed, threads } = options;
  const settings = {
    ...{ vectorSize, window, minCount, negative, sample, alpha, minAlpha, epochs, seed },
    sg: options.algorithm === 'skip-gram' ? 1 : 0,
    ...(threads !== undefined && { workers: threads }),
  } as const;
  if (options.model === 'fasttext') {
    const { FastText } = await import('../../embeddings/fasttext.js');
    const { minN, maxN, bucket } = options;
    if (minN > maxN) {
      throw new SeqkitError(`--min-n ${minN} is above --max-n ${maxN}.`, { code: 'usage' });
    }
    return typedValue(undefined, () => new FastText({ ...settings, minN, maxN, bucket }));
  }
  const idle = ['minN', 'maxN', 'bucket'].find((name) => command.getOptionValueSource(name) === 'cli');
  if (idle !== undefined) {
    throw new SeqkitError(`${flagOf(idle, command)} is of n-grams, which word2vec has none of.`, {
      code: 'usage',
      hint: 'Leave it out, or add --model fasttext.',
    });
  }
  const { Word2Vec } = await import('../../embeddings/word2vec.js');
  return typedValue(undefined, () => new Word2Vec(settings));
}

async function resume(checkpoint: string, options: TrainOptions, command: Command): Promise<Word2Vec> {
  const { FastText } = await import('../../embeddings/fasttext.js');
  const { Word2Vec } = await import('../../embeddings/word2vec.js');
  const { readFileBytes } = await import('../../base/host/files.js');
  const { decodeTraining } = await import('../../embeddings/training/training-file.js');
  const bytes = readFileBytes(checkpoint, 'the checkpoint');
  const { settings } = decodeTraining(bytes, checkpoint);
  checkSettings(settings, options, command);
  const Model = settings.subwords === undefined ? Word2Vec : FastText;
  const model = await Model.fromBytes(bytes, {
    name: checkpoint,
    ...(options.threads !== undefined && { workers: options.threads }),
  });
  const { epoch, block } = model.position;
  note(
    `Going on in pass ${epoch + 1} of ${model.settings.epochs}, after ${counted(block, 'block')} of text.`,
  );
  return model;
}

/** Settings are those of the checkpoint: what is given beside `--resume` has to be the same. */
function checkSettings(settings: TrainingSettings, options: TrainOptions, command: Command): void {
  const { vectorSize, window, minCount, negative, sample, alpha, minAlpha, epochs, seed, subwords } =
    settings;
  const kept = {
    model: subwords === undefined ? 'word2vec' : 'fasttext',
    algorithm: settings.sg === 1 ? 'skip-gram' : 'cbow',
    ...{ vectorSize, window, minCount, negative, sample, alpha, minAlpha, epochs, seed },
    ...{ minN: subwords?.minn, maxN: subwords?.maxn, bucket: subwords?.bucket },
  } as const;
  for (const [name, value] of Object.entries(kept)) {
    const given = options[name as keyof typeof kept];
    if (command.getOptionValueSource(name) !== 'cli' || given === value) continue;
    throw new SeqkitError(
      `--resume goes on with the settings of the checkpoint, and ${flagOf(name, command)} ${given} is not among them: ` +
        (value === undefined ? 'it has no n-grams.' : `there it is ${value}.`),
      { code: 'usage', hint: 'Leave it out, or train anew without --resume.' },
    );
  }
}

function flagOf(name: string, command: Command): string {
  return command.options.find((option) => option.attributeName() === name)!.long!;
}

/** What training came to, for `--json`. */
function summary(corpus: string, options: TrainOptions, model: Word2Vec, report: TrainReport) {
  const { subwords, ...settings } = model.settings;
  return {
    file: options.out,
    corpus,
    ...settings,
    ...(subwords && { minN: subwords.minn, maxN: subwords.maxn, bucket: subwords.bucket }),
    words: model.vocabulary.words.length,
    corpusWords: model.vocabulary.corpusWords,
    workers: report.workers,
    wordsRead: report.words,
    wordsTrained: report.trainedWords,
    wordsPerSecond: Math.round(report.wordsPerSecond),
    seconds: report.seconds,
    loss: report.loss,
  };
}

function tell({ out, saveModel }: TrainOptions, model: Word2Vec, report: TrainReport): void {
  print(
    `vectors   ${counted(model.vocabulary.words.length, 'word')} of ${counted(model.settings.vectorSize, 'number')}`,
  );
  // A run that went on at its very end trained on nothing.
  if (!Number.isNaN(report.loss)) print(`loss      ${report.loss.toFixed(3)} nats for a word and its noise`);
  print(
    `speed     ${count(report.wordsPerSecond)} words per second on ${counted(report.workers, 'thread')}, ${report.seconds.toFixed(1)} s`,
  );
  print(`wrote     ${out}`);
  if (saveModel !== undefined) print(`wrote     ${saveModel}`);
  if (model.settings.subwords !== undefined && saveModel === undefined) {
    note(`${out} keeps the words alone: --save-model keeps the n-grams too, for words that never came.`);
  }
  note(`Next: seqkit ${queryOf(model)} --vectors ${quoted(saveModel ?? out)}`);
}

function count(value: number): string {
  return groupDigits(Math.round(value));
}

/** What the vectors can be asked. */
function queryOf({ vocabulary: { words } }: Word2Vec): string {
  const known = new Set(words);
  if (['king', 'man', 'woman'].every((word) => known.has(word))) return 'analogy king man woman';
  // The most frequent words go with all others; one further down says more.
  return `neighbors ${quoted(words[Math.min(50, words.length >> 1)])}`;
}
