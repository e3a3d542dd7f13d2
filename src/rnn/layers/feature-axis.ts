import { SeqkitError } from '../../base/errors.js';
import { schemaOf } from '../../base/schema/index.js';
import type { Signal } from '../weights/trace.js';
import type { Layer } from './layer.js';

/** The axis of the features: -1, 2 of sequences, 1 of rows, or an array of it alone. */
export type FeatureAxis = number | readonly [number];

const isAxis = (value: unknown): boolean => value === -1 || value === 1 || value === 2;

/** The schema of `FeatureAxis`. */
export const featureAxis = schemaOf<FeatureAxis>(
  '-1, 2 or 1, the axis of the features, or an array of one of them',
  (value) => isAxis(value) || (Array.isArray(value) && value.length === 1 && isAxis(value[0])),
  (value) =>
    Array.isArray(value) && value.length > 1 ? 'Several axes at once cannot be normalized over.' : undefined,
);

/** @throws SeqkitError `bad-shape` for an axis that the features of this input do not lie along */
export function checkFeatureAxis(layer: Layer, axis: FeatureAxis | undefined, x: Signal): void {
  const given = typeof axis === 'object' ? axis[0] : (axis ?? -1);
  const own = x.time === undefined ? 1 : 2;
  if (given === -1 || given === own) return;
  const shape = x.time === undefined ? '(batch, features)' : '(batch, time, features)';
  throw new SeqkitError(
    `The layer "${layer.name}" (${layer.kind}) goes by the features, axis -1 or ${own} of ${shape}; axis ${given} was asked for.`,
    {
      code: 'bad-shape',
      hint: 'Leave axis out. Time, and several axes at once, cannot be normalized over.',
    },
  );
}
