import { base64 } from './base64.js';
import { split } from './byte-planes.js';

/** A page that holds one model, by what one does in it. */
export type PageKind = 'listen' | 'generate' | 'compose' | 'classify' | 'chat';

/**
 * A page with a model in it, as one file of HTML.
 * @param bytes the file of the model
 * @throws Error where the page is not beside the studio, or the model needs more than is in its file
 */
export async function pageWith(kind: PageKind, title: string, bytes: Uint8Array): Promise<string> {
  if (needsDefaultVectors(bytes)) {
    throw Object.assign(
      new Error('The model needs the word vectors that come with seqkit, which no page has.'),
      {
        hint: 'Train it here, or with --no-vectors.',
      },
    );
  }
  const answer = await fetch(`pages/${kind}.html`);
  if (!answer.ok) throw new Error('The page for such models is not here. Reload the studio, and try again.');
  const packed = new Blob([split(bytes)]).stream().pipeThrough(new CompressionStream('gzip'));
  const model = base64(new Uint8Array(await new Response(packed).arrayBuffer()));
  const parts: Readonly<Record<string, string>> = { title: escaped(title), model };
  return (await answer.text()).replace(/\{(title|model)\}/g, (_, part: string) => parts[part]);
}

const escaped = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');

/** Whether the head of a model's file names vectors that are not in it. */
function needsDefaultVectors(bytes: Uint8Array): boolean {
  const length = new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true);
  return /\\"defaultVectors\\":\\"/.test(new TextDecoder().decode(bytes.subarray(8, 8 + length)));
}
