import type { ByteChunks } from '../../base/encoding/byte-chunks.js';

/** Reads a binary file from its start, a few bytes at a time, and knows how far it is. */
export class ByteCursor {
  /** What has come and was not taken. */
  #bytes: Uint8Array = new Uint8Array(0);
  #at = 0;
  #before = 0;
  readonly #chunks: AsyncIterator<Uint8Array>;

  constructor(chunks: ByteChunks) {
    this.#chunks = chunks[Symbol.asyncIterator]();
  }

  /** How many bytes of the file have been taken. */
  get offset(): number {
    return this.#before + this.#at;
  }

  /** How many bytes can be taken without waiting. */
  get ready(): number {
    return this.#bytes.length - this.#at;
  }

  /** Waits until so many bytes are ready; false where the file ends before. */
  async fill(count: number): Promise<boolean> {
    while (this.ready < count) {
      const next = await this.#chunks.next();
      if (next.done === true) return false;
      const whole = new Uint8Array(this.ready + next.value.length);
      whole.set(this.#bytes.subarray(this.#at));
      whole.set(next.value, this.ready);
      this.#before += this.#at;
      this.#bytes = whole;
      this.#at = 0;
    }
    return true;
  }

  /** Takes bytes that are ready. */
  take(count: number): Uint8Array {
    this.#at += count;
    return this.#bytes.subarray(this.#at - count, this.#at);
  }

  /** The next bytes that are ready, so many at most, without taking them; until more are asked for. */
  view(count: number): Uint8Array {
    return this.#bytes.subarray(this.#at, Math.min(this.#bytes.length, this.#at + count));
  }

  /** How far ahead a byte stands among those that are ready, or -1. */
  find(byte: number): number {
    const at = this.#bytes.indexOf(byte, this.#at);
    return at < 0 ? -1 : at - this.#at;
  }

  /** The next byte that is ready, without taking it. */
  peek(): number {
    return this.#bytes[this.#at];
  }

  /** Closes the file where it is not read to its end. */
  async close(): Promise<void> {
    await this.#chunks.return?.();
  }
}
