import { Option, type Command } from 'commander';
import { SeqkitError } from '../../base/errors.js';
import {
  encodingOption,
  memberOption,
  findWords,
  limitOption,
  openVectors,
  vectorsOption,
  verifyVectorsOption,
} from './open-vectors.js';
import type { VectorOptions } from './open-vectors.js';
import { jsonOption, wholeNumber } from '../options/options.js';
import { answerQueries, QUERY_LINES } from './query-lines.js';
import {
  answerLines,
  asked,
  checkCount,
  excludedNote,
  missing,
  searchAnswers,
  type SearchOptions,
} from './word-answers.js';

/** Adds the commands that ask word vectors: analogy, neighbors, similarity, odd-one-out. */
export function register(program: Command): void {
  withVectors(program.command('analogy'))
    .description(`The words nearest to <a> - <b> + <c>: king - man + woman gives queen.${QUERY_LINES}`)
    .argument('[a]', 'as king')
    .argument('[b]', 'is to man')
    .argument('[c]', 'so the answer is to woman')
    .addOption(topnOption(5))
    .addOption(
      new Option('--method <name>', 'add cosines (Mikolov 2013) or multiply them (Levy 2014)').choices([
        '3cosadd',
        '3cosmul',
      ]),
    )
    .option('--pairs <a:b,...>', 'in place of <a> and <b>, the mean of several pairs: man:woman,king:queen')
    .addOption(safeOption())
    .action(async (...given: unknown[]) => {
      const { analogy } = await import('./analogy.js');
      const [a, b, c, options] = given as [string?, string?, string?, Parameters<typeof analogy>[1]?];
      await analogy(
        [a, b, c].filter((word) => word !== undefined),
        options!,
      );
    });
  withVectors(program.command('neighbors'))
    .description(`The words nearest to a word.${QUERY_LINES}`)
    .argument('[word]')
    .addOption(topnOption(10))
    .addOption(safeOption())
    .action(neighbors);
  withVectors(program.command('similarity'))
    .description(`How alike two words are: the cosine of their vectors, from -1 to 1.${QUERY_LINES}`)
    .argument('[a]')
    .argument('[b]')
    .action(similarity);
  withVectors(program.command('odd-one-out'))
    .description(`The word that fits least with the others.${QUERY_LINES}`)
    .argument('[words...]', 'three or more')
    .action(oddOneOut);
}

function withVectors(command: Command): Command {
  return command
    .addOption(vectorsOption())
    .addOption(limitOption())
    .addOption(encodingOption())
    .addOption(memberOption())
    .addOption(verifyVectorsOption())
    .addOption(jsonOption());
}

function topnOption(fallback: number): Option {
  return new Option('--topn <n>', 'answers to print')
    .argParser(wholeNumber({ min: 1, max: 1_000_000 }))
    .default(fallback);
}

function safeOption(): Option {
  return new Option('--safe', 'keep slurs out of the answers').default(false);
}

async function neighbors(word: string | undefined, options: SearchOptions): Promise<void> {
  const words = word === undefined ? [] : [word];
  const vectors = await openVectors(options, words);
  await answerQueries(words, options, async (typed) => {
    checkCount(typed, 1, 'word');
    const found = await findWords(vectors, typed);
    const ask = (topn: number) => vectors.mostSimilar({ positive: [found[0].word], topn });
    const answers = await searchAnswers(ask, options);
    return {
      json: { word: found[0].word, answers, ...asked(vectors, found) },
      lines: answerLines(answers),
      notes: [excludedNote(found)],
    };
  });
}

async function similarity(
  a: string | undefined,
  b: string | undefined,
  options: VectorOptions,
): Promise<void> {
  if (a !== undefined && b === undefined) throw missing('b');
  const words = b === undefined ? [] : [a!, b];
  const vectors = await openVectors(options, words);
  await answerQueries(words, options, async (typed) => {
    checkCount(typed, 2, 'words');
    const found = (await findWords(vectors, typed)).map(({ word }) => word);
    const score = vectors.similarity(found[0], found[1]);
    return { json: { words: found, score, vectors: vectors.source }, lines: [score.toFixed(4)], notes: [] };
  });
}

async function oddOneOut(words: string[], options: VectorOptions): Promise<void> {
  if (words.length > 0) checkEnough(words);
  const vectors = await openVectors(options, words);
  await answerQueries(words, options, async (typed) => {
    checkEnough(typed);
    const found = (await findWords(vectors, typed)).map(({ word }) => word);
    const word = vectors.doesntMatch(found);
    return { json: { word, words: found, vectors: vectors.source }, lines: [word], notes: [] };
  });
}

function checkEnough(words: readonly string[]): void {
  if (words.length >= 3) return;
  throw new SeqkitError(`odd-one-out needs three words or more, not ${words.length}.`, { code: 'usage' });
}
