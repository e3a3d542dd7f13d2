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
import { pronunciationsOf, sayOption } from '../clips/pronunciations.js';
import { spokenWords, wordsField } from '../clips/spoken-words.js';
import { checkDistinct } from '../terminal/output-files.js';
import { commandLine, quoted } from '../terminal/shell-quoting.js';
import { stoppable, stoppedError } from '../terminal/stop-signal.js';
import { thresholdOption, type Threshold } from './threshold-option.js';
import { typedValue } from '../options/typed-value.js';
import { progressBars } from './trigger-progress.js';

/** Clips of a word that voices say, and minutes of other speech by them, where nothing else is asked. */
const [VOICED_CLIPS, VOICED_MINUTES] = [520, 40];

interface TrainOptions extends MixingOptions {
  readonly out: string;
  readonly word?: readonly string[];
  readonly say?: readonly string[];
  readonly language: string;
  readonly voices?: number;
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
    .description('Train a model that hears a word, or several, from synthetic voices, recordings or both.')
    .argument(
      '[clips]',
      'folder with activates/, negatives/ and backgrounds/; without the latter two, those of seqkit; without a folder, voices say the --word',
    )
    .option('--out <file>', 'the model file', 'trigger.safetensors')
    .addOption(
      new Option(
        '--word <name>',
        'the word or phrase, several times for several; of a folder, what its word is called, or which of those below activates/ to train (default: all there, or "activate")',
      ).argParser((word: string, before: readonly string[] | undefined) => [...(before ?? []), word]),
    )
    .addOption(sayOption())
    .option('--language <code>', 'of the voices, such as en, de or pt-br', 'en')
    .addOption(
      new Option(
        '--voices <n>',
        `clips of each word by synthetic voices (default: ${VOICED_CLIPS} without a folder or with --features embedding, otherwise none)`,
      ).argParser(wholeNumber({ min: 0, max: 10_000 })),
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

/** What is asked for; for voices alone the embedding where there is one, without which they teach little. */
async function featuresFor(
  folder: string | undefined,
  { features, preset, from }: TrainOptions,
): Promise<TrainOptions['features']> {
  if (features !== undefined || folder !== undefined || preset !== 'standard' || from !== undefined)
    return features;
  const { SpeechEmbedding } = await import('../../audio/embedding/speech-embedding.js');
  const { HOW_TO_GET_EMBEDDING } = await import('../../audio/embedding/no-embedding.js');
  if ((await SpeechEmbedding.defaultPath()) !== undefined) return 'embedding';
  note(`There is no speech embedding, without which voices alone teach little. ${HOW_TO_GET_EMBEDDING}`);
  return undefined;
}

/** What the options ask for together. @throws SeqkitError `usage` where one needs another */
function checkTraining(
  folder: string | undefined,
  options: TrainOptions,
  { voices, isSpoken }: { voices: number; isSpoken: boolean },
): void {
  const { word: words, records, holdOut } = options;
  if (folder === undefined && words === undefined && options.from === undefined) {
    throw new SeqkitError('There is nothing to train: neither a folder of clips nor a word was given.', {
      code: 'usage',
      hint: 'Give a word for voices to say, train-trigger --word "hey robot", or a folder of recordings.',
    });
  }
  if (words?.some((word) => word.trim() === '')) {
    throw new SeqkitError('--word takes a word or phrase, not nothing.', { code: 'usage' });
  }
  if (words !== undefined && new Set(words).size < words.length) {
    throw new SeqkitError('--word names the same word twice.', { code: 'usage' });
  }
  if (folder === undefined && voices === 0) {
    throw new SeqkitError('--voices 0 needs a folder of recordings to train on.', { code: 'usage' });
  }
  if (folder === undefined && holdOut > 0) {
    throw new SeqkitError('--hold-out sets recordings apart, and there is no folder of them.', {
      code: 'usage',
    });
  }
  if (records !== undefined && voices > 0) {
    throw new SeqkitError('--records is for recordings: show-clip has no synthetic voices to mix again.', {
      code: 'usage',
    });
  }
  const forVoices = options.say !== undefined ? '--say' : isSpoken ? '--language' : undefined;
  if (forVoices !== undefined && voices === 0) {
    throw new SeqkitError(`${forVoices} is for synthetic voices, and none is asked for.`, {
      code: 'usage',
      hint: `Give --voices, such as --voices ${VOICED_CLIPS}.`,
    });
  }
  if (words !== undefined) pronunciationsOf(words, options.say);
}

async function trainTrigger(
  folder: string | undefined,
  options: TrainOptions,
  command: Command,
): Promise<void> {
  const features = await featuresFor(folder, options);
  const isVoiced = folder === undefined || features === 'embedding' || options.preset === 'embedding';
  const voices = options.voices ?? (isVoiced ? VOICED_CLIPS : 0);
  const isSpoken = command.getOptionValueSource('language') !== 'default';
  checkTraining(folder, options, { voices, isSpoken });
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
  const { preset, labelSteps, seed, engine, threads, epochs, examples, patience } = options;
  const base =
    options.from === undefined
      ? undefined
      : told(await TriggerModel.load(options.from, { engine, verify: options.verify }));
  const settings = base?.settings ?? typedValue('--preset', () => triggerPreset(preset));
  const { sampleRate } = settings.features;
  const { loadWordClips } = await import('./word-clips.js');
  const named = base?.words.length === 1 ? { unnamed: base.word } : {};
  const isGiven = command.getOptionValueSource('spoken') !== 'default';
  const {
    words,
    train: clips,
    test,
    synthesis,
  } = await loadWordClips(folder, sampleRate, {
    ...{ ...options, ...named, voices },
    voicedMinutes: isGiven ? options.spoken : VOICED_MINUTES,
    ...(folder === undefined && options.word === undefined && { word: base!.words }),
  });
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
    ...{ words, seed, engine, synthesis: { ...synthesis, ...synthesisOf(options) } },
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
      language: options.language,
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
  for (const [word, { threshold, low, high, hours }] of Object.entries(record.thresholds ?? {})) {
    note(
      `"${word}" fires from ${threshold.toFixed(3)} on (nine in ten resamplings: ${low.toFixed(3)} to ${high.toFixed(3)}), by the tail of its scores in ${hours.toFixed(1)} h of speech that was not trained on.`,
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
