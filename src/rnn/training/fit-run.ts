import { Fingerprint } from '../../base/encoding/fingerprint.js';
import type { Tensor } from '../program/tensor.js';
import type { Examples } from './examples.js';
import type { RunDescription } from './checkpoint.js';
import type { EarlyStopping } from './early-stopping.js';
import type { FitOptions } from './fit-options.js';
import type { ProgramSize } from './model-programs.js';
import type { Trainer } from './trainer.js';

/** What a run of `fit` is: all that its result depends on but for how long it goes on. */
export async function describeFitRun(
  model: { seed: number; trainer: Trainer; describe(): Record<string, unknown> },
  examples: Examples,
  validation: Examples | undefined,
  options: {
    size: ProgramSize;
    shuffle: boolean;
    validationSplit: number;
    stopping: EarlyStopping | undefined;
    classWeight: FitOptions['classWeight'];
  },
): Promise<RunDescription> {
  const { size, shuffle, validationSplit, stopping, classWeight } = options;
  return {
    loop: 'fit',
    ...model.describe(),
    seed: model.seed,
    ...(await model.trainer.describe(size)),
    'the input x': fingerprint(examples.inputs),
    'the targets y': fingerprint(examples.targets),
    sampleWeight: fingerprint(examples.weights),
    ...(classWeight && { classWeight }),
    ...lengthsOf(examples),
    validationData: validation ? fingerprint(validation.inputs) + fingerprint(validation.targets) : null,
    ...(validation &&
      validation.weights.length > 0 && { 'sampleWeight of validationData': fingerprint(validation.weights) }),
    ...(validation && lengthsOf(validation, 'lengths of validationData')),
    batchSize: size.batch,
    shuffle,
    validationSplit,
    earlyStopping: stopping?.options ?? null,
  };
}

/** Of all tensors, or 'none'. */
function fingerprint(tensors: readonly Tensor[]): string {
  if (tensors.length === 0) return 'none';
  const all = new Fingerprint();
  for (const { data, shape } of tensors) all.add(`${data.constructor.name} ${shape.join()}`).add(data);
  return all.toString();
}

/** Nothing where there are none, as in checkpoints of before. */
function lengthsOf({ lengths }: Examples, name = 'lengths'): Record<string, string> {
  if (!lengths.some((own) => own)) return {};
  return { [name]: fingerprint(lengths.map((data = new Int32Array()) => ({ data, shape: [data.length] }))) };
}
