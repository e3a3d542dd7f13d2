import type { StoredTensor } from '../../base/encoding/safetensors.js';
import { SeqkitError } from '../../base/errors.js';
import type { Random } from '../../base/math/random.js';
import {
  number,
  optional,
  optionsSchema,
  parseStored,
  wholeNumber,
  listOf,
} from '../../base/schema/index.js';
import type { LoopCheckpoint } from '../../base/training/training-loop.js';
import type { Model } from '../../rnn/model/model.js';
import type { Tensor } from '../../rnn/program/tensor.js';
import { toStored, type Checkpoint, type RunDescription } from '../../rnn/training/checkpoint.js';
import { placeName, placeOf, type CheckpointChoice } from '../../rnn/training/checkpoint-choice.js';

/** Where a training in buckets stands: all but the numbers of the model. */
export interface BucketPosition {
  /** Steps so far, in all epochs. */
  step: number;
  /** Of this epoch: its batches so far, and their losses added up. */
  inEpoch: number;
  sum: number;
  /** Of the epochs so far. */
  loss: number[];
  heldOutLoss: number[];
  /** The epoch whose weights are kept, with its held-out loss. */
  best: { epoch: number; loss: number; weights: Tensor[][] } | undefined;
}

/** What draws random numbers in the run: the state of each is saved. */
export interface BucketRandoms {
  /** Of the order of the batches, as it was before this epoch. */
  epoch: readonly number[];
  /** What makes the batches draws from it as it goes. */
  readonly drawn: Random | undefined;
}

interface Written {
  readonly step: number;
  readonly inEpoch: number;
  readonly sum: number;
  readonly epoch: readonly number[];
  readonly drawn?: readonly number[];
  readonly bestEpoch?: number;
  readonly bestLoss?: number;
}

const randomState = listOf(wholeNumber({ min: 0, max: 2 ** 32 - 1 }), { min: 4, max: 4 });

const place = optionsSchema<Written>('position', {
  step: wholeNumber({ min: 0 }),
  inEpoch: wholeNumber({ min: 0 }),
  sum: number(),
  epoch: randomState,
  drawn: optional(randomState),
  bestEpoch: optional(wholeNumber({ min: 1 })),
  bestLoss: optional(number()),
});

/** What a training follows upon, which its checkpoint holds too. */
export interface CarriedArrays {
  readonly [name: string]: StoredTensor;
}

/** Before the names of what is carried. */
const CARRIED = 'carried/';

/** Saves a training in buckets to its file, which needs Node, or to its store, after it went on from there. */
export class BucketSaver implements LoopCheckpoint {
  private constructor(
    readonly model: Model,
    readonly run: RunDescription,
    readonly interval: CheckpointChoice,
    readonly at: BucketPosition,
    readonly randoms: BucketRandoms,
    readonly carried: CarriedArrays,
  ) {}

  /**
   * Goes on from what is saved where there is something, which `resume` allows.
   * @param at is set to where the run stood
   * @param run what the run is, by the name of each part: the file's must be the same
   * @param follows what the run begins with, where it takes the place of another that has ended
   * @throws SeqkitError `file-exists` without `resume`; `usage` for the file of another run; `bad-file`
   */
  static async open(
    model: Model,
    { checkpoint, resume }: { checkpoint: CheckpointChoice; resume: boolean },
    {
      at,
      randoms,
      run,
      follows,
    }: {
      at: BucketPosition;
      randoms: BucketRandoms;
      run: RunDescription;
      follows: { readonly carried: CarriedArrays; readonly isBegun: boolean } | undefined;
    },
  ): Promise<BucketSaver> {
    const saver = new BucketSaver(model, run, checkpoint, at, randoms, follows?.carried ?? {});
    if (follows?.isBegun === false) return saver;
    const found = await model.checkpoints().open(placeOf(checkpoint), { resume, run });
    if (found) {
      saver.#restore(found);
      await model.setTrainingState(found.state);
    }
    return saver;
  }

  step(): number {
    return this.at.step;
  }

  async save(): Promise<void> {
    const { model, run, at, randoms } = this;
    const { step, inEpoch, sum, best } = at;
    const written: Written = {
      ...{ step, inEpoch, sum, epoch: randoms.epoch },
      ...(randoms.drawn && { drawn: randoms.drawn.getState() }),
      ...(best && { bestEpoch: best.epoch, bestLoss: best.loss }),
    };
    const arrays: Record<string, StoredTensor> = {
      loss: toStored(Float64Array.from(at.loss)),
      heldOutLoss: toStored(Float64Array.from(at.heldOutLoss)),
    };
    for (const [name, array] of Object.entries(this.carried)) arrays[CARRIED + name] = array;
    best?.weights.forEach((layer, i) => {
      layer.forEach(({ data }, j) => {
        arrays[`best/${i}/${j}`] = toStored(data as Float32Array);
      });
    });
    const state = await model.getTrainingState();
    await model.checkpoints().save(placeOf(this.interval), { run, state, position: { ...written }, arrays });
  }

  #restore({ position, arrays }: Checkpoint): void {
    const path = placeName(this.interval);
    const refuse = (): never => {
      throw new SeqkitError(`${path} is no checkpoint of this kind of training, or not a whole one.`, {
        code: 'bad-file',
      });
    };
    const floatsOf = (name: string): Float32Array | Float64Array => {
      const found = arrays[name];
      return found?.dtype === 'F64' || found?.dtype === 'F32' ? found.data : refuse();
    };
    const stored = position as Partial<Record<keyof Written, unknown>>;
    const read = parseStored(place, { ...stored }, 'position', path);
    const { at, randoms } = this;
    if ((read.drawn === undefined) !== (randoms.drawn === undefined)) refuse();
    if (read.drawn) randoms.drawn?.setState([...read.drawn]);
    randoms.epoch = read.epoch;
    Object.assign(at, { step: read.step, inEpoch: read.inEpoch, sum: read.sum });
    at.loss.push(...floatsOf('loss'));
    at.heldOutLoss.push(...floatsOf('heldOutLoss'));
    const { bestEpoch, bestLoss } = read;
    if (bestEpoch === undefined || bestLoss === undefined) return;
    const weights = this.model.layers.map((layer, i) =>
      layer.getWeights().map(({ shape, data }, j): Tensor => {
        const kept = floatsOf(`best/${i}/${j}`);
        return kept.length === data.length ? { shape, data: kept } : refuse();
      }),
    );
    at.best = { epoch: bestEpoch, loss: bestLoss, weights };
  }
}

/** What a checkpoint of a training that follows upon another carries. */
export function carriedBy({ arrays }: Checkpoint): CarriedArrays {
  const own = Object.entries(arrays).filter(([name]) => name.startsWith(CARRIED));
  return Object.fromEntries(own.map(([name, array]) => [name.slice(CARRIED.length), array]));
}
