import { SeqkitError } from '../../base/errors.js';
import {
  choice,
  flag,
  isPlainObject,
  number,
  optional,
  optionsSchema,
  shown,
  wrongValue,
  type OptionsSchema,
  type Schema,
} from '../../base/schema/index.js';
import type { Ending } from '../layers/layer.js';
import { checkFitsCrossentropy, checkFitsCTC } from './fitting.js';
import { Loss } from './loss.js';

// What can be told of a loss by its name, without the class that computes it: so a page that only predicts loads none.

export const lossNames = [
  'categoricalCrossentropy',
  'sparseCategoricalCrossentropy',
  'binaryCrossentropy',
  'meanSquaredError',
  'meanAbsoluteError',
  'huber',
  'cosineSimilarity',
  'tripletLoss',
  'contrastiveLoss',
  'ctc',
] as const;
export type LossName = (typeof lossNames)[number];

/** What a loss may be told by options. */
export interface AnyLossOptions {
  name?: string;
  fromLogits?: boolean;
  labelSmoothing?: number;
  delta?: number;
  margin?: number;
  zeroInfinity?: boolean;
}

/** Of a cross-entropy, its name among them. */
interface GivenCrossentropy {
  name?: string;
  fromLogits?: boolean;
  labelSmoothing?: number;
}

const named = (name: string) => ({ name: optional(choice([name])) });

function crossentropyOptions(name: string): OptionsSchema<GivenCrossentropy> {
  return optionsSchema<GivenCrossentropy>(name, {
    ...named(name),
    fromLogits: optional(flag),
    labelSmoothing: optional(number({ min: 0, below: 1 })),
  });
}

/** With what the cross-entropies take, to say that it has none of it. */
function squaredErrorOptions(): OptionsSchema<GivenCrossentropy> {
  const schema = crossentropyOptions('meanSquaredError');
  return {
    ...schema,
    parse(value, where) {
      const given = schema.parse(value, where);
      if (given.fromLogits === undefined && (given.labelSmoothing ?? 0) === 0) return given;
      throw new SeqkitError('meanSquaredError has no logits and no labels to smooth.', { code: 'usage' });
    },
  };
}

/** The schema of each loss's options, its own name among them. */
export const lossSchemas = {
  categoricalCrossentropy: crossentropyOptions('categoricalCrossentropy'),
  sparseCategoricalCrossentropy: crossentropyOptions('sparseCategoricalCrossentropy'),
  binaryCrossentropy: crossentropyOptions('binaryCrossentropy'),
  meanSquaredError: squaredErrorOptions(),
  meanAbsoluteError: optionsSchema<{ name?: string }>('meanAbsoluteError', named('meanAbsoluteError')),
  huber: optionsSchema<{ name?: string; delta?: number }>('huber', {
    ...named('huber'),
    delta: optional(number({ above: 0 })),
  }),
  cosineSimilarity: optionsSchema<{ name?: string }>('cosineSimilarity', named('cosineSimilarity')),
  tripletLoss: optionsSchema<{ name?: string; margin?: number }>('tripletLoss', {
    ...named('tripletLoss'),
    margin: optional(number({ min: 0 })),
  }),
  contrastiveLoss: optionsSchema<{ name?: string; margin?: number }>('contrastiveLoss', {
    ...named('contrastiveLoss'),
    margin: optional(number({ above: 0 })),
  }),
  ctc: optionsSchema<{ name?: string; zeroInfinity?: boolean }>('ctc', {
    ...named('ctc'),
    zeroInfinity: optional(flag),
  }),
} satisfies Record<LossName, OptionsSchema<{ name?: string }>>;

const lossName = choice(lossNames, {
  mse: 'meanSquaredError',
  MSE: 'meanSquaredError',
  mae: 'meanAbsoluteError',
  MAE: 'meanAbsoluteError',
  CTC: 'ctc',
});

export const EXPECTED_LOSS = `${lossName.expected}, an object with one as its name, or a Loss`;

/** A loss as it was named: without settings, its defaults. */
export type NamedLoss = LossName | ({ readonly name: LossName } & Omit<AnyLossOptions, 'name'>);

/**
 * A loss, or a name with its settings, checked.
 * @throws SeqkitError `usage` or `bad-value` for settings that there are not, or that contradict each other
 */
export function checkLoss(loss: unknown, where: string): Loss | NamedLoss {
  if (loss instanceof Loss) return checkedLoss(loss, where);
  if (typeof loss === 'string') return lossName.parse(loss, where);
  if (typeof loss === 'function' && loss.prototype instanceof Loss) {
    throw wrongValue(where, EXPECTED_LOSS, loss, `Make one: new ${loss.name}().`);
  }
  if (!isPlainObject(loss)) throw wrongValue(where, EXPECTED_LOSS, loss);
  const name = lossName.parse(loss['name'], `${where}: name`);
  return { ...lossSchemas[name].parse({ ...loss, name }, where), name };
}

/** The schema of a loss, as `compile` takes it; it makes none of a name. */
export const lossByName: Schema<Loss | NamedLoss> = { expected: EXPECTED_LOSS, parse: checkLoss };

/**
 * Checks a loss against what the layers say of an output.
 * @throws SeqkitError `usage` where they contradict each other
 */
export function checkFits(loss: Loss | NamedLoss, ending: Ending, output: string): void {
  if (loss instanceof Loss) return void loss.fitting(ending, output);
  const { name, ...options }: { name: LossName } & AnyLossOptions =
    typeof loss === 'string' ? { name: loss } : loss;
  if (name === 'ctc') checkFitsCTC(ending, output);
  if (!name.endsWith('Crossentropy')) return;
  const probabilities = name === 'binaryCrossentropy' ? 'sigmoid' : 'softmax';
  checkFitsCrossentropy({ name, probabilities, fromLogits: options.fromLogits }, ending, output);
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
