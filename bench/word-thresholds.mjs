/**
 * How a threshold for each of several words does beside one for all, on recordings of speakers who were not heard in
 * training. Needs `npm run build`.
 *
 *   node bench/word-thresholds.mjs split <folder> <sets>       # train, calibrate and test, by speaker
 *   npx seqkit train-trigger <sets>/train --out model.safetensors
 *   node bench/word-thresholds.mjs measure model.safetensors <sets>
 *
 * `<folder>` holds `speech-commands/<word>/<speaker>_*.wav`, `wake-word/<word>/*.wav`, `backgrounds/*.wav`, and
 * `text/corpus.txt`, of which espeak-ng reads prose for `calibrate` and `test`. The words of `test` are calibrated on by halves: the thresholds for the speakers of one half are set on those of the other
 * and on `calibrate`.
 */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import {
  calibrateThreshold,
  calibrateThresholds,
  checkClips,
  evaluateTrigger,
  readClips,
  testRecordings,
  TriggerModel,
} from '../dist/audio/index.js';
import { scoreRecording } from '../dist/audio/advanced.js';

const WORDS = ['no', 'yes'];
const RATES = [2, 5, 10];
const SNR_DB = 10;
/** Recordings of prose in each of the sets without training. */
const PROSE = 60;

const [action, first, second] = process.argv.slice(2);
if (action === 'split' && second !== undefined) split(first, second);
else if (action === 'measure' && second !== undefined) await measure(first, second);
else {
  console.error('Usage: node bench/word-thresholds.mjs split <folder> <sets> | measure <model> <sets>');
  process.exit(2);
}

/** Puts each file into a set by a number from 0 to 1 that its speaker, or its name, stands for. */
function split(folder, sets) {
  const counts = {};
  const put = (set, kind, file) => {
    const clip = { path: `${kind}/${path.basename(file)}`, bytes: readFileSync(file) };
    const fault = checkClips([clip]).problems.find(({ severity }) => severity === 'error');
    if (fault !== undefined) {
      console.log(`Left out: ${file}: ${fault.detail}.`);
      return;
    }
    const to = path.join(sets, set, kind, `${path.basename(path.dirname(file))}-${path.basename(file)}`);
    mkdirSync(path.dirname(to), { recursive: true });
    cpSync(file, to);
    counts[`${set}/${kind}`] = (counts[`${set}/${kind}`] ?? 0) + 1;
  };
  const spoken = path.join(folder, 'speech-commands');
  const folders = readdirSync(spoken, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  for (const word of folders.map(({ name }) => name).filter((name) => name !== '_silence_')) {
    for (const file of wavs(path.join(spoken, word))) {
      const parts = path.basename(file).split('_');
      // Of unknown words the names begin with the word.
      const share = shareOf(/^_/.test(word) ? parts[1] : parts[0]);
      if (WORDS.includes(word)) put(share < 0.6 ? 'train' : 'test', `activates/${word}`, file);
      else put(setOf(share), 'negatives', file);
    }
  }
  const wakeWords = readdirSync(path.join(folder, 'wake-word'), { withFileTypes: true });
  for (const { name: word } of wakeWords.filter((entry) => entry.isDirectory())) {
    for (const file of wavs(path.join(folder, 'wake-word', word)))
      put(setOf(shareOf(file)), 'negatives', file);
  }
  const noises = wavs(path.join(folder, 'backgrounds'));
  noises.forEach((file, i) => {
    const isTest = i >= noises.length - 2;
    for (const set of isTest ? ['test'] : ['train', 'calibrate']) put(set, 'backgrounds', file);
  });
  const text = readFileSync(path.join(folder, 'text/corpus.txt'), 'utf8');
  ['calibrate', 'test'].forEach((set, n) => {
    for (let i = 0; i < PROSE; i++)
      speakProse(text, n * PROSE + i, path.join(sets, set, 'negatives', `prose-${i}.wav`));
  });
  console.log(counts, `and ${PROSE} times prose in calibrate and test each`);
}

/** Some 45 s of prose without the words, in a voice of its own. */
function speakProse(text, number, file) {
  const at = Math.floor((number * text.length) / (2 * PROSE + 1));
  const part = text.slice(at, at + 750).replaceAll(/[^A-Za-z',.?! -]+/g, ' ');
  const words = part
    .replaceAll(/\b(yes|no|know)\b/gi, 'thing')
    .split(' ')
    .slice(1, -1)
    .join(' ');
  const accent = ['en-us', 'en-gb', 'en-gb-scotland', 'en-gb-x-rp', 'en-029'][number % 5];
  const voice = `${accent}+${number % 2 === 0 ? 'f' : 'm'}${1 + (number % 4)}`;
  const manner = [
    '-v',
    voice,
    '-s',
    String(130 + ((number * 37) % 90)),
    '-p',
    String(25 + ((number * 17) % 50)),
  ];
  execFileSync('espeak-ng', [...manner, '-w', file, '--', words]);
}

function setOf(share) {
  return share < 0.6 ? 'train' : share < 0.8 ? 'test' : 'calibrate';
}

function shareOf(name) {
  return createHash('sha1').update(path.basename(name)).digest().readUInt32BE() / 2 ** 32;
}

function wavs(folder) {
  const names = readdirSync(folder).filter((name) => name.endsWith('.wav'));
  return names.sort().map((name) => path.join(folder, name));
}

async function measure(file, sets) {
  const model = await TriggerModel.load(file, { engine: 'wasm', threads: 1 });
  const { firing, features } = model.settings;
  const hear = (set) =>
    [...testRecordings(clipsOf(path.join(sets, set), features.sampleRate), { signalToNoiseDb: SNR_DB })].map(
      (recording) => scoreRecording(model, recording, recording),
    );
  const [calibration, test] = [hear('calibrate'), hear('test')];
  const said = test.filter(({ words }) => words.length > 0);
  const others = test.filter(({ words }) => words.length === 0);
  const speakers = [...new Set(said.map(speakerOf))].sort();
  const halfOf = (recording) => speakers.indexOf(speakerOf(recording)) % 2;
  const hours = (recordings) => recordings.reduce((sum, { seconds }) => sum + seconds, 0) / 3600;
  console.log(`Calibrated on ${hours(calibration).toFixed(2)} h, tested on ${hours(test).toFixed(2)} h.`);

  /** Both halves together: each is heard at thresholds that were set without it; the other sound is heard twice. */
  const report = (name, firingFor) => {
    const found = Object.fromEntries(WORDS.map((word) => [word, { found: 0, words: 0, alarms: 0 }]));
    for (const half of [0, 1]) {
      const own = said.filter((recording) => halfOf(recording) === half);
      const { perWord } = evaluateTrigger([...own, ...others], firingFor(half));
      for (const word of WORDS) {
        found[word].found += perWord[word].found;
        found[word].words += perWord[word].words;
        found[word].alarms += perWord[word].falseAlarms / 2;
      }
    }
    const line = Object.entries(found).map(
      ([word, of]) =>
        `${word} ${of.found} of ${of.words}, ${(of.alarms / hours(others)).toFixed(1)} alarms/h`,
    );
    console.log(`${name.padEnd(24)} ${line.join('; ')}`);
  };
  const setOn = (half) => [...calibration, ...said.filter((recording) => halfOf(recording) !== half)];
  report('as trained', () => firing);
  for (const rate of RATES) {
    report(`one for both, ${rate}/h`, (half) => {
      const { threshold } = calibrateThreshold(setOn(half), firing, rate);
      return { ...firing, threshold, thresholds: Object.fromEntries(WORDS.map((word) => [word, threshold])) };
    });
    report(`by word, ${rate}/h`, (half) => {
      const points = calibrateThresholds(setOn(half), firing, rate);
      const thresholds = Object.entries(points).map(([word, { threshold }]) => [word, threshold]);
      return { ...firing, thresholds: Object.fromEntries(thresholds) };
    });
  }
  await model.dispose();
}

function clipsOf(folder, sampleRate) {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.wav'))
    .map((name) => ({ path: name, bytes: readFileSync(path.join(folder, name)) }));
  return readClips(files, sampleRate);
}

/** Names of files are `<folder>-<speaker>_...`. */
function speakerOf({ name }) {
  return path.basename(name).split('-')[1].split('_')[0];
}
