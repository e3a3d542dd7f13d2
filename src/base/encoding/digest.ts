import { byteKernels, CHUNK_AT, type ByteKernels } from './byte-kernels.js';
import { encodeUtf8 } from './utf8.js';

/** Of XXH32 (Collet 2012). */
const [first, second] = [0x9e3779b1 | 0, 0x85ebca77 | 0];

/** Bytes of a stripe: a word of 32 bits for each of the 16 lanes. */
const STRIPE = 64;

/**
 * 128 bits that tell contents apart that were changed by accident; no protection against intent.
 *
 * Sixteen lanes of 32 bits take a word each in turn, by the round of XXH32 (Collet 2012), which no
 * two values of a word or of a lane leave equal: a change within one word, such as a flipped bit, is
 * always seen, any other but for one in 2^32 or more. Sixteen, so that the compiled kernel has four
 * vectors under way. It is synchronous, as the readers of files are, which `crypto.subtle` is not;
 * in plain TypeScript, where there is no WebAssembly, the numbers are the same.
 *
 * @example new Digest().add(bytes).add('text').toString();
 */
export class Digest {
  readonly #lanes = Int32Array.from({ length: 16 }, (_, lane) => Math.imul(lane + 1, first) ^ second);
  readonly #kernels: ByteKernels | null;

  /** @param options.compiled false for plain TypeScript @default true where the host can */
  constructor({ compiled = true }: { compiled?: boolean } = {}) {
    this.#kernels = compiled ? byteKernels() : null;
  }

  /** Takes a part in: text as UTF-8, or numbers as they lie in memory. What is one part and what are two differs. */
  add(part: string | ArrayBufferView): this {
    const view = typeof part === 'string' ? encodeUtf8(part) : part;
    const bytes = new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
    const whole = bytes.length - (bytes.length % STRIPE);
    if (this.#kernels) this.#mixCompiled(this.#kernels, bytes.subarray(0, whole));
    else this.#mix(bytes.subarray(0, whole));
    // What is left, filled up with zeros, and how long it all was.
    const end = new Uint8Array(2 * STRIPE);
    end.set(bytes.subarray(whole));
    new DataView(end.buffer).setFloat64(STRIPE, bytes.length, true);
    this.#mix(end);
    return this;
  }

  /** 32 hexadecimal digits. */
  toString(): string {
    const [a, b, c, d] = [0, 1, 2, 3].map((column) =>
      [4, 8, 12].reduce((sum, row) => round(sum, this.#lanes[row + column]), this.#lanes[column]),
    );
    // Spread over all digits by the quarter rounds of ChaCha (RFC 8439, 2.1), which lose nothing.
    const words = Uint32Array.of(a, b, c, d);
    for (let i = 0; i < 8; i++) quarterRound(words);
    return Array.from(words, (word) => word.toString(16).padStart(8, '0')).join('');
  }

  #mixCompiled({ lanes, chunk, mixStripes }: ByteKernels, bytes: Uint8Array): void {
    lanes.set(this.#lanes);
    for (let at = 0; at < bytes.length; at += chunk.length) {
      const part = bytes.subarray(at, at + chunk.length);
      chunk.set(part);
      mixStripes(CHUNK_AT, part.length);
    }
    this.#lanes.set(lanes);
  }

  /** @param bytes whole stripes */
  #mix(bytes: Uint8Array): void {
    const lanes = this.#lanes;
    const aligned = bytes.byteOffset % 4 === 0 ? bytes : bytes.slice();
    const words = new Int32Array(aligned.buffer, aligned.byteOffset, aligned.length / 4);
    for (let i = 0; i < words.length; i += 16) {
      for (let lane = 0; lane < 16; lane++) lanes[lane] = round(lanes[lane], words[i + lane]);
    }
  }
}

function round(lane: number, word: number): number {
  const sum = (lane + Math.imul(word, second)) | 0;
  return Math.imul((sum << 13) | (sum >>> 19), first);
}

function quarterRound(words: Uint32Array): void {
  for (const [to, from, by, turn] of [
    [0, 1, 3, 16],
    [2, 3, 1, 12],
    [0, 1, 3, 8],
    [2, 3, 1, 7],
  ]) {
    words[to] += words[from];
    const mixed = words[by] ^ words[to];
    words[by] = (mixed << turn) | (mixed >>> (32 - turn));
  }
}
