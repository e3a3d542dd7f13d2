import { SeqkitError } from '../../base/errors.js';
import { Random } from '../../base/math/random.js';
import { resourceError } from '../../base/resources.js';
import { subwordBuckets } from '../vectors/subwords.js';
import { BLOCK_BYTES } from './blocks.js';
import type { CorpusWords } from './corpus-words.js';
import { aliasTable, keepShares, noiseShares } from './noise.js';
import type { TrainingSettings } from './settings.js';
import { groupDigits } from '../../base/math/group-digits.js';

const PAGE = 65_536;
const LINE = 64;

/** Pairs whose scores a block may keep for the loss. */
const SAMPLE_ROOM = 256;

/** Numbers of the kernels that the layout depends on. */
export interface KernelNumbers {
  readonly groupSize: number;
  readonly maxSentence: number;
}

/**
 * All that training works on, in one memory that threads share: the weights, and what
 * wasm/assembly/settings.ts lists, field by field in its order.
 *
 * The weights are `inputs`, shape (rows, stride), a row for each word and then for each bucket of
 * subwords, and `outputs`, shape (words, stride). A row is filled up with zeros to `stride`, the
 * next multiple of four.
 */
export class TrainingMemory {
  readonly memory: WebAssembly.Memory;
  /** The address of the settings. */
  readonly settings: number;
  readonly stride: number;
  readonly rows: number;
  /** Addresses of the jobs. */
  readonly jobs: readonly number[];
  readonly inputs: Float32Array;
  readonly outputs: Float32Array;

  /**
   * @param jobs how many blocks can be under way at once
   * @throws SeqkitError `bad-value` for more than WebAssembly has, `resources` where the machine does not give it
   */
  constructor(settings: TrainingSettings, vocabulary: CorpusWords, jobs: number, numbers: KernelNumbers) {
    const { words, counts } = vocabulary;
    const { subwords } = settings;
    const lists = subwords && words.map((word) => subwordBuckets(word, subwords));
    const listed = lists?.reduce((sum, list) => sum + list.length + 1, 0) ?? 0;
    const maxList = lists?.reduce((max, list) => Math.max(max, list.length + 1), 0) ?? 1;
    const text = new TextEncoder().encode(words.join(''));
    const slots = 2 ** Math.ceil(Math.log2(words.length * 2 + 1));
    this.stride = Math.ceil(settings.vectorSize / 4) * 4;
    this.rows = words.length + (subwords?.bucket ?? 0);
    const rowBytes = this.stride * 4;

    // Address 0 means "none" to the kernels.
    let top = LINE;
    const take = (bytes: number): number => {
      const start = top;
      top = Math.ceil((top + bytes) / LINE) * LINE;
      return start;
    };
    this.settings = take(LINE * 2);
    const noise = take(words.length * 8);
    const keep = take(words.length * 4);
    const rowStarts = lists ? take((words.length + 1) * 4) : 0;
    const rowLists = lists ? take(listed * 4) : 0;
    const slotsAt = take(slots * 4);
    const wordText = take(text.length);
    const wordStarts = take((words.length + 1) * 4);
    const targets = settings.negative + 1 + numbers.groupSize;
    const listRoom = targets + 2 * settings.window * maxList;
    const jobParts = Array.from({ length: jobs }, () => ({
      job: take(LINE * 2),
      text: take(BLOCK_BYTES + 16),
      ids: take((BLOCK_BYTES + 16) * 4),
      sentence: take(numbers.maxSentence * 4),
      scratch: take(4 * rowBytes + listRoom * 4),
      samples: take(SAMPLE_ROOM * 32),
    }));
    const inputs = take(this.rows * rowBytes);
    const outputs = take(words.length * rowBytes);
    this.memory = allocate(top, this.rows + words.length, settings);

    this.inputs = new Float32Array(this.memory.buffer, inputs, this.rows * this.stride);
    this.outputs = new Float32Array(this.memory.buffer, outputs, words.length * this.stride);
    const integers = new Uint32Array(this.memory.buffer);
    integers.set(
      [
        ...[rowBytes, words.length, settings.window, settings.negative, settings.sg],
        ...[settings.cbowMean, Number(settings.shrinkWindows), inputs, outputs],
        ...[noise, keep, rowStarts, rowLists, slotsAt, slots - 1, wordText, wordStarts],
      ],
      this.settings / 4,
    );
    integers.set(aliasTable(noiseShares(counts, settings.nsExponent)), noise / 4);
    integers.set(keepShares(counts, settings.sample), keep / 4);
    if (lists) writeRowLists(integers, lists, rowStarts / 4, rowLists / 4);
    new Uint8Array(this.memory.buffer).set(text, wordText);
    writeSlots(words, integers, { slots: slotsAt / 4, count: slots, starts: wordStarts / 4 });
    const longs = new BigUint64Array(this.memory.buffer);
    for (const { job, text: textAt, ids, sentence, scratch, samples } of jobParts) {
      longs[job / 8] = 1n;
      integers.set([textAt, textAt, 0, 0, 0, ids, sentence, scratch, samples, SAMPLE_ROOM], job / 4 + 2);
    }
    this.jobs = jobParts.map(({ job }) => job);
  }

  /** First weights as gensim and fastText have them: inputs uniform in +-1 / vectorSize, outputs 0. */
  initialize(vectorSize: number, seed: number): void {
    const random = new Random(seed);
    const scale = 1 / (2 ** 31 * vectorSize);
    for (let row = 0; row < this.rows; row++) {
      const start = row * this.stride;
      for (let i = start; i < start + vectorSize; i++) this.inputs[i] = (random.bits() - 2 ** 31) * scale;
    }
    this.outputs.fill(0);
  }
}

function allocate(bytes: number, rows: number, { vectorSize }: TrainingSettings): WebAssembly.Memory {
  const pages = Math.ceil(bytes / PAGE) + 1;
  const size = `${groupDigits(rows)} rows of ${vectorSize} numbers need ${amount(bytes)}`;
  const hint = 'Take a higher minCount, a smaller vectorSize, or fewer buckets of subwords.';
  if (pages > PAGE) {
    throw new SeqkitError(`${size}, and WebAssembly has 4.`, { code: 'bad-value', hint });
  }
  try {
    return new WebAssembly.Memory({ initial: pages, maximum: pages, shared: true });
  } catch (cause) {
    throw (
      resourceError(cause, size) ??
      new SeqkitError(`${size}, which are not to be had.`, { code: 'resources', hint, cause })
    );
  }
}

/** Of memory. */
function amount(bytes: number): string {
  return bytes < 2 ** 30 ? `${Math.ceil(bytes / 2 ** 20)} MiB` : `${(bytes / 2 ** 30).toFixed(1)} GiB`;
}

/** A word's own row, then those of its subwords, which stand behind all words. */
function writeRowLists(
  integers: Uint32Array,
  lists: readonly number[][],
  starts: number,
  rows: number,
): void {
  let at = 0;
  lists.forEach((list, word) => {
    integers[starts + word] = at;
    integers[rows + at++] = word;
    for (const bucket of list) integers[rows + at++] = lists.length + bucket;
  });
  integers[starts + lists.length] = at;
}

/** An open hash table by FNV-1a of the words' bytes: see wasm/assembly/tokenize.ts. */
function writeSlots(
  words: readonly string[],
  integers: Uint32Array,
  at: { slots: number; count: number; starts: number },
): void {
  const encoder = new TextEncoder();
  integers.fill(0xffffffff, at.slots, at.slots + at.count);
  let end = 0;
  words.forEach((word, number) => {
    integers[at.starts + number] = end;
    const bytes = encoder.encode(word);
    end += bytes.length;
    let hash = 0x811c9dc5;
    for (const byte of bytes) hash = Math.imul(hash ^ byte, 0x01000193);
    let slot = (hash >>> 0) & (at.count - 1);
    while (integers[at.slots + slot] !== 0xffffffff) slot = (slot + 1) & (at.count - 1);
    integers[at.slots + slot] = number;
  });
  integers[at.starts + words.length] = end;
}
