import { Option, type Command } from 'commander';
import type { EngineChoice } from '../../rnn/engine/choose.js';
import type { ComposedReport } from '../../text/music/composition/composed-report.js';
import { engineLine } from '../models/engine-line.js';
import {
  engineOption,
  forceOption,
  jsonOption,
  seedOption,
  verifyOption,
  wholeOption,
} from '../options/options.js';
import { counted, note, print, printGenerated, printJson, told } from '../terminal/output.js';
import { standardInputOf } from '../terminal/standard-input.js';
import { addSamplingOptions, samplingOf, type TypedSampling } from './sampling-options.js';
import { quoted } from '../terminal/shell-quoting.js';
import {
  addCheckpointOptions,
  addTrainingOptions,
  modelOptionsOf,
  type CheckpointOptions,
  type TextTrainingOptions,
  type TrainingDefaults,
} from './text-training-options.js';
import { count, reportTraining, summaryOf } from './text-training-report.js';
import { typedValue } from '../options/typed-value.js';
import { tuneFiles, writeTuneFiles } from './tune-output.js';

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
  readonly prompt: string;
  readonly count: number;
  readonly maxBars: number;
  readonly constraint: boolean;
  readonly against?: readonly string[];
  readonly seed: number;
  readonly engine: EngineChoice;
  readonly verify: boolean;
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
    .argument(
      '[files...]',
      'ABC or MIDI files, - for standard input, or folders of them (default: the tunes that come with seqkit)',
    );
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
    .option('--prompt <bars>', 'bars in ABC to go on from', '')
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
    .addOption(verifyOption())
    .option(
      '--out <file>',
      'where to write, in place of the screen: .abc, .mid, .svg or .png (sheet music), or .wav',
    )
    .addOption(forceOption())
    .addOption(jsonOption())
    .action(compose);
}

async function trainMusic(given: readonly string[], options: TrainOptions): Promise<void> {
  const { MusicModel } = await import('../../text/music/composition/music-model.js');
  const { TextTrainingRun } = await import('./text-training-run.js');
  const { readTuneFiles } = await import('./tune-input.js');
  const { describeFaults } = await import('./tune-faults.js');
  const { out } = options;
  const run = new TextTrainingRun(options, defaults);
  const model = typedValue(
    undefined,
    () => new MusicModel({ ...modelOptionsOf(options), onEngine: (report) => run.note(engineLine(report)) }),
  );
  const { tunes, faults } = readTuneFiles(given, await standardInputOf(given));
  for (const line of describeFaults(faults)) note(`left out: ${line}`);
  note(`${counted(tunes.length, 'tune')} understood, ${count(faults.length)} left out.`);

  try {
    const history = await run.fit('compose', (fit) => model.fit(tunes, fit));
    await model.save(out, { force: run.replace });
    const { drawLossCurve } = await import('./loss-curve.js');
    const curve = await drawLossCurve(run.folder, `Training on ${counted(tunes.length, 'tune')}`);
    if (options.json) {
      printJson({
        ...summaryOf(out, model.text, history),
        ...{ tunes: tunes.length, leftOut: faults, curve },
      });
      return;
    }
    print(`tunes     ${count(tunes.length)}, ${count(faults.length)} left out`);
    reportTraining(out, model.text, history, { curve, next: `seqkit compose ${quoted(out)} --out tune.svg` });
  } finally {
    await model.dispose();
  }
}

async function compose(path: string, options: ComposeOptions): Promise<void> {
  const { MusicModel } = await import('../../text/music/composition/music-model.js');
  const { describeTunes } = await import('../../text/music/composition/composed-report.js');
  const { readTuneFiles } = await import('./tune-input.js');
  const { askedKey } = await import('../../text/music/notation/key.js');
  const { askedMeter } = await import('../../text/music/notation/meter.js');
  const { key, meter, type, title, against, engine, verify, out, force, json } = options;
  const files = out === undefined ? undefined : tuneFiles(out, options.count, { force });
  if (key !== undefined) typedValue('--key', () => askedKey(key));
  if (meter !== undefined) typedValue('--meter', () => askedMeter(meter));
  const training = against && readTuneFiles(against, await standardInputOf(against)).tunes;
  const model = told(await MusicModel.load(path, { engine, verify }));
  const tunes = await model.compose({
    ...(key !== undefined && { key }),
    ...(meter !== undefined && { meter }),
    ...(type !== undefined && { type }),
    ...(title !== undefined && { title }),
    prompt: options.prompt,
    count: options.count,
    ...samplingOf(options),
    maxBars: options.maxBars,
    constrained: options.constraint,
    seed: options.seed,
  });
  await model.dispose();
  const report = await describeTunes(tunes, training);
  if (tunes.length < options.count) {
    note(
      `${tunes.length} of ${options.count} tunes: the others came to no end that plays, however often they were drawn.`,
    );
  }
  const written = files && (await writeTuneFiles(files, tunes, { force }));
  if (json) {
    printJson({
      ...report,
      composed: tunes.map(({ title: name, abc }) => ({ title: name, abc })),
      files: written,
    });
    return;
  }
  if (written) for (const file of written) print(`wrote ${file}`);
  else await printGenerated(tunes.map(({ abc }) => abc).join(''));
  for (const line of lines(report, options)) note(line);
}

function lines(report: ComposedReport, { constraint }: ComposeOptions): string[] {
  const { tunes, parse, play, barsAddUp, removed, bars, distinctEightGrams, eightGrams, copies } = report;
  const percent = (share: number): string => `${(100 * share).toFixed(1)}%`;
  return [
    `${counted(tunes, 'tune')} of ${bars.min === bars.max ? '' : `${bars.min} to `}${counted(bars.max, 'bar')}: ${tunes === 1 ? oneTune(report) : `${parse} parse, ${play} play, ${barsAddUp} with bars that add up`}.`,
    ...(constraint ? [`The constraint removed ${percent(removed)} of the probability.`] : []),
    `Of ${counted(eightGrams, 'stretch', 'stretches')} of 8 characters ${distinctEightGrams} ${distinctEightGrams === 1 ? 'is' : 'are'} distinct.`,
    ...(copies
      ? [
          `The longest copy from the training tunes has ${counted(copies.longestLength, 'character')}: ${JSON.stringify(copies.longest)}; ${percent(copies.seenEightGrams)} of the stretches of 8 stand there.`,
        ]
      : []),
  ];
}

/** What a single tune is like. */
function oneTune({ parse, play, barsAddUp }: ComposedReport): string {
  const is = (yes: number, verb: string, not: string): string => (yes === 1 ? verb : not);
  return `it ${is(parse, 'parses', 'does not parse')} and ${is(play, 'plays', 'does not play')}; its bars ${is(barsAddUp, 'add', 'do not add')} up`;
}
