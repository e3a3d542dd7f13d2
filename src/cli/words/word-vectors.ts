import { Option, type Command } from 'commander';
import type { AnalogyEvaluation, EvaluationMethod } from '../../embeddings/evaluation/evaluation.js';
import type { Questions } from '../../embeddings/evaluation/questions.js';
import type { PairEvaluation } from '../../embeddings/evaluation/word-pairs.js';
import { SeqkitError } from '../../base/errors.js';
import {
  encodingOption,
  memberOption,
  limitOption,
  openVectors,
  verifyVectorsOption,
  type VectorOptions,
} from './open-vectors.js';
import { forceOption, jsonOption, wholeNumber } from '../options/options.js';
import { counted, note, print, printJson } from '../terminal/output.js';
import { typedValue } from '../options/typed-value.js';
import { Progress } from '../terminal/progress.js';
import { STANDARD_INPUT, STANDARD_INPUT_NAME, standardInputText } from '../terminal/standard-input.js';
import { unescaped } from '../options/unescaped.js';

/** Adds the commands about files of word vectors: eval-embeddings, convert-vectors. */
export function register(program: Command): void {
  program
    .command('eval-embeddings')
    .description('How many analogies vectors answer, and how their similarities agree with people.')
    .argument('[vectors]', 'a file of vectors, - for standard input; without it, those that come with seqkit')
    .option('--analogies <file>', 'questions a b c d by sections, such as questions-words.txt')
    .option('--pairs <file>', 'pairs of words and a score, with tabs between, such as wordsim353.tsv')
    .addOption(
      new Option(
        '--delimiter <text>',
        'what stands between them in --pairs, in place of tabs, such as ,',
      ).argParser(unescaped),
    )
    .addOption(
      new Option('--method <name>', 'of analogies; pairs: by the mean offset of a section')
        .choices(['3cosadd', '3cosmul', 'pairs'])
        .default('3cosadd'),
    )
    .addOption(
      new Option('--restrict-vocab <n>', 'use only the first so many words')
        .argParser(wholeNumber({ min: 1 }))
        .default(300_000),
    )
    .addOption(limitOption())
    .addOption(encodingOption())
    .addOption(memberOption())
    .addOption(verifyVectorsOption())
    .addOption(jsonOption())
    .action(evaluate);
  program
    .command('convert-vectors')
    .description(
      'Write vectors in another format: GloVe text (.txt), word2vec or fastText text (.vec), word2vec binary (.bin), a fastText model, a matrix of NumPy with its words beside it (.npy), or the file that seqkit opens at once (.safetensors); .gz after any packs it.',
    )
    .argument(
      '<in>',
      "a file of vectors of any of these formats or gensim's (.kv, .model), - for standard input",
    )
    .argument('<out>', 'the file to write')
    .addOption(
      new Option('--format <name>', 'of <out>; told by its name without it').choices([
        'seqkit',
        'glove',
        'word2vec',
        'word2vec-binary',
        'fasttext-binary',
        'npy',
      ]),
    )
    .addOption(
      new Option('--precision <name>', 'of numbers in a seqkit file; as <in> keeps them without it').choices([
        'float32',
        'float16',
        'int8',
      ]),
    )
    .addOption(limitOption())
    .addOption(encodingOption())
    .addOption(memberOption())
    .addOption(verifyVectorsOption())
    .addOption(forceOption())
    .addOption(jsonOption())
    .action(convert);
}

interface EvaluateOptions extends VectorOptions {
  readonly analogies?: string;
  readonly pairs?: string;
  readonly delimiter?: string;
  readonly method: EvaluationMethod;
  readonly restrictVocab: number;
}

async function evaluate(path: string | undefined, options: EvaluateOptions): Promise<void> {
  const { analogies, pairs, delimiter, method, restrictVocab, json } = options;
  if (delimiter === '') {
    throw new SeqkitError('--delimiter takes what stands between the words of a line, not nothing.', {
      code: 'usage',
    });
  }
  if (analogies === undefined && pairs === undefined) {
    throw new SeqkitError('There is nothing to measure by: give --analogies or --pairs.', {
      code: 'usage',
      hint: 'questions-words.txt comes with word2vec; WordSim-353 is a list of word pairs.',
    });
  }
  const vectors = await openVectors(path === undefined ? options : { ...options, vectors: path });
  const result: { analogies?: AnalogyEvaluation; pairs?: PairEvaluation } = {};
  if (analogies !== undefined) {
    let progress: Progress | undefined;
    result.analogies = await vectors.evaluateWordAnalogies(await questionsAt(analogies), {
      method,
      restrictVocab,
      onProgress(done, total) {
        progress ??= new Progress('asking', { total, unit: 'questions' });
        progress.update(done);
      },
    });
    progress?.end();
  }
  if (pairs !== undefined) {
    result.pairs = await vectors.evaluateWordPairs(await questionsAt(pairs), {
      restrictVocab,
      ...(delimiter !== undefined && { delimiter }),
    });
  }
  if (json) printJson(forJson(vectors.source, method, result));
  else printEvaluation(method, result);
}

async function questionsAt(path: string): Promise<Questions> {
  return path === STANDARD_INPUT ? { text: await standardInputText(), name: STANDARD_INPUT_NAME } : path;
}

interface Evaluation {
  readonly analogies?: AnalogyEvaluation;
  readonly pairs?: PairEvaluation;
}

function forJson(source: string, method: EvaluationMethod, { analogies, pairs }: Evaluation) {
  return {
    vectors: source,
    ...(analogies && {
      analogies: {
        method,
        ...analogies,
        sections: analogies.sections.map(({ section, correct, total }) => ({ section, correct, total })),
        byMargin: byMargin(analogies),
      },
    }),
    ...(pairs && { pairs }),
  };
}

function printEvaluation(method: EvaluationMethod, { analogies, pairs }: Evaluation): void {
  if (analogies !== undefined) {
    const rows = [...analogies.sections, { ...analogies, section: `all, by ${method}` }];
    const width = Math.max(...rows.map(({ section }) => section.length));
    for (const { section, correct, total } of rows) {
      const share = total === 0 ? '-' : `${((100 * correct) / total).toFixed(1)}%`;
      print(`${section.padEnd(width)}  ${share.padStart(6)}  ${correct}/${total}`);
    }
    for (const { min, right, asked } of byMargin(analogies)) {
      note(`Margin from ${min}: ${(100 * right).toFixed(0)}% right of ${asked}.`);
    }
    noteUnknown(analogies.oovRatio, 'questions');
  }
  if (pairs !== undefined) {
    for (const [name, { statistic, pvalue }] of Object.entries({
      Spearman: pairs.spearman,
      Pearson: pairs.pearson,
    })) {
      print(
        `${name.padEnd(8)}  ${statistic.toFixed(4)}  p ${pvalue.toPrecision(2)}  ${counted(pairs.pairs, 'pair')}`,
      );
    }
    noteUnknown(pairs.oovRatio, 'pairs');
  }
}

/** How often answers were right, by how far they were ahead. */
function byMargin({ sections }: AnalogyEvaluation) {
  const edges = [0, 0.01, 0.02, 0.04, 0.08, 0.16];
  const asked = sections.flatMap((section) => section.asked);
  return edges
    .map((min, i) => {
      const here = asked.filter(({ margin }) => margin >= min && margin < (edges[i + 1] ?? Infinity));
      const right = here.filter((question) => question.right).length;
      return { min, right: here.length === 0 ? 0 : right / here.length, asked: here.length };
    })
    .filter(({ asked }) => asked > 0);
}

function noteUnknown(ratio: number, what: string): void {
  if (ratio > 0)
    note(`${(100 * ratio).toFixed(1)}% of the ${what} hold a word without a vector and do not count.`);
}

interface ConvertOptions extends Omit<VectorOptions, 'vectors'> {
  readonly format?: import('../../embeddings/formats/write-vectors.js').VectorFormat;
  readonly precision?: import('../../embeddings/formats/write-vectors.js').Precision;
  readonly force: boolean;
}

async function convert(from: string, to: string, options: ConvertOptions): Promise<void> {
  const { checkWritable } = await import('../../base/host/files.js');
  const { vectorFormat } = await import('../../embeddings/formats/write-vectors.js');
  const { format, precision, force } = options;
  const kinds = { ...(format && { format }), ...(precision && { precision }) };
  const written = typedValue(undefined, () => vectorFormat(to, kinds));
  checkWritable(to, options);
  const vectors = await openVectors({ ...options, vectors: from });
  const progress = new Progress('writing', { total: vectors.size, unit: 'words' });
  await vectors.save(to, {
    ...kinds,
    force,
    onProgress: (done) => progress.update(done),
  });
  progress.end();
  const { size: words, vectorSize } = vectors;
  const lost =
    vectors.subwords !== undefined && written !== 'fasttext-binary'
      ? [`${to} keeps the words alone: --format fasttext-binary keeps what gives vectors to other words too.`]
      : [];
  lost.forEach(note);
  if (options.json) printJson({ in: from, out: to, words, vectorSize, notes: [...vectors.notes, ...lost] });
  else print(`${to}: ${counted(words, 'word')} of ${counted(vectorSize, 'number')}`);
}
