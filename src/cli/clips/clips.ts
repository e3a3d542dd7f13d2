import { join, parse } from 'node:path';
import { Argument, Option, type Command } from 'commander';
import { validationClips } from '../../audio/training/model-selection.js';
import { CLIP_KINDS } from '../../audio/clips/clips.js';
import { mixNumbered, recordOf, remix, type ExampleRecord } from '../../audio/examples/example-record.js';
import { TriggerModel } from '../../audio/trigger-model.js';
import { triggerPreset } from '../../audio/detection/trigger-settings.js';
import { encodeWav } from '../../audio/signal/wav.js';
import { SeqkitError } from '../../base/errors.js';
import { checkWritable, readFileBytes, writeFileAtomic } from '../../base/host/files.js';
import { checkFolder, problemLine, readClipFiles } from './clip-folder.js';
import { examplePlot } from './example-picture.js';
import { addMixingOptions, synthesisOf, type MixingOptions } from './mixing-options.js';
import {
  forceOption,
  jsonOption,
  realNumber,
  repairOption,
  seedOption,
  spokenOption,
  verifyOption,
  wholeNumber,
} from '../options/options.js';
import { counted, note, print, printJson, told } from '../terminal/output.js';
import { endingOf } from '../terminal/file-names.js';
import { checkPicture, writePicture } from '../terminal/picture-file.js';
import { quoted } from '../terminal/shell-quoting.js';
import { typedValue } from '../options/typed-value.js';
import { loadTrainingClips } from './training-clips.js';
import { givenModel } from '../models/given-model.js';

interface CheckOptions {
  readonly repair: boolean;
  readonly json: boolean;
}

interface ShowOptions extends MixingOptions {
  readonly out: string;
  /** False after --no-picture. */
  readonly picture?: string | false;
  readonly records?: string;
  readonly model?: string;
  readonly verify: boolean;
  readonly preset: string;
  readonly word?: string;
  readonly holdOut: number;
  readonly spoken: number;
  readonly repair: boolean;
  readonly seed: number;
  readonly force: boolean;
  readonly json: boolean;
}

/** By the pole of the filter that colours it. */
const NOISE_NAMES: Record<string, string> = { 0: 'white', 0.7: 'pink', 0.98: 'brown' };

/** Adds the commands of clips: check-clips, show-clip. */
export function register(program: Command): void {
  program
    .command('check-clips')
    .description('List what is clipped, silent, damaged, doubled or misplaced in a folder of clips.')
    .argument('<folder>', 'folder with activates/, negatives/ and backgrounds/')
    .addOption(repairOption())
    .addOption(jsonOption())
    .action(check);
  const showing = program
    .command('show-clip')
    .description('Mix a training example again: write it as WAV, draw it, and say what it is made of.')
    .addArgument(new Argument('<example>', 'its number, from 0').argParser(wholeNumber({ min: 0 })))
    .argument('<clips>', 'the folder that train-trigger was given')
    .option('--out <file>', 'the WAV file', 'example.wav')
    .option(
      '--picture <file>',
      'waveform, spectrogram and labels, .svg or .png (default: beside the WAV file)',
    )
    .option('--no-picture', 'draws nothing')
    .option('--records <file>', 'what train-trigger --records wrote: the sound must come out as it was')
    .option('--model <file>', 'also say, and draw, what this model hears in it')
    .addOption(verifyOption('that model'))
    .option('--preset <name>', 'as for train-trigger', 'standard')
    .option('--word <name>', 'as for train-trigger')
    .addOption(
      new Option('--hold-out <share>', 'as for train-trigger')
        .argParser(realNumber({ min: 0, max: 0.9 }))
        .default(0),
    )
    .addOption(spokenOption())
    .addOption(repairOption())
    .addOption(seedOption())
    .addOption(forceOption())
    .addOption(jsonOption())
    .action(showClip);
  addMixingOptions(showing);
}

/** Mixes a training example again, from its record or its number, and writes it as a WAV file. */
async function showClip(number: number, folder: string, options: ShowOptions): Promise<void> {
  const { out, records, force } = options;
  const picture = options.picture ?? join(parse(out).dir, `${parse(out).name}.svg`);
  endingOf('--out', out, ['.wav']);
  checkWritable(out, { force });
  if (picture !== false) await checkPicture('--picture', picture, force);
  const preset = typedValue('--preset', () => triggerPreset(options.preset));
  const { features, training } = preset;
  const synthesis = { ...preset.synthesis, ...synthesisOf(options) };
  const { words, train: read } = await loadTrainingClips(folder, features.sampleRate, options);
  let record: ExampleRecord | undefined;
  if (records !== undefined) record = readRecord(records, number);
  const seed = record?.seed ?? options.seed;
  // Clips that the checkpoints were judged by are in no example.
  const train =
    (training.modelSelection && validationClips(read, training.modelSelection, seed)?.train) ?? read;
  const mixture =
    record === undefined
      ? mixNumbered(train, synthesis, { seed, example: number })
      : remix(record, train, synthesis);
  const waveform = { samples: mixture.samples, sampleRate: features.sampleRate };
  await writeFileAtomic(out, encodeWav(waveform), { force });
  const numbered = { seed, example: number, ...(record?.wordless && { wordless: true as const }) };
  const shown = recordOf(mixture, { ...numbered, sampleRate: features.sampleRate });
  const model =
    options.model === undefined
      ? undefined
      : told(
          await TriggerModel.load(await givenModel(options.model, 'a detector'), { verify: options.verify }),
        );
  const events = await model?.detect(waveform);
  if (picture !== false) {
    const title = `Example ${number} of seed ${seed}`;
    const { sampleRate } = features;
    await writePicture(picture, force, async () => {
      const { clipPlotSvg } = await import('../../report/clip-plot.js');
      return clipPlotSvg(await examplePlot({ title, mixture, sampleRate, words, preset, model }));
    });
  }
  if (options.json) {
    printJson({
      file: out,
      ...(picture !== false && { picture }),
      ...shown,
      ...(events === undefined ? {} : { events }),
    });
    return;
  }
  if (picture !== false) print(`${picture}: drawn`);
  print(`${out}: example ${number} of seed ${seed}, speech around ${mixture.speechDb.toFixed(0)} dB`);
  for (const { kind, name, startSeconds, speechEndSeconds, gainDb } of mixture.placed) {
    const times = `${startSeconds.toFixed(2)} to ${speechEndSeconds.toFixed(2)} s`;
    print(`${kind.padEnd(13)}  ${times}  ${gainDb.toFixed(1)} dB  ${name}`);
  }
  const { background } = mixture;
  if (background !== undefined) {
    const { name, fromSeconds, gainDb } = background;
    print(`background     from ${fromSeconds.toFixed(2)} s  ${gainDb.toFixed(1)} dB  ${name}`);
  }
  const { babble, noises } = mixture;
  if (babble !== undefined) {
    const names = new Set(babble.talkers.flat());
    print(
      `babble         ${babble.levelDb.toFixed(1)} dB  ${counted(babble.talkers.length, 'voice')}, of ${counted(names.size, 'clip')}`,
    );
  }
  for (const { pole, levelDb } of noises) {
    print(`noise          ${levelDb.toFixed(1)} dB  ${NOISE_NAMES[`${pole}`] ?? `low-pass of pole ${pole}`}`);
  }
  for (const { timeSeconds, score } of events ?? []) {
    print(`heard          ${timeSeconds.toFixed(2)} s  ${score.toFixed(2)}`);
  }
}

/** The line of an example in what `train-trigger --records` wrote. */
function readRecord(path: string, number: number): ExampleRecord {
  const lines = new TextDecoder().decode(readFileBytes(path, 'the records')).split('\n');
  // Numbers have gaps where hard negatives were chosen among many.
  const line = lines.find((text) => text.startsWith(`{"example":${number},`));
  let record: Partial<ExampleRecord> | undefined;
  try {
    record = JSON.parse(line ?? 'null') as Partial<ExampleRecord> | undefined;
  } catch {
    // Said below.
  }
  if (record?.example !== number || record.seed === undefined || record.fingerprint === undefined) {
    throw new SeqkitError(`${path} holds no record of example ${number}.`, {
      code: 'bad-file',
      hint: 'Give the file that train-trigger --records wrote, and a number that is in it.',
    });
  }
  return record as ExampleRecord;
}

function check(folder: string, options: CheckOptions): void {
  const { counts, problems } = checkFolder(readClipFiles(folder, options), options);
  const errors = problems.filter(({ severity }) => severity === 'error').length;
  if (options.json) printJson({ folder, counts, problems });
  else {
    for (const problem of problems) print(problemLine(problem));
    const held = CLIP_KINDS.map(
      (kind) => `${counted(counts[kind].clips, 'clip')} in ${kind} (${counts[kind].seconds.toFixed(0)} s)`,
    );
    const warnings = problems.length - errors;
    print(`${held.join(', ')}: ${counted(errors, 'error')}, ${counted(warnings, 'warning')}`);
  }
  for (const kind of ['negatives', 'backgrounds'] as const) {
    if (counts[kind].clips === 0)
      note(`There are no ${kind}: train-trigger takes those that come with seqkit.`);
  }
  if (counts.activates.clips === 0) {
    throw new SeqkitError(`${join(folder, 'activates')} holds no clip of the word.`, {
      code: 'too-little-data',
      hint: `Record some: seqkit record "<phrase>" --count 30 --out ${quoted(folder)}`,
    });
  }
  if (errors > 0) {
    throw new SeqkitError(
      `${errors === 1 ? 'One clip cannot be used as it is' : `${counted(errors, 'clip')} cannot be used as they are`}.`,
      {
        code: 'bad-file',
        hint: 'The lines that begin with "error:" say what to do.',
      },
    );
  }
}
