import { joined } from './byte-planes.js';

/** The model that stands in the page, as the file that it was. @throws Error for a page that is cut off */
export async function pageModel(): Promise<Uint8Array> {
  const packed = document.getElementById('model')?.textContent?.trim() ?? '';
  let bytes: Uint8Array<ArrayBuffer>;
  try {
    bytes = Uint8Array.from(atob(packed), (character) => character.charCodeAt(0));
  } catch {
    throw new Error('The model in this page is damaged. Ask for the file again.');
  }
  const unpacked = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('gzip'));
  return joined(new Uint8Array(await new Response(unpacked).arrayBuffer()));
}
