const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

/** Bytes at a time that go onto the stack. */
const CHUNK = 0x8000;

/**
 * The bytes behind base64 (RFC 4648, section 4) that our own build wrote: whole groups of four, no line breaks.
 * In place of `atob`, which an AudioWorklet does not have.
 */
export function decodeBase64(text: string): Uint8Array<ArrayBuffer> {
  const digits = new Uint8Array(128);
  for (let i = 0; i < ALPHABET.length; i++) digits[ALPHABET.charCodeAt(i)] = i;
  const padding = text.endsWith('==') ? 2 : text.endsWith('=') ? 1 : 0;
  const bytes = new Uint8Array((text.length / 4) * 3 - padding);
  for (let i = 0, at = 0; i < text.length; i += 4) {
    let group = 0;
    for (let k = 0; k < 4; k++) group = (group << 6) | digits[text.charCodeAt(i + k)];
    // What lies beyond the end, the padding's zeros, is dropped.
    bytes[at++] = group >> 16;
    bytes[at++] = group >> 8;
    bytes[at++] = group;
  }
  return bytes;
}

/** Bytes as base64 (RFC 4648, section 4), with padding. */
export function encodeBase64(bytes: Uint8Array): string {
  const groups: string[] = [];
  for (let at = 0; at < bytes.length; at += CHUNK) {
    groups.push(String.fromCharCode(...bytes.subarray(at, at + CHUNK)));
  }
  return btoa(groups.join(''));
}
