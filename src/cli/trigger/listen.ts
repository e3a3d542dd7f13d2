import { spawn } from 'node:child_process';
import { Option, type Command } from 'commander';
import { TriggerModel } from '../../audio/trigger-model.js';
import type { TriggerEvent } from '../../audio/detection/stream-events.js';
import type { EngineChoice } from '../../rnn/engine/engine-names.js';
import { SeqkitError } from '../../base/errors.js';
import { FalseAlarmFolder } from './alarm-folder.js';
import { playChime } from './chime-player.js';
import { LevelMeter } from '../clips/level-meter.js';
import { openMicrophone, rawSource } from '../clips/microphone.js';
import { engineOption, realNumber, verifyOption, wholeNumber } from '../options/options.js';
import { note, print, printJson, told } from '../terminal/output.js';
import { spokenWords } from '../clips/spoken-words.js';
import { thresholdOption, type Threshold } from './threshold-option.js';
import { givenModel } from '../models/given-model.js';

interface ListenOptions {
  readonly threshold?: Threshold;
  readonly stdin: boolean;
  readonly rate: number;
  readonly recorder?: string;
  readonly device?: string;
  readonly chime: boolean;
  readonly exec?: string;
  readonly saveAlarms?: string;
  readonly seconds?: number;
  readonly voiceActivity: boolean;
  readonly engine: EngineChoice;
  readonly verify: boolean;
  readonly json: boolean;
}

/** Adds the command that listens live. */
export function register(program: Command): void {
  program
    .command('listen')
    .description('Listen to the microphone, or to raw sound on stdin, until interrupted.')
    .argument('<model>', 'what train-trigger wrote')
    .addOption(thresholdOption())
    .addOption(new Option('--stdin', 'raw 16-bit little-endian mono sound on stdin').default(false))
    .addOption(
      new Option('--rate <hz>', 'sample rate of the sound')
        .argParser(wholeNumber({ min: 1000, max: 768_000 }))
        .default(16_000),
    )
    .addOption(
      new Option(
        '--recorder <command>',
        'writes raw 16-bit mono sound to stdout (default: sox or arecord)',
      ).conflicts('stdin'),
    )
    .addOption(
      new Option('--device <name>', "the recorder's name of a microphone").conflicts(['stdin', 'recorder']),
    )
    .addOption(new Option('--chime', 'sound a chime when the word is heard').default(false))
    .option('--exec <command>', 'run a shell command then; it sees SEQKIT_WORD, SEQKIT_TIME and SEQKIT_SCORE')
    .option(
      '--save-alarms <folder>',
      'keep what was heard, from two seconds before to one after, as WAV files',
    )
    .addOption(new Option('--seconds <n>', 'stop after so much sound').argParser(realNumber({ above: 0 })))
    .option(
      '--no-voice-activity',
      'lets the network of a speech embedding run where nothing rises above the noise of the room too; else it rests there',
    )
    .addOption(engineOption())
    .addOption(verifyOption())
    .addOption(new Option('--json', 'print a line of JSON for each event').default(false))
    .action(listen);
}

async function listen(modelPath: string, options: ListenOptions): Promise<void> {
  const { rate, threshold, recorder, device, voiceActivity, json } = options;
  const model = told(
    await TriggerModel.load(await givenModel(modelPath, 'a detector'), {
      engine: options.engine,
      verify: options.verify,
    }),
  );
  const stream = model.stream({
    ...{ sampleRate: rate, voiceActivity },
    ...(threshold === undefined ? {} : { threshold }),
  });
  // Before anything records: it may fail, and a recorder would go on for ever.
  const alarms = options.saveAlarms === undefined ? undefined : falseAlarmFolder(options.saveAlarms, rate);
  const source = options.stdin
    ? rawSource(process.stdin, rate)
    : openMicrophone({
        sampleRate: rate,
        ...(recorder === undefined ? {} : { recorder }),
        ...(device === undefined ? {} : { device }),
      });
  const meter = new LevelMeter();
  let score = 0;
  stream.on('score', (step) => (score = step.score));
  const react = (event: TriggerEvent) => {
    meter.end();
    if (json) printJson(event);
    else print(`${event.timeSeconds.toFixed(2)} s  ${event.word}  ${event.score.toFixed(2)}`);
    if (options.chime) playChime();
    if (options.exec !== undefined) runCommand(options.exec, event);
    alarms?.heard(event);
  };
  stream.on('trigger', react);
  let isStopped = false;
  const stop = () => {
    isStopped = true;
    source.stop();
  };
  process.once('SIGINT', stop);
  note(`Listening for ${spokenWords(model.words)} through ${source.name}; stop with Ctrl-C.`);
  let left = (options.seconds ?? Infinity) * rate;
  let isSilent = true;
  try {
    for await (const chunk of source.chunks) {
      isSilent = false;
      const samples = left < chunk.length ? chunk.subarray(0, Math.ceil(left)) : chunk;
      left -= samples.length;
      stream.push(samples);
      await alarms?.push(samples);
      meter.update(samples, `score ${score.toFixed(2)}`);
      if (left <= 0) break;
    }
    stream.flush();
    await alarms?.end();
    if (isSilent && !isStopped) {
      throw new SeqkitError(`No sound came through ${source.name}.`, {
        code: 'too-little-data',
        hint: options.stdin
          ? 'It should be raw 16-bit little-endian mono samples, at the rate that --rate names.'
          : 'Check that the microphone is there and that nothing else uses it.',
      });
    }
  } finally {
    source.stop();
    process.removeListener('SIGINT', stop);
    meter.end();
    stream.dispose();
  }
}

/** Names tell the word, when the listening began, and the second. */
function falseAlarmFolder(folder: string, sampleRate: number): FalseAlarmFolder {
  const stamp = new Date().toISOString().replaceAll(/[:.]/g, '-');
  return new FalseAlarmFolder(folder, {
    sampleRate,
    nameOf: ({ word, timeSeconds }) =>
      `${word.replaceAll(/[^\p{L}\p{N}]+/gu, '-')}-${stamp}-${timeSeconds.toFixed(2)}s.wav`,
    onSaved: (file) => note(`saved ${file}`),
  });
}

/** Runs what `--exec` asks for, beside the listening. */
export function runCommand(command: string, { word, timeSeconds, score }: TriggerEvent): void {
  const env = { ...process.env, SEQKIT_WORD: word, SEQKIT_TIME: `${timeSeconds}`, SEQKIT_SCORE: `${score}` };
  // Its output goes to stderr: stdout is for events.
  const child = spawn(command, { shell: true, env, stdio: ['ignore', 2, 2] });
  // Whoever stops listening does not wait for it.
  child.unref();
  child.on('error', (error) => note(`--exec: ${error.message}`));
  child.on('close', (status, signal) => {
    if (signal !== null) note(`--exec: the command was ended by ${signal}`);
    else if (status !== 0) note(`--exec: the command ended with status ${status}`);
  });
}
