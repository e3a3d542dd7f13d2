import { Random } from '../../base/math/random.js';
import type { CorpusBlock } from './blocks.js';

/** What a block is trained with. */
export interface BlockPlan {
  /** The learning rate at the block's start and end. */
  readonly rateStart: number;
  readonly rateEnd: number;
  /** Seeds its windows, subsampling and noise. */
  readonly seed: number;
}

/** What came of a block. */
export interface BlockResult {
  /** Its words, known or not. */
  readonly rawWords: number;
  /** Those that were trained on. */
  readonly trainedWords: number;
  /** How many targets they had. */
  readonly pairs: number;
  /** The mean loss of some of the targets, in nats, and how many were looked at. */
  readonly loss: number;
  readonly sampled: number;
}

/** One job in the shared memory; its fields are those of wasm/assembly/settings.ts. */
export class Job {
  readonly #integers: Uint32Array;
  readonly #floats: Float32Array;

  constructor(
    readonly memory: WebAssembly.Memory,
    readonly address: number,
  ) {
    this.#integers = new Uint32Array(memory.buffer, address, 20);
    this.#floats = new Float32Array(memory.buffer, address, 20);
  }

  /** Puts a block of text there. */
  write({ bytes, spaces }: CorpusBlock, { rateStart, rateEnd, seed }: BlockPlan): void {
    const random = new Random(seed);
    this.#integers[0] = random.bits();
    // The state must not be 0.
    this.#integers[1] = random.bits() | 1;
    const text = this.#integers[2];
    new Uint8Array(this.memory.buffer, text, bytes.length).set(bytes);
    this.#integers[3] = text + bytes.length;
    this.#integers[4] = Number(spaces);
    this.#floats[5] = rateStart;
    this.#floats[6] = rateEnd;
  }

  /** What training on the block came to. */
  read(): BlockResult {
    const [rawWords, trainedWords, pairs, sampled] = this.#integers.subarray(12, 16);
    const scores = new Float32Array(this.memory.buffer, this.#integers[10], sampled * 8);
    let loss = 0;
    for (const score of scores) loss += softplus(-score);
    return { rawWords, trainedWords, pairs, loss: sampled === 0 ? 0 : loss / sampled, sampled };
  }
}

/** log(1 + exp(x)), without overflow. */
function softplus(x: number): number {
  return Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
}
