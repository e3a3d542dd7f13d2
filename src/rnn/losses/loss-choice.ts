import {
  choice,
  isPlainObject,
  shown,
  wrongValue,
  type OptionsSchema,
  type Schema,
} from '../../base/schema/index.js';
import { BinaryCrossentropy } from './binary-crossentropy.js';
import { CategoricalCrossentropy } from './categorical-crossentropy.js';
import { ContrastiveLoss } from './contrastive-loss.js';
import { CosineSimilarity } from './cosine-similarity.js';
import { CTC } from './ctc.js';
import { Huber } from './huber.js';
import { Loss } from './loss.js';
import { MeanAbsoluteError } from './mean-absolute-error.js';
import { MeanSquaredError } from './mean-squared-error.js';
import { SparseCategoricalCrossentropy } from './sparse-categorical-crossentropy.js';
import { TripletLoss } from './triplet-loss.js';

interface LossClass {
  readonly schema: OptionsSchema<{ name?: string }>;
  new (options?: never): Loss;
}

/** What a name stands for. A new loss of the library gets a line here. */
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
} satisfies Record<string, LossClass>;

export type LossName = keyof typeof lossClasses;
export const lossNames = Object.keys(lossClasses) as readonly LossName[];

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

const lossName = choice(lossNames, {
  mse: 'meanSquaredError',
  MSE: 'meanSquaredError',
  mae: 'meanAbsoluteError',
  MAE: 'meanAbsoluteError',
  CTC: 'ctc',
});

const EXPECTED = `${lossName.expected}, an object with one as its name, or a Loss`;

/** The schema of a loss, as `compile` takes it. */
export const anyLoss: Schema<Loss> = { expected: EXPECTED, parse: (value, name) => parseLoss(value, name) };

/**
 * The loss that is meant.
 * @param where whose it is, in errors
 * @throws SeqkitError `usage` or `bad-value` for settings that there are not, or that contradict each other
 */
export function parseLoss(loss: unknown, where = 'The loss'): Loss {
  if (loss instanceof Loss) return checkedLoss(loss, where);
  if (typeof loss === 'string') return make(lossName.parse(loss, where), undefined);
  if (typeof loss === 'function' && loss.prototype instanceof Loss) {
    throw wrongValue(where, EXPECTED, loss, `Make one: new ${loss.name}().`);
  }
  if (!isPlainObject(loss)) throw wrongValue(where, EXPECTED, loss);
  const name = lossName.parse(loss['name'], `${where}: name`);
  const options = lossClasses[name].schema.parse({ ...loss, name }, where);
  return make(name, options);
}

function make(name: LossName, options: object | undefined): Loss {
  return new (lossClasses[name] as LossClass)(options as never);
}

/** Of a loss of one's own, fields may be anything. */
function checkedLoss(loss: Loss, where: string): Loss {
  const { name, targets } = loss as { name: unknown; targets: unknown };
  if (typeof name !== 'string' || name === '') {
    throw wrongValue(
      `${where}: the name of a Loss`,
      'text that is not empty',
      name,
      "Write name = 'myLoss' into its class.",
    );
  }
  const kinds: readonly unknown[] = ['values', 'classes', 'labels', 'none'];
  if (!kinds.includes(targets)) {
    throw wrongValue(
      `${where}: what targets ${shown(name)} takes`,
      '"values", "classes", "labels" or "none"',
      targets,
    );
  }
  return loss;
}

/** The losses of a model's outputs in their order. */
export function lossTerms(
  loss: LossChoice | readonly LossTerm[],
): readonly { readonly loss: Loss; readonly weight: number }[] {
  if (!Array.isArray(loss)) return [{ loss: parseLoss(loss), weight: 1 }];
  return (loss as readonly LossTerm[]).map(({ loss: one, weight }) => ({ loss: parseLoss(one), weight }));
}
