import { Option, type Command } from 'commander';
import type { EngineChoice } from '../../rnn/engine/choose.js';
import { describeTunes, type ComposedReport } from '../composed-report.js';
import { engineOption, forceOption, jsonOption, realNumber, seedOption, wholeNumber } from '../options.js';
import { note, print, printJson } from '../output.js';
import { Progress } from '../progress.js';
import { quoted, stoppable } from '../stop-signal.js';
import { tuneFiles, writeTuneFiles } from '../tune-output.js';

interface TrainOptions {
  readonly cell: 'lstm' | 'gru' | 'rnn';
  readonly layers: number;
  readonly units: number;
  readonly dropout: number;
  readonly epochs?: number;
  readonly minutes?: number;
  readonly seqLength: number;
  readonly batch: number;
  readonly learningRate: number;
  readonly heldOut: number;
  readonly patience?: number;
  readonly seed: number;
  readonly engine: EngineChoice;
  readonly out: string;
  readonly force: boolean;
  readonly json: boolean;
}

interface ComposeOptions {
  readonly key?: string;
  readonly meter?: string;
  readonly type?: string;
  readonly title?: string;
  readonly opening: string;
  readonly count: number;
  readonly temperature: number;
  readonly topK: number;
  readonly topP: number;
  readonly repetitionPenalty: number;
  readonly maxBars: number;
  readonly constraint: boolean;
  readonly against?: readonly string[];
  readonly seed: number;
  readonly engine: EngineChoice;
  readonly out?: string;
  readonly force: boolean;
  readonly json: boolean;
}

/** Adds the commands for tunes: train-music, compose. */
export function register(program: Command): void {
  program
    .command('train-music')
    .description('Train a model on tunes, in ABC notation or as MIDI files.')
    .argument('[files...]', 'ABC or MIDI files (default: the tunes that come with seqkit)')
    .addOption(
      new Option('--cell <name>', 'what the recurrent layers are made of')
        .choices(['lstm', 'gru', 'rnn'])
        .default('lstm'),
    )
    .addOption(whole('--layers <n>', 'recurrent layers', 2, 16))
    .addOption(whole('--units <n>', 'units of each layer', 128, 8_192))
    .addOption(real('--dropout <share>', "of each layer's outputs", { min: 0, max: 0.95 }).default(0.3))
    .addOption(count('--epochs <n>', 'passes over the tunes (default: 20, or as many as --minutes allows)'))
    .addOption(real('--minutes <n>', 'a limit of time', { above: 0 }))
    .addOption(whole('--seq-length <n>', 'characters over which gradients flow back', 96, 100_000))
    .addOption(whole('--batch <n>', 'places of the tunes read side by side', 16, 100_000))
    .addOption(
      real('--learning-rate <rate>', 'the highest rate of Adam', { above: 0, max: 10 }).default(6e-3),
    )
    .addOption(
      real('--held-out <share>', 'of the tunes, only measured on', { min: 0, max: 0.9 }).default(0.05),
    )
    .addOption(
      count(
        '--patience <epochs>',
        'stop after so many without a better held-out loss, and keep the best weights',
      ),
    )
    .addOption(seedOption())
    .addOption(engineOption())
    .option('--out <file>', 'the model', 'music.safetensors')
    .addOption(forceOption())
    .addOption(jsonOption())
    .action(trainMusic);
  program
    .command('compose')
    .description('Tunes from a model that train-music made. They parse, and their bars add up to the meter.')
    .argument('<model>', 'a .safetensors file')
    .option('--key <key>', 'such as D, Bm or "A Dorian"')
    .option('--meter <meter>', 'such as 4/4, 6/8 or C|')
    .option('--type <type>', 'such as reel')
    .option('--title <text>', 'the title')
    .option('--opening <bars>', 'bars in ABC to go on from', '')
    .addOption(whole('--count <n>', 'tunes to make at once; tune i has the seed + i', 1, 4_096))
    .addOption(
      real('--temperature <t>', '0 takes the likeliest each time, above 1 is daring', {
        min: 0,
        max: 100,
      }).default(0.8),
    )
    .addOption(whole('--top-k <n>', 'only the n likeliest characters come; 0: all', 0, 1_000_000, 0))
    .addOption(
      real('--top-p <share>', 'only the likeliest that together have this probability', {
        above: 0,
        max: 1,
      }).default(1),
    )
    .addOption(
      real('--repetition-penalty <f>', 'above 1: what came lately comes less', {
        above: 0,
        max: 100,
      }).default(1),
    )
    .addOption(whole('--max-bars <n>', 'after so many, the section in hand ends the tune', 32, 10_000))
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

function whole(flags: string, description: string, fallback: number, max: number, min = 1): Option {
  return new Option(flags, description).argParser(wholeNumber({ min, max })).default(fallback);
}

function count(flags: string, description: string): Option {
  return new Option(flags, description).argParser(wholeNumber({ min: 1, max: 1_000_000 }));
}

function real(flags: string, description: string, range: Parameters<typeof realNumber>[0]): Option {
  return new Option(flags, description).argParser(realNumber(range));
}

async function trainMusic(given: readonly string[], options: TrainOptions): Promise<void> {
  const { checkWritable } = await import('../../rnn/host/files.js');
  const { MusicModel } = await import('../../text/music/music-model.js');
  const { describeFault, readTuneFiles } = await import('../tune-input.js');
  const { cell, units, layers, dropout, seed, engine, minutes, out, force } = options;
  const epochs = options.epochs ?? (minutes === undefined ? 20 : undefined);
  checkWritable(out, { force });
  const { tunes, faults } = readTuneFiles(given);
  for (const fault of faults) note(`left out: ${describeFault(fault)}`);
  note(`${tunes.length} tunes understood, ${faults.length} left out.`);
  const model = new MusicModel({ cell, units, layers, dropout, seed, engine });
  const progress = new Progress('training', { total: 1, unit: 'characters' });
  const history = await stoppable((signal) =>
    model.fit(tunes, {
      seqLength: options.seqLength,
      batchSize: options.batch,
      learningRate: options.learningRate,
      heldOut: options.heldOut,
      ...(epochs !== undefined && { epochs }),
      ...(minutes !== undefined && { minutes }),
      ...(options.patience !== undefined && {
        earlyStopping: { patience: options.patience, restoreBest: true },
      }),
      signal,
      onProgress({ characters, progress: share, loss, heldOutLoss }) {
        const heldOut = heldOutLoss === undefined ? '' : `, held out ${heldOutLoss.toFixed(3)}`;
        progress.update(characters, `loss ${loss.toFixed(3)}${heldOut}`, characters / share);
      },
    }),
  ).finally(() => progress.end());
  await model.save(out, { force });
  const heldOut = history.heldOutLoss.at(-1) ?? null;
  if (options.json) {
    const { finalLoss: loss, steps, characters, seconds, stopped } = history;
    const parameters = model.text.countParameters();
    printJson({
      ...{ file: out, tunes: tunes.length, leftOut: faults, parameters, loss, heldOutLoss: heldOut },
      ...{ steps, characters, seconds, stopped },
    });
  } else {
    print(`tunes     ${tunes.length}, ${faults.length} left out`);
    print(`training  ${history.finalLoss.toFixed(3)} nats per character`);
    if (heldOut !== null) print(`held out  ${heldOut.toFixed(3)} nats per character`);
    print(`steps     ${history.steps}, ${history.seconds.toFixed(1)} s${history.stopped ? ', stopped' : ''}`);
    print(`wrote     ${out}`);
    note(`Next: seqkit compose ${quoted(out)} --out tune.svg`);
  }
  await model.text.dispose();
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
    temperature: options.temperature,
    topK: options.topK,
    topP: options.topP,
    repetitionPenalty: options.repetitionPenalty,
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
