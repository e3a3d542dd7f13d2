import { SeqkitError } from '../errors.js';

/** What a safetensors file says that it holds, such as `Chatbot`; undefined of files of others. */
export function heldKind({ format = '', kind }: Readonly<Record<string, string>>): string | undefined {
  if (!format.startsWith('seqkit')) return undefined;
  return format === 'seqkit-vectors' ? 'KeyedVectors' : (kind ?? 'training of word vectors');
}

/**
 * The error `bad-file` for a safetensors file that holds something else than is opened.
 * @param source what to call the file
 * @param held of `heldKind`
 * @param expected a class, or other words with their article
 */
export function wrongKind(source: string, held: string | undefined, expected: string): SeqkitError {
  const what = held === undefined ? 'is a safetensors file, but' : `holds ${withArticle(held)},`;
  return new SeqkitError(`${source} ${what} not ${withArticle(expected)}.`, {
    code: 'bad-file',
    ...(held && /^[A-Z]/.test(held) && { hint: `Open it with ${held}.load.` }),
  });
}

/** A kind in a sentence: names of classes get an article; other words bring their own. */
export function withArticle(kind: string): string {
  return /^[A-Z]/.test(kind) ? `a ${kind}` : kind || 'a model of no known kind';
}
