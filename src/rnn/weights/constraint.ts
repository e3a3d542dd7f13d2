import { choice, either, number, optionsSchema, type Schema } from '../../base/schema/index.js';

/**
 * What a weight is held to after each update, as Keras's constraints. A norm is taken over the first axis of the
 * weight: of a kernel (D, H) over what goes into each unit, of a bias over all of it.
 *
 * - `nonNeg`: numbers below 0 become 0.
 * - `unitNorm`: each norm becomes 1.
 * - `maxNorm`, or `{ maxNorm: 3 }`: norms above the limit, 2 where none is given, are brought down to it.
 */
export type Constraint = 'nonNeg' | 'unitNorm' | 'maxNorm' | { maxNorm: number };

const names = choice(['nonNeg', 'unitNorm', 'maxNorm'], {
  NonNeg: 'nonNeg',
  UnitNorm: 'unitNorm',
  MaxNorm: 'maxNorm',
});

/** The schema of a constraint. */
export const constraint: Schema<Constraint> = either(
  names,
  optionsSchema<{ maxNorm: number }>('A constraint', { maxNorm: number({ above: 0 }) }),
);
