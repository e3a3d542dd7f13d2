import { SeqkitError } from '../../base/errors.js';
import { fromHalf, LARGEST_HALF, toHalf } from '../../base/encoding/float16.js';
import { HalfRows, Int8Rows } from './rows.js';

/**
 * Rounds rows to whole numbers from -127 to 127 with a scale per row, so that the largest number
 * of a row is 127: a quarter of the memory.
 * @param data shape `(count, width)`
 */
export function quantizeRows(data: Float32Array, width: number): Int8Rows {
  const count = data.length / width;
  const ints = new Int8Array(data.length);
  const scales = new Float32Array(count);
  const norms = new Float32Array(count);
  for (let row = 0; row < count; row++) {
    const start = row * width;
    let largest = 0;
    for (let i = start; i < start + width; i++) largest = Math.max(largest, Math.abs(data[i]));
    scales[row] = largest / 127;
    if (scales[row] === 0) continue;
    let squares = 0;
    for (let i = start; i < start + width; i++) {
      // The scale is rounded to a float, so the largest could come out as 128.
      const value = Math.max(-127, Math.min(127, Math.round(data[i] / scales[row])));
      ints[i] = value;
      squares += value * value;
    }
    norms[row] = scales[row] * Math.sqrt(squares);
  }
  return new Int8Rows(ints, width, scales, norms);
}

/**
 * Rounds rows to 16-bit floats: half of the memory.
 * @param data shape `(count, width)`
 * @throws SeqkitError `bad-value` where a number is beyond what 16 bits reach
 */
export function halveRows(data: Float32Array, width: number): HalfRows {
  const count = data.length / width;
  const halves = new Uint16Array(data.length);
  const norms = new Float32Array(count);
  for (let row = 0; row < count; row++) {
    let squares = 0;
    for (let i = row * width; i < (row + 1) * width; i++) {
      if (Math.abs(data[i]) > LARGEST_HALF) {
        throw new SeqkitError(`Row ${row} holds ${data[i]}, and 16-bit floats end at ${LARGEST_HALF}.`, {
          code: 'bad-value',
          hint: 'Keep these vectors as float32.',
        });
      }
      halves[i] = toHalf(data[i]);
      const kept = fromHalf(halves[i]);
      squares += kept * kept;
    }
    norms[row] = Math.sqrt(squares);
  }
  return new HalfRows(halves, width, norms);
}
