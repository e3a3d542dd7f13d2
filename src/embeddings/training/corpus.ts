import { SeqkitError } from '../../base/errors.js';
import { choice, optional, optionsSchema, someText, wrongValue } from '../../base/schema/index.js';
import { BLOCK_BYTES, collectBlocks, cutAtLines, type CorpusBlock } from './blocks.js';
import { peek, type ByteChunks } from '../../base/encoding/byte-chunks.js';
import { utf8Chunks } from '../../base/encoding/text-file.js';
import { gunzip } from '../../base/encoding/gzip.js';
import { looksGzipped, looksZipped } from '../../base/encoding/packed-start.js';
import { hostFiles } from '../vectors/host-files.js';

/** How running text becomes words. */
export interface TextOptions {
  /**
   * `spaces`: words stand between white space, as in gensim's LineSentence, for text that was
   * tokenized before. `words`: runs of letters, digits and apostrophes within them, in lower case,
   * for text as people write it. `segments`: the words that `Intl.Segmenter` finds, in lower case, for
   * languages written without spaces, such as Chinese or Thai; another release of its dictionaries may find
   * others. A line is a sentence in all. @default 'spaces'
   */
  readonly tokens?: 'spaces' | 'words' | 'segments';
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

const tokensOption = choice(['spaces', 'words', 'segments']);

const fileOptions = optionsSchema<TextOptions & { readonly name?: string }>('fileCorpus', {
  tokens: optional(tokensOption),
  encoding: optional(someText),
  name: optional(someText),
});

const textOptions = optionsSchema<Pick<TextOptions, 'tokens'> & { readonly name?: string }>('textCorpus', {
  tokens: optional(tokensOption),
  name: optional(someText),
});

/**
 * A text file as a corpus, plain, gzipped or alone in a zip archive; it is streamed, so its size does not matter.
 * @param given.name what to call it in messages @default its path
 */
export function fileCorpus(path: string, given: TextOptions & { name?: string } = {}): Corpus {
  someText.parse(path, 'fileCorpus: path');
  const options = fileOptions.parse(given);
  const { name = path, encoding } = options;
  const clean = cleaner(options.tokens);
  return {
    name,
    async *blocks() {
      const { chunks, close } = await unpacked(path, name);
      try {
        yield* cutAtLines(utf8Chunks(chunks, name, { encoding }), name, clean);
      } finally {
        // Also where a reader gave up before it asked for anything.
        await close();
      }
    },
  };
}

/** The bytes of a text that may be gzipped, or alone in a zip archive. */
async function unpacked(
  path: string,
  name: string,
): Promise<{ chunks: ByteChunks; readonly close: () => Promise<void> }> {
  const files = await hostFiles('give its lines to textCorpus');
  const { chunks } = await files.openByteStream(path, 'the corpus');
  const first = await peek(chunks, 4);
  const close = (): Promise<void> => first.close();
  if (looksGzipped(first.start)) return { chunks: gunzip(first.chunks, name), close };
  if (!looksZipped(first.start)) return { chunks: first.chunks, close };
  await first.close();
  const { openZip } = await import('../../base/host/zip-file.js');
  return { chunks: (await openZip(path)).chunks, close };
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
    throw wrongValue("The corpus's blocks", 'a function', (given as { blocks: unknown }).blocks);
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
  if (tokens === 'segments') return segmenter();
  return (text) =>
    text
      .toLowerCase()
      .replaceAll('\u2019', "'")
      .replace(/[^\p{L}\p{M}\p{N}_'\n]+/gu, ' ')
      .replace(/(?<![\p{L}\p{N}])'+|'+(?![\p{L}\p{N}])/gu, '');
}

/** Words by the rules and dictionaries of Unicode (UAX 29), which every browser and Node bring along. */
function segmenter(): (text: string) => string {
  if (typeof Intl.Segmenter === 'undefined') {
    throw new SeqkitError('There is no Intl.Segmenter here to find words by.', {
      code: 'engine',
      hint: 'Put spaces between the words, and give tokens: spaces.',
    });
  }
  const words = new Intl.Segmenter('und', { granularity: 'word' });
  const inLine = (line: string): string =>
    Array.from(words.segment(line))
      .filter(({ isWordLike }) => isWordLike === true)
      .map(({ segment }) => segment)
      .join(' ');
  return (text) => text.toLowerCase().split('\n').map(inLine).join('\n');
}
