import { faultyNumber } from '../../base/encoding/finite-numbers.js';
import { SeqkitError } from '../../base/errors.js';
import { encodeSafetensors, type StoredTensor } from '../../base/encoding/safetensors.js';
import { HalfRows, Int8Rows, type FloatRows, type Rows } from '../vectors/rows.js';
import { ORDER_BYTES, type WordList } from '../vectors/word-list.js';
import { FORMAT, FORMAT_VERSION } from './seqkit-file.js';

/**
 * Packs vectors into a file's bytes.
 * @param metadata what else the file should say, such as its source and licence
 * @throws SeqkitError `diverged` where a number is infinite or none
 */
export function encodeVectors(
  { words, rows }: { words: WordList; rows: Rows },
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array {
  const lengths = Uint32Array.from(
    { length: words.size },
    (_, row) => words.offsets[row + 1] - words.offsets[row],
  );
  const short = lengths.every((length) => length < 256);
  const shape = [rows.count, rows.width];
  const tensors: Record<string, StoredTensor> = {
    norms: { dtype: 'F32', shape: [rows.count], data: rows.norms },
    'words.text': { dtype: 'U8', shape: [words.text.length], data: words.text },
    'words.order': { dtype: 'U8', shape: [words.size, ORDER_BYTES], data: words.order },
    'words.lengths': short
      ? { dtype: 'U8', shape: [words.size], data: Uint8Array.from(lengths) }
      : { dtype: 'U32', shape: [words.size], data: lengths },
  };
  if (rows instanceof Int8Rows) {
    tensors['rows'] = { dtype: 'I8', shape, data: rows.data };
    tensors['scales'] = { dtype: 'F32', shape: [rows.count], data: rows.scales };
  } else if (rows instanceof HalfRows) {
    tensors['rows'] = { dtype: 'F16', shape, data: rows.data };
  } else {
    tensors['rows'] = { dtype: 'F32', shape, data: (rows as FloatRows).data };
  }
  for (const [name, tensor] of Object.entries(tensors)) {
    const fault = faultyNumber(tensor);
    if (!fault) continue;
    throw new SeqkitError(`The ${name} of the vectors hold ${fault.value}: they cannot be saved.`, {
      code: 'diverged',
      hint: 'Their training diverged: train again with a lower alpha.',
    });
  }
  return encodeSafetensors(tensors, { format: FORMAT, formatVersion: String(FORMAT_VERSION), ...metadata });
}
