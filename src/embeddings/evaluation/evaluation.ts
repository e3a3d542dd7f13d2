import { SeqkitError } from '../../base/errors.js';
import { callback, choice, flag, optional, optionsSchema } from '../../base/schema/index.js';
import { atLeastOne } from '../search/most-similar-query.js';
import { questionLines, type Questions } from './questions.js';
import { quote } from '../vectors/quote.js';
import type { Rows } from '../vectors/rows.js';
import type { RowSearch, ScoredRow } from '../search/search.js';
import { unitVector } from '../vectors/unit-vector.js';
import { foldWords, type FoldedWords, type WordSource } from './fold-words.js';

/**
 * How questions "a is to b as c is to what" are answered: `3cosadd` and `3cosmul` as in an
 * analogy; `pairs`, from c by the mean of all offsets of the section's pairs but the one asked
 * about (3CosAvg, Drozd et al. 2016).
 */
export type EvaluationMethod = '3cosadd' | '3cosmul' | 'pairs';

export interface AnalogyEvaluationOptions {
  /** @default '3cosadd' */
  readonly method?: EvaluationMethod;
  /** Ask and answer only with the first so many words. @default 300000 */
  readonly restrictVocab?: number;
  /** Take words of any case for the same; of several, the first. @default true */
  readonly caseInsensitive?: boolean;
  /** Count questions with unknown words as wrong, in place of leaving them out. @default false */
  readonly dummyForUnknown?: boolean;
  /** Called now and then with the questions answered and how many there are. */
  readonly onProgress?: (done: number, total: number) => void;
}

const evaluationOptions = optionsSchema<AnalogyEvaluationOptions>('evaluateWordAnalogies', {
  method: optional(choice(['3cosadd', '3cosmul', 'pairs'])),
  restrictVocab: optional(atLeastOne),
  caseInsensitive: optional(flag),
  dummyForUnknown: optional(flag),
  onProgress: optional(callback()),
});

/** One question and its answer. */
export interface AskedAnalogy {
  /** a, b, c and what is expected, as the file spells them. */
  readonly words: readonly [string, string, string, string];
  /** What was answered; none where a word is unknown. */
  readonly predicted: string | undefined;
  readonly right: boolean;
  /** How far the best answer's score is above the next one's; 0 where there is none. */
  readonly margin: number;
}

export interface AnalogySection {
  readonly section: string;
  readonly correct: number;
  readonly total: number;
  readonly asked: readonly AskedAnalogy[];
}

export interface AnalogyEvaluation {
  /** The share of right answers, from 0 to 1. */
  readonly score: number;
  readonly correct: number;
  readonly total: number;
  /** The share of questions with an unknown word, from 0 to 1. */
  readonly oovRatio: number;
  readonly sections: readonly AnalogySection[];
}

/** gensim looks this far down for an answer that is none of the words asked, in any case. */
const ANSWERS = 5;

/**
 * Asks the questions of a file: sections begin with a line `: name`, and each other line holds four
 * words. Which questions count and which answers are right is as in gensim's
 * `evaluate_word_analogies`, so that the counts can be compared.
 * @throws SeqkitError `bad-file` with the line that is no question
 */
export async function evaluateWordAnalogies(
  vectors: WordSource & { readonly rows: Rows },
  search: RowSearch,
  questions: Questions,
  given: AnalogyEvaluationOptions,
): Promise<AnalogyEvaluation> {
  const options = evaluationOptions.parse(given);
  const { method = '3cosadd', restrictVocab = 300_000, caseInsensitive = true } = options;
  const words = foldWords(vectors, restrictVocab, caseInsensitive);
  const sections = await readSections(questions, words);
  const asker = new Asker(vectors.rows, search, words, method);
  const total = sections.reduce((sum, { questions }) => sum + questions.length, 0);
  let done = 0;
  let unknown = 0;
  const results = sections.map(({ section, questions }): AnalogySection => {
    const offsets = method === 'pairs' ? asker.offsets(questions) : undefined;
    const asked: AskedAnalogy[] = [];
    for (const question of questions) {
      if (++done % 64 === 0) options.onProgress?.(done, total);
      const isKnown = question.rows.every((row) => row !== undefined);
      if (!isKnown) unknown++;
      if (isKnown) asked.push(asker.ask(question, offsets));
      else if (options.dummyForUnknown === true) {
        asked.push({ words: question.words, predicted: undefined, right: false, margin: 0 });
      }
    }
    return { section, correct: asked.filter(({ right }) => right).length, total: asked.length, asked };
  });
  const sum = (key: 'correct' | 'total') => results.reduce((all, section) => all + section[key], 0);
  const [correct, counted] = [sum('correct'), sum('total')];
  return {
    score: counted === 0 ? 0 : correct / counted,
    correct,
    total: counted,
    oovRatio: total === 0 ? 0 : unknown / total,
    sections: results,
  };
}

interface Question {
  readonly words: readonly [string, string, string, string];
  readonly rows: readonly (number | undefined)[];
}

async function readSections(
  questions: Questions,
  words: FoldedWords,
): Promise<{ section: string; questions: Question[] }[]> {
  const { source, lines } = await questionLines(questions);
  const sections: { section: string; questions: Question[] }[] = [];
  lines.forEach((line, index) => {
    const fail = (cause: string) =>
      new SeqkitError(`${source}: line ${index + 1} ${cause}: ${quote(line)}.`, {
        code: 'bad-file',
        hint: 'Sections begin with ": name"; each other line holds four words, a b c and the answer.',
      });
    if (line.startsWith(': ')) sections.push({ section: line.slice(2).trim(), questions: [] });
    else if (line.trim() !== '') {
      const asked = line.trim().split(/\s+/);
      if (sections.length === 0) throw fail('comes before any section');
      if (asked.length !== 4) throw fail(`has ${asked.length} words, not four`);
      const rows = asked.map((word) => words.rowOf(word));
      sections[sections.length - 1].questions.push({
        words: asked as [string, string, string, string],
        rows,
      });
    }
  });
  return sections;
}

/** The offsets of a section's pairs, by pair, and their sum. */
interface Offsets {
  readonly sum: Float64Array;
  readonly byPair: ReadonlyMap<string, Float64Array>;
}

class Asker {
  readonly #units = new Map<number, Float64Array>();

  constructor(
    readonly rows: Rows,
    readonly search: RowSearch,
    readonly words: FoldedWords,
    readonly method: EvaluationMethod,
  ) {}

  ask({ words, rows }: Question, offsets: Offsets | undefined): AskedAnalogy {
    const [a, b, c] = rows as number[];
    const answers = this.#answers(a, b, c, rows[3] as number, offsets);
    const [isA, isB, isC, expected] = words.map((word) => this.words.fold(word));
    let predicted: string | undefined;
    for (const { row } of answers) {
      const word = this.words.wordAt(row);
      predicted = word;
      const folded = this.words.fold(word);
      if (folded !== isA && folded !== isB && folded !== isC) break;
    }
    const right = predicted !== undefined && this.words.fold(predicted) === expected;
    const margin = answers.length > 1 ? answers[0].score - answers[1].score : 0;
    return { words, predicted, right, margin };
  }

  /** The offsets of the distinct pairs (a, b) and (c, expected) of a section. */
  offsets(questions: readonly Question[]): Offsets {
    const byPair = new Map<string, Float64Array>();
    const sum = new Float64Array(this.rows.width);
    for (const { rows } of questions) {
      if (!rows.every((row) => row !== undefined)) continue;
      const [a, b, c, d] = rows;
      for (const [from, to] of [
        [a, b],
        [c, d],
      ]) {
        const key = `${from} ${to}`;
        if (byPair.has(key)) continue;
        const offset = this.#unit(to).map((value, i) => value - this.#unit(from)[i]);
        offset.forEach((value, i) => (sum[i] += value));
        byPair.set(key, offset);
      }
    }
    return { sum, byPair };
  }

  #answers(a: number, b: number, c: number, expected: number, offsets: Offsets | undefined): ScoredRow[] {
    const wanted = { topn: ANSWERS, excluded: new Set([a, b, c]), count: this.words.count };
    const [from, to, start] = [this.#unit(a), this.#unit(b), this.#unit(c)];
    if (this.method === '3cosmul') return this.search.nearestByRatio([to, start], [from], wanted);
    if (offsets === undefined) {
      return this.search.nearest(unitVector(start.map((value, i) => value + to[i] - from[i])), wanted);
    }
    const own = offsets.byPair.get(`${c} ${expected}`)!;
    const others = Math.max(1, offsets.byPair.size - 1);
    const target = start.map((value, i) => value + (offsets.sum[i] - own[i]) / others);
    return this.search.nearest(unitVector(target), wanted);
  }

  #unit(row: number): Float64Array {
    let unit = this.#units.get(row);
    if (unit === undefined) this.#units.set(row, (unit = unitVector(this.rows.copy(row))));
    return unit;
  }
}
