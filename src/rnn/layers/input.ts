import { SeqkitError } from '../../base/errors.js';
import { checkKnownOptions } from '../../base/options.js';
import type { Layer } from './layer.js';
import { SymbolicTensor } from './symbolic-tensor.js';

export interface InputOptions {
  /**
   * One example's shape: (T, D) for sequences, (T, S, D) for sequences of sequences, which
   * `TimeDistributed` takes, (D) for rows, (T) for tokens; null for a size
   * that may differ from batch to batch, as in `[null, 40]`.
   */
  shape: readonly (number | null)[];
  /** @default 'input', 'input_1' and so on */
  name?: string;
}

/** A place where batches enter a `Model`. */
export function input(options: InputOptions): SymbolicTensor<Layer> {
  checkKnownOptions(options, { shape: true, name: true }, 'input');
  const { shape, name = '' } = options;
  const fits = shape.length >= 1 && shape.length <= 3 && shape.slice(1).every((size) => size !== null);
  if (!fits || shape.some((size) => size !== null && !(Number.isInteger(size) && size > 0))) {
    throw new SeqkitError(`An input cannot have the shape (${shape.join(', ')}).`, {
      code: 'bad-shape',
      hint: 'Give [T, D] for sequences, [T, S, D] for sequences of sequences, [D] for rows, [T] for tokens; T may be null.',
    });
  }
  return new SymbolicTensor<Layer>({ name, shape: [...shape] });
}
