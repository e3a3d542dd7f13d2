/** Bytes of each number that stand apart in a page: they compress better so. */
const PLANES = 4;

/** Where byte i of a file stands: all first bytes of four come first, then all second ones, and so on. */
function* places(length: number): Generator<number> {
  for (let plane = 0; plane < PLANES; plane++) {
    for (let i = plane; i < length; i += PLANES) yield i;
  }
}

export function split(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const planes = new Uint8Array(bytes.length);
  let at = 0;
  for (const i of places(bytes.length)) planes[at++] = bytes[i];
  return planes;
}

export function joined(planes: Uint8Array): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(planes.length);
  let at = 0;
  for (const i of places(bytes.length)) bytes[i] = planes[at++];
  return bytes;
}
