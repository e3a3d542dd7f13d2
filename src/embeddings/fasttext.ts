import type { FileSource } from '../base/source/file-source.js';
import { SeqkitError } from '../base/errors.js';
import { fileBytes, optional, optionsSchema, wholeNumber } from '../base/schema/index.js';
import { quote } from './vectors/quote.js';
import { Subwords, type SubwordShape } from './vectors/subwords.js';
import { decodeTraining, readTraining } from './training/training-file.js';
import {
  bytesOptions,
  openOptions,
  Word2Vec,
  word2VecOptions,
  type OpenTrainingOptions,
  type Word2VecOptions,
} from './word2vec.js';
import { word as wordArgument } from './vectors/word-arguments.js';

export interface FastTextOptions extends Word2VecOptions {
  /** The shortest character n-gram. @default 3 */
  readonly minN?: number;
  /** The longest character n-gram. @default 6 */
  readonly maxN?: number;
  /** How many rows the n-grams share by their hash. @default 2,000,000 */
  readonly bucket?: number;
}

const fastTextOptions = optionsSchema<FastTextOptions>('FastText', {
  ...word2VecOptions.table,
  minN: optional(wholeNumber({ min: 1, max: 100 })),
  maxN: optional(wholeNumber({ min: 1, max: 100 })),
  bucket: optional(wholeNumber({ min: 1, max: 2 ** 31 })),
});

/**
 * Word vectors with subwords (Bojanowski et al. 2017): a word's vector is the mean of its own and
 * those of its character n-grams, so that words that never came have one too. Names and defaults
 * are gensim's; the n-grams and their hashes are those of fastText's program.
 */
export class FastText extends Word2Vec {
  readonly #shape: SubwordShape;

  /** @throws SeqkitError `bad-value` that names the option and its range; `usage` for an unknown one */
  constructor(options: FastTextOptions = {}) {
    const { minN = 3, maxN = 6, bucket = 2_000_000, ...rest } = fastTextOptions.parse(options);
    const shape = { minn: minN, maxn: maxN, bucket };
    super(rest, shape);
    this.#shape = shape;
  }

  /**
   * The vector of any word, shape `(vectorSize)`: of the vocabulary, or else the mean of its
   * n-grams' vectors.
   * @throws SeqkitError `unknown-word` where a word that never came is too short for an n-gram
   */
  getVector(word: string): Float32Array {
    const { wv } = this;
    if (wv.has(wordArgument.parse(word, 'getVector: word'))) return wv.get(word);
    throw new SeqkitError(
      `${quote(word)} is not in the vocabulary, and too short for an n-gram of ${this.#shape.minn} characters.`,
      { code: 'unknown-word' },
    );
  }

  /**
   * Opens what `save` or a checkpoint wrote.
   * @param from its path, a URL, a Blob, or its bytes
   * @throws SeqkitError `file-access`, `bad-file`
   */
  static override async load(from: FileSource, options: OpenTrainingOptions = {}): Promise<FastText> {
    const given = openOptions.parse(options);
    const { bytes, name } = await readTraining(from);
    return FastText.fromBytes(bytes, { ...given, name });
  }

  /** `load` from what `toBytes` gave. */
  static override async fromBytes(
    bytes: Uint8Array,
    options: OpenTrainingOptions & { readonly name?: string } = {},
  ): Promise<FastText> {
    const { name = 'the training', verify = true, ...rest } = bytesOptions.parse(options);
    const stored = decodeTraining(fileBytes.parse(bytes, 'fromBytes: bytes'), name, { verify });
    const { subwords, ...settings } = stored.settings;
    if (subwords === undefined) {
      throw new SeqkitError(`${name} holds a Word2Vec model.`, {
        code: 'bad-file',
        hint: 'Open it with Word2Vec.load.',
      });
    }
    const { minn: minN, maxn: maxN, bucket } = subwords;
    const model = new FastText({ ...settings, ...rest, minN, maxN, bucket });
    await model.restore(stored);
    return model;
  }

  protected override vectorOfRow(word: string, row: number): Float32Array {
    const mean = super.vectorOfRow(word, row).slice();
    this.subwords().average(word, mean, 1);
    return mean;
  }

  /** The n-grams' rows stand behind those of the words. They are views: training changes them. */
  protected override subwords(): Subwords {
    const first = this.vocabulary.words.length;
    return new Subwords(this.#shape, (bucket) => this.inputRow(first + bucket));
  }
}
