/**
 * How far a model of synthetic voices gets on real recordings: make-clips, train-trigger and eval-trigger as one would
 * type them.
 *
 *   node bench/made-clips.mjs <data folder> [--word computer] [--voices n] [--takes n] [--negatives n]
 *     [--threads n] [--every 1] [--model file]
 *
 * Tested on all of `wake-word/<word>` and, for false alarms, on every (--every n: every n-th) clip of the other wake
 * words, of speech-commands and of digits, each at 10 dB in the noises of `backgrounds`, and on these noises: the model
 * has heard none of it, nor any real voice. --model goes on from a model that such a run has left there.
 * Needs `npm run build` and espeak-ng.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    word: { type: 'string', default: 'computer' },
    voices: { type: 'string' },
    takes: { type: 'string' },
    negatives: { type: 'string' },
    threads: { type: 'string' },
    every: { type: 'string', default: '1' },
    model: { type: 'string' },
  },
});
const [data] = positionals;
if (data === undefined) {
  console.error('usage: node bench/made-clips.mjs <data folder> [--word computer]');
  process.exit(2);
}
const seqkit = fileURLToPath(new URL('../dist/cli/main.js', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'seqkit-made-clips-'));
const { word } = values;
const WAKE_WORDS = ['computer', 'snowboy', 'smart-mirror', 'athena'];
const COMMANDS = ['down', 'go', 'left', 'no', 'off', 'on', 'right', 'stop', 'up', 'yes', '_unknown_'];

/** Runs a command of seqkit, its notes shown; gives what it prints. */
function run(...args) {
  console.error(`seqkit ${args.join(' ')}`);
  const options = { stdio: ['ignore', 'pipe', 'inherit'], encoding: 'utf8', maxBuffer: 2 ** 28 };
  const { status, stdout } = spawnSync(process.execPath, [seqkit, ...args], options);
  if (status !== 0) throw new Error(`seqkit ${args[0]} ended with status ${status}`);
  return stdout;
}

/** Links recordings into a folder of clips. */
function collect(kind, from, every = 1) {
  mkdirSync(join(folder, 'test', kind), { recursive: true });
  const names = readdirSync(join(data, from)).filter((name) => name.endsWith('.wav'));
  for (const [n, name] of names.sort().entries()) {
    const link = join(folder, 'test', kind, `${from.replaceAll('/', '-')}-${name}`);
    if (n % every === 0) symlinkSync(resolve(data, from, name), link);
  }
}

const given = (...names) => names.flatMap((name) => (values[name] ? [`--${name}`, values[name]] : []));
try {
  const model = values.model ?? join(folder, 'model.safetensors');
  if (!existsSync(model)) {
    const clips = join(folder, 'clips');
    run('make-clips', word, '--out', clips, ...given('voices', 'takes', 'negatives'));
    run('train-trigger', clips, '--word', word, '--out', model, ...given('threads'));
  }
  collect('activates', `wake-word/${word}`);
  const others = [
    ...WAKE_WORDS.filter((name) => name !== word).map((name) => `wake-word/${name}`),
    ...COMMANDS.map((name) => `speech-commands/${name}`),
    'digits',
  ];
  for (const name of others) collect('negatives', name, Number(values.every));
  collect('backgrounds', 'backgrounds');
  const report = JSON.parse(run('eval-trigger', model, join(folder, 'test'), '--snr', '10', '--json'));
  const { verdict, threshold, tradeoff, mistakes, ...figures } = report;
  console.log(JSON.stringify({ word, threshold, ...figures }));
  console.log(verdict);
  for (const wanted of [0.5, 5]) {
    const missed = tradeoff.filter((at) => at.falseAlarmsPerHour <= wanted).map((at) => at.missed);
    console.log(`missed at ${wanted} false alarms an hour: ${(100 * Math.min(1, ...missed)).toFixed(1)}%`);
  }
  const alarms = mistakes.filter(({ kind }) => kind === 'false-alarm');
  for (const name of [...others, 'backgrounds']) {
    const count = alarms.filter(({ file }) => file.includes(`/${name.replaceAll('/', '-')}-`)).length;
    if (count > 0) console.log(`false alarms in ${name}: ${count}`);
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
