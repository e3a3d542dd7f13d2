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

/** Bytes of each number that stand apart, as `modelPage` writes them. */
const PLANES = 4;

/** Of all first bytes of four, then all second ones and so on, the bytes in their order. */
function joined(planes: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(planes.length);
  let at = 0;
  for (let plane = 0; plane < PLANES; plane++) {
    for (let i = plane; i < bytes.length; i += PLANES) bytes[i] = planes[at++];
  }
  return bytes;
}
