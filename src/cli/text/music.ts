import { Option, type Command } from 'commander';
import { SeqkitError } from '../../base/errors.js';
import { engineLine } from '../models/engine-line.js';
import { forceOption, jsonOption } from '../options/options.js';
import { counted, note, print, printJson } from '../terminal/output.js';
import { standardInputOf } from '../terminal/standard-input.js';
import { registerCompose } from './compose.js';
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

interface TrainOptions extends TextTrainingOptions, CheckpointOptions {
  readonly notation: 'symbols' | 'characters';
  readonly chords: boolean;
  readonly out: string;
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
  train.addOption(
    new Option(
      '--notation <name>',
      'how tunes are written down for it: as symbols, by which it knows form, bar and key, or as the characters of ABC, ornaments and chords included',
    )
      .choices(['symbols', 'characters'])
      .default('symbols'),
  );
  train.option(
    '--chords',
    'learn the chord of each bar too: those over the notes, or in a tune without any those of the rules of harmony (symbols know chords no other way)',
    false,
  );
  addCheckpointOptions(train)
    .option('--out <file>', 'the model', 'music.safetensors')
    .addOption(forceOption())
    .addOption(jsonOption())
    .action(trainMusic);
  registerCompose(program);
}

async function trainMusic(given: readonly string[], options: TrainOptions): Promise<void> {
  const { MusicModel } = await import('../../text/music/composition/music-model.js');
  const { TuneModel } = await import('../../text/music/composition/tune-model.js');
  const { TextTrainingRun } = await import('./text-training-run.js');
  const { readTuneFiles } = await import('./tune-input.js');
  const { describeFaults } = await import('./tune-faults.js');
  const { out } = options;
  if (options.chords && options.notation === 'characters') {
    throw new SeqkitError(
      '--chords is for --notation symbols: characters take chord symbols as they stand.',
      {
        code: 'usage',
        hint: 'Leave one of them out.',
      },
    );
  }
  const Model = options.notation === 'symbols' ? TuneModel : MusicModel;
  const run = new TextTrainingRun(options, defaults, options.notation);
  const model = typedValue(
    undefined,
    () => new Model({ ...modelOptionsOf(options), onEngine: (report) => run.note(engineLine(report)) }),
  );
  const { tunes, faults } = readTuneFiles(given, await standardInputOf(given));
  for (const line of describeFaults(faults)) note(`left out: ${line}`);
  note(`${counted(tunes.length, 'tune')} understood, ${count(faults.length)} left out.`);

  try {
    if (model instanceof TuneModel) noteUnlearnt(model.unlearntOf(tunes));
    const history = await run.fit('compose', (fit) =>
      model instanceof TuneModel
        ? model.fit(tunes, { ...fit, ...(options.chords && { chords: true }) })
        : model.fit(tunes, fit),
    );
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
    const next = `seqkit compose ${quoted(out)} --out tune.svg`;
    reportTraining(out, model.text, history, { curve, next, unit: options.notation });
  } finally {
    await model.dispose();
  }
}

/** Says which tunes are understood, but not learnt. */
function noteUnlearnt(unlearnt: readonly { readonly title: string; readonly reason: string }[]): void {
  const reasons = new Map<string, string[]>();
  for (const { title, reason } of unlearnt) reasons.set(reason, [...(reasons.get(reason) ?? []), title]);
  for (const [reason, titles] of reasons) {
    note(`not learnt: ${counted(titles.length, 'tune')}, such as ${JSON.stringify(titles[0])}: ${reason}.`);
  }
}
