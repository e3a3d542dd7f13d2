import { SeqkitError } from '../../base/errors.js';
import { collect, ownChunks, type ByteChunks } from '../../base/encoding/byte-chunks.js';
import type { NumpyShape } from '../../base/encoding/npy.js';
import { PickledObject, readPickle } from '../../base/encoding/pickle.js';
import { Subwords, type SubwordShape } from '../vectors/subwords.js';
import { bucketRows } from './bucket-rows.js';
import { GrowingRows } from './growing-rows.js';
import type { OpenNeighbour } from './neighbour-files.js';
import { numpyRows, openNpy, type NumpyRows } from './numpy-rows.js';

/** What makes an array of NumPy, in pickles of every version of it. */
const ARRAY_MAKERS = ['numpy.core.multiarray._reconstruct', 'numpy._core.multiarray._reconstruct'];

/** What gensim's own classes are called in a pickle. */
const GENSIM = /^gensim\./;

/** Most characters of a piece of a word: fastText's own models have 6. */
const MAX_SUBWORD = 100;

type Attributes = ReadonlyMap<unknown, unknown>;

/**
 * Reads the vectors of a file that gensim's `save` wrote: of `KeyedVectors` or `FastTextKeyedVectors` (.kv), or what a
 * `Word2Vec`, `FastText` or `Doc2Vec` (.model) has as `wv`; of gensim 1 to 4. Large arrays stand in .npy files beside
 * it. The pickle is read as data: of all that it names, arrays of NumPy alone mean anything, and nothing is run.
 * @throws SeqkitError `bad-file` where it is damaged or holds no vectors; `file-access` where an array is missing
 */
export async function readGensimVectors(
  chunks: ByteChunks,
  limit: number,
  source: string,
  openNeighbour: OpenNeighbour | undefined,
): Promise<{ rows: GrowingRows; subwords: Subwords | undefined }> {
  const bytes = await collect(ownChunks(chunks));
  const { value, end } = readPickle(bytes, source);
  if (end !== bytes.length) throw damaged(source, `goes on after its end at byte ${end}`);
  const { attributes, prefix } = vectorsOf(value, source);
  const arrays = new SavedArrays(attributes, prefix, source, openNeighbour);
  const words = wordsOf(attributes, bytes.length, source);
  const subwords = await subwordsOf(attributes, arrays);
  const own = await arrays.open(['vectors', 'syn0']);
  // Of FastText, gensim saves no sums: they are made of a word's own vector and those of its pieces.
  const matrix = own ?? (subwords ? await arrays.open(['vectors_vocab']) : undefined);
  if (!matrix) throw damaged(source, 'has no array "vectors"');
  try {
    if (matrix.count !== words.length) {
      throw damaged(source, `has ${words.length} words and ${matrix.count} vectors`);
    }
    if (subwords && subwords.rowOf(0).length !== matrix.width) {
      throw damaged(source, `has words of ${matrix.width} numbers and pieces of ${subwords.rowOf(0).length}`);
    }
    const encoder = new TextEncoder();
    const rows = new GrowingRows(matrix.width);
    const wanted = Math.min(limit, words.length);
    for (let row = 0; row < wanted; row++) {
      const vector = rows.next();
      await matrix.next(vector);
      if (!own) subwords!.average(words[row], vector, 1);
      rows.add(encoder.encode(words[row]));
    }
    if (wanted === words.length) await matrix.end();
    return { rows, subwords };
  } finally {
    await matrix.close();
  }
}

/** What was saved: vectors, or a model that has them as `wv`. */
function vectorsOf(value: unknown, source: string): { attributes: Attributes; prefix: string } {
  const root = attributesOf(value);
  if (root === undefined) {
    throw new SeqkitError(`${source} is a pickle of Python, and not what gensim's save writes.`, {
      code: 'bad-file',
      hint: 'Save the vectors as text: kv.save_word2vec_format("vectors.txt").',
    });
  }
  const inner = attributesOf(root.get('wv'));
  const [attributes, prefix] = inner ? [inner, 'wv.'] : [root, ''];
  if (attributes.has('index_to_key') || attributes.has('index2word')) return { attributes, prefix };
  const { name } = value as PickledObject;
  throw new SeqkitError(`${source} holds a ${name}, which has no vectors of words.`, {
    code: 'bad-file',
    hint: 'Save those of a model: model.wv.save("vectors.kv").',
  });
}

function attributesOf(value: unknown): Attributes | undefined {
  if (!(value instanceof PickledObject) || !GENSIM.test(value.name)) return undefined;
  if (!(value.state instanceof Map)) return undefined;
  // Python 2 called attributes by bytes.
  return new Map(Array.from(value.state, ([name, attribute]) => [asText(name), attribute as unknown]));
}

function wordsOf(attributes: Attributes, fileBytes: number, source: string): string[] {
  const list = attributes.get('index_to_key') ?? attributes.get('index2word');
  if (!Array.isArray(list)) throw damaged(source, 'has no list of words');
  // A pickle can name one text at any number of places; words differ, so that each has bytes of its own.
  let length = 0;
  for (const word of list as unknown[]) {
    if (typeof word === 'string' || word instanceof Uint8Array) length += word.length;
    if (length > fileBytes) throw damaged(source, 'has one word at many places');
  }
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  return (list as unknown[]).map((word, row) => {
    if (typeof word === 'string') return word;
    // Python 2 kept words as bytes.
    if (word instanceof Uint8Array) return decoder.decode(word);
    throw damaged(source, `has as word ${row + 1} what is no text`);
  });
}

/** What gives vectors to words that are not there: that of `FastText`. */
async function subwordsOf(attributes: Attributes, arrays: SavedArrays): Promise<Subwords | undefined> {
  const whole = (name: string, max: number): number | undefined => {
    const value = attributes.get(name);
    return typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= max
      ? value
      : undefined;
  };
  // gensim before 3.8 had a hash of its own for what is not ASCII; gensim 4 refuses it too.
  if (attributes.get('compatible_hash') !== true) return undefined;
  const [minn, maxn] = [whole('min_n', MAX_SUBWORD), whole('max_n', MAX_SUBWORD)];
  const bucket = whole('bucket', 2 ** 31 - 1);
  if (minn === undefined || maxn === undefined || !bucket || maxn === 0) return undefined;
  const matrix = await arrays.open(['vectors_ngrams']);
  if (!matrix) return undefined;
  try {
    // gensim 3 kept the pieces that its words had, in an order of their own.
    if (matrix.count !== bucket) return undefined;
    const shape: SubwordShape = { minn, maxn, bucket };
    const subwords = new Subwords(
      shape,
      await bucketRows(bucket, matrix.width, (_, row) => matrix.next(row)),
    );
    await matrix.end();
    return subwords;
  } finally {
    await matrix.close();
  }
}

/** The arrays of an object that gensim saved: in it, or in files beside it. */
class SavedArrays {
  constructor(
    readonly attributes: Attributes,
    readonly prefix: string,
    readonly source: string,
    readonly openNeighbour: OpenNeighbour | undefined,
  ) {}

  /** @param names what the array was called in one version or another */
  async open(names: readonly string[]): Promise<NumpyRows | undefined> {
    for (const name of names) {
      const value = this.attributes.get(name);
      if (value instanceof PickledObject && ARRAY_MAKERS.includes(value.name)) {
        const { array, data } = pickledArray(value, name, this.source);
        return numpyRows(array, data, `${this.source} (${name})`);
      }
    }
    const list = this.attributes.get('__numpys');
    const apart = Array.isArray(list) ? (list as unknown[]) : [];
    const name = names.find((each) => apart.some((value) => isText(value, each)));
    if (name === undefined) return undefined;
    const suffix = `.${this.prefix}${name}.npy`;
    if (!this.openNeighbour) {
      throw new SeqkitError(
        `${this.source} has its numbers in a file beside it, named as it is and ${suffix}.`,
        {
          code: 'bad-file',
          hint: 'Open it by its path, with that file beside it.',
        },
      );
    }
    const beside = await this.openNeighbour((path) => path + suffix, `the array ${name} of the vectors`);
    return openNpy(beside.chunks, beside.name);
  }
}

/** An array in the pickle: its state is (version, shape, dtype, whether in Fortran's order, bytes). */
function pickledArray(
  { state }: PickledObject,
  name: string,
  source: string,
): { array: NumpyShape; data: Uint8Array } {
  const [, shape, dtype, fortranOrder, data] = Array.isArray(state) ? (state as unknown[]) : [];
  const order =
    dtype instanceof PickledObject && Array.isArray(dtype.state) ? (dtype.state as unknown[])[1] : '';
  const kind = dtype instanceof PickledObject && dtype.name === 'numpy.dtype' ? asText(dtype.args[0]) : '';
  const raw = rawBytes(data);
  if (!Array.isArray(shape) || !shape.every((size) => typeof size === 'number') || raw === undefined) {
    throw damaged(source, `has an array "${name}" that is not one`);
  }
  return {
    array: { dtype: `${asText(order)}${kind}`, shape, fortranOrder: fortranOrder === true },
    data: raw,
  };
}

/** Whether a value is this text, as text or as bytes. */
function isText(value: unknown, text: string): boolean {
  return value instanceof Uint8Array
    ? value.length === text.length && asText(value) === text
    : value === text;
}

function asText(value: unknown): string {
  if (value instanceof Uint8Array) return new TextDecoder('latin1').decode(value);
  return typeof value === 'string' ? value : '';
}

/** Bytes as they are, or as protocol 2 has them: text of Latin 1 to be encoded again. */
function rawBytes(data: unknown): Uint8Array | undefined {
  if (data instanceof Uint8Array) return data;
  if (!(data instanceof PickledObject) || data.name !== '_codecs.encode') return undefined;
  const [text, encoding] = data.args;
  if (typeof text !== 'string' || encoding !== 'latin1') return undefined;
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}

function damaged(source: string, cause: string): SeqkitError {
  return new SeqkitError(`${source} ${cause}.`, {
    code: 'bad-file',
    hint: 'Save it again with gensim, or save the vectors as text: kv.save_word2vec_format("vectors.txt").',
  });
}
