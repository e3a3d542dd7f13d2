import { SeqkitError } from '../../base/errors.js';
import { Random } from '../../base/math/random.js';
import { quoted, wrongValue } from '../../base/schema/index.js';
import { runTrainingLoop, type LoopCheckpoint } from '../../base/training/training-loop.js';
import { EventLoopYielder } from '../../base/host/yield-to-event-loop.js';
import type { RunDescription } from './checkpoint.js';
import type { CheckpointFiles } from './checkpoint-files.js';
import { FitCallbacks } from './callbacks.js';
import { EarlyStopping } from './early-stopping.js';
import { weighClasses } from './class-weights.js';
import { countOf, type Examples } from './examples.js';
import { placeName, placeOf, type CheckpointChoice } from './checkpoint-choice.js';
import type { EpochReport, FitOptions } from './fit-options.js';
import { FitPosition, type History } from './fit-position.js';
import { describeFitRun } from './fit-run.js';
import type { ProgramSize } from './model-programs.js';
import type { Selection } from './batched-prediction.js';
import type { BatchLoss } from './batch-loss.js';
import { MetricCourse, monitored, validationName } from './metric-course.js';
import { metricNamesOf, MetricPass, type OutputMetrics } from './metric-pass.js';
import type { Trainer } from './trainer.js';

export type { BatchReport, EpochReport, FitCallback, FitOptions, ValidationData } from './fit-options.js';
export type { CheckpointOptions } from './checkpoint-choice.js';
export type { History } from './fit-position.js';

/** The model that is trained, as the loop sees it. */
export interface FittedModel {
  readonly seed: number;
  readonly stateful: boolean;
  readonly trainer: Trainer;
  /** Of each output where there are several, else none. */
  readonly outputNames: readonly string[];
  /** Whether it is to be disposed of: the training stops, as by a signal. */
  isOver(): boolean;
  /** Runs a callback, and waits for it unless the model is disposed of. */
  callBack(task: () => unknown): Promise<void>;
  /** The mean losses without training. */
  evaluate(selection: Selection, pass?: MetricPass): Promise<BatchLoss>;
  sizeOfBatch(examples: Examples): ProgramSize;
  /** The layers and all else that makes the model what it is. */
  describe(): Record<string, unknown>;
  checkpoints(): CheckpointFiles;
}

/**
 * The loop of `Sequential.fit`. The options have been checked.
 * @param given.validation what `validationData` holds
 */
export async function fitExamples(
  model: FittedModel,
  given: { examples: Examples; validation: Examples | undefined },
  options: FitOptions,
): Promise<History> {
  const { checkpoint } = options;
  if (!checkpoint || 'store' in checkpoint) return fitAlone(model, given, options);
  const { whileLocked } = await import('../../base/host/lock-file.js');
  return whileLocked(checkpoint.path, () => fitAlone(model, given, options));
}

async function fitAlone(
  model: FittedModel,
  given: { examples: Examples; validation: Examples | undefined },
  options: FitOptions,
): Promise<History> {
  const { trainer, stateful, seed, outputNames } = model;
  const { epochs = 1, shuffle = !stateful, validationSplit = 0, classWeight, signal, checkpoint } = options;
  const size = model.sizeOfBatch(given.examples);
  const trained = countOf(given.examples) - heldBackOf(countOf(given.examples), options);
  const examples = classWeight
    ? weighClasses(given.examples, await trainer.outputs(size), classWeight, trained)
    : given.examples;
  const validation = selectValidation(model, examples, trained, given.validation);
  const stopping = options.earlyStopping && new EarlyStopping(options.earlyStopping);
  const metrics = trainer.metrics && (await startMetrics(model, size, trainer.metrics));
  if (stopping) checkMonitor(stopping.options.monitor, metrics?.names ?? [], validation !== undefined);
  const random = new Random(seed).fork('shuffle');
  const at = new FitPosition({ examples: trained, outputs: outputNames.length, random, stopping, metrics });

  // A metric that cannot be saved says so before anything is trained.
  if (checkpoint) metrics?.pass.save();
  const saver =
    checkpoint &&
    (await FitSaver.open(
      model,
      await describeFitRun(model, examples, given.validation, {
        ...{ size, shuffle, validationSplit, stopping, classWeight },
      }),
      { checkpoint, resume: options.resume ?? false, at },
    ));

  const batches = Math.ceil(trained / size.batch);
  const named = (losses: readonly number[]): Record<string, number> =>
    Object.fromEntries(outputNames.map((name, i) => [`${name}Loss`, losses[i]]));
  const several = outputNames.length > 0;
  const callbacks = new FitCallbacks(options, (task) => model.callBack(task));
  let stopped: boolean;
  try {
    await callbacks.call('onTrainBegin');
    stopped = await runTrainingLoop<number>({
      hasEpoch: () => at.epoch <= epochs && !stopping?.over,
      *batches() {
        while (at.batch < batches) yield at.batch;
      },
      isStopped: () => signal?.aborted === true || model.isOver(),
      stopsAt: 'before step',
      eventLoop: new EventLoopYielder(),
      checkpoint: saver,
      async step(batch) {
        if (batch === 0) await callbacks.call('onEpochBegin', { epoch: at.epoch });
        await callbacks.call('onBatchBegin', { epoch: at.epoch, batch: batch + 1, batches });
        if (batch === 0 && shuffle) at.random.shuffle(at.order);
        const start = batch * size.batch;
        const count = Math.min(size.batch, trained - start);
        const { loss, outputs } = await trainer.train(size, examples, at.order, start, count, metrics?.pass);
        at.add({ loss, outputs }, count);
        const outputLosses = several && { outputLosses: named(outputs) };
        const report = { epoch: at.epoch, batch: at.batch, batches, loss, ...outputLosses };
        await callbacks.call('onBatchEnd', report);
      },
      async endEpoch() {
        const mean = at.mean(trained);
        const heldPass = validation && trainer.metrics && new MetricPass(trainer.metrics);
        const held = validation && (await model.evaluate(validation, heldPass));
        const figures = metrics?.endEpoch(heldPass?.results());
        at.endEpoch(mean, held, () => trainer.getState());
        const report: EpochReport = { epoch: at.epoch, loss: mean.loss };
        if (held) report.validationLoss = held.loss;
        if (several) report.outputLosses = named(mean.outputs);
        if (several && held) report.validationOutputLosses = named(held.outputs);
        Object.assign(report, figures);
        await callbacks.call('onEpochEnd', report);
        at.nextEpoch();
      },
    });
  } catch (error) {
    throw checkpoint ? withLastCheckpoint(error, placeName(checkpoint)) : error;
  }
  // What is saved goes on from the weights themselves.
  if (!stopped) await saver?.save();
  const best = stopped ? undefined : stopping?.bestBuffers;
  // The counts of steps stay, so that training may go on from there.
  if (best) trainer.setState({ ...trainer.getState(), buffers: best });
  else trainer.useAverages();
  const history = { ...at.history(outputNames), stopped };
  await callbacks.call('onTrainEnd', history);
  return history;
}

/** @throws SeqkitError `usage` where a metric cannot be counted on its output */
async function startMetrics(
  { trainer, outputNames }: FittedModel,
  size: ProgramSize,
  metrics: OutputMetrics,
): Promise<MetricCourse> {
  const pass = new MetricPass(metrics);
  pass.check(await trainer.outputs(size, true));
  const directions = metrics.flat().map(({ direction }) => direction);
  return new MetricCourse(pass, metricNamesOf(metrics, outputNames), directions);
}

/** @throws SeqkitError `usage` for a name that is neither a loss nor a metric, or needs validation that there is not */
function checkMonitor(monitor: string, names: readonly string[], validates: boolean): void {
  if (monitor === 'loss' || monitor === 'validationLoss') return;
  const found = monitored(monitor, names);
  if (found && (validates || !found.validated)) return;
  const known = ['validationLoss', 'loss', ...names.flatMap((name) => [validationName(name), name])];
  throw found
    ? new SeqkitError(`earlyStopping watches ${monitor}, but nothing is held back.`, {
        code: 'usage',
        hint: `Give validationSplit or validationData, or set its monitor to ${quoted(names[found.index])}.`,
      })
    : wrongValue(
        'fit: earlyStopping: monitor',
        `one of ${known.map((name) => quoted(name)).join(', ')}`,
        monitor,
        names.length === 0 ? 'Give compile the metrics that are to be watched.' : undefined,
      );
}

/** Saves a run to its file or store, after it went on from there. */
class FitSaver implements LoopCheckpoint {
  private constructor(
    readonly model: FittedModel,
    readonly run: RunDescription,
    readonly interval: CheckpointChoice,
    readonly at: FitPosition,
  ) {}

  static async open(
    model: FittedModel,
    run: RunDescription,
    { checkpoint, resume, at }: { checkpoint: CheckpointChoice; resume: boolean; at: FitPosition },
  ): Promise<FitSaver> {
    const found = await model.checkpoints().open(placeOf(checkpoint), { resume, run });
    if (found) {
      await model.trainer.resume(found.state);
      at.restore(found, placeName(checkpoint));
    }
    return new FitSaver(model, run, checkpoint, at);
  }

  step(): number {
    return this.model.trainer.step;
  }

  async save(): Promise<void> {
    const { model, run, interval, at } = this;
    const state = model.trainer.getState();
    await model.checkpoints().save(placeOf(interval), { run, state, ...at.save() });
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

function selectValidation(
  model: FittedModel,
  examples: Examples,
  trained: number,
  validation: Examples | undefined,
): Selection | undefined {
  const chosen = validation ?? examples;
  const from = validation ? 0 : trained;
  const indices = Int32Array.from({ length: countOf(chosen) - from }, (_, i) => from + i);
  if (indices.length === 0) return undefined;
  return { examples: chosen, indices, size: model.sizeOfBatch(chosen) };
}

/** A training that diverged, or whose engine failed, has its last good checkpoint still: says so. */
function withLastCheckpoint(error: unknown, place: string): unknown {
  if (!(error instanceof SeqkitError) || (error.code !== 'diverged' && error.code !== 'engine')) return error;
  return new SeqkitError(error.message, {
    code: error.code,
    hint: `${error.hint ?? ''} The last checkpoint, if one was written by then, is untouched: ${place}.`.trim(),
    cause: error,
  });
}
