import type { CodeParts } from './code-part.js';

/** How weights become numbers again. */
export const weightsCode: CodeParts = {
  bytesOf: {
    code: `
/** The bytes of base64; atob is not everywhere, such as in an AudioWorklet. */
function bytesOf(text) {
  const digits = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
  const values = new Uint8Array(128);
  for (let i = 0; i < 64; i++) values[digits.charCodeAt(i)] = i;
  const bytes = new Uint8Array((text.length / 4) * 3);
  for (let i = 0, at = 0; i < text.length; i += 4) {
    let group = 0;
    for (let k = 0; k < 4; k++) group = (group << 6) | values[text.charCodeAt(i + k)];
    bytes[at++] = group >> 16;
    bytes[at++] = group >> 8;
    bytes[at++] = group;
  }
  return bytes;
}`,
  },
  float32: {
    needs: ['bytesOf'],
    code: `
/** Numbers of 32 bits, with how many stand in a row. */
function float32(columns, count, text) {
  const view = new DataView(bytesOf(text).buffer);
  const numbers = Float32Array.from({ length: count }, (_, i) => view.getFloat32(4 * i, true));
  return Object.assign(numbers, { columns });
}`,
  },
  float16: {
    needs: ['bytesOf'],
    code: `
/** Numbers of 16 bits, IEEE 754 binary16. */
function float16(columns, count, text) {
  const view = new DataView(bytesOf(text).buffer);
  const numbers = Float32Array.from({ length: count }, (_, i) => {
    const bits = view.getUint16(2 * i, true);
    const [exponent, fraction] = [(bits >> 10) & 31, bits & 1023];
    const size = exponent === 0 ? fraction * 2 ** -24 : (1024 + fraction) * 2 ** (exponent - 25);
    return bits & 0x8000 ? -size : size;
  });
  return Object.assign(numbers, { columns });
}`,
  },
  int8: {
    needs: ['bytesOf', 'float32'],
    code: `
/** Numbers of 8 bits, times a scale for each column. */
function int8(columns, count, scales, text) {
  const bytes = new Int8Array(bytesOf(text).buffer);
  const scale = float32(columns, columns, scales);
  const numbers = Float32Array.from({ length: count }, (_, i) => bytes[i] * scale[i % columns]);
  return Object.assign(numbers, { columns });
}`,
  },
};
