import { SeqkitError } from '../../../base/errors.js';
import { shown } from '../../../base/schema/index.js';
import { Adagrad } from './adagrad.js';
import { Adam } from './adam.js';
import { AdamW } from './adamw.js';
import { Momentum } from './momentum.js';
import { Nadam } from './nadam.js';
import type { Optimizer } from './optimizer.js';
import type { OptimizerClassName } from './optimizer-names.js';
import { RMSprop } from './rmsprop.js';
import { SGD } from './sgd.js';

export type { OptimizerName } from './optimizer-names.js';

const optimizers: Readonly<Record<OptimizerClassName, new () => Optimizer>> = {
  ...{ SGD, Momentum, RMSprop, Adagrad, Adam, AdamW, Nadam },
};

/** The optimizer that a name stands for, with its defaults; one that is made already as it is. */
export function optimizerOf(optimizer: Optimizer | OptimizerClassName): Optimizer {
  return typeof optimizer === 'string' ? new optimizers[optimizer]() : optimizer;
}

/**
 * What an optimizer, perhaps of one's own, gives for a step.
 * @throws SeqkitError `bad-value` for anything but finite numbers
 */
export function hyperOf(optimizer: Optimizer, step: number): number[] {
  const found: unknown = optimizer.hyper(step);
  if (Array.isArray(found) && found.length > 0 && found.every(Number.isFinite)) return found as number[];
  const shownWhole = Array.isArray(found) ? `[${found.slice(0, 4).map(shown).join(', ')}]` : shown(found);
  throw new SeqkitError(
    `The optimizer ${optimizer.name} gives ${shownWhole} for step ${step}; hyper returns an array of numbers.`,
    { code: 'bad-value' },
  );
}
