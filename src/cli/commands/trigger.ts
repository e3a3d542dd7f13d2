import { Option, type Command } from 'commander';
import type { TriggerProgress } from '../../audio/trigger-model.js';
import type { EngineChoice } from '../../rnn/engine/choose.js';
import { engineOption, forceOption, jsonOption, realNumber, seedOption, wholeNumber } from '../options.js';
import { note, print, printJson } from '../output.js';
import { Progress } from '../progress.js';

interface TrainOptions {
  readonly out: string;
  readonly word?: string;
  readonly preset: string;
  readonly epochs?: number;
  readonly examples?: number;
  readonly seed: number;
  readonly engine: EngineChoice;
  readonly force: boolean;
  readonly json: boolean;
}

interface DetectOptions {
  readonly threshold?: number;
  readonly engine: EngineChoice;
  readonly json: boolean;
}

/** Adds the commands of trigger words: train-trigger, detect. */
export function register(program: Command): void {
  program
    .command('train-trigger')
    .description('Train a model that hears one word, from a folder of WAV files.')
    .argument(
      '<clips>',
      'folder with activates/, negatives/ and backgrounds/; without the latter two, those of seqkit',
    )
    .option('--out <file>', 'the model file', 'trigger.safetensors')
    .option('--word <name>', 'what the word is called (default: the folder below activates/, or "activate")')
    .addOption(new Option('--preset <name>', 'features, network and training').default('standard'))
    .addOption(
      new Option('--epochs <n>', "times through the mixed examples (default: the preset's)").argParser(
        wholeNumber({ min: 1, max: 10_000 }),
      ),
    )
    .addOption(
      new Option(
        '--examples <n>',
        'examples to mix (default: 12 for each clip of the word, 600 to 6000)',
      ).argParser(wholeNumber({ min: 1, max: 100_000 })),
    )
    .addOption(seedOption())
    .addOption(engineOption())
    .addOption(forceOption())
    .addOption(jsonOption())
    .action(trainTrigger);
  program
    .command('detect')
    .description('The times at which a trained model hears its word.')
    .argument('<model>', 'what train-trigger wrote')
    .argument('<wav...>', 'recordings, at any sample rate')
    .addOption(
      new Option('--threshold <p>', "smoothed score at which it fires (default: the model's)").argParser(
        realNumber({ above: 0, max: 1 }),
      ),
    )
    .addOption(engineOption())
    .addOption(jsonOption())
    .action(detect);
}

async function trainTrigger(folder: string, options: TrainOptions): Promise<void> {
  const { checkWritable } = await import('../../rnn/host/files.js');
  checkWritable(options.out, { force: options.force });
  const { triggerPreset } = await import('../../audio/trigger-settings.js');
  const { sampleRate } = triggerPreset(options.preset).features;
  const { readClipFolder } = await import('../clip-folder.js');
  const { readClips } = await import('../../audio/clips.js');
  const { files, notes } = readClipFolder(folder);
  for (const line of notes) note(line);
  const clips = readClips(files, sampleRate);
  const word = options.word ?? clips.activates[0].word ?? 'activate';
  note(
    `${clips.activates.length} clips of "${word}", ${clips.negatives.length} of other words, ${clips.backgrounds.length} backgrounds.`,
  );

  const { TriggerModel } = await import('../../audio/trigger-model.js');
  const { preset, seed, engine, epochs, examples } = options;
  const model = new TriggerModel({ word, preset, seed, engine });
  const startedAt = performance.now();
  const bars = progressBars();
  const record = await model.fit(clips, {
    ...(epochs === undefined ? {} : { epochs }),
    ...(examples === undefined ? {} : { examples }),
    onProgress: bars.update,
  });
  bars.end();
  await model.save(options.out, { force: options.force });
  const seconds = Math.round((performance.now() - startedAt) / 1000);
  if (options.json) {
    printJson({ model: options.out, word, seed, seconds, ...record });
    return;
  }
  print(
    `${options.out}: hears "${word}"; ${record.examples} examples, ${record.epochs} epochs, loss ${record.finalLoss.toFixed(3)}, ${seconds} s`,
  );
  note(`Next: seqkit detect ${options.out} recording.wav`);
}

/** One bar for each phase of training. */
function progressBars(): { update: (progress: TriggerProgress) => void; end: () => void } {
  let current: { phase: string; bar: Progress } | undefined;
  const end = () => current?.bar.end();
  return {
    update({ phase, done, total, loss }) {
      if (current?.phase !== phase) {
        end();
        current = { phase, bar: new Progress(phase, { total, unit: 'examples' }) };
      }
      current.bar.update(done, loss === undefined ? '' : `loss ${loss.toFixed(3)}`);
    },
    end,
  };
}

async function detect(modelPath: string, paths: string[], options: DetectOptions): Promise<void> {
  const { TriggerModel } = await import('../../audio/trigger-model.js');
  const { decodeWav } = await import('../../audio/wav.js');
  const { readFileBytes } = await import('../../rnn/host/files.js');
  const model = await TriggerModel.load(modelPath, { engine: options.engine });
  const { threshold } = options;
  const results = [];
  for (const path of paths) {
    const waveform = decodeWav(readFileBytes(path, 'a recording'), path);
    const events = await model.detect(waveform, threshold === undefined ? {} : { threshold });
    results.push({ file: path, events });
    if (options.json) continue;
    for (const { word, timeSeconds, score } of events) {
      print(`${path}  ${timeSeconds.toFixed(2)} s  ${word}  ${score.toFixed(2)}`);
    }
    if (events.length === 0) note(`${path}: "${model.word}" was not heard.`);
  }
  if (options.json) printJson(results);
}
