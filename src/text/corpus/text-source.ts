import { someText } from '../../base/schema/index.js';
import { Utf8Pieces } from './utf8.js';

/** A text that can be read from its start as often as wanted, piece by piece, so that its size does not matter. */
export interface TextSource {
  /** What to call it in messages. */
  readonly name: string;
  /** Its pieces, cut between characters; the same each time. */
  pieces(): AsyncIterable<string> | Iterable<string>;
}

/** Code units of a piece. */
const pieceLength = 1 << 20;

/**
 * A text in a file in UTF-8, or in all files of a folder and those below it, one after the other by
 * name; hidden ones do not count. Needs Node.
 * @example await model.fit(fileText('shakespeare.txt'));
 */
export function fileText(path: string): TextSource {
  someText.parse(path, 'fileText: path');
  return {
    name: path,
    async *pieces() {
      const { filesAt } = await import('../../base/host/folders.js');
      const { openByteStream } = await import('../../base/host/files.js');
      for (const file of filesAt(path, 'the text')) {
        const utf8 = new Utf8Pieces(file);
        const { chunks } = await openByteStream(file, 'the text');
        for await (const chunk of chunks) yield utf8.push(chunk);
        utf8.end();
      }
    },
  };
}

/** A string as a source, or the source itself. */
export function sourceOf(text: string | TextSource): TextSource {
  return typeof text === 'string' ? { name: 'the text', pieces: () => cut(text) } : text;
}

function* cut(text: string): Generator<string, void, void> {
  for (let start = 0; start < text.length;) {
    let end = Math.min(text.length, start + pieceLength);
    // Not between the halves of a surrogate pair.
    if (end < text.length && text.codePointAt(end - 1)! > 0xffff) end++;
    yield text.slice(start, end);
    start = end;
  }
}

/**
 * The lines of a text: empty ones are left out, each other ends with one line feed, and one stands
 * before the first, so that a line feed comes before each character that begins one.
 */
export async function* linesOf(source: TextSource): AsyncGenerator<string, void, void> {
  yield '\n';
  let rest = '';
  for await (const piece of source.pieces()) {
    const lines = (rest + piece).split('\n');
    rest = lines.pop()!;
    const whole = lines.map((line) => line.replace(/\r$/, '')).filter((line) => line !== '');
    if (whole.length > 0) yield `${whole.join('\n')}\n`;
  }
  const last = rest.replace(/\r$/, '');
  if (last !== '') yield `${last}\n`;
}
