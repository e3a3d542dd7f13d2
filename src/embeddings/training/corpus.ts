import { SeqkitError } from '../../base/errors.js';
import { choice, optional, optionsSchema, someText, wrongValue } from '../../base/schema/index.js';
import { BLOCK_BYTES, collectBlocks, cutAtLines, type CorpusBlock } from './blocks.js';
import { gunzip, looksGzipped, peek, toUtf8, type ByteChunks } from '../formats/byte-chunks.js';
import { hostFiles } from '../host-files.js';

/** How running text becomes words. */
export interface TextOptions {
  /**
   * `spaces`: words stand between white space, as in gensim's LineSentence, for text that was
   * tokenized before. `words`: runs of letters, digits and apostrophes within them, in lower case,
   * for text as people write it. A line is a sentence in both. @default 'spaces'
   */
  readonly tokens?: 'spaces' | 'words';
  /** The encoding, as the Encoding Standard calls it. @default 'utf-8' */
  readonly encoding?: string;
}

/** What vectors are trained on; it is read from its start for each pass. */
export interface Corpus {
  /** What to call it in messages. */
  readonly name: string;
  /** Its text in blocks, the same in every pass. */
  blocks(): AsyncIterable<CorpusBlock>;
}

/** A corpus, or sentences as arrays of words: an array or another iterable that can be read repeatedly. */
export type CorpusLike = Corpus | Iterable<readonly string[]> | AsyncIterable<readonly string[]>;

const tokensOption = choice(['spaces', 'words']);

const fileOptions = optionsSchema<TextOptions>('fileCorpus', {
  tokens: optional(tokensOption),
  encoding: optional(someText),
});

const textOptions = optionsSchema<Pick<TextOptions, 'tokens'> & { readonly name?: string }>('textCorpus', {
  tokens: optional(tokensOption),
  name: optional(someText),
});

/** A text file as a corpus, plain or gzipped; it is streamed, so its size does not matter. */
export function fileCorpus(path: string, given: TextOptions = {}): Corpus {
  someText.parse(path, 'fileCorpus: path');
  const options = fileOptions.parse(given);
  const clean = cleaner(options.tokens);
  return {
    name: path,
    async *blocks() {
      const files = await hostFiles('give its lines to textCorpus');
      const { chunks } = await files.openByteStream(path, 'the corpus');
      const first = await peek(chunks, 2);
      try {
        const plain = looksGzipped(first.start) ? gunzip(first.chunks, path) : first.chunks;
        const isUtf8 = /^utf-?8$/i.test(options.encoding ?? 'utf-8');
        const text = isUtf8 ? plain : toUtf8(plain, options.encoding!, path);
        yield* cutAtLines(text, path, clean);
      } finally {
        // Also where a reader gave up before it asked for anything.
        await first.close();
      }
    },
  };
}

/** Lines of text as a corpus: one string, or an iterable of lines that can be read repeatedly. */
export function textCorpus(
  lines: string | Iterable<string> | AsyncIterable<string>,
  given: Pick<TextOptions, 'tokens'> & { name?: string } = {},
): Corpus {
  const options = textOptions.parse(given);
  const name = options.name ?? 'the text';
  const clean = cleaner(options.tokens);
  if (typeof lines !== 'string') {
    if (!isIterable(lines)) throw wrongValue('textCorpus: lines', 'text, or an iterable of lines', lines);
    refuseOneShot(lines, name);
  }
  return {
    name,
    blocks: () => cutAtLines(encodeLines(typeof lines === 'string' ? [lines] : lines), name, clean),
  };
}

async function* encodeLines(lines: Iterable<string> | AsyncIterable<string>): ByteChunks {
  const encoder = new TextEncoder();
  let pending = '';
  for await (const line of lines) {
    if (typeof line !== 'string') throw wrongValue('A line of the corpus', 'text', line);
    pending += line.endsWith('\n') ? line : `${line}\n`;
    if (pending.length < BLOCK_BYTES) continue;
    yield encoder.encode(pending);
    pending = '';
  }
  if (pending !== '') yield encoder.encode(pending);
}

/** Whatever the caller gave, as a corpus. */
export function corpusOf(given: CorpusLike): Corpus {
  if (typeof given === 'object' && given !== null && 'blocks' in given) {
    if (typeof given.blocks === 'function') return given;
    throw wrongValue("The corpus's blocks", 'a function', given.blocks);
  }
  if (!isIterable(given)) {
    throw new SeqkitError('The corpus must be sentences as arrays of words, or a corpus.', {
      code: 'bad-value',
      hint: 'For a file use fileCorpus(path), for lines of text textCorpus(lines).',
    });
  }
  refuseOneShot(given, 'the corpus');
  return { name: 'the corpus', blocks: () => collectBlocks(given) };
}

/** Whether its items can be asked for one by one, a string's excepted. */
function isIterable(value: unknown): value is Iterable<unknown> | AsyncIterable<unknown> {
  if (typeof value !== 'object' || value === null) return false;
  const { [Symbol.iterator]: each, [Symbol.asyncIterator]: eachLater } = value as Partial<
    Iterable<unknown> & AsyncIterable<unknown>
  >;
  return typeof each === 'function' || typeof eachLater === 'function';
}

/** A generator is at its end after one pass, and each epoch needs one. */
function refuseOneShot(given: object, name: string): void {
  const { next } = given as { next?: unknown };
  if (typeof next !== 'function') return;
  throw new SeqkitError(`A generator can be read only once, and ${name} is read once for each epoch.`, {
    code: 'bad-value',
    hint: 'Give an array, or an object whose [Symbol.iterator]() begins anew each time.',
  });
}

/** What turns running text into words with spaces between; undefined where it is so already. */
function cleaner(tokens: TextOptions['tokens'] = 'spaces'): ((text: string) => string) | undefined {
  if (tokens === 'spaces') return undefined;
  return (text) =>
    text
      .toLowerCase()
      .replaceAll('\u2019', "'")
      .replace(/[^\p{L}\p{M}\p{N}_'\n]+/gu, ' ')
      .replace(/(?<![\p{L}\p{N}])'+|'+(?![\p{L}\p{N}])/gu, '');
}
