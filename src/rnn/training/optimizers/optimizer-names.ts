import { choice, wrongValue, type Schema } from '../../../base/schema/index.js';
import type { Optimizer } from './optimizer.js';

/** What names stand for, without the classes: so a page that only predicts loads none. */
const names = ['SGD', 'Momentum', 'RMSprop', 'Adagrad', 'Adam', 'AdamW', 'Nadam'] as const;
export type OptimizerClassName = (typeof names)[number];

/** An optimizer's name, which stands for one with its defaults. Keras's small letters are taken too. */
export type OptimizerName = OptimizerClassName | Lowercase<OptimizerClassName>;

const inSmall = Object.fromEntries(names.map((name) => [name.toLowerCase(), name]));
const optimizerName = choice(names, { ...inSmall, adamW: 'AdamW' });

/** What an optimizer must have. */
function isOptimizer(value: unknown): value is Optimizer {
  const { trace, hyper } = (value ?? {}) as Partial<Optimizer>;
  return typeof trace === 'function' && typeof hyper === 'function';
}

/** The schema of what `compile` takes: an optimizer, one of one's own, or a name, of which it makes none. */
export const optimizerByName: Schema<Optimizer | OptimizerClassName> = {
  expected: 'an optimizer, such as new Adam(), or its name',
  parse(value, name) {
    if (typeof value === 'string') return optimizerName.parse(value, name);
    if (typeof value === 'object' && isOptimizer(value) && typeof value.name === 'string') return value;
    const isClass = typeof value === 'function' && isOptimizer(value.prototype);
    throw wrongValue(name, this.expected, value, isClass ? `Make one: new ${value.name}().` : undefined);
  },
};
