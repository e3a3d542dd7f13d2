import { Fingerprint } from '../../base/encoding/fingerprint.js';
import type { StoredTensor } from '../../base/encoding/safetensors.js';
import { SeqkitError } from '../../base/errors.js';
import { number, optional, optionsSchema, wholeNumber } from '../../base/schema/index.js';
import { Adam, type AdamOptions } from '../../rnn/training/optimizers/adam.js';
import { hyperOf } from '../../rnn/training/optimizers/optimizer-choice.js';
import { adamTable } from '../../rnn/training/optimizers/adam.js';
import { readDescription } from '../../rnn/training/checkpoint.js';
import type { ExportedModel } from '../source/exported-model.js';
import type { ModuleSource } from './module-source.js';
import type { TorchTraining } from './python-programs.js';

/** How a training that a checkpoint holds goes on: what the checkpoint does not say of itself. */
export interface ContinuedTraining extends Pick<
  AdamOptions,
  'learningRate' | 'beta1' | 'beta2' | 'epsilon' | 'globalClipNorm'
> {
  /** How many rates of a schedule are written, the last of which stays. @default 10000 */
  rateSteps?: number;
}

/** The schema of `ContinuedTraining`. */
export const trainingSchema = optionsSchema<ContinuedTraining>('toPyTorch: training', {
  learningRate: adamTable.learningRate,
  beta1: adamTable.beta1,
  beta2: adamTable.beta2,
  epsilon: adamTable.epsilon,
  globalClipNorm: optional(number({ above: 0 })),
  rateSteps: optional(wholeNumber({ min: 1, max: 1_000_000 })),
});

const RATE_STEPS = 10_000;

/** Losses by their names, as expressions of y and target. The targets of the last are whole numbers. */
const LOSSES: Readonly<Record<string, { loss: string; wholeTargets?: boolean }>> = {
  meanSquaredError: { loss: 'functional.mse_loss(y, target)' },
  meanAbsoluteError: { loss: 'functional.l1_loss(y, target)' },
  binaryCrossentropy: { loss: 'functional.binary_cross_entropy_with_logits(y, target)' },
  sparseCategoricalCrossentropy: {
    loss: 'functional.cross_entropy(y.reshape(-1, y.shape[-1]), target.reshape(-1))',
    wholeTargets: true,
  },
};

/**
 * The rest of a training, from its checkpoint.
 * @throws SeqkitError `usage` where the model is no checkpoint, was trained with another optimizer or rate, or with a
 *   loss or regularizer that `train.py` does not have
 */
export function continuedTraining(
  { file, graph, source }: ExportedModel,
  { tensors }: ModuleSource,
  options: ContinuedTraining,
): { program: TorchTraining; moments: Record<string, StoredTensor> } {
  if (file?.training === undefined) {
    throw refused(
      `${source} is no checkpoint, so that there is no training to go on with.`,
      'Give the file that fit wrote with checkpoint.',
    );
  }
  const { run, step } = readDescription(file, source);
  const { rateSteps = RATE_STEPS, ...rates } = options;
  const optimizer = new Adam(rates);
  if (run['optimizer'] !== optimizer.name) {
    throw refused(
      `${source} was trained with ${String(run['optimizer'])}; train.py goes on with Adam.`,
      'Train with Adam.',
    );
  }
  const sampled = Array.from({ length: 40 }, (_, i) => hyperOf(optimizer, Math.round(1.6 ** i)));
  if (
    new Fingerprint().add(JSON.stringify(sampled)).toString() !== run['the learning rate or its schedule']
  ) {
    throw refused(
      `${source} was trained with another learning rate, beta1 or beta2 than those of training.`,
      'Give those that compile was given.',
    );
  }
  const regularized = graph.layers.find((layer) =>
    /egularizer"|onstraint"/.test(JSON.stringify(layer.options())),
  );
  if (regularized) {
    throw refused(
      `The layer "${regularized.name}" has a regularizer or constraint, which train.py has not.`,
      'Leave out training, and write the loop around model.py.',
    );
  }
  const moments: Record<string, StoredTensor> = {
    step: { dtype: 'F32', shape: [1], data: Float32Array.of(step) },
  };
  const fixed: string[] = [];
  for (const [name, tensor] of tensors) {
    const frozen = tensor.fixed === true || !tensor.layer.trainable;
    if (frozen) fixed.push(name);
    else {
      for (const [ending, kind] of [
        ['exp_avg', 'm'],
        ['exp_avg_sq', 'v'],
      ] as const) {
        const arrays = tensor.layer.weights.map((weight) => {
          const stored = file.weights.get(`training state/${weight.name}/adam ${kind}`);
          return (
            (stored?.data as ArrayLike<number> | undefined) ?? new Float32Array(weight.rows * weight.cols)
          );
        });
        moments[`${name}.${ending}`] = { dtype: 'F32', shape: tensor.shape, data: tensor.write(arrays) };
      }
    }
  }
  const hyper = new Adam({ ...rates });
  const learningRates =
    typeof options.learningRate === 'function'
      ? Array.from({ length: rateSteps }, (_, i) => hyper.hyper(step + 1 + i)[0])
      : [hyper.hyper(1)[0]];
  const { beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8, globalClipNorm } = options;
  return {
    program: {
      ...{ learningRates, beta1, beta2, epsilon, globalClipNorm, step, fixed },
      batchSize: Number(run['batchSize'] ?? 32),
      ...lossOf(run['loss'], source),
    },
    moments,
  };
}

function lossOf(described: unknown, source: string): { loss: string; wholeTargets: boolean } {
  const [term, ...others] = JSON.parse(String(described)) as { loss: unknown; weight: number }[];
  const entry = typeof term.loss === 'string' ? LOSSES[term.loss] : undefined;
  if (!entry || others.length > 0 || term.weight !== 1) {
    throw refused(
      `${source} was trained with the loss ${JSON.stringify(term.loss)}, which train.py has not.`,
      `It has ${Object.keys(LOSSES).join(', ')}, of one output, each with its defaults.`,
    );
  }
  return { loss: entry.loss, wholeTargets: entry.wholeTargets ?? false };
}

function refused(message: string, hint: string): SeqkitError {
  return new SeqkitError(message, { code: 'usage', hint });
}
