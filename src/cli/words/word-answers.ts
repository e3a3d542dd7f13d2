import type { KeyedVectors, ScoredWord } from '../../embeddings/keyed-vectors/keyed-vectors.js';
import type { FoundWord } from '../../embeddings/keyed-vectors/look-up.js';
import { SeqkitError } from '../../base/errors.js';
import type { VectorOptions } from './open-vectors.js';

/** What commands that search take. */
export interface SearchOptions extends VectorOptions {
  readonly topn: number;
  readonly safe: boolean;
}

/** Whether a query of stdin has as many words as it should. */
export function checkCount(words: readonly string[], count: number, unit: string): void {
  if (words.length === count) return;
  throw new SeqkitError(`A query is ${count} ${unit}, not ${words.length}.`, {
    code: 'usage',
    hint: 'Where words hold spaces, put tabs between the words of a line.',
  });
}

export function missing(argument: string): SeqkitError {
  return new SeqkitError(`missing required argument '${argument}'`, { code: 'usage' });
}

/** The answers of a search, with slurs among them or, under `--safe`, others in their place. */
export async function searchAnswers(
  ask: (topn: number) => ScoredWord[],
  { topn, safe }: Pick<SearchOptions, 'topn' | 'safe'>,
): Promise<ScoredWord[]> {
  if (!safe) return ask(topn);
  const { safeAnswers } = await import('../../embeddings/analysis/safe-answers.js');
  return safeAnswers(ask, topn);
}

/** What was asked and of what, for `--json`. */
export function asked(vectors: KeyedVectors, found: readonly FoundWord[]) {
  const lowered = found.filter(({ typed, word }) => typed !== word);
  return {
    excluded: distinct(found),
    lowerCased: Object.fromEntries(lowered.map(({ typed, word }) => [typed, word])),
    vectors: vectors.source,
  };
}

export function answerLines(answers: readonly ScoredWord[]): string[] {
  const width = Math.max(0, ...answers.map(({ word }) => word.length));
  return answers.map(({ word, score }) => `${word.padEnd(width)}  ${score.toFixed(4)}`);
}

export function excludedNote(found: readonly FoundWord[]): string {
  const words = distinct(found);
  return `The query ${words.length === 1 ? 'word' : 'words'} (${words.join(', ')}) cannot be an answer.`;
}

export function distinct(found: readonly FoundWord[]): string[] {
  return [...new Set(found.map(({ word }) => word))];
}
