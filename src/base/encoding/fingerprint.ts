/**
 * A short name for long contents: the same for the same parts in the same order, and another,
 * but for one case in 2^64, where anything was changed by accident. No protection against intent.
 */
export class Fingerprint {
  #a = 0x2545f491;
  #b = 0x9e3779b9;

  /** Text, or numbers as they lie in memory. */
  add(part: string | ArrayBufferView): this {
    const view = typeof part === 'string' ? new TextEncoder().encode(part) : part;
    const wholeBytes = view.byteLength - (view.byteLength % 4);
    const aligned = view.byteOffset % 4 === 0;
    const buffer = aligned
      ? view.buffer
      : view.buffer.slice(view.byteOffset, view.byteOffset + view.byteLength);
    const offset = aligned ? view.byteOffset : 0;
    const words = new Int32Array(buffer, offset, wholeBytes / 4);
    let [a, b] = [this.#a, this.#b];
    // The two multipliers of murmur3's 32-bit finalizer, one lane each (Appleby 2011).
    for (let i = 0; i < words.length; i++) {
      const word = words[i];
      a = Math.imul(a ^ word, 0x85ebca6b);
      a ^= a >>> 13;
      b = Math.imul(((b << 13) | (b >>> 19)) + word, 0xc2b2ae35);
      b ^= b >>> 16;
    }
    const rest = new Uint8Array(buffer, offset + wholeBytes, view.byteLength - wholeBytes);
    for (const byte of [...rest, view.byteLength & 0xffff, view.byteLength / 0x10000]) {
      a = Math.imul(a ^ byte, 0xc2b2ae35);
      a ^= a >>> 15;
      b = Math.imul(((b << 7) | (b >>> 25)) + byte, 0x85ebca6b);
      b ^= b >>> 16;
    }
    this.#a = a;
    this.#b = b;
    return this;
  }

  /** 16 hexadecimal digits. */
  toString(): string {
    return [this.#a, this.#b].map((lane) => (lane >>> 0).toString(16).padStart(8, '0')).join('');
  }
}
