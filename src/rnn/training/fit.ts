import { SeqkitError } from '../errors.js';
import { Random } from '../random.js';
import { toTensor, type Tensor } from '../tensor.js';
import type { Examples } from './batch-feeder.js';
import { CheckpointClock, type RunDescription } from './checkpoint.js';
import type { CheckpointFiles } from './checkpoint-files.js';
import { EarlyStopping } from './early-stopping.js';
import type { CheckpointOptions, EpochReport, FitOptions } from './fit-options.js';
import { FitPosition, type History } from './fit-position.js';
import { describeRun } from './fit-run.js';
import type { ProgramSize } from './model-programs.js';
import type { Trainer } from './trainer.js';
import { Turns } from './turns.js';

export type { BatchReport, CheckpointOptions, EpochReport, FitOptions } from './fit-options.js';
export type { History } from './fit-position.js';

/** The model that is trained, as the loop sees it. */
export interface FittedModel {
  readonly seed: number;
  readonly stateful: boolean;
  readonly trainer: Trainer;
  sizeOfBatch(x: Tensor): ProgramSize;
  /** The layers and all else that makes the model what it is. */
  describe(): Record<string, unknown>;
  checkpoints(): CheckpointFiles;
}

/** The loop of `Sequential.fit`. The options have been checked. */
export async function fitExamples(
  model: FittedModel,
  examples: Examples,
  options: FitOptions,
): Promise<History> {
  const { trainer, stateful, seed } = model;
  const { epochs = 1, shuffle = !stateful, validationSplit = 0, signal, checkpoint } = options;
  const size = model.sizeOfBatch(examples.x);
  const total = examples.x.shape[0];
  const trained = total - heldBackOf(total, options);
  const validation = validationExamples(examples, trained, options);
  const stopping = options.earlyStopping && new EarlyStopping(options.earlyStopping);
  const at = new FitPosition(trained, new Random(seed).fork('shuffle'), stopping);

  const saver =
    checkpoint &&
    (await FitSaver.open(
      model,
      await describeRun(model, examples, validation?.examples, { size, shuffle, validationSplit, stopping }),
      { checkpoint, resume: options.resume ?? false, at },
    ));

  const turns = new Turns();
  const batches = Math.ceil(trained / size.batch);
  try {
    for (; at.epoch <= epochs && !stopping?.over; at.nextEpoch()) {
      while (at.batch < batches) {
        await turns.give();
        if (signal?.aborted) {
          await saver?.save();
          return { ...at.history, stopped: true };
        }
        if (at.batch === 0 && shuffle) at.random.shuffle(at.order);
        const start = at.batch * size.batch;
        const count = Math.min(size.batch, trained - start);
        const loss = await trainer.train(size, examples, at.order, start, count);
        at.sum += loss * count;
        at.batch++;
        options.onBatch?.({ epoch: at.epoch, batch: at.batch, batches, loss });
        if (saver?.due) await saver.save();
      }
      const report: EpochReport = { epoch: at.epoch, loss: at.sum / trained };
      if (validation) report.validationLoss = await meanLoss(trainer, size, validation);
      at.endEpoch(report, () => trainer.getState());
      options.onEpoch?.(report);
    }
  } catch (error) {
    throw checkpoint ? withLastCheckpoint(error, checkpoint.path) : error;
  }
  await saver?.save();
  const best = stopping?.bestBuffers;
  // The counts of steps stay, so that training may go on from there.
  if (best) trainer.setState({ ...trainer.getState(), buffers: best });
  return at.history;
}

/** Saves a run to its file, after it went on from there. */
class FitSaver {
  readonly #clock: CheckpointClock;

  private constructor(
    readonly model: FittedModel,
    readonly run: RunDescription,
    readonly checkpoint: CheckpointOptions,
    readonly at: FitPosition,
  ) {
    this.#clock = new CheckpointClock(checkpoint, model.trainer.step);
  }

  static async open(
    model: FittedModel,
    run: RunDescription,
    { checkpoint, resume, at }: { checkpoint: CheckpointOptions; resume: boolean; at: FitPosition },
  ): Promise<FitSaver> {
    const found = await model.checkpoints().open(checkpoint.path, { resume, run });
    if (found) {
      await model.trainer.resume(found.state);
      at.restore(found, checkpoint.path);
    }
    return new FitSaver(model, run, checkpoint, at);
  }

  get due(): boolean {
    return this.#clock.due(this.model.trainer.step);
  }

  async save(): Promise<void> {
    const { model, run, checkpoint, at } = this;
    await model.checkpoints().save(checkpoint.path, { run, state: model.trainer.getState(), ...at.save() });
    this.#clock.saved(model.trainer.step);
  }
}

/** How many examples `validationSplit` takes. */
function heldBackOf(total: number, { validationData, validationSplit = 0 }: FitOptions): number {
  const heldBack = validationData ? 0 : Math.floor(total * validationSplit);
  if (total - heldBack < 1) {
    throw new SeqkitError(`Of ${total} examples, ${heldBack} are held back: none is left to train on.`, {
      code: 'too-little-data',
    });
  }
  if (validationSplit > 0 && heldBack === 0) {
    throw new SeqkitError(`A validationSplit of ${validationSplit} holds back none of ${total} examples.`, {
      code: 'too-little-data',
      hint: 'Give more examples, a larger share, or validationData.',
    });
  }
  return heldBack;
}

/** Examples with the numbers of those to use. */
interface Selection {
  examples: Examples;
  indices: Int32Array;
}

function validationExamples(
  examples: Examples,
  trained: number,
  { validationData }: FitOptions,
): Selection | undefined {
  const heldBack = examples.x.shape[0] - trained;
  if (validationData) {
    const x = toTensor(validationData.x);
    const indices = Int32Array.from({ length: x.shape[0] }, (_, i) => i);
    return { examples: { x, y: toTensor(validationData.y) }, indices };
  }
  if (heldBack === 0) return undefined;
  return { examples, indices: Int32Array.from({ length: heldBack }, (_, i) => trained + i) };
}

async function meanLoss(
  trainer: Trainer,
  size: ProgramSize,
  { examples, indices }: Selection,
): Promise<number> {
  let sum = 0;
  for (let start = 0; start < indices.length; start += size.batch) {
    const count = Math.min(size.batch, indices.length - start);
    sum += (await trainer.evaluate(size, examples, indices, start, count)) * count;
  }
  return sum / indices.length;
}

/** A training that diverged has its last good checkpoint still: says so. */
function withLastCheckpoint(error: unknown, path: string): unknown {
  if (!(error instanceof SeqkitError) || error.code !== 'diverged') return error;
  return new SeqkitError(error.message, {
    code: 'diverged',
    hint: `${error.hint ?? ''} The last checkpoint, if one was written by then, is untouched: ${path}.`.trim(),
    cause: error,
  });
}
