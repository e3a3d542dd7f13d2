import { SeqkitError } from '../../base/errors.js';
import { wrongValue } from '../../base/schema/index.js';
import { sizeOf } from '../program/tensor.js';

/** More numbers than any engine's memory has room for: 4 GiB of float32. */
const MAX_SIZE = 2 ** 30;

/** @throws SeqkitError `bad-shape` for more numbers than there is room for, before any is made */
export function checkedShape(shape: readonly number[], name: string): readonly number[] {
  const isSize = (size: unknown): boolean => Number.isSafeInteger(size) && (size as number) >= 1;
  if (!Array.isArray(shape) || shape.length === 0 || !Array.from(shape as unknown[]).every(isSize)) {
    throw wrongValue(`The shape of ${name}`, 'an array of whole numbers of at least 1', shape);
  }
  if (sizeOf(shape) <= MAX_SIZE) return shape as readonly number[];
  throw new SeqkitError(`${name} of shape (${shape.join(', ')}) would hold more than 2^30 numbers.`, {
    code: 'bad-shape',
    hint: 'Take fewer units, tokens or features: no engine has memory for so many.',
  });
}
