import { SeqkitError } from '../../base/errors.js';
import { Random } from '../../base/math/random.js';
import type { TextBatch, TextBatches } from './text-batches.js';
import { windowsOf, type TokenStore } from './token-store.js';

/** Lines of a text as tokens, each an example of its own. */
export class TextLines {
  readonly tokens: TokenStore;
  /** Where each line begins, and after the last one the end of the text. */
  readonly starts: Uint32Array;

  /**
   * @param tokens of what `linesOf` gives: a line feed, then lines that end with one each
   * @param lineFeed its token
   */
  constructor(tokens: TokenStore, lineFeed: number) {
    this.tokens = tokens;
    let count = 0;
    for (const window of windowsOf(tokens)) for (const token of window) if (token === lineFeed) count++;
    this.starts = new Uint32Array(count);
    let [line, at] = [0, 0];
    for (const window of windowsOf(tokens)) {
      for (const token of window) {
        at++;
        if (token === lineFeed) this.starts[line++] = at;
      }
    }
  }

  get length(): number {
    return Math.max(0, this.starts.length - 1);
  }

  /** Tokens of a line with its line feed. */
  lengthOf(line: number): number {
    return this.starts[line + 1] - this.starts[line];
  }

  /**
   * The tokens of a line from `start` to `end`, and the one before them, which is the line feed before the
   * line where they are its first: inputs and, one further, their targets.
   */
  read(line: number, start: number, end: number): ArrayLike<number> {
    const first = this.starts[line];
    return this.tokens.read(first + start - 1, first + Math.min(end, this.lengthOf(line)));
  }
}

/**
 * Lines in batches of N, each from zero state: the first input is a line feed, the last target too, so
 * that a model learns how lines begin and where they end. Lines longer than T go on in the next batch
 * with their state; shorter ones are filled with token 0 at weight 0. Every other token has one and the
 * same weight, which makes the mean loss of all batches that of all tokens.
 */
export class LineBatches implements TextBatches {
  readonly batchSize: number;
  readonly steps: number;
  readonly batches: number;
  readonly predictions: number;
  readonly lines: number;
  readonly #lines: TextLines;
  readonly #seed: number | undefined;
  /** Numbers of the lines, those that take most batches first. */
  readonly #order: Uint32Array<ArrayBuffer>;
  /** How many batches each group of N lines takes. */
  readonly #sizes: readonly number[];
  /** The order of the pass in hand, and for each batch its group and which of the group's batches it is. */
  #pass = { number: 0, order: new Uint32Array(), groups: new Uint32Array(), parts: new Uint32Array() };

  /**
   * @param which the numbers of the lines to take
   * @param options.batchSize N
   * @param options.steps T at most; less where all lines are shorter
   * @param options.seed shuffles the lines of each pass; without, they keep their order
   * @throws SeqkitError `too-little-data` where there is no line
   */
  constructor(
    lines: TextLines,
    which: Uint32Array<ArrayBuffer>,
    { batchSize, steps, seed }: { batchSize: number; steps: number; seed?: number },
  ) {
    if (which.length === 0) throw new SeqkitError('There are no lines.', { code: 'too-little-data' });
    this.#lines = lines;
    this.lines = which.length;
    this.#seed = seed;
    let longest = 0;
    let predictions = 0;
    for (const line of which) {
      longest = Math.max(longest, lines.lengthOf(line));
      predictions += lines.lengthOf(line);
    }
    this.batchSize = batchSize;
    this.steps = Math.min(steps, longest);
    this.predictions = predictions;
    this.#order = this.#bySize(which);
    this.#sizes = Array.from({ length: Math.ceil(which.length / batchSize) }, (_, group) =>
      this.#batchesOf(this.#order[group * batchSize]),
    );
    this.batches = this.#sizes.reduce((sum, size) => sum + size, 0);
  }

  batch(index: number, pass: number): TextBatch {
    const { batchSize: N, steps: T } = this;
    this.#begin(pass);
    const { order, groups, parts } = this.#pass;
    const first = groups[index] * N;
    const start = parts[index] * T;
    const shape = [N, T];
    const x = new Int32Array(N * T);
    const y = new Int32Array(N * T);
    const weights = new Float32Array(N * T);
    // The model divides by N * T, whatever the weights.
    const weight = (N * T * this.batches) / this.predictions;
    let predictions = 0;
    for (let n = 0; n < N && first + n < order.length; n++) {
      const line = order[first + n];
      const count = Math.max(0, Math.min(T, this.#lines.lengthOf(line) - start));
      if (count === 0) continue;
      const tokens = this.#lines.read(line, start, start + count);
      for (let t = 0; t < count; t++) {
        x[n * T + t] = tokens[t];
        y[n * T + t] = tokens[t + 1];
        weights[n * T + t] = weight;
      }
      predictions += count;
    }
    return {
      x: { data: x, shape },
      y: { data: y, shape },
      sampleWeight: { data: weights, shape },
      predictions,
      scale: (N * T) / weight,
      anew: parts[index] === 0,
    };
  }

  #batchesOf(line: number): number {
    return Math.ceil(this.#lines.lengthOf(line) / this.steps);
  }

  /** Lines that take most batches first, so that groups are the same in size in every pass; a stable order. */
  #bySize(lines: Uint32Array<ArrayBuffer>): Uint32Array<ArrayBuffer> {
    return lines.toSorted((a, b) => this.#batchesOf(b) - this.#batchesOf(a));
  }

  /** Lays the order of a pass out. */
  #begin(pass: number): void {
    if (this.#pass.number === pass) return;
    const groups = new Uint32Array(this.batches);
    const parts = new Uint32Array(this.batches);
    const turns = Uint32Array.from(this.#sizes.keys());
    let order = this.#order;
    if (this.#seed !== undefined) {
      const random = new Random(this.#seed).fork(`lines of pass ${pass}`);
      order = this.#bySize(random.shuffle(order.slice()));
      random.shuffle(turns);
    }
    let batch = 0;
    for (const group of turns) {
      for (let part = 0; part < this.#sizes[group]; part++, batch++) {
        groups[batch] = group;
        parts[batch] = part;
      }
    }
    this.#pass = { number: pass, order, groups, parts };
  }
}
