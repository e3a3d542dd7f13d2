import { SeqkitError } from '../../base/errors.js';
import {
  listOf,
  fieldsOf,
  optional,
  optionsSchema,
  someText,
  wholeNumber,
  wrongValue,
} from '../../base/schema/index.js';

/** Tokens with a tag each. */
export interface TaggedSequence {
  readonly tokens: readonly string[];
  readonly tags: readonly string[];
}

/** How columns are read. */
export interface ConllOptions {
  /** Which column has the tokens, from 0. @default 0 */
  tokenColumn?: number;
  /** Which column has the tags, from 0. @default the last */
  tagColumn?: number;
  /** What the text is called in errors, such as its file's path. */
  name?: string;
}

const column = wholeNumber({ min: 0, max: 1000 });
const conllOptions = optionsSchema<ConllOptions>('parseConll', {
  tokenColumn: optional(column),
  tagColumn: optional(column),
  name: optional(someText),
});

const texts = listOf(someText, { min: 1, max: 100_000 });
const sequence = fieldsOf<TaggedSequence>('tokens and tags', { tokens: texts, tags: texts });

/** Checks sequences. @throws SeqkitError `bad-value` that names the sequence */
export function checkedSequences(value: unknown, name: string): TaggedSequence[] {
  if (!Array.isArray(value)) throw wrongValue(name, 'an array of { tokens, tags }', value);
  return Array.from(value as readonly unknown[], (one, i) => {
    const { tokens, tags } = sequence.parse(one, `${name}[${i}]`);
    if (tokens.length === tags.length) return { tokens, tags };
    throw new SeqkitError(`${name}[${i}] has ${tokens.length} tokens and ${tags.length} tags.`, {
      code: 'bad-value',
      hint: 'Give each token one tag.',
    });
  });
}

/**
 * Sequences from columns, as the CoNLL tasks have them: a token a line, columns between spaces or tabs, an empty line
 * between sequences. Lines of `-DOCSTART-` and comments (`#` and a space) are passed over, and so are CoNLL-U's lines of
 * several tokens (`3-4`) or none (`3.1`), where the first column counts the tokens.
 * @throws SeqkitError `bad-file` that names the line
 */
export function parseConll(text: string, options?: ConllOptions): TaggedSequence[] {
  const { tokenColumn = 0, tagColumn, name = 'The text' } = conllOptions.parse(options);
  if (typeof text !== 'string') throw wrongValue('parseConll: text', 'text', text);
  const sequences: TaggedSequence[] = [];
  let [tokens, tags]: [string[], string[]] = [[], []];
  let columns: number | undefined;
  const end = (): void => {
    if (tokens.length > 0) sequences.push({ tokens, tags });
    [tokens, tags] = [[], []];
  };
  text.split(/\r?\n/).forEach((line, i) => {
    if (line.trim() === '') return end();
    if (/^-DOCSTART-(\s|$)|^#( |$)/.test(line)) return;
    const cells = line.includes('\t') ? line.trim().split('\t') : line.trim().split(/ +/);
    if (tokenColumn > 0 && /^\d+[-.]\d+$/.test(cells[0])) return;
    const fail = (message: string): never => {
      throw new SeqkitError(`${name}, line ${i + 1}: ${message}`, {
        code: 'bad-file',
        hint: 'Write a token a line with its tag in another column, and an empty line between sequences.',
      });
    };
    columns ??= cells.length;
    if (cells.length !== columns) fail(`expected ${columns} columns, as before; there are ${cells.length}.`);
    const at = tagColumn ?? columns - 1;
    if (tagColumn === tokenColumn) {
      fail(`the tokens and the tags are both in column ${at + 1}, counted from 1; there are ${columns}.`);
    }
    const [token, tag] = [cells[tokenColumn] as string | undefined, cells[at] as string | undefined];
    if (!token || !tag || at === tokenColumn) {
      return fail(
        `expected a token in column ${tokenColumn + 1} and a tag in column ${at + 1}, counted from 1; there are ${cells.length}.`,
      );
    }
    tokens.push(token);
    tags.push(tag);
  });
  end();
  if (sequences.length > 0) return sequences;
  throw new SeqkitError(`${name}: there are no sequences.`, { code: 'too-little-data' });
}
