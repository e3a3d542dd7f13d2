import type { VerifyOptions } from '../../base/encoding/content-digest.js';
import type { Rows } from '../vectors/rows.js';
import { Subwords } from '../vectors/subwords.js';
import { decodeTraining } from '../training/training-file.js';
import { GrowingRows } from './growing-rows.js';
import type { WordsAndRows } from './seqkit-file.js';

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
