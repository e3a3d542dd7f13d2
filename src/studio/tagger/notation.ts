import type { Entity, TaggedSequence } from '../../tasks/index.js';

/** A word or a mark of a text, and where it stands there. */
export interface Token {
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

/** Marks that stand before a word, and those behind it: tokens of their own. */
const BEFORE = /^[("'«„“‘[¿¡]/;
const BEHIND = /[)"'»“”’\].,;:!?…]$/;

/** The tokens of a text: what stands between white space, without the marks at its ends, which are tokens too. */
export function tokensOf(text: string): Token[] {
  const tokens: Token[] = [];
  for (const { 0: chunk, index } of text.matchAll(/\S+/g)) {
    let [start, end] = [index, index + chunk.length];
    const own: Token[] = [];
    const behind: Token[] = [];
    const token = (from: number, to: number): Token => ({
      ...{ text: text.slice(from, to), start: from, end: to },
    });
    while (end - start > 1 && BEFORE.test(text.slice(start, end))) own.push(token(start, ++start));
    while (end - start > 1 && BEHIND.test(text.slice(start, end))) behind.unshift(token(end - 1, end--));
    tokens.push(...own, token(start, end), ...behind);
  }
  return tokens;
}

/** What is marked in a line: `[New Delhi](place)`. A backslash takes a bracket as it is. */
const MARKED = /\[((?:\\.|[^\]\\])+)\]\(([^()]+)\)/g;
const plain = (text: string): string => text.replace(/\\([[\]\\])/g, '$1');

/**
 * Reads examples, one a line: what is marked has its type behind it in round brackets, as in Rasa's training data.
 * @throws Error for a line whose brackets do not fit, with its number
 */
export function readExamples(typed: string): TaggedSequence[] {
  return typed.split('\n').flatMap((line, number): TaggedSequence[] => {
    const tokens: string[] = [];
    const tags: string[] = [];
    const take = (text: string, type?: string): void =>
      tokensOf(plain(text)).forEach((token, i) => {
        tokens.push(token.text);
        tags.push(type === undefined ? 'O' : `${i === 0 ? 'B' : 'I'}-${type}`);
      });
    let at = 0;
    for (const { 0: whole, 1: marked, 2: type, index } of line.matchAll(MARKED)) {
      take(line.slice(at, index));
      take(marked, type.trim());
      at = index + whole.length;
    }
    take(line.slice(at));
    if (/(?<!\\)\]\(|(?<!\\)\[[^\]]*$/.test(line.slice(at))) {
      throw Object.assign(new Error(`Example ${number + 1}: its brackets do not fit.`), {
        hint: 'Mark words like this: fly to [New Delhi](place) on [friday](day).',
      });
    }
    return tokens.length === 0 ? [] : [{ tokens, tags }];
  });
}

const escaped = (text: string): string => text.replace(/[[\]\\]/g, '\\$&');

/**
 * Writes examples in the notation that `readExamples` reads.
 * @param entities of a sequence's tags; where tags mark none, as parts of speech, each token is marked by its own
 */
export function writeExamples(
  sequences: readonly TaggedSequence[],
  entities: (tags: readonly string[]) => readonly Entity[],
): string {
  const marksEntities = sequences.every(({ tags }) =>
    tags.every((tag) => tag === 'O' || /^[BIES]-./.test(tag)),
  );
  return sequences
    .map(({ tokens, tags }) => {
      const spans = marksEntities
        ? entities(tags)
        : tags.flatMap((type, start) => (type === 'O' ? [] : [{ type, start, end: start + 1 }]));
      const words: string[] = [];
      let at = 0;
      for (const { type, start, end } of spans) {
        words.push(...tokens.slice(at, start).map(escaped));
        words.push(`[${tokens.slice(start, end).map(escaped).join(' ')}](${type.replace(/[()]/g, '')})`);
        at = end;
      }
      return [...words, ...tokens.slice(at).map(escaped)].join(' ');
    })
    .join('\n');
}

/** The types that examples mark, each once, in the order of the alphabet: the place of a type is its colour. */
export const typesOf = (labels: readonly string[]): string[] =>
  [...new Set(labels.filter((label) => label !== 'O').map((label) => label.replace(/^[BIES]-/, '')))].sort();
