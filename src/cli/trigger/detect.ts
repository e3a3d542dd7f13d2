import type { Command } from 'commander';
import { SeqkitError } from '../../base/errors.js';
import type { EngineChoice } from '../../rnn/engine/engine-names.js';
import { spokenWords } from '../clips/spoken-words.js';
import { engineOption, forceOption, jsonOption, repairOption, verifyOption } from '../options/options.js';
import { endingOf } from '../terminal/file-names.js';
import { note, print, printJson, told } from '../terminal/output.js';
import { thresholdOption, type Threshold } from './threshold-option.js';
import { givenModel } from '../models/given-model.js';

interface DetectOptions {
  readonly threshold?: Threshold;
  readonly chimeOut?: string;
  readonly repair: boolean;
  readonly force: boolean;
  readonly engine: EngineChoice;
  readonly verify: boolean;
  readonly json: boolean;
}

/** Adds the command that hears words in recordings: detect. */
export function register(program: Command): void {
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
  const model = told(
    await TriggerModel.load(await givenModel(modelPath, 'a detector'), {
      engine: options.engine,
      verify: options.verify,
    }),
  );
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
