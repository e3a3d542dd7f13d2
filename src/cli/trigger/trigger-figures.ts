import { parse } from 'node:path';
import { Option, type Command } from 'commander';
import type { TradeoffPoint } from '../../audio/detection/trigger-evaluation.js';
import type { TriggerEvent } from '../../audio/detection/stream-events.js';
import type { EngineChoice } from '../../rnn/engine/engine-names.js';
import { SeqkitError } from '../../base/errors.js';
import type { FalseAlarmFolder } from './alarm-folder.js';
import { evaluationLines, soundLength, tradeoffSvg } from './evaluation-report.js';
import {
  engineOption,
  forceOption,
  jsonOption,
  realNumber,
  repairOption,
  seedOption,
  verifyOption,
} from '../options/options.js';
import { counted, note, print, printJson, told } from '../terminal/output.js';
import { checkPicture, writePicture } from '../terminal/picture-file.js';
import { Progress } from '../terminal/progress.js';
import { spokenWords } from '../clips/spoken-words.js';
import { thresholdOption, type Threshold } from './threshold-option.js';
import { givenModel } from '../models/given-model.js';

interface CommonOptions {
  readonly engine: EngineChoice;
  readonly verify: boolean;
  readonly repair: boolean;
  readonly force: boolean;
  readonly json: boolean;
  readonly threshold?: Threshold;
}

interface FolderOptions extends CommonOptions {
  readonly snr?: number;
  readonly seed: number;
}

interface EvalOptions extends FolderOptions {
  readonly plot?: string;
}

interface CalibrateOptions extends FolderOptions {
  readonly falseAlarms: number;
  readonly out?: string;
}

interface SimulateOptions extends CommonOptions {
  readonly cut?: string;
}

/** Adds the commands that measure trigger models: eval-trigger, calibrate-trigger, simulate-trigger. */
export function register(program: Command): void {
  const snrOption = () =>
    new Option(
      '--snr <db>',
      "lays the folder's backgrounds under its clips, so many dB below the speech",
    ).argParser(realNumber({ min: -20, max: 60 }));
  const folderHelp =
    'folder with activates/, negatives/ and backgrounds/ that were not trained on, or recordings with labels beside them';
  program
    .command('eval-trigger')
    .description('How many words a model finds and how often it fires without one.')
    .argument('<model>', 'what train-trigger wrote')
    .argument('<folder>', folderHelp)
    .addOption(thresholdOption())
    .option('--plot <file>', 'draws misses against false alarms at every threshold, .svg or .png')
    .addOption(snrOption())
    .addOption(repairOption())
    .addOption(seedOption())
    .addOption(engineOption())
    .addOption(verifyOption())
    .addOption(forceOption())
    .addOption(jsonOption())
    .action(evalTrigger);
  program
    .command('calibrate-trigger')
    .description(
      'Set the threshold of a model, of each of its words, for a rate of false alarms, and store it.',
    )
    .argument('<model>', 'what train-trigger wrote')
    .argument('<folder>', folderHelp)
    .addOption(
      new Option('--false-alarms <n>', 'at most so many an hour')
        .argParser(realNumber({ above: 0, max: 1000 }))
        .default(0.5),
    )
    .option('--out <file>', 'the calibrated model (default: the model itself, which takes --force)')
    .addOption(snrOption())
    .addOption(repairOption())
    .addOption(seedOption())
    .addOption(engineOption())
    .addOption(verifyOption())
    .addOption(forceOption())
    .addOption(jsonOption())
    .action(calibrateTrigger);
  program
    .command('simulate-trigger')
    .description('How often a model would have fired over a long recording, such as an evening of radio.')
    .argument('<model>', 'what train-trigger wrote')
    .argument('<recording>', 'a long recording, at any sample rate')
    .option(
      '--cut <folder>',
      'writes each alarm as a WAV file there, from two seconds before it to one after',
    )
    .addOption(thresholdOption())
    .addOption(repairOption())
    .addOption(engineOption())
    .addOption(verifyOption())
    .addOption(forceOption())
    .addOption(jsonOption())
    .action(simulateTrigger);
}

async function evalTrigger(modelPath: string, folder: string, options: EvalOptions): Promise<void> {
  const { plot, force } = options;
  await checkPicture('--plot', plot, force);
  const { TriggerModel } = await import('../../audio/trigger-model.js');
  const { scoreFolder } = await import('./test-folder.js');
  const { evaluateTrigger } = await import('../../audio/detection/trigger-evaluation.js');
  const { withThreshold } = await import('../../audio/detection/trigger-settings.js');
  const model = told(
    await TriggerModel.load(await givenModel(modelPath, 'a detector'), {
      engine: options.engine,
      verify: options.verify,
    }),
  );
  const { firing } = model.settings;
  const scored = scoreFolder(folder, model, options);
  if (plot !== undefined && scored.every(({ words }) => words.length === 0)) {
    throw new SeqkitError(`${folder} holds no ${spokenWords(model.words)}, so there are no misses to draw.`, {
      code: 'too-little-data',
      hint: 'Leave out --plot, or put recordings of the word into activates/.',
    });
  }
  const { threshold } = options;
  const chosen = threshold === undefined ? firing : withThreshold(firing, model.words, threshold);
  const evaluation = evaluateTrigger(scored, chosen);
  if (plot !== undefined) await writePicture(plot, force, () => tradeoffSvg(evaluation, model.words));
  if (options.json) {
    const file = plot === undefined ? {} : { plot };
    // Of several, "perWord" has the names.
    const named = model.words.length === 1 ? { word: model.word } : {};
    printJson({ model: modelPath, ...named, ...evaluation, ...file });
    return;
  }
  for (const line of evaluationLines(evaluation, model.words)) print(line);
  if (plot !== undefined) note(`wrote ${plot}`);
}

async function calibrateTrigger(modelPath: string, folder: string, options: CalibrateOptions): Promise<void> {
  const { checkWritable } = await import('../../base/host/files.js');
  const out = options.out ?? modelPath;
  checkWritable(out, { force: options.force });
  const { TriggerModel } = await import('../../audio/trigger-model.js');
  const { scoreFolder } = await import('./test-folder.js');
  const { calibrateThresholds } = await import('../../audio/detection/threshold-calibration.js');
  const { evaluateTrigger } = await import('../../audio/detection/trigger-evaluation.js');
  const { poissonInterval } = await import('../../audio/detection/evaluation.js');
  const model = told(
    await TriggerModel.load(await givenModel(modelPath, 'a detector'), {
      engine: options.engine,
      verify: options.verify,
    }),
  );
  const scored = scoreFolder(folder, model, options);
  const { thresholds: before, words } = model;
  const points = calibrateThresholds(scored, model.settings.firing, options.falseAlarms);
  model.setThreshold(Object.fromEntries(words.map((word) => [word, points[word].threshold])));
  await model.save(out, { force: options.force });
  const hours = scored.reduce((sum, { seconds }) => sum + seconds / 3600, 0);
  const figuresOf = ({ threshold, missed, falseAlarmsPerHour }: TradeoffPoint, was: number) => {
    const interval = poissonInterval(Math.round(falseAlarmsPerHour * hours));
    return {
      ...{ before: was, threshold },
      missed: Number.isNaN(missed) ? null : missed,
      falseAlarmsPerHour,
      hours,
      falseAlarmsPerHourInterval: { low: interval.low / hours, high: interval.high / hours },
    };
  };
  const each = words.map((word) => figuresOf(points[word], before[word]));
  // All words together: where two fire at once, one is believed.
  const { shareFound, falseAlarmsPerHour } = evaluateTrigger(scored, model.settings.firing);
  const all = { missed: Number.isNaN(shareFound) ? null : 1 - shareFound, falseAlarmsPerHour, hours };
  if (options.json) {
    const perWord = Object.fromEntries(words.map((word, n) => [word, each[n]]));
    printJson({ model: out, ...(words.length === 1 ? each[0] : { ...all, perWord }) });
    return;
  }
  const misses = (missed: number | null) =>
    missed === null ? '' : `, ${(100 * missed).toFixed(1)}% of the words missed`;
  each.forEach(
    ({ threshold, before: was, missed, falseAlarmsPerHour: rate, falseAlarmsPerHourInterval }, n) => {
      const { low, high } = falseAlarmsPerHourInterval;
      const which = words.length === 1 ? '' : ` of "${words[n]}"`;
      print(
        `${out}: threshold${which} ${threshold} (was ${was}): ${rate.toFixed(2)} false alarms per hour ` +
          `in ${soundLength(hours)} (95%: ${low.toFixed(2)} to ${high.toFixed(2)})${misses(missed)}`,
      );
    },
  );
  if (words.length === 1) return;
  print(
    `${out}: all words together: ${falseAlarmsPerHour.toFixed(2)} false alarms per hour${misses(all.missed)}`,
  );
}

async function simulateTrigger(modelPath: string, path: string, options: SimulateOptions): Promise<void> {
  const { threshold, cut, force } = options;
  const { TriggerModel } = await import('../../audio/trigger-model.js');
  const { openLongSound } = await import('./long-sound.js');
  const { poissonInterval } = await import('../../audio/detection/evaluation.js');
  const model = told(
    await TriggerModel.load(await givenModel(modelPath, 'a detector'), {
      engine: options.engine,
      verify: options.verify,
    }),
  );
  const sound = openLongSound(path, options);
  const { sampleRate } = sound;
  const stream = model.stream({
    sampleRate,
    spectrum: 'fast',
    ...(threshold === undefined ? {} : { threshold }),
  });
  const files = new Map<TriggerEvent, string>();
  const alarms = cut === undefined ? undefined : await cutFolder(cut, path, { sampleRate, force, files });
  if (alarms !== undefined) stream.on('trigger', (event) => alarms.heard(event));
  const bar = new Progress('listening', { total: sound.length / sampleRate, unit: 's of sound' });
  const events: TriggerEvent[] = [];
  let listened = 0;
  for (const chunk of sound.chunks()) {
    events.push(...stream.push(chunk));
    await alarms?.push(chunk);
    listened += chunk.length;
    bar.update(listened / sampleRate);
  }
  events.push(...stream.flush());
  await alarms?.end();
  stream.dispose();
  bar.end();
  for (const line of [...sound.losses, ...sound.remarks]) note(`${path}: ${line}`);
  const hours = listened / sampleRate / 3600;
  const interval = poissonInterval(events.length);
  const perHour = { low: interval.low / hours, high: interval.high / hours };
  if (options.json) {
    printJson({
      file: path,
      hours,
      activations: events.length,
      perHour: events.length / hours,
      perHourInterval: perHour,
      events: events.map((event) => ({ ...event, ...(cut === undefined ? {} : { file: files.get(event) }) })),
    });
    return;
  }
  for (const event of events) {
    const { word, timeSeconds, score } = event;
    const file = cut === undefined ? '' : `  ${files.get(event)}`;
    print(`${timeSeconds.toFixed(2)} s  ${word}  ${score.toFixed(2)}${file}`);
  }
  print(
    `${counted(events.length, 'activation')} in ${soundLength(hours)}, ${(events.length / hours).toFixed(2)} per hour ` +
      `(95%: ${perHour.low.toFixed(2)} to ${perHour.high.toFixed(2)})`,
  );
}

/**
 * The folder for what is heard around each alarm of a recording.
 * @throws SeqkitError `file-exists` where it holds alarms of such a recording; before an hour is listened to
 */
async function cutFolder(
  folder: string,
  recording: string,
  options: { sampleRate: number; force: boolean; files: Map<TriggerEvent, string> },
): Promise<FalseAlarmFolder> {
  const { sampleRate, force, files } = options;
  const { FalseAlarmFolder } = await import('./alarm-folder.js');
  const { listFolder } = await import('../../base/host/folders.js');
  const stem = `${parse(recording).name}-`;
  const isAlarm = (name: string) =>
    name.startsWith(stem) && /^\d+\.\d\ds\.wav$/.test(name.slice(stem.length));
  const old = listFolder(folder).filter(isAlarm);
  if (old.length > 0 && !force) {
    throw new SeqkitError(
      `${folder} holds ${counted(old.length, 'alarm')} of ${recording} already, such as ${old[0]}.`,
      {
        code: 'file-exists',
        hint: 'Replace what is there with --force, or give another folder.',
      },
    );
  }
  return new FalseAlarmFolder(folder, {
    ...{ sampleRate, force },
    nameOf: ({ timeSeconds }) => `${stem}${timeSeconds.toFixed(2)}s.wav`,
    onSaved: (file, event) => void files.set(event, file),
  });
}
