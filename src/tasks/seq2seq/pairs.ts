import { SeqkitError } from '../../base/errors.js';
import { schemaOf, wrongValue } from '../../base/schema/index.js';

/** A text and what it is to become. */
export type TextPair = readonly [source: string, target: string];

/** The most characters of one side: longer ones are no sequences that a network of this kind learns. */
const LONGEST_SIDE = 100_000;

const side = schemaOf<string>(
  `text of 1 to ${LONGEST_SIDE} characters`,
  (value) => typeof value === 'string' && value.trim() !== '' && value.length <= LONGEST_SIDE,
);

/** Checks pairs. @throws SeqkitError `bad-value` that names the pair */
export function checkedPairs(value: unknown, name: string): TextPair[] {
  if (!Array.isArray(value)) throw wrongValue(name, 'an array of pairs [source, target]', value);
  return Array.from(value as readonly unknown[], (pair, i): TextPair => {
    if (!Array.isArray(pair) || pair.length !== 2) {
      throw wrongValue(`${name}[${i}]`, 'a pair [source, target]', pair);
    }
    const [source, target] = pair as readonly unknown[];
    return [side.parse(source, `${name}[${i}][0]`), side.parse(target, `${name}[${i}][1]`)];
  });
}

/**
 * Pairs from a text of lines: source, tab, target. Empty lines are passed over.
 * @param name what the text is called in errors, such as its file's path
 * @throws SeqkitError `bad-file` that names the line
 */
export function parsePairs(text: string, name = 'The pairs'): TextPair[] {
  if (typeof text !== 'string') throw wrongValue('parsePairs: text', 'text', text);
  const pairs = text.split(/\r?\n/).flatMap((line, i): TextPair[] => {
    if (line.trim() === '') return [];
    const columns = line.split('\t');
    const fits = columns.length === 2 && columns.every((column) => column.trim() !== '');
    if (fits && line.length <= LONGEST_SIDE) return [[columns[0], columns[1]]];
    const found = fits ? `${line.length} characters` : `${columns.length} columns, or an empty one`;
    throw new SeqkitError(
      `${name}, line ${i + 1}: expected a source, a tab and a target; there are ${found}.`,
      {
        code: 'bad-file',
        hint: 'Write one pair a line, with a tab between the two.',
      },
    );
  });
  if (pairs.length > 0) return pairs;
  throw new SeqkitError(`${name}: there are no pairs.`, { code: 'too-little-data' });
}
