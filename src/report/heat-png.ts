import { crc32 } from '../base/encoding/crc32.js';
/** The colours from 0 to 255: from nearly black over violet and orange to pale yellow, ever lighter. */
const STOPS = [
  [0, 0, 10],
  [60, 15, 110],
  [150, 40, 110],
  [225, 90, 50],
  [250, 170, 40],
  [252, 250, 190],
] as const;

/**
 * Levels as a PNG of one pixel each, through a palette of 256 colours.
 *
 * @param levels shape (rows, columns), the top row first
 */
export async function heatPng(levels: Uint8Array, columns: number): Promise<Uint8Array> {
  const rows = levels.length / columns;
  // Each row begins with the number of its filter: none.
  const raw = new Uint8Array(rows * (columns + 1));
  for (let row = 0; row < rows; row++) {
    raw.set(levels.subarray(row * columns, (row + 1) * columns), row * (columns + 1) + 1);
  }
  const header = new Uint8Array(13);
  const view = new DataView(header.buffer);
  view.setUint32(0, columns);
  view.setUint32(4, rows);
  // 8 bits a pixel, of a palette.
  header.set([8, 3], 8);
  const chunks = [
    Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a),
    chunk('IHDR', header),
    chunk('PLTE', palette()),
    chunk('IDAT', await deflated(raw)),
    chunk('IEND', new Uint8Array()),
  ];
  return joined(chunks);
}

function palette(): Uint8Array {
  return Uint8Array.from({ length: 3 * 256 }, (_, i) => {
    const at = (Math.floor(i / 3) / 255) * (STOPS.length - 1);
    const low = Math.min(Math.floor(at), STOPS.length - 2);
    const [from, to] = [STOPS[low][i % 3], STOPS[low + 1][i % 3]];
    return Math.round(from + (at - low) * (to - from));
  });
}

async function deflated(bytes: Uint8Array): Promise<Uint8Array> {
  const stream = new Blob([bytes.slice()]).stream().pipeThrough(new CompressionStream('deflate'));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

/** Length, name, content and checksum (Portable Network Graphics, ISO 15948, 5.3). */
function chunk(name: string, content: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(12 + content.length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, content.length);
  for (let i = 0; i < 4; i++) bytes[4 + i] = name.charCodeAt(i);
  bytes.set(content, 8);
  view.setUint32(8 + content.length, crc32(bytes.subarray(4, 8 + content.length)));
  return bytes;
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const out = new Uint8Array(parts.reduce((total, { length }) => total + length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}
