import { Fingerprint } from '../fingerprint.js';
import type { Tensor } from '../tensor.js';
import type { Examples } from './batch-feeder.js';
import type { RunDescription } from './checkpoint.js';
import type { EarlyStopping } from './early-stopping.js';
import type { ProgramSize } from './model-programs.js';
import type { Trainer } from './trainer.js';

/** What a run of `fit` is: all that its result depends on but for how long it goes on. */
export async function describeRun(
  model: { seed: number; trainer: Trainer; describe(): Record<string, unknown> },
  examples: Examples,
  validation: Examples | undefined,
  options: {
    size: ProgramSize;
    shuffle: boolean;
    validationSplit: number;
    stopping: EarlyStopping | undefined;
  },
): Promise<RunDescription> {
  const { size, shuffle, validationSplit, stopping } = options;
  const other = validation === examples ? undefined : validation;
  return {
    loop: 'fit',
    ...model.describe(),
    seed: model.seed,
    ...(await model.trainer.describe(size)),
    'the input x': fingerprint(examples.x),
    'the targets y': fingerprint(examples.y),
    sampleWeight: fingerprint(examples.sampleWeight),
    validationData: other ? fingerprint(other.x) + fingerprint(other.y) : null,
    batchSize: size.batch,
    shuffle,
    validationSplit,
    earlyStopping: stopping?.options ?? null,
  };
}

function fingerprint(tensor: Tensor | undefined): string {
  if (!tensor) return 'none';
  return new Fingerprint()
    .add(`${tensor.data.constructor.name} ${tensor.shape.join()}`)
    .add(tensor.data)
    .toString();
}
