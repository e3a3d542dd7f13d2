import type { TargetKind } from '../program/kernels.js';
import type { Matrix } from '../program/program.js';
import { SeqkitError } from '../../base/errors.js';
import { portName, type Signal, type Trace } from '../weights/trace.js';
import { choice, flag, number, optional, optionsSchema, wrongValue } from '../../base/schema/index.js';

/**
 * - `categoricalCrossentropy`: softmax against the shares of the classes, such as one-hot rows.
 * - `sparseCategoricalCrossentropy`: softmax against whole-number classes.
 * - `binaryCrossentropy`: sigmoid against 0 to 1, the mean over the features.
 * - `meanSquaredError`: the mean over the features of the squared difference.
 *
 * Each is averaged over the rows (examples, or time steps of examples), each row times its
 * sample weight: sum(w * loss) / count, as Keras divides. Masked rows do not count.
 */
export const lossNames = [
  'categoricalCrossentropy',
  'sparseCategoricalCrossentropy',
  'binaryCrossentropy',
  'meanSquaredError',
] as const;
export type LossName = (typeof lossNames)[number];

export interface LossOptions {
  name: LossName;
  /**
   * Whether the model gives logits. Without, it ends with softmax or sigmoid, and the loss takes
   * its probabilities. @default true
   */
  fromLogits?: boolean;
  /**
   * The share of each target that is spread evenly over all classes (Szegedy et al. 2016), from
   * 0 up to but without 1. @default 0
   */
  labelSmoothing?: number;
}

/** A loss by its name, or with settings. */
export type Loss = LossName | LossOptions;

/** The loss of one output of a model, and its weight in the sum of all. */
export interface LossTerm {
  readonly loss: Loss;
  readonly weight: number;
}

/** The losses of a model's outputs in their order. */
export function lossTerms(loss: Loss | readonly LossTerm[]): readonly LossTerm[] {
  return Array.isArray(loss) ? (loss as readonly LossTerm[]) : [{ loss: loss as Loss, weight: 1 }];
}

const lossName = choice(lossNames, {
  mse: 'meanSquaredError',
  MSE: 'meanSquaredError',
});

const lossOptions = optionsSchema<LossOptions>('The loss', {
  name: lossName,
  fromLogits: optional(flag),
  labelSmoothing: optional(number({ min: 0, below: 1 })),
});

/**
 * A loss as seqkit spells it.
 * @param where whose it is, in errors
 * @throws SeqkitError `usage` or `bad-value` for settings that there are not
 */
export function parseLoss(loss: unknown, where = 'The loss'): Loss {
  if (typeof loss === 'string') return lossName.parse(loss, where);
  if (typeof loss !== 'object' || loss === null) {
    throw wrongValue(where, `${lossName.expected}, or an object with one as its name`, loss);
  }
  return lossOptions.parse(loss, where);
}

/** @throws SeqkitError as `parseLoss`, and `usage` for settings that contradict each other */
export function lossSettings(loss: Loss, where?: string): Required<LossOptions> {
  const parsed = parseLoss(loss, where);
  const options: LossOptions = typeof parsed === 'string' ? { name: parsed } : parsed;
  const { name, fromLogits = true, labelSmoothing = 0 } = options;
  if (name === 'meanSquaredError' && (options.fromLogits !== undefined || labelSmoothing !== 0)) {
    throw new SeqkitError('meanSquaredError has no logits and no labels to smooth.', { code: 'usage' });
  }
  return { name, fromLogits, labelSmoothing };
}

/** Whether the targets are classes, one column of whole numbers. */
export function takesClasses(loss: Loss): boolean {
  return lossSettings(loss).name === 'sparseCategoricalCrossentropy';
}

/** Columns of the targets for F features of the model's output. */
export function targetColumns(loss: Loss, features: number): number {
  return takesClasses(loss) ? 1 : features;
}

/** Loss and gradient of the output, side by side. */
interface Traced {
  /** (R, 1), weighted. */
  readonly losses: Matrix;
  /** (R, F). */
  readonly gradient: Matrix;
}

/**
 * The weighted loss of output `index` in a program, from inputs `targets` and `weights`.
 * @returns its total (1, 1), the same without its weight, and the gradient of the model's output
 */
export function traceLoss(
  trace: Trace,
  { loss, weight }: LossTerm,
  output: Signal,
  index: number,
): { total: Matrix; own: Matrix; gradient: Matrix } {
  const { builder } = trace;
  const { rows, cols } = output.matrix;
  const settings = lossSettings(loss);
  if (output.steps !== undefined && settings.name.endsWith('ategoricalCrossentropy')) {
    throw new SeqkitError(`${settings.name} does not take (batch, time, steps, features).`, {
      code: 'bad-shape',
      hint: 'End with TimeDistributed of a layer that gives one row for each time step, such as Flatten.',
    });
  }
  const targets = builder.declare('input', portName('targets', index), rows, targetColumns(loss, cols));
  const weights = rowWeights(trace, output, index);
  const { losses, gradient } =
    settings.name === 'meanSquaredError'
      ? squaredError(trace, output.matrix, targets, weights)
      : crossEntropy(trace, settings, output.matrix, targets, weights);
  const own = trace.temporary(1, 1);
  builder.run('sum', { x: losses }, { total: own }, {});
  return { total: scaled(trace, own, weight), own, gradient: scaled(trace, gradient, weight) };
}

/** Sample weights over the number of rows that count; 0 for padding. */
function rowWeights(trace: Trace, { matrix, mask }: Signal, index: number): Matrix {
  const { builder } = trace;
  let weights = builder.declare('input', portName('weights', index), matrix.rows, 1);
  if (mask) {
    const kept = trace.temporary(matrix.rows, 1);
    builder.run('maskWeights', { weights, mask, valid: trace.valid }, { y: kept }, {});
    weights = kept;
  }
  return weights;
}

function squaredError(trace: Trace, x: Matrix, targets: Matrix, weights: Matrix): Traced {
  const [losses, gradient] = [trace.temporary(x.rows, 1), trace.temporary(x.rows, x.cols)];
  trace.builder.run('squaredError', { x, targets, weights }, { dx: gradient, losses }, {});
  return { losses, gradient };
}

const kinds = {
  categoricalCrossentropy: 'categorical',
  sparseCategoricalCrossentropy: 'sparse',
  binaryCrossentropy: 'binary',
} as const satisfies Record<Exclude<LossName, 'meanSquaredError'>, TargetKind>;

function crossEntropy(
  trace: Trace,
  { name, fromLogits, labelSmoothing: share }: Required<LossOptions>,
  x: Matrix,
  targets: Matrix,
  weights: Matrix,
): Traced {
  const { builder } = trace;
  const kind = kinds[name as keyof typeof kinds];
  if (share === 0) return entropy(trace, { kind, fromLogits }, x, targets, weights);
  const evenly = 1 / (kind === 'binary' ? 2 : x.cols);
  if (kind !== 'sparse') {
    const smooth = trace.temporary(targets.rows, targets.cols);
    builder.run('affine', { x: targets }, { y: smooth }, { factor: 1 - share, offset: share * evenly });
    return entropy(trace, { kind, fromLogits }, x, smooth, weights);
  }
  // Classes are no shares: the loss of the classes, and of the even spread, in proportion.
  const even = trace.temporary(x.rows, x.cols);
  builder.run('fill', {}, { y: even }, { value: evenly });
  const main = entropy(trace, { kind, fromLogits }, x, targets, scaled(trace, weights, 1 - share));
  const spread = entropy(trace, { kind: 'categorical', fromLogits }, x, even, scaled(trace, weights, share));
  builder.run('add', { a: main.losses, b: spread.losses }, { y: main.losses }, {});
  builder.run('add', { a: main.gradient, b: spread.gradient }, { y: main.gradient }, {});
  return main;
}

function entropy(
  trace: Trace,
  { kind, fromLogits }: { kind: TargetKind; fromLogits: boolean },
  x: Matrix,
  targets: Matrix,
  weights: Matrix,
): Traced {
  const [losses, gradient] = [trace.temporary(x.rows, 1), trace.temporary(x.rows, x.cols)];
  if (!fromLogits) {
    const outputs = { dp: gradient, losses };
    trace.builder.run('probabilityCrossEntropy', { p: x, targets, weights }, outputs, { targets: kind });
    return { losses, gradient };
  }
  const kernel = (
    {
      sparse: 'softmaxCrossEntropy',
      categorical: 'denseCrossEntropy',
      binary: 'sigmoidCrossEntropy',
    } as const
  )[kind];
  trace.builder.run(kernel, { logits: x, targets, weights }, { dLogits: gradient, losses }, {});
  return { losses, gradient };
}

function scaled(trace: Trace, x: Matrix, factor: number): Matrix {
  if (factor === 1) return x;
  const y = trace.temporary(x.rows, x.cols);
  trace.builder.run('affine', { x }, { y }, { factor, offset: 0 });
  return y;
}
