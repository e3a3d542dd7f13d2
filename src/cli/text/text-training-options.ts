import { Option, type Command } from 'commander';
import type { EngineChoice } from '../../rnn/engine/engine-names.js';
import type { ScheduleShape } from '../../text/training/run-schedule.js';
import type { TextModelOptions } from '../../text/model/text-model.js';
import type { TextFitOptions } from '../../text/training/text-training.js';
import {
  engineOption,
  realOption,
  seedOption,
  threadsOption,
  wholeNumber,
  wholeOption,
} from '../options/options.js';

/** How a text model, or a model of tunes, is trained, as typed. */
export interface TextTrainingOptions {
  readonly cell: 'lstm' | 'gru' | 'rnn';
  readonly layers: number;
  readonly units: number;
  readonly dropout: number;
  readonly residual: boolean;
  readonly tied: boolean;
  readonly epochs?: number;
  readonly minutes?: number;
  readonly steps?: number;
  readonly seqLength: number;
  readonly batch: number;
  readonly learningRate: number;
  readonly schedule: ScheduleShape;
  readonly warmup: number;
  readonly clipNorm: number;
  readonly labelSmoothing: number;
  readonly emaMomentum?: number;
  readonly heldOut?: number;
  readonly test: number;
  readonly patience?: number;
  readonly seed: number;
  readonly engine: EngineChoice;
  readonly threads?: number;
}

/** Where what a training makes on its way goes, as typed. */
export interface CheckpointOptions {
  readonly checkpoints?: string;
  readonly checkpointMinutes?: number;
  readonly checkpointSteps?: number;
  readonly resume: boolean;
}

/** What differs from one command to another. */
export interface TrainingDefaults {
  /** What is read, as a plural noun, such as `tunes`. */
  readonly what: string;
  readonly dropout: number;
  readonly epochs: number;
  readonly seqLength: number;
  readonly learningRate: number;
  /** Undefined where it goes by the length. */
  readonly heldOut?: number;
}

const UNLIMITED = 1_000_000;

/** Adds the options of `TextTrainingOptions` to a command. */
export function addTrainingOptions(command: Command, defaults: TrainingDefaults): Command {
  const { what } = defaults;
  return command
    .addOption(
      new Option('--cell <name>', 'what the recurrent layers are made of')
        .choices(['lstm', 'gru', 'rnn'])
        .default('lstm'),
    )
    .addOption(wholeOption('--layers <n>', 'recurrent layers', { min: 1, max: 16 }).default(2))
    .addOption(wholeOption('--units <n>', 'units of each layer', { min: 1, max: 8_192 }).default(128))
    .addOption(
      realOption('--dropout <share>', "of each layer's outputs", { min: 0, max: 0.95 }).default(
        defaults.dropout,
      ),
    )
    .addOption(
      flag('--residual', 'each recurrent layer after the first adds to what goes in (He et al. 2016)'),
    )
    .addOption(
      flag('--tied', 'one table for the tokens that go in and those that come out (Press and Wolf 2017)'),
    )
    .addOption(
      count(
        '--epochs <n>',
        `passes over the ${what} (default: ${defaults.epochs}, or as many as --minutes or --steps allow)`,
      ),
    )
    .addOption(
      realOption('--minutes <n>', "a limit of time; how far it reaches is the machine's speed", { above: 0 }),
    )
    .addOption(wholeOption('--steps <n>', 'a limit of updates', { min: 1, max: 1_000_000_000 }))
    .addOption(
      wholeOption('--seq-length <n>', 'tokens, such as characters, over which gradients flow back', {
        min: 1,
        max: 100_000,
      }).default(defaults.seqLength),
    )
    .addOption(
      wholeOption('--batch <n>', `places of the ${what} read side by side`, {
        min: 1,
        max: 100_000,
      }).default(16),
    )
    .addOption(
      realOption('--learning-rate <rate>', 'the highest rate of Adam', { above: 0, max: 10 }).default(
        defaults.learningRate,
      ),
    )
    .addOption(
      new Option(
        '--schedule <name>',
        'how the rate falls from there, to a fiftieth at the end; cosine-restarts climbs again twice',
      )
        .choices(['cosine', 'cosine-restarts', 'linear', 'exponential', 'constant'])
        .default('cosine'),
    )
    .addOption(
      realOption('--warmup <share>', 'of the run, in which the rate climbs', { min: 0, max: 0.9 }).default(
        0.02,
      ),
    )
    .addOption(
      realOption('--clip-norm <norm>', 'that gradients are cut down to; 0 leaves them', { min: 0 }).default(
        5,
      ),
    )
    .addOption(
      realOption('--label-smoothing <share>', 'of each target, spread over all tokens', {
        min: 0,
        max: 0.9,
      }).default(0),
    )
    .addOption(
      realOption(
        '--ema-momentum <share>',
        'end with moving averages of the weights, of which each step keeps this share, such as 0.998',
        { min: 0, max: 0.999999 },
      ),
    )
    .addOption(heldOutOption(defaults))
    .addOption(
      realOption('--test <share>', `of the ${what}, looked at once, when all is over`, {
        min: 0,
        max: 0.9,
      }).default(0),
    )
    .addOption(
      count(
        '--patience <epochs>',
        'stop after so many without a better held-out loss, and keep the best weights',
      ),
    )
    .addOption(seedOption())
    .addOption(engineOption())
    .addOption(threadsOption());
}

/** Adds the options of `CheckpointOptions` to a command. */
export function addCheckpointOptions(command: Command): Command {
  return command
    .addOption(new Option('--checkpoints <folder>', 'where to save while it trains (default: beside --out)'))
    .addOption(realOption('--checkpoint-minutes <n>', 'save so often (default: 5)', { above: 0 }))
    .addOption(
      wholeOption('--checkpoint-steps <n>', 'save after so many steps', { min: 1, max: 1_000_000_000 }),
    )
    .addOption(new Option('--resume', 'go on from the last checkpoint').default(false));
}

function flag(flags: string, description: string): Option {
  return new Option(flags, description).default(false);
}

function heldOutOption({ what, heldOut }: TrainingDefaults): Option {
  const range = { min: 0, max: 0.9 };
  if (heldOut !== undefined) {
    return realOption('--held-out <share>', `of the ${what}, only measured on`, range).default(heldOut);
  }
  const usual = '(default: 0.1, but a million characters at most)';
  return realOption('--held-out <share>', `of the ${what}, at its end, only measured on ${usual}`, range);
}

function count(flags: string, description: string): Option {
  return new Option(flags, description).argParser(wholeNumber({ min: 1, max: UNLIMITED }));
}

/** The network asked for, and what runs it. */
export function modelOptionsOf(options: TextTrainingOptions): TextModelOptions {
  const { cell, units, layers, dropout, residual, tied, seed, engine, threads } = options;
  return {
    ...{ cell, units, layers, dropout, residual, tied, seed, engine },
    ...(threads !== undefined && { threads }),
  };
}

/** How it is to be trained. @param defaults those that the options were added with */
export function fitOptionsOf(options: TextTrainingOptions, defaults: TrainingDefaults): TextFitOptions {
  const {
    emaMomentum,
    minutes,
    steps,
    patience,
    seqLength,
    batch: batchSize,
    learningRate,
    heldOut,
  } = options;
  const { schedule, warmup, clipNorm, labelSmoothing, test } = options;
  const unlimited = minutes === undefined && steps === undefined;
  const epochs = options.epochs ?? (unlimited ? defaults.epochs : undefined);
  return {
    ...{ seqLength, batchSize, learningRate, schedule, warmup, clipNorm, labelSmoothing, test },
    ...(emaMomentum !== undefined && { emaMomentum }),
    ...(heldOut !== undefined && { heldOut }),
    ...(epochs !== undefined && { epochs }),
    ...(minutes !== undefined && { minutes }),
    ...(steps !== undefined && { steps }),
    ...(patience !== undefined && { earlyStopping: { patience, restoreBest: true } }),
  };
}

/** The folder of a run's checkpoints. @param out where its model goes */
export function checkpointFolder({ checkpoints }: CheckpointOptions, out: string): string {
  return checkpoints ?? `${out.replace(/\.safetensors$/, '')}.checkpoints`;
}

/** Where and how often it is to be saved. @param out where the model goes */
export function checkpointOptionsOf(
  options: CheckpointOptions,
  out: string,
): Pick<TextFitOptions, 'checkpoint' | 'resume'> {
  const { checkpointMinutes: everyMinutes, checkpointSteps: everySteps, resume } = options;
  return {
    checkpoint: {
      folder: checkpointFolder(options, out),
      ...(everyMinutes !== undefined && { everyMinutes }),
      ...(everySteps !== undefined && { everySteps }),
    },
    resume,
  };
}
