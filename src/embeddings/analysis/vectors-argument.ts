import { schemaOf, type Schema } from '../../base/schema/index.js';
import { KeyedVectors } from '../keyed-vectors/keyed-vectors.js';

/** Vectors that a function is about. */
export const keyedVectors: Schema<KeyedVectors> = schemaOf(
  'KeyedVectors',
  (value) => value instanceof KeyedVectors,
  (value) =>
    typeof value === 'string' || value instanceof Promise
      ? 'Open them first: await KeyedVectors.load(path).'
      : undefined,
);
