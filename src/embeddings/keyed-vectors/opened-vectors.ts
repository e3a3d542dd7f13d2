import { SeqkitError } from '../../base/errors.js';
import {
  instanceOf,
  optional,
  optionsSchema,
  quoted,
  someText,
  wrongValue,
} from '../../base/schema/index.js';
import type { FromRowsOptions } from './load-options.js';
import { FloatRows } from '../vectors/rows.js';
import { RowSearch } from '../search/search.js';
import { Subwords } from '../vectors/subwords.js';
import { words as wordArray } from '../vectors/word-arguments.js';
import { wordListOf, type WordList } from '../vectors/word-list.js';

/** Vectors that are there to be asked, wherever they came from: what `KeyedVectors` is made of. */
export interface OpenedVectors {
  readonly words: WordList;
  readonly search: RowSearch;
  /** What gives vectors to words that are not there. */
  readonly subwords: Subwords | undefined;
  /** What the user should know about the file they came from. */
  readonly notes: readonly string[];
  /** What the vectors are called in messages, such as their path. */
  readonly source: string;
}

const rowsOptions = optionsSchema<FromRowsOptions>('fromRows', {
  name: optional(someText),
  subwords: optional(instanceOf(Subwords, 'the subwords of a model of fastText')),
});

/** See `KeyedVectors.fromRows`. */
export function openRows(givenWords: unknown, data: unknown, options: unknown): OpenedVectors {
  const { name = 'the vectors', subwords } = rowsOptions.parse(options);
  const words = wordArray.parse(givenWords, 'fromRows: words');
  if (!(data instanceof Float32Array)) throw wrongValue('fromRows: data', 'a Float32Array', data);
  const width = data.length / words.length;
  if (!Number.isSafeInteger(width) || width < 1) {
    throw new SeqkitError(`${data.length} numbers do not make vectors for ${words.length} words.`, {
      code: 'bad-shape',
    });
  }
  const rows = new FloatRows(data, width);
  const fault = firstNotFinite(rows);
  if (fault >= 0) {
    const row = Math.floor(fault / width);
    throw new SeqkitError(
      `fromRows: the vector of ${quoted(words[row])} (row ${row}) holds ${data[fault]} at place ${fault % width}, where a finite number should stand.`,
      { code: 'bad-value' },
    );
  }
  return { words: wordListOf(words), search: new RowSearch(rows), subwords, notes: [], source: name };
}

/** The place of the first number that is infinite or none, or -1: only a row whose length is such can hold one. */
function firstNotFinite({ data, width, norms }: FloatRows): number {
  for (let row = 0; row < norms.length; row++) {
    if (Number.isFinite(norms[row])) continue;
    for (let i = row * width; i < (row + 1) * width; i++) if (!Number.isFinite(data[i])) return i;
  }
  return -1;
}
