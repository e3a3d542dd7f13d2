import { SeqkitError } from '../../base/errors.js';
import { Subwords, type SubwordShape } from '../vectors/subwords.js';
import type { ByteChunks } from '../../base/encoding/byte-chunks.js';
import { bucketRows } from './bucket-rows.js';
import { ByteCursor } from './byte-cursor.js';
import { GrowingRows } from './growing-rows.js';
import { wordDecoder } from './word-bytes.js';

/** What files of fastText begin with, since its version 11. */
export const FASTTEXT_MAGIC = 793712314;

/** The version of the format that is written. */
export const FASTTEXT_VERSION = 12;

/** The settings of the header, whole numbers of 32 bits in this order. Old files begin with `dim`. */
export const FASTTEXT_SETTINGS = [
  ...(['dim', 'ws', 'epoch', 'minCount', 'neg', 'wordNgrams', 'loss', 'model', 'bucket'] as const),
  ...(['minn', 'maxn', 'lrUpdateRate'] as const),
] as const;

type Settings = Record<(typeof FASTTEXT_SETTINGS)[number], number>;

/** The number that stands for models that classify. */
const SUPERVISED = 3;

/** The word that ends sentences has no subwords. */
export const END_OF_SENTENCE = '</s>';

const MAX_WORD_BYTES = 1 << 16;

/** The most characters of a subword: fastText's own models have 6. */
const MAX_SUBWORD = 100;

/**
 * Whether bytes begin as a model of fastText: by its mark, or in old files by settings in reason.
 * @param start at least the first 60 bytes
 */
export function looksLikeFastText(start: Uint8Array): boolean {
  if (start.length < 60) return false;
  const view = new DataView(start.buffer, start.byteOffset);
  if (view.getInt32(0, true) === FASTTEXT_MAGIC) return true;
  const within = (index: number, min: number, max: number) => {
    const value = view.getInt32(index * 4, true);
    return value >= min && value <= max;
  };
  // Old files: dim, ws, epoch, minCount, neg, wordNgrams, loss (1 to 4), model (1 to 3), bucket, minn, maxn.
  return (
    within(0, 1, 10_000) &&
    within(1, 0, 1000) &&
    within(2, 0, 100_000) &&
    within(4, 0, 10_000) &&
    within(6, 1, 4) &&
    within(7, 1, 3) &&
    within(8, 0, 2 ** 31 - 1) &&
    within(9, 0, 100) &&
    within(10, 0, 100)
  );
}

/**
 * Reads the vectors of a fastText model, in the formats with the mark and without. A word's vector
 * is the mean of its own and those of its subwords, as fastText prints it.
 * @param limit the first so many words
 * @throws SeqkitError `bad-file` with the byte where it is damaged, and for models that classify
 *   or are quantized
 */
export async function readFastTextBinary(
  chunks: ByteChunks,
  limit: number,
  encoding: string | undefined,
  source: string,
): Promise<{ rows: GrowingRows; subwords: Subwords | undefined }> {
  const reader = new FastTextReader(new ByteCursor(chunks), encoding, source);
  try {
    return await reader.read(limit);
  } finally {
    await reader.cursor.close();
  }
}

class FastTextReader {
  readonly #decode: (bytes: Uint8Array) => Uint8Array | undefined;

  constructor(
    readonly cursor: ByteCursor,
    readonly encoding: string | undefined,
    readonly source: string,
  ) {
    this.#decode = wordDecoder(encoding);
  }

  async read(limit: number): Promise<{ rows: GrowingRows; subwords: Subwords | undefined }> {
    const { settings, isNew } = await this.#settings();
    const words = await this.#dictionary(isNew);
    if (isNew && (await this.#bytes(1, 'whether it is quantized'))[0] !== 0) {
      throw this.#refused('is a quantized model, which keeps no plain vectors');
    }
    const [count, width] = [await this.#long('the number of rows'), await this.#long('their width')];
    const shape: SubwordShape = { minn: settings.minn, maxn: settings.maxn, bucket: count - words.length };
    const hasSubwords = settings.maxn > 0 && shape.bucket > 0;
    if (width !== settings.dim || shape.bucket < 0 || (hasSubwords && shape.bucket !== settings.bucket)) {
      throw this.#damaged(
        `${words.length} words, ${settings.bucket} buckets and ${settings.dim} numbers a vector do not ` +
          `make a matrix of ${count} x ${width}`,
        this.cursor.offset - 16,
      );
    }
    const rows = new GrowingRows(width);
    for (let row = 0; row < words.length; row++) {
      const numbers = await this.#floats(width, row);
      if (row >= limit) continue;
      rows.next().set(numbers);
      rows.add(words[row]);
    }
    if (!hasSubwords) return { rows, subwords: undefined };
    const subwords = new Subwords(
      shape,
      await bucketRows(shape.bucket, width, async (bucket, row) =>
        row.set(await this.#floats(width, words.length + bucket)),
      ),
    );
    const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
    for (let row = 0; row < rows.count; row++) {
      const word = decoder.decode(words[row]);
      if (word !== END_OF_SENTENCE) subwords.average(word, rows.at(row), 1);
    }
    return { rows, subwords };
  }

  async #settings(): Promise<{ settings: Settings; isNew: boolean }> {
    const first = await this.#int('the header');
    const isNew = first === FASTTEXT_MAGIC;
    if (isNew) {
      const version = await this.#int('the version');
      if (version < 11 || version > FASTTEXT_VERSION) {
        throw this.#refused(`is of fastText's format version ${version}, where 11 and 12 are read`);
      }
    }
    const settings = {} as Settings;
    for (const name of FASTTEXT_SETTINGS) {
      settings[name] = name === 'dim' && !isNew ? first : await this.#int(`the setting ${name}`);
    }
    await this.#bytes(8, 'the sampling threshold');
    if (settings.model === SUPERVISED) throw this.#refused('is a model that classifies, which is not read');
    if (!(settings.dim >= 1 && settings.dim <= 1 << 16 && settings.bucket >= 0)) {
      throw this.#damaged(`vectors of ${settings.dim} numbers and ${settings.bucket} buckets make no model`);
    }
    const { minn, maxn } = settings;
    // The subwords of a long word take time by its length times this.
    if (minn < 0 || minn > MAX_SUBWORD || maxn < 0 || maxn > MAX_SUBWORD) {
      throw this.#damaged(`subwords of ${minn} to ${maxn} characters make no model`);
    }
    return { settings, isNew };
  }

  /** The words as UTF-8, in the order of their rows. */
  async #dictionary(isNew: boolean): Promise<Uint8Array[]> {
    const count = await this.#int('the size of the dictionary');
    const words = await this.#int('the number of words');
    const labels = await this.#int('the number of labels');
    if (labels > 0) throw this.#refused('is a model that classifies, which is not read');
    if (count < 1 || words !== count)
      throw this.#damaged(`a dictionary of ${count} entries holds ${words} words`);
    await this.#bytes(8, 'the number of tokens');
    const pruned = isNew ? await this.#long('the number of pruned subwords') : -1;
    if (pruned > 0) throw this.#refused('is a pruned model, which is not read');
    const list: Uint8Array[] = [];
    while (list.length < count) list.push(await this.#word(list.length));
    return list;
  }

  async #word(row: number): Promise<Uint8Array> {
    const { cursor } = this;
    while (cursor.find(0) < 0) {
      if (cursor.ready > MAX_WORD_BYTES) throw this.#damaged(`word ${row + 1} has no end`);
      if (!(await cursor.fill(cursor.ready + 1))) throw this.#short(`word ${row + 1}`);
    }
    const start = cursor.offset;
    const bytes = cursor.take(cursor.find(0)).slice();
    cursor.take(1);
    const word = this.#decode(bytes);
    if (word === undefined) {
      throw this.#damaged(
        `word ${row + 1} is not valid ${this.encoding ?? 'UTF-8'}; state its encoding`,
        start,
      );
    }
    await this.#bytes(9, `the count of word ${row + 1}`);
    return word;
  }

  async #floats(width: number, row: number): Promise<Float32Array> {
    const length = width * 4;
    const bytes =
      this.cursor.ready >= length ? this.cursor.take(length) : await this.#bytes(length, `row ${row}`);
    const floats = new Float32Array(bytes.slice().buffer);
    const fault = floats.findIndex((value) => !Number.isFinite(value));
    if (fault >= 0) {
      throw this.#damaged(`row ${row} holds ${floats[fault]}`, this.cursor.offset - length + fault * 4);
    }
    return floats;
  }

  async #int(what: string): Promise<number> {
    const bytes = await this.#bytes(4, what);
    return new DataView(bytes.buffer, bytes.byteOffset).getInt32(0, true);
  }

  async #long(what: string): Promise<number> {
    const bytes = await this.#bytes(8, what);
    return Number(new DataView(bytes.buffer, bytes.byteOffset).getBigInt64(0, true));
  }

  async #bytes(count: number, what: string): Promise<Uint8Array> {
    if (this.cursor.ready < count && !(await this.cursor.fill(count))) throw this.#short(what);
    return this.cursor.take(count);
  }

  #short(what: string): SeqkitError {
    return this.#damaged(`it ends where ${what} should be: it is cut short`);
  }

  #damaged(cause: string, at = this.cursor.offset): SeqkitError {
    return new SeqkitError(`${this.source}: damaged at byte ${at}: ${cause}.`, {
      code: 'bad-file',
      hint: 'Copy or download it again.',
    });
  }

  #refused(cause: string): SeqkitError {
    return new SeqkitError(`${this.source} ${cause}.`, {
      code: 'bad-file',
      hint: 'Save its vectors as text: fasttext print-word-vectors model.bin < words.txt.',
    });
  }
}
