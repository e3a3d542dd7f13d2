import { Option, type Command } from 'commander';
import type { ExampleRecord } from '../../audio/examples/example-record.js';
import type { FeatureSetName } from '../../audio/signal/feature-settings.js';
import type { TriggerModel } from '../../audio/trigger-model.js';
import type { TransferPart } from '../../audio/trigger-transfer.js';
import type { AutoReport, EngineChoice } from '../../rnn/engine/choose.js';
import { engineLine } from '../models/engine-line.js';
import type { ClipSet } from '../../audio/clips/clips.js';
import { SeqkitError } from '../../base/errors.js';
import {
  engineOption,
  verifyOption,
  forceOption,
  jsonOption,
  realNumber,
  repairOption,
  seedOption,
  spokenOption,
  threadsOption,
  wholeNumber,
} from '../options/options.js';
import { addMixingOptions, synthesisOf, type MixingOptions } from '../clips/mixing-options.js';
import { endingOf } from '../terminal/file-names.js';
import { counted, note, print, printJson, told } from '../terminal/output.js';
import { spokenWords, wordsField } from '../clips/spoken-words.js';
import { checkDistinct } from '../terminal/output-files.js';
import { commandLine, quoted } from '../terminal/shell-quoting.js';
import { stoppable, stoppedError } from '../terminal/stop-signal.js';
import { thresholdOption, type Threshold } from './threshold-option.js';
import { typedValue } from '../options/typed-value.js';
import { progressBars } from './trigger-progress.js';

interface TrainOptions extends MixingOptions {
  readonly out: string;
  readonly word?: string;
  readonly preset: string;
  readonly features?: FeatureSetName | 'embedding';
  readonly labelSteps?: number;
  readonly epochs?: number;
  readonly examples?: number;
  readonly from?: string;
  readonly train?: TransferPart;
  readonly holdOut: number;
  readonly records?: string;
  readonly patience?: number;
  readonly spoken: number;
  readonly checkpoint?: string;
  readonly resume: boolean;
  readonly repair: boolean;
  readonly seed: number;
  readonly engine: EngineChoice;
  readonly verify: boolean;
  readonly threads?: number;
  readonly force: boolean;
  readonly json: boolean;
}

interface DetectOptions {
  readonly threshold?: Threshold;
  readonly chimeOut?: string;
  readonly repair: boolean;
  readonly force: boolean;
  readonly engine: EngineChoice;
  readonly verify: boolean;
  readonly json: boolean;
}

/** Adds the commands of trigger words: train-trigger, detect. */
export function register(program: Command): void {
  const training = program
    .command('train-trigger')
    .description('Train a model that hears a word, or several, from a folder of WAV files.')
    .argument(
      '<clips>',
      'folder with activates/, negatives/ and backgrounds/; without the latter two, those of seqkit',
    )
    .option('--out <file>', 'the model file', 'trigger.safetensors')
    .option(
      '--word <name>',
      'what the word is called, or which of the folders below activates/ to train alone (default: all folders there, or "activate")',
    )
    .addOption(
      new Option(
        '--preset <name>',
        'features, network and training: standard, embedding or coursera',
      ).default('standard'),
    )
    .addOption(
      new Option(
        '--from <model>',
        'goes on from this model, with its features and network: for another word, or to learn from mistakes',
      ).conflicts(['preset', 'features', 'labelSteps']),
    )
    .addOption(
      new Option(
        '--train <part>',
        'with --from: what follows the convolution (head, the default), or all of it',
      ).choices(['head', 'all']),
    )
    .addOption(
      new Option(
        '--features <name>',
        "in place of the preset's: librosa and mfcc follow librosa, embedding is a small network over Google's speech embedding (see add-embedding)",
      ).choices(['log-mel', 'librosa', 'mfcc', 'embedding']),
    )
    .addOption(
      new Option(
        '--label-steps <n>',
        "output steps labelled after each word (default: the preset's, 364 ms)",
      ).argParser(wholeNumber({ min: 1, max: 1000 })),
    )
    .addOption(
      new Option('--epochs <n>', "times through the mixed examples (default: the preset's)").argParser(
        wholeNumber({ min: 1, max: 10_000 }),
      ),
    )
    .addOption(
      new Option(
        '--examples <n>',
        'examples to mix (default: 25 for each clip of the word, 2000 to 6000)',
      ).argParser(wholeNumber({ min: 1, max: 100_000 })),
    )
    .addOption(
      new Option(
        '--patience <epochs>',
        'early stopping: ends where the clips held back to judge by have not been heard better for so many epochs (default: never)',
      ).argParser(wholeNumber({ min: 1, max: 10_000 })),
    )
    .addOption(
      new Option('--hold-out <share>', 'share of the clips, by speaker, to test on instead of training')
        .argParser(realNumber({ min: 0, max: 0.9 }))
        .default(0),
    )
    .addOption(spokenOption())
    .option('--checkpoint <file>', 'keeps the training here after each epoch')
    .option('--resume', 'goes on from the --checkpoint, to the very model of an unbroken run', false)
    .option('--records <file>', 'writes how each example was mixed, a line of JSON each, for show-clip')
    .addOption(repairOption())
    .addOption(seedOption())
    .addOption(engineOption())
    .addOption(verifyOption('the model of --from'))
    .addOption(threadsOption())
    .addOption(forceOption())
    .addOption(jsonOption())
    .action(trainTrigger);
  addMixingOptions(training);
  program
    .command('detect')
    .description('The times at which a trained model hears its word.')
    .argument('<model>', 'what train-trigger wrote')
    .argument('<wav...>', 'recordings, at any sample rate')
    .addOption(thresholdOption())
    .option('--chime-out <file>', 'writes the recording as WAV with a chime over each detection')
    .addOption(repairOption())
    .addOption(engineOption())
    .addOption(verifyOption())
    .addOption(forceOption())
    .addOption(jsonOption())
    .action(detect);
}

async function trainTrigger(folder: string, options: TrainOptions): Promise<void> {
  const { checkUnlocked } = await import('../../base/host/lock-file.js');
  const { checkWritable, fileExists, removeLeftovers, writeFileAtomic } =
    await import('../../base/host/files.js');
  const { records, checkpoint, resume } = options;
  if (options.train !== undefined && options.from === undefined) {
    throw new SeqkitError('--train goes with --from, the model whose parts it names.', { code: 'usage' });
  }
  if (resume && checkpoint === undefined) {
    throw new SeqkitError('--resume needs the --checkpoint to go on from.', { code: 'usage' });
  }
  checkDistinct({ '--out': options.out, '--records': records, '--checkpoint': checkpoint });
  checkWritable(options.out, { force: options.force });
  removeLeftovers(options.out);
  if (checkpoint !== undefined) {
    checkWritable(checkpoint, { force: resume });
    checkUnlocked(checkpoint);
  }
  if (records !== undefined) checkWritable(records, { force: options.force });
  const { triggerPreset } = await import('../../audio/detection/trigger-settings.js');
  const { TriggerModel } = await import('../../audio/trigger-model.js');
  const { preset, features, labelSteps, seed, engine, threads, epochs, examples, patience } = options;
  const base =
    options.from === undefined
      ? undefined
      : told(await TriggerModel.load(options.from, { engine, verify: options.verify }));
  const settings = base?.settings ?? typedValue('--preset', () => triggerPreset(preset));
  const { sampleRate } = settings.features;
  const { loadTrainingClips } = await import('../clips/training-clips.js');
  const named = base?.words.length === 1 ? { unnamed: base.word } : {};
  const read = await loadTrainingClips(folder, sampleRate, { ...options, ...named });
  const { words, train: clips, test } = read;
  const { activates } = clips;
  const counts = words.map((word) => {
    const count = words.length === 1 ? activates : activates.filter((clip) => clip.word === word);
    return `${counted(count.length, 'clip')} of "${word}"`;
  });
  note(
    `${counts.join(', ')}, ${clips.negatives.length} of other words, ${counted(clips.backgrounds.length, 'background')}.`,
  );

  const startedAt = performance.now();
  const bars = progressBars();
  const common = {
    ...{ words, seed, engine, synthesis: synthesisOf(options) },
    ...(threads && { threads }),
    onEngine(report: AutoReport) {
      bars.end();
      note(engineLine(report));
    },
  };
  const model =
    base === undefined
      ? new TriggerModel({
          ...common,
          preset,
          ...(features === undefined ? {} : { features }),
          ...(labelSteps === undefined ? {} : { labelSteps }),
        })
      : await TriggerModel.from(base, { ...common, train: options.train ?? 'head' });
  if (resume && !fileExists(checkpoint!)) note(`${checkpoint} is not there yet: the training begins anew.`);
  const mixed: ExampleRecord[] = [];
  const { record, stopped } = await stoppable(async (signal) => {
    const record = await model.fit(clips, {
      ...(epochs === undefined ? {} : { epochs }),
      ...(examples === undefined ? {} : { examples }),
      ...(patience === undefined ? {} : { patience }),
      onProgress: bars.update,
      ...(checkpoint === undefined ? {} : { checkpoint, resume }),
      ...(records === undefined ? {} : { onExample: (example) => void mixed.push(example) }),
      signal,
    });
    return { record, stopped: signal.aborted };
  });
  bars.end();
  if (stopped) throw stoppedTraining(record.epochs, checkpoint);
  await model.save(options.out, { force: options.force });
  if (records !== undefined) {
    // By number: a training that was resumed mixes in another order.
    const lines = mixed.sort((a, b) => a.example - b.example).map((example) => JSON.stringify(example));
    await writeFileAtomic(records, `${lines.join('\n')}\n`, { force: options.force });
  }
  const seconds = Math.round((performance.now() - startedAt) / 1000);
  const heldBack = test === undefined ? {} : { heldBack: await figuresOn(test, model) };
  if (options.json) {
    printJson({ model: options.out, ...wordsField(model.words), seed, seconds, ...record, ...heldBack });
    return;
  }
  print(
    `${options.out}: hears ${spokenWords(model.words)}; ${counted(record.examples, 'example')}, ${counted(record.epochs, 'epoch')}, loss ${record.finalLoss.toFixed(3)}, ${seconds} s`,
  );
  const { validation: judgement } = record;
  if (judgement !== undefined) {
    note(
      `The last epochs were judged on a tenth of the clips, which they were not trained on: ${(100 * judgement.missed).toFixed(1)}% missed in mixed examples. It fires from a score of ${thresholdText(model.thresholds)} on, which calibrate-trigger changes.`,
    );
  }
  if (heldBack.heldBack !== undefined) print(`on clips that were held back: ${heldBack.heldBack.verdict}`);
  note(`Next: seqkit detect ${quoted(options.out)} recording.wav`);
}

/** One number, or one with its word for each of several. */
function thresholdText(thresholds: Record<string, number>): string {
  const each = Object.entries(thresholds);
  if (each.length === 1) return each[0][1].toFixed(3);
  return each.map(([word, threshold]) => `${threshold.toFixed(3)} ("${word}")`).join(', ');
}

function stoppedTraining(epochs: number, checkpoint: string | undefined): SeqkitError {
  const done = `The training was stopped after ${counted(epochs, 'whole epoch')}; no model was written.`;
  if (checkpoint === undefined) {
    return stoppedError(done, 'With --checkpoint run.safetensors a training can go on where it was stopped.');
  }
  const kept = epochs === 0 ? 'nothing yet' : 'these epochs';
  return stoppedError(`${done} ${checkpoint} holds ${kept}.`, `Go on with: ${commandLine('--resume')}`);
}

/** How a model does on clips that were held back, over their own backgrounds at 10 dB where there are some. */
async function figuresOn(clips: ClipSet, model: TriggerModel) {
  const { testRecordings } = await import('../../audio/detection/test-recordings.js');
  const { scoreRecording } = await import('../../audio/detection/scored-recording.js');
  const { evaluateTrigger } = await import('../../audio/detection/trigger-evaluation.js');
  const { wordEnd = 'speech' } = model.settings.synthesis;
  const noise = { wordEnd, ...(clips.backgrounds.length > 0 && { signalToNoiseDb: 10 }) };
  const scored = [...testRecordings(clips, noise)].map((recording) =>
    scoreRecording(model, recording, recording),
  );
  return evaluateTrigger(scored, model.settings.firing);
}

async function detect(modelPath: string, paths: string[], options: DetectOptions): Promise<void> {
  const { chimeOut, threshold, force } = options;
  const { checkWritable, writeFileAtomic } = await import('../../base/host/files.js');
  if (chimeOut !== undefined) {
    if (paths.length > 1) {
      throw new SeqkitError(`--chime-out takes one recording, not ${paths.length}.`, {
        code: 'usage',
        hint: 'Give the recordings one at a time.',
      });
    }
    endingOf('--chime-out', chimeOut, ['.wav']);
    checkWritable(chimeOut, { force });
  }
  const { TriggerModel } = await import('../../audio/trigger-model.js');
  const { readSound } = await import('../clips/sound-file.js');
  const model = told(await TriggerModel.load(modelPath, { engine: options.engine, verify: options.verify }));
  const results = [];
  for (const path of paths) {
    const sound = readSound(path, options);
    for (const line of [...sound.losses, ...sound.remarks]) note(`${path}: ${line}`);
    const events = await model.detect(sound, threshold === undefined ? {} : { threshold });
    results.push({ file: path, events });
    if (chimeOut !== undefined) {
      if (sound.channels > 1 && sound.remarks.length === 0)
        note(`${path}: its ${sound.channels} channels are mixed down to one.`);
      const { withChimes } = await import('../../audio/signal/chime.js');
      const { encodeWav } = await import('../../audio/signal/wav.js');
      const times = events.map(({ timeSeconds }) => timeSeconds);
      await writeFileAtomic(chimeOut, encodeWav(withChimes(sound, times)), { force });
    }
    if (options.json) continue;
    for (const { word, timeSeconds, score } of events) {
      print(`${path}  ${timeSeconds.toFixed(2)} s  ${word}  ${score.toFixed(2)}`);
    }
    if (events.length === 0) note(`${path}: ${spokenWords(model.words)} was not heard.`);
  }
  if (options.json) printJson(results);
}
