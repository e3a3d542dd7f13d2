import { utf8Chunks } from '../../base/encoding/text-file.js';
import { optional, optionsSchema, someText } from '../../base/schema/index.js';
import { Utf8Chunks } from './utf8.js';

/** A text that can be read from its start as often as wanted, chunk by chunk, so that its size does not matter. */
export interface TextSource {
  /** What to call it in messages. */
  readonly name: string;
  /** Its chunks, cut between characters; the same each time. */
  chunks(): AsyncIterable<string> | Iterable<string>;
}

/** What errors call a text, and the single thing that its characters are. */
export interface TextWords {
  /** The beginning of a sentence, such as "The text has". */
  readonly itHas: string;
  /** What to take for more of it, such as "more text". */
  readonly more: string;
  /** In the singular, such as "character". */
  readonly unit: string;
}

/** What errors call a plain text. */
export const TEXT_WORDS: TextWords = { itHas: 'The text has', more: 'more text', unit: 'character' };

/** A text in which something else is written, such as tunes, and what errors call that. */
export class WordedText implements TextSource {
  readonly name = 'the text';
  readonly words: TextWords;
  readonly #text: string;

  constructor(text: string, words: TextWords) {
    this.#text = text;
    this.words = words;
  }

  chunks(): Iterable<string> {
    return cut(this.#text);
  }
}

const fileTextOptions = optionsSchema<{ name?: string }>('fileText', { name: optional(someText) });

/** Code units of a chunk. */
const CHUNK_LENGTH = 1 << 20;

/**
 * A text in a file in UTF-8 or UTF-16, or in all files of a folder and those below it, one after the other by
 * name; hidden ones do not count. Needs Node.
 * @param options.name what to call it in messages @default the path
 * @example await model.fit(fileText('shakespeare.txt'));
 */
export function fileText(path: string, options: { name?: string } = {}): TextSource {
  someText.parse(path, 'fileText: path');
  const { name = path } = fileTextOptions.parse(options);
  return {
    name,
    async *chunks() {
      const { filesAt } = await import('../../base/host/folders.js');
      const { openByteStream } = await import('../../base/host/files.js');
      for (const file of filesAt(path, 'the text')) {
        const called = file === path ? name : file;
        const utf8 = new Utf8Chunks(called);
        const { chunks } = await openByteStream(file, 'the text');
        for await (const chunk of utf8Chunks(chunks, called)) yield utf8.push(chunk);
        utf8.end();
      }
    },
  };
}

/** A string as a source, or the source itself. */
export function sourceOf(text: string | TextSource): TextSource {
  return typeof text === 'string' ? { name: 'the text', chunks: () => cut(text) } : text;
}

function* cut(text: string): Generator<string, void, void> {
  for (let start = 0; start < text.length;) {
    let end = Math.min(text.length, start + CHUNK_LENGTH);
    // Not between the halves of a surrogate pair.
    if (end < text.length && text.codePointAt(end - 1)! > 0xffff) end++;
    yield text.slice(start, end);
    start = end;
  }
}

/**
 * The lines of a text: empty ones are left out, each other ends with one line feed, and one stands
 * before the first, so that a line feed comes before each character that begins one. Where a text
 * begins with carriage returns and no line feed, those end the lines.
 */
export async function* linesOf(source: TextSource): AsyncGenerator<string, void, void> {
  yield '\n';
  // The beginning of a line whose end is still to come, in parts: one long line is put together once.
  let begun: string[] = [];
  for await (const chunk of withLineFeeds(source.chunks())) {
    const lines = chunk.split('\n');
    const rest = lines.pop()!;
    if (lines.length > 0) {
      lines[0] = begun.join('') + lines[0];
      begun = [];
    }
    begun.push(rest);
    const whole = lines.map((line) => line.replace(/\r$/, '')).filter((line) => line !== '');
    if (whole.length > 0) yield `${whole.join('\n')}\n`;
  }
  const last = begun.join('').replace(/\r$/, '');
  if (last !== '') yield `${last}\n`;
}

/** Code units after which a text without a line feed, and with carriage returns, is taken to end its lines in these. */
const START_LENGTH = 1 << 16;

async function* withLineFeeds(chunks: AsyncIterable<string> | Iterable<string>): AsyncGenerator<string> {
  let start = '';
  let isTold = false;
  let endsInReturns = false;
  const told = (): string => {
    isTold = true;
    endsInReturns = start.includes('\r') && !start.includes('\n');
    return endsInReturns ? start.replaceAll('\r', '\n') : start;
  };
  for await (const chunk of chunks) {
    if (isTold) yield endsInReturns ? chunk.replaceAll('\r', '\n') : chunk;
    else {
      start += chunk;
      if (chunk.includes('\n') || start.length >= START_LENGTH) yield told();
    }
  }
  if (!isTold) yield told();
}
