import { Option, type Command } from 'commander';
import type { AnalogyMethod } from '../../embeddings/analogies.js';
import type { KeyedVectors, ScoredWord } from '../../embeddings/keyed-vectors.js';
import type { FoundWord } from '../../embeddings/look-up.js';
import { SeqkitError } from '../../rnn/errors.js';
import { jsonOption, wholeNumber } from '../options.js';
import { note, print, printJson } from '../output.js';

interface WordOptions {
  readonly json: boolean;
  readonly vectors?: string;
}

interface SearchOptions extends WordOptions {
  readonly topn: number;
}

/** Adds the commands that ask word vectors: analogy, neighbors, similarity, odd-one-out. */
export function register(program: Command): void {
  program
    .command('analogy')
    .description('The words nearest to <a> - <b> + <c>: king - man + woman gives queen.')
    .argument('<a>', 'as king')
    .argument('<b>', 'is to man')
    .argument('<c>', 'so the answer is to woman')
    .addOption(vectorsOption())
    .addOption(topnOption(5))
    .addOption(
      new Option('--method <name>', 'add cosines (Mikolov 2013) or multiply them (Levy 2014)')
        .choices(['3cosadd', '3cosmul'])
        .default('3cosadd'),
    )
    .addOption(jsonOption())
    .action(analogy);
  program
    .command('neighbors')
    .description('The words nearest to a word.')
    .argument('<word>')
    .addOption(vectorsOption())
    .addOption(topnOption(10))
    .addOption(jsonOption())
    .action(neighbors);
  program
    .command('similarity')
    .description('How alike two words are: the cosine of their vectors, from -1 to 1.')
    .argument('<a>')
    .argument('<b>')
    .addOption(vectorsOption())
    .addOption(jsonOption())
    .action(similarity);
  program
    .command('odd-one-out')
    .description('The word that fits least with the others.')
    .argument('<words...>', 'three or more')
    .addOption(vectorsOption())
    .addOption(jsonOption())
    .action(oddOneOut);
}

function vectorsOption(): Option {
  return new Option(
    '--vectors <file>',
    'GloVe text, word2vec text (plain or .gz) or a seqkit file; without it, those that come with seqkit',
  );
}

function topnOption(fallback: number): Option {
  return new Option('--topn <n>', 'answers to print')
    .argParser(wholeNumber({ min: 1, max: 1_000_000 }))
    .default(fallback);
}

async function analogy(
  a: string,
  b: string,
  c: string,
  options: SearchOptions & { method: AnalogyMethod },
): Promise<void> {
  const { vectors, found } = await open(options, [a, b, c]);
  const [plus, minus, other] = found.map(({ word }) => word);
  const query = { positive: [plus, other], negative: [minus], topn: options.topn };
  const answers =
    options.method === '3cosmul' ? vectors.mostSimilarCosmul(query) : vectors.mostSimilar(query);
  const formula = `${plus} - ${minus} + ${other}`;
  if (options.json) {
    printJson({ formula, method: options.method, answers, ...asked(vectors, found) });
    return;
  }
  print(formula);
  printAnswers(answers);
  noteExcluded(found);
}

async function neighbors(typed: string, options: SearchOptions): Promise<void> {
  const { vectors, found } = await open(options, [typed]);
  const answers = vectors.mostSimilar({ positive: [found[0].word], topn: options.topn });
  if (options.json) {
    printJson({ word: found[0].word, answers, ...asked(vectors, found) });
    return;
  }
  printAnswers(answers);
  noteExcluded(found);
}

async function similarity(a: string, b: string, options: WordOptions): Promise<void> {
  const { vectors, found } = await open(options, [a, b]);
  const score = vectors.similarity(found[0].word, found[1].word);
  if (options.json) printJson({ words: found.map(({ word }) => word), score, vectors: vectors.source });
  else print(score.toFixed(4));
}

async function oddOneOut(words: string[], options: WordOptions): Promise<void> {
  if (words.length < 3) {
    throw new SeqkitError(`odd-one-out needs three words or more, not ${words.length}.`, { code: 'usage' });
  }
  const { vectors, found } = await open(options, words);
  const word = vectors.doesntMatch(found.map(({ word }) => word));
  if (options.json) printJson({ word, words: found.map(({ word }) => word), vectors: vectors.source });
  else print(word);
}

/** Opens the vectors and finds the typed words in them, saying what the user should know of either. */
async function open(
  options: WordOptions,
  typed: readonly string[],
): Promise<{ vectors: KeyedVectors; found: FoundWord[] }> {
  const { KeyedVectors } = await import('../../embeddings/keyed-vectors.js');
  const { lookUp } = await import('../../embeddings/look-up.js');
  const vectors =
    options.vectors === undefined ? await KeyedVectors.default() : await KeyedVectors.load(options.vectors);
  for (const line of vectors.notes) note(line);
  const found: FoundWord[] = [];
  for (const word of typed) found.push(await lookUp(vectors, word));
  for (const { typed, word } of found) {
    if (typed !== word) note(`"${typed}" is not in the vocabulary; its lower case "${word}" was used.`);
  }
  return { vectors, found };
}

/** What was asked and of what, for `--json`. */
function asked(vectors: KeyedVectors, found: readonly FoundWord[]) {
  const lowered = found.filter(({ typed, word }) => typed !== word);
  return {
    excluded: distinct(found),
    lowerCased: Object.fromEntries(lowered.map(({ typed, word }) => [typed, word])),
    vectors: vectors.source,
  };
}

function printAnswers(answers: readonly ScoredWord[]): void {
  const width = Math.max(0, ...answers.map(({ word }) => word.length));
  for (const { word, score } of answers) print(`${word.padEnd(width)}  ${score.toFixed(4)}`);
}

function noteExcluded(found: readonly FoundWord[]): void {
  const words = distinct(found);
  note(`The query ${words.length === 1 ? 'word' : 'words'} (${words.join(', ')}) cannot be an answer.`);
}

function distinct(found: readonly FoundWord[]): string[] {
  return [...new Set(found.map(({ word }) => word))];
}
