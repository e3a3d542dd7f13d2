import type { StoredTensor } from '../../base/encoding/safetensors.js';
import { SeqkitError } from '../../base/errors.js';
import type { Model } from '../../rnn/model/model.js';
import type { Tensor } from '../../rnn/program/tensor.js';
import { checkSameRun, toStored, type RunDescription } from '../../rnn/training/checkpoint.js';
import { placeName, placeOf, type CheckpointChoice } from '../../rnn/training/checkpoint-choice.js';
import { carriedBy, type CarriedArrays } from '../fitting/bucket-checkpoint.js';
import type { SequenceHistory } from '../fitting/fit-schedule.js';

/** The part of a run's description that only the training on all of the series has. */
const REFIT = 'on all of the series';

/** The names of what a checkpoint holds of the first training: its losses, how it ended, and its weights. */
const [LOSS, HELD_OUT, ENDED] = ['loss', 'held-out loss', 'best epoch, steps, seconds'];
const weightName = (layer: number, weight: number): string => `weights/${layer}/${weight}`;

/** What the training on all of the series is, besides what the first one is. */
export const describeRefit = (first: RunDescription): RunDescription => ({ ...first, [REFIT]: true });

/** What the second training keeps of the first, so that nothing of it is done again. */
export function carriedOf(model: Model, history: SequenceHistory): CarriedArrays {
  const { loss, heldOutLoss, bestEpoch, steps, seconds } = history;
  const arrays: Record<string, StoredTensor> = {
    [LOSS]: toStored(Float64Array.from(loss)),
    [HELD_OUT]: toStored(Float64Array.from(heldOutLoss)),
    [ENDED]: toStored(Float64Array.of(bestEpoch, steps, seconds)),
  };
  model.layers.forEach((layer, i) => {
    layer.getWeights().forEach(({ data }, j) => {
      arrays[weightName(i, j)] = toStored(data as Float32Array);
    });
  });
  return arrays;
}

/**
 * Gives a model the weights of the first training where the second has begun.
 * @param run what both trainings are, as far as that is the same
 * @returns how the first one went; undefined where it has not ended, or nothing is saved
 * @throws SeqkitError `usage` for the checkpoint of another run; `bad-file`
 */
export async function restoreFirst(
  model: Model,
  checkpoint: CheckpointChoice,
  run: RunDescription,
): Promise<SequenceHistory | undefined> {
  const name = placeName(checkpoint);
  const found = await model.checkpoints().peek(placeOf(checkpoint), (stored) => {
    if (stored[REFIT] !== true) return false;
    checkSameRun(Object.fromEntries(Object.keys(run).map((part) => [part, stored[part]])), run, name);
    return true;
  });
  if (!found) return undefined;
  const carried = carriedBy(found);
  const numbersOf = (array: string): Float32Array | Float64Array => {
    const { dtype, data } = carried[array] ?? {};
    if (dtype === 'F64' || dtype === 'F32') return data;
    throw new SeqkitError(`${name} does not hold the whole of its first training.`, { code: 'bad-file' });
  };
  for (const [i, layer] of model.layers.entries()) {
    const weights = layer
      .getWeights()
      .map(({ shape }, j): Tensor => ({ shape, data: numbersOf(weightName(i, j)) }));
    layer.setWeights(weights);
  }
  const [bestEpoch, steps, seconds] = numbersOf(ENDED);
  const [loss, heldOutLoss] = [LOSS, HELD_OUT].map((array) => [...numbersOf(array)]);
  return { loss, heldOutLoss, bestEpoch, steps, seconds, stopped: false };
}
