import type { VerifyOptions } from '../../base/encoding/content-digest.js';
import type { Rows } from '../vectors/rows.js';
import { Subwords } from '../vectors/subwords.js';
import { decodeTraining, TRAINING_FORMAT } from '../training/training-file.js';
import { GrowingRows } from './growing-rows.js';
import type { WordsAndRows } from './seqkit-file.js';

/** Bytes of a training's header that are enough to tell it by. */
export const TRAINING_START_BYTES = 1 << 14;

/**
 * Whether a safetensors file holds the training of word vectors.
 * @param start its first `TRAINING_START_BYTES`, or more
 */
export function looksLikeTraining(start: Uint8Array): boolean {
  const header = start.slice(8, TRAINING_START_BYTES);
  return new TextDecoder('latin1').decode(header).includes(`"${TRAINING_FORMAT}"`);
}

/**
 * The vectors of a training that was saved; those of FastText with what gives vectors to other words.
 * @param source what to call the file in errors
 * @throws SeqkitError `bad-file` as `decodeTraining`
 */
export function openTraining(
  bytes: Uint8Array,
  source: string,
  options: VerifyOptions = {},
): WordsAndRows & { rows: Rows; subwords: Subwords | undefined } {
  const { settings, vocabulary, inputs } = decodeTraining(bytes, source, options);
  const { vectorSize: width } = settings;
  const { words } = vocabulary;
  const row = (index: number) => inputs.subarray(index * width, (index + 1) * width);
  const subwords =
    settings.subwords && new Subwords(settings.subwords, (bucket) => row(words.length + bucket));
  const encoder = new TextEncoder();
  const rows = new GrowingRows(width);
  words.forEach((word, index) => {
    const vector = rows.next();
    vector.set(row(index));
    subwords?.average(word, vector, 1);
    rows.add(encoder.encode(word));
  });
  return { ...rows.finish(), subwords };
}
