import { SeqkitError } from '../../base/errors.js';
import { number, optional, optionsSchema, type Schema } from '../../base/schema/index.js';

/** What joins the loss, as Keras's `regularizers.L1L2`: l1 * sum(|w|) + l2 * sum(w^2). */
export interface Regularizer {
  /** @default 0 */
  l1?: number;
  /** @default 0 */
  l2?: number;
}

/** Keras's names for regularizers with a factor of 0.01 each. */
export type RegularizerName = 'l1' | 'l2' | 'l1l2';

/** What layers take for a regularizer. */
export type RegularizerOption = Regularizer | RegularizerName;

/** Keras's factor where a name alone is given. */
const NAMED_FACTOR = 0.01;

const byName = {
  l1: { l1: NAMED_FACTOR },
  l2: { l2: NAMED_FACTOR },
  l1l2: { l1: NAMED_FACTOR, l2: NAMED_FACTOR },
} satisfies Record<RegularizerName, Regularizer>;

const factors = optionsSchema<Regularizer>('A regularizer', {
  l1: optional(number({ min: 0 })),
  l2: optional(number({ min: 0 })),
});

/** The schema of a regularizer, or of the name of one. */
export const regularizer: Schema<Regularizer> = {
  expected: "an object such as { l2: 0.01 }, or 'l1', 'l2' or 'l1l2'",
  parse(value, name) {
    const named = typeof value === 'string' ? value.replace(/^l1_l2$|^L1L2$/, 'l1l2').toLowerCase() : '';
    if (Object.hasOwn(byName, named)) return { ...byName[named as RegularizerName] };
    const found = factors.parse(value, name);
    if (found.l1 !== undefined || found.l2 !== undefined) return found;
    throw new SeqkitError(`${name} needs l1, l2 or both.`, {
      code: 'usage',
      hint: 'Give { l2: 0.01 }, or leave it out.',
    });
  },
};

/**
 * The two factors of a regularizer, 0 where there is none.
 * @throws SeqkitError `bad-value` or `usage` where it is none
 */
export function factorsOf(given: RegularizerOption | undefined): Required<Regularizer> {
  const { l1 = 0, l2 = 0 } = given === undefined ? {} : regularizer.parse(given, 'A regularizer');
  return { l1, l2 };
}
