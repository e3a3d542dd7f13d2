import { Option, type Command } from 'commander';
import type { AutoReport } from '../../rnn/engine/auto-session.js';
import type { EngineChoice } from '../../rnn/engine/engine-names.js';
import type { ResumableFitOptions, SequenceHistory } from '../../tasks/fitting/fit-schedule.js';
import { engineLine } from '../models/engine-line.js';
import {
  engineOption,
  forceOption,
  jsonOption,
  realOption,
  seedOption,
  threadsOption,
  wholeOption,
} from '../options/options.js';
import { typedValue } from '../options/typed-value.js';
import { checkDistinct } from '../terminal/output-files.js';
import { counted, note } from '../terminal/output.js';
import { Progress } from '../terminal/progress.js';
import { commandLine } from '../terminal/shell-quoting.js';
import { stoppable, stoppedError } from '../terminal/stop-signal.js';

/** What the trainings of all sequence tasks are told. */
export interface TaskTrainingOptions {
  readonly epochs: number;
  readonly batch: number;
  readonly learningRate: number;
  readonly heldOut: number;
  readonly patience?: number;
  readonly seed: number;
  readonly engine: EngineChoice;
  readonly threads?: number;
  readonly out: string;
  readonly force: boolean;
  readonly json: boolean;
  /** Of those that can be gone on with. */
  readonly checkpoint?: string;
  readonly resume?: boolean;
}

/** What the networks of the tasks are made of. */
export interface TaskNetworkOptions {
  readonly cell: 'gru' | 'lstm';
  readonly units: number;
  readonly embedding: number;
  readonly dropout: number;
}

/** Adds the options of `TaskNetworkOptions`. */
export function addTaskNetworkOptions(
  command: Command,
  defaults: TaskNetworkOptions,
  said: { units: string; embedding: string },
): Command {
  const size = { min: 1, max: 16_384 };
  return command
    .addOption(
      new Option('--cell <name>', 'the recurrent cell').choices(['gru', 'lstm']).default(defaults.cell),
    )
    .addOption(wholeOption('--units <n>', said.units, size).default(defaults.units))
    .addOption(wholeOption('--embedding <n>', said.embedding, size).default(defaults.embedding))
    .addOption(
      realOption('--dropout <share>', 'dropped in training', { min: 0, below: 1 }).default(defaults.dropout),
    );
}

/** Adds the options of `TaskTrainingOptions`. @param heldOut the option `--held-out`, where it means something else */
export function addTaskTrainingOptions(
  command: Command,
  defaults: { epochs: number; batchSize: number; learningRate: number; out: string },
  heldOut: Option = realOption('--held-out <share>', 'held out to choose the best epoch by; 0 for none', {
    min: 0,
    below: 1,
  }).default(0.1),
): Command {
  return command
    .addOption(
      wholeOption('--epochs <n>', 'passes over the examples', { min: 1, max: 1_000_000 }).default(
        defaults.epochs,
      ),
    )
    .addOption(
      wholeOption('--batch <n>', 'examples in a step', { min: 1, max: 65_536 }).default(defaults.batchSize),
    )
    .addOption(
      realOption('--learning-rate <rate>', 'the highest; it climbs first and falls in the end', {
        above: 0,
        max: 100,
      }).default(defaults.learningRate),
    )
    .addOption(heldOut)
    .addOption(
      wholeOption('--patience <n>', 'end after so many epochs without a lower held-out loss', {
        min: 1,
        max: 1_000_000,
      }),
    )
    .addOption(seedOption())
    .addOption(engineOption())
    .addOption(threadsOption())
    .option('--out <file>', 'the model', defaults.out)
    .addOption(forceOption())
    .addOption(jsonOption());
}

/** Adds what saves a training while it goes on. */
export function addResumeOptions(command: Command): Command {
  return command
    .option('--checkpoint <file>', 'where the training is saved while it goes on')
    .option('--resume', 'go on from the checkpoint', false);
}

/** Refuses early what the training would refuse. */
export async function checkResumeOptions({ out, checkpoint, resume }: TaskTrainingOptions): Promise<void> {
  const { checkResume } = await import('../../tasks/fitting/fit-schedule.js');
  checkDistinct({ '--out': out, '--checkpoint': checkpoint });
  typedValue(undefined, () => checkResume(savingOf({ checkpoint, resume })));
}

function savingOf({ checkpoint, resume }: { checkpoint?: string | undefined; resume?: boolean | undefined }) {
  return {
    ...(checkpoint !== undefined && { checkpoint: { path: checkpoint } }),
    ...(resume !== undefined && { resume }),
  };
}

/** What the library takes of them to make a model. */
export function engineOptionsOf({ seed, engine, threads }: TaskTrainingOptions) {
  return {
    ...{ seed, engine },
    ...(threads !== undefined && { threads }),
    onEngine: (report: AutoReport): void => note(engineLine(report)),
  };
}

/**
 * Runs a training with its bar, until it ends or Ctrl-C does.
 * @param fit hands the options on to a model's `fit`
 * @param save writes what was learnt so far
 * @throws SeqkitError `stopped` where Ctrl-C ended it, after `save`
 */
export async function runTaskTraining(
  options: TaskTrainingOptions,
  fit: (options: ResumableFitOptions) => Promise<SequenceHistory>,
  save: () => Promise<void>,
): Promise<SequenceHistory> {
  const { epochs, batch, learningRate, heldOut, patience, out } = options;
  let progress: Progress | undefined;
  const history = await stoppable((signal) =>
    fit({
      ...{ epochs, batchSize: batch, learningRate, heldOut, signal },
      ...(patience !== undefined && { patience }),
      ...savingOf(options),
      onStep: ({ step, steps, loss }) => {
        progress ??= new Progress('training', { total: steps, unit: 'steps' });
        progress.update(step, `loss ${loss.toFixed(3)}`);
      },
      onEpoch: ({ epoch, loss, heldOutLoss }) => {
        progress?.end();
        const held = heldOutLoss === undefined ? '' : `, held out ${heldOutLoss.toFixed(4)}`;
        note(`epoch ${epoch} of ${epochs}: loss ${loss.toFixed(4)}${held}`);
      },
    }),
  ).finally(() => progress?.end());
  if (history.stopped && options.checkpoint !== undefined) {
    throw stoppedError(
      `its state is saved in ${options.checkpoint}.`,
      `Go on with: ${commandLine('--resume')}`,
    );
  }
  await save();
  if (!history.stopped) return history;
  throw stoppedError(
    `after ${counted(history.steps, 'step')}; what was learnt so far is in ${out}.`,
    'Train again for as long as it takes: this run was not saved to go on with.',
  );
}
