import { SeqkitError } from '../../../base/errors.js';
import { choice, shown, wrongValue, type Schema } from '../../../base/schema/index.js';
import { Adagrad } from './adagrad.js';
import { Adam } from './adam.js';
import { AdamW } from './adamw.js';
import { Momentum } from './momentum.js';
import { Nadam } from './nadam.js';
import type { Optimizer } from './optimizer.js';
import { RMSprop } from './rmsprop.js';
import { SGD } from './sgd.js';

const optimizers = { SGD, Momentum, RMSprop, Adagrad, Adam, AdamW, Nadam } as const;

/** An optimizer's name, which stands for one with its defaults. Keras's small letters are taken too. */
export type OptimizerName = keyof typeof optimizers | Lowercase<keyof typeof optimizers>;

const names = Object.keys(optimizers) as (keyof typeof optimizers)[];
const inSmall = Object.fromEntries(names.map((name) => [name.toLowerCase(), name]));
const optimizerName = choice(names, { ...inSmall, adamW: 'AdamW' });

/** The schema of what `compile` takes: an optimizer, one of one's own, or a name. */
export const anyOptimizer: Schema<Optimizer> = {
  expected: 'an optimizer, such as new Adam(), or its name',
  parse(value, name) {
    if (typeof value === 'string') return new optimizers[optimizerName.parse(value, name)]();
    const found = typeof value === 'object' && value !== null ? (value as Partial<Optimizer>) : {};
    if (
      typeof found.trace === 'function' &&
      typeof found.hyper === 'function' &&
      typeof found.name === 'string'
    ) {
      return value as Optimizer;
    }
    const isClass = typeof value === 'function' && names.some((known) => optimizers[known] === value);
    const hint = isClass ? `Make one: new ${(value as { name: string }).name}().` : undefined;
    throw wrongValue(name, this.expected, value, hint);
  },
};

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
