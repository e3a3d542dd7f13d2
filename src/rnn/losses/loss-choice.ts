import type { Schema } from '../../base/schema/index.js';
import { BinaryCrossentropy } from './binary-crossentropy.js';
import { CategoricalCrossentropy } from './categorical-crossentropy.js';
import { ContrastiveLoss } from './contrastive-loss.js';
import { CosineSimilarity } from './cosine-similarity.js';
import { CTC } from './ctc.js';
import { Huber } from './huber.js';
import { Loss } from './loss.js';
import { checkLoss, EXPECTED_LOSS, type LossName } from './loss-names.js';
import { MeanAbsoluteError } from './mean-absolute-error.js';
import { MeanSquaredError } from './mean-squared-error.js';
import { SparseCategoricalCrossentropy } from './sparse-categorical-crossentropy.js';
import { TripletLoss } from './triplet-loss.js';

interface LossClass {
  new (options?: never): Loss;
}

export { lossNames, type LossName } from './loss-names.js';

/** What a name stands for. A new loss of the library gets a line here, and in `loss-names.ts`. */
const lossClasses = {
  categoricalCrossentropy: CategoricalCrossentropy,
  sparseCategoricalCrossentropy: SparseCategoricalCrossentropy,
  binaryCrossentropy: BinaryCrossentropy,
  meanSquaredError: MeanSquaredError,
  meanAbsoluteError: MeanAbsoluteError,
  huber: Huber,
  cosineSimilarity: CosineSimilarity,
  tripletLoss: TripletLoss,
  contrastiveLoss: ContrastiveLoss,
  ctc: CTC,
} satisfies Record<LossName, LossClass>;

/** A loss by name with its settings; each takes those of its class alone. */
export interface LossOptions {
  name: LossName;
  /** Of the cross-entropies: see `CrossentropyOptions`. */
  fromLogits?: boolean;
  /** Of the cross-entropies: see `CrossentropyOptions`. */
  labelSmoothing?: number;
  /** Of `huber`. @default 1 */
  delta?: number;
  /** Of `tripletLoss`, 0.2 where it is left out, and of `contrastiveLoss`, 1. */
  margin?: number;
  /** Of `ctc`. @default false */
  zeroInfinity?: boolean;
}

/** A loss, or the name of one that is to have its defaults, or a name with settings. */
export type LossChoice = Loss | LossName | LossShortName | LossOptions;

/** Short names that people know: mean squared and mean absolute error. */
export type LossShortName = 'mse' | 'mae';

/** The loss of one output of a model, and its weight in the sum of all. */
export interface LossTerm {
  readonly loss: LossChoice;
  readonly weight: number;
}

/** The schema of a loss; it makes one of a name. */
export const anyLoss: Schema<Loss> = {
  expected: EXPECTED_LOSS,
  parse: (value, name) => parseLoss(value, name),
};

/**
 * The loss that is meant.
 * @param where whose it is, in errors
 * @throws SeqkitError `usage` or `bad-value` for settings that there are not, or that contradict each other
 */
export function parseLoss(loss: unknown, where = 'The loss'): Loss {
  const checked = checkLoss(loss, where);
  if (checked instanceof Loss) return checked;
  if (typeof checked === 'string') return make(checked, undefined);
  return make(checked.name, checked);
}

function make(name: LossName, options: object | undefined): Loss {
  return new (lossClasses[name] as LossClass)(options as never);
}

/** The losses of a model's outputs in their order. */
export function lossTerms(
  loss: LossChoice | readonly LossTerm[],
): readonly { readonly loss: Loss; readonly weight: number }[] {
  if (!Array.isArray(loss)) return [{ loss: parseLoss(loss), weight: 1 }];
  return (loss as readonly LossTerm[]).map(({ loss: one, weight }) => ({ loss: parseLoss(one), weight }));
}
