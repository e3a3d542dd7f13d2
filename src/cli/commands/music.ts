import { Option, type Command } from 'commander';
import type { EngineChoice } from '../../rnn/engine/choose.js';
import type { MusicModel } from '../../text/music/music-model.js';
import type { TextHistory, TextPlan } from '../../text/text-training.js';
import { describeTunes, type ComposedReport } from '../composed-report.js';
import { engineLine } from '../engine-line.js';
import { engineOption, forceOption, jsonOption, seedOption, wholeOption } from '../options.js';
import { note, print, printJson } from '../output.js';
import { Progress } from '../progress.js';
import { addSamplingOptions, samplingOf, type TypedSampling } from '../sampling-options.js';
import { commandLine, quoted, stoppable, stoppedError } from '../stop-signal.js';
import {
  addCheckpointOptions,
  addTrainingOptions,
  checkpointFolder,
  checkpointOptionsOf,
  fitOptionsOf,
  modelOptionsOf,
  type CheckpointOptions,
  type TextTrainingOptions,
  type TrainingDefaults,
} from '../text-training-options.js';
import type { FileTunes } from '../tune-input.js';
import { tuneFiles, writeTuneFiles } from '../tune-output.js';

interface TrainOptions extends TextTrainingOptions, CheckpointOptions {
  readonly out: string;
  readonly force: boolean;
  readonly json: boolean;
}

interface ComposeOptions extends TypedSampling {
  readonly key?: string;
  readonly meter?: string;
  readonly type?: string;
  readonly title?: string;
  readonly opening: string;
  readonly count: number;
  readonly maxBars: number;
  readonly constraint: boolean;
  readonly against?: readonly string[];
  readonly seed: number;
  readonly engine: EngineChoice;
  readonly out?: string;
  readonly force: boolean;
  readonly json: boolean;
}

const defaults: TrainingDefaults = {
  what: 'tunes',
  dropout: 0.3,
  epochs: 20,
  seqLength: 96,
  learningRate: 6e-3,
  heldOut: 0.05,
};

/** Adds the commands for tunes: train-music, compose. */
export function register(program: Command): void {
  const train = program
    .command('train-music')
    .description('Train a model on tunes, in ABC notation or as MIDI files.')
    .argument('[files...]', 'ABC or MIDI files (default: the tunes that come with seqkit)');
  addTrainingOptions(train, defaults);
  addCheckpointOptions(train)
    .option('--out <file>', 'the model', 'music.safetensors')
    .addOption(forceOption())
    .addOption(jsonOption())
    .action(trainMusic);
  const write = program
    .command('compose')
    .description('Tunes from a model that train-music made. They parse, and their bars add up to the meter.')
    .argument('<model>', 'a .safetensors file')
    .option('--key <key>', 'such as D, Bm or "A Dorian"')
    .option('--meter <meter>', 'such as 4/4, 6/8 or C|')
    .option('--type <type>', 'such as reel')
    .option('--title <text>', 'the title')
    .option('--opening <bars>', 'bars in ABC to go on from', '')
    .addOption(
      wholeOption('--count <n>', 'tunes to make at once; tune i has the seed + i', {
        min: 1,
        max: 4_096,
      }).default(1),
    );
  addSamplingOptions(write)
    .addOption(
      wholeOption('--max-bars <n>', 'after so many, the section in hand ends the tune', {
        min: 1,
        max: 10_000,
      }).default(32),
    )
    .addOption(
      new Option('--no-constraint', 'let the model write as it likes, and tell how much of it parses'),
    )
    .addOption(new Option('--against <files...>', 'tell what is copied from these training tunes'))
    .addOption(seedOption())
    .addOption(engineOption())
    .option(
      '--out <file>',
      'where to write, in place of the screen: .abc, .mid, .svg or .png (sheet music), or .wav',
    )
    .addOption(forceOption())
    .addOption(jsonOption())
    .action(compose);
}

async function trainMusic(given: readonly string[], options: TrainOptions): Promise<void> {
  const { checkWritable } = await import('../../rnn/host/files.js');
  const { listFolder, removeFile } = await import('../../rnn/host/folders.js');
  const { MusicModel } = await import('../../text/music/music-model.js');
  const { checkpointNames } = await import('../../text/text-checkpoints.js');
  const { describeFault, readTuneFiles } = await import('../tune-input.js');
  const { out, force, resume } = options;
  const folder = checkpointFolder(options, out);
  // A run that goes on was allowed to write there when it began.
  const replace = force || (resume && checkpointNames(listFolder(folder)).length > 0);
  checkWritable(out, { force: replace });
  const read = readTuneFiles(given);
  for (const fault of read.faults) note(`left out: ${describeFault(fault)}`);
  note(`${read.tunes.length} tunes understood, ${read.faults.length} left out.`);
  // Begun anew, and the checkpoints of another run would be in the way.
  if (force && !resume) {
    for (const name of checkpointNames(listFolder(folder))) removeFile(`${folder}/${name}`);
  }

  const progress = new Progress('training', { total: 1, unit: 'characters' });
  const model = new MusicModel({
    ...modelOptionsOf(options),
    onEngine(report) {
      progress.end();
      note(engineLine(report));
    },
  });
  let resumedCharacters: number | undefined;
  const train = (signal: AbortSignal): Promise<TextHistory> =>
    model.fit(read.tunes, {
      ...fitOptionsOf(options, defaults),
      ...checkpointOptionsOf(options, out),
      signal,
      onStart: (plan) => note(describe(plan)),
      onProgress({ characters, progress: share, loss, heldOutLoss }) {
        const heldOut = heldOutLoss === undefined ? '' : `, held out ${heldOutLoss.toFixed(3)}`;
        // What was trained before says nothing of the speed now.
        resumedCharacters ??= resume ? characters : 0;
        const total = characters / share - resumedCharacters;
        progress.update(characters - resumedCharacters, `loss ${loss.toFixed(3)}${heldOut}`, total);
      },
    });
  const history = await stoppable(train).finally(() => progress.end());
  if (history.stopped) {
    await model.dispose();
    throw stoppedError(
      `after step ${history.steps}; saved in ${history.checkpoint}, which compose opens too.`,
      `Go on with: ${commandLine('--resume')}`,
    );
  }
  await model.save(out, { force: replace });
  report(out, read, { model, history }, options.json);
  await model.dispose();
}

/** What training goes over. */
function describe({ resumedAt, trainingCharacters, heldOutCharacters, stepsPerEpoch }: TextPlan): string {
  const from = resumedAt > 0 ? `Going on from step ${resumedAt}. ` : '';
  return `${from}${trainingCharacters} characters to train on, ${heldOutCharacters} held out; an epoch is ${stepsPerEpoch} steps.`;
}

function report(
  out: string,
  { tunes, faults }: FileTunes,
  { model, history }: { model: MusicModel; history: TextHistory },
  json: boolean,
): void {
  const { finalLoss: loss, steps, characters, seconds, checkpoint } = history;
  const heldOut = history.heldOutLoss.at(-1) ?? null;
  if (json) {
    const parameters = model.text.countParameters();
    printJson({
      ...{ file: out, tunes: tunes.length, leftOut: faults, parameters, loss, heldOutLoss: heldOut },
      ...{ steps, characters, seconds, checkpoint },
    });
    return;
  }
  print(`tunes     ${tunes.length}, ${faults.length} left out`);
  print(`training  ${loss.toFixed(3)} nats per character`);
  if (heldOut !== null) print(`held out  ${heldOut.toFixed(3)} nats per character`);
  print(`steps     ${steps}, ${seconds.toFixed(1)} s`);
  print(`wrote     ${out}`);
  note(`Next: seqkit compose ${quoted(out)} --out tune.svg`);
}

async function compose(path: string, options: ComposeOptions): Promise<void> {
  const { MusicModel } = await import('../../text/music/music-model.js');
  const { readTuneFiles } = await import('../tune-input.js');
  const { key, meter, type, title, against, engine, out, force, json } = options;
  const files = out === undefined ? undefined : tuneFiles(out, options.count, { force });
  const training = against && readTuneFiles(against).tunes;
  const model = await MusicModel.load(path, { engine });
  const tunes = await model.compose({
    ...(key !== undefined && { key }),
    ...(meter !== undefined && { meter }),
    ...(type !== undefined && { type }),
    ...(title !== undefined && { title }),
    opening: options.opening,
    count: options.count,
    ...samplingOf(options),
    maxBars: options.maxBars,
    constrained: options.constraint,
    seed: options.seed,
  });
  await model.dispose();
  const report = await describeTunes(tunes, training);
  if (files) await writeTuneFiles(files, tunes, { force });
  if (json) {
    printJson({
      ...report,
      composed: tunes.map(({ title: name, abc }) => ({ title: name, abc })),
      files: files?.paths,
    });
    return;
  }
  if (files) for (const file of files.paths) print(`wrote ${file}`);
  else process.stdout.write(tunes.map(({ abc }) => abc).join(''));
  for (const line of lines(report, options)) note(line);
}

function lines(report: ComposedReport, { constraint }: ComposeOptions): string[] {
  const { tunes, parse, barsAddUp, removed, bars, distinctEightGrams, eightGrams, copies } = report;
  const percent = (share: number): string => `${(100 * share).toFixed(1)}%`;
  return [
    `${tunes === 1 ? '1 tune' : `${tunes} tunes`} of ${bars.least} to ${bars.most} bars: ${parse} parse, ${barsAddUp} with bars that add up.`,
    ...(constraint ? [`The constraint removed ${percent(removed)} of the probability.`] : []),
    `${distinctEightGrams} of ${eightGrams} stretches of 8 characters are distinct.`,
    ...(copies
      ? [
          `The longest copy from the training tunes has ${copies.longestLength} characters: ${JSON.stringify(copies.longest)}; ${percent(copies.seenEightGrams)} of the stretches of 8 stand there.`,
        ]
      : []),
  ];
}
