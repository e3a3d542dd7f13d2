import { SeqkitError } from '../../base/errors.js';
import { listOf, optionsSchema, schemaOf } from '../../base/schema/index.js';
import type { Layer } from './layer.js';
import { layerName } from './layer-options.js';
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

const sizeOrAny = schemaOf<number | null>(
  'a whole number of at least 1, or null',
  (value) => value === null || (Number.isSafeInteger(value) && (value as number) >= 1),
);

const inputOptions = optionsSchema<InputOptions>('input', {
  shape: listOf(sizeOrAny),
  name: layerName,
});

/** A place where batches enter a `Model`. */
export function input(options: InputOptions): SymbolicTensor<Layer> {
  const { shape, name = '' } = inputOptions.parse(options);
  if (shape.length < 1 || shape.length > 3 || shape.slice(1).includes(null)) {
    throw new SeqkitError(`An input cannot have the shape (${shape.slice(0, 6).join(', ')}).`, {
      code: 'bad-shape',
      hint: 'Give [T, D] for sequences, [T, S, D] for sequences of sequences, [D] for rows, [T] for tokens; T may be null.',
    });
  }
  return new SymbolicTensor<Layer>({ name, shape });
}
