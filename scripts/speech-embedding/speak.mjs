// The first of two scripts that train the speech embedding which ships: has words said by every voice at hand, adds
// recordings of people, and keeps the frames of each clip. It needs the compiled dist, espeak-ng, flite, festival with
// Debian's festvox-kallpc16k, festvox-kdlpc16k and festvox-us-slt-hts, and, where it is installed,
// @echogarden/gnuspeech-wasm:
//
//   node scripts/speech-embedding/speak.mjs <folder of recordings> --out clips
//
// The folder of recordings has a folder for each word, as Speech Commands 0.02 has (CC BY 4.0), of WAV files. A folder
// whose name begins with `_` holds files that begin with their word. It is seeded, but voices may differ by version.

import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { findSpeech, resample, Voices } from '../../dist/audio/index.js';
import { decodeWav } from '../../dist/audio/signal/wav.js';
import { convolve, roomResponse } from '../../dist/audio/signal/reverberation.js';
import { madeBackgrounds } from '../../dist/audio/mixing/made-backgrounds.js';
import { randomWarp, warpVoice } from '../../dist/audio/voices/warp.js';
import { MelFrames, FRAME_SAMPLES, HOP_SAMPLES } from '../../dist/audio/embedding/mel-frames.js';
import { EMBEDDING_BANDS as BANDS } from '../../dist/audio/embedding/embedding-network.js';
import { KeyedVectors } from '../../dist/embeddings/index.js';
import { Random } from '../../dist/rnn/index.js';

const RATE = 16_000;
/** Words that the figures are measured on: none of them is said. */
const KEPT_OUT = /comput|athena|jarvis|robot|hey/;
/** Takes of a word by each engine: the formants of espeak-ng in many accents, and fewer, more human voices. */
const TAKES = { 'espeak-ng': 11, flite: 15, festival: 8, gnuspeech: 2 };
/** Words that are said at once. */
const AT_ONCE = 12;
const WARPED_SHARE = 0.3;
const REVERB_SHARE = 0.5;
const LEVEL_DB = -26;
/** Frames are kept in 16 bits, so many steps to a unit, which is 10 dB. */
const STEPS = 1000;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    words: { type: 'string', default: '400' },
    seed: { type: 'string', default: '1' },
    out: { type: 'string', default: 'clips' },
  },
});
const random = new Random(Number(values.seed));
const mel = new MelFrames();
const recordings = positionals.flatMap(recordingsOf);
const voices = await Voices.find({ language: 'en' });
const further = await gnuspeech();
const words = [
  ...new Set([...recordings.map(({ word }) => word), ...(await commonWords(Number(values.words)))]),
];
console.error(
  `${words.length} words, ${recordings.length} recordings, voices: ${JSON.stringify(voices.counts)}`,
);

const [parts, clips] = [[], []];
let frames = 0;
const startedAt = performance.now();
let coming = say(0);
for (let first = 0; first < words.length; first += AT_ONCE) {
  const said = await coming;
  // The engines speak while the clips of the words before are made.
  if (first + AT_ONCE < words.length) coming = say(first + AT_ONCE);
  for (const { label, sound, engine } of said)
    keep(sound, label, engine, random.fork(`${label} ${clips.length}`));
  for (const [n, word] of words.slice(first, first + AT_ONCE).entries()) {
    const [label, own] = [first + n, random.fork(`${word} otherwise`)];
    for (let k = 0; k < TAKES.gnuspeech && further !== undefined; k++) {
      keep(await further(word, k, own), label, 'gnuspeech', own);
    }
    for (const recording of recordings) {
      if (recording.word === word) keep(recording.sound, label, 'people', own);
    }
  }
  const seconds = (performance.now() - startedAt) / 1000;
  console.error(
    `${Math.min(words.length, first + AT_ONCE)} words, ${clips.length} clips, ${seconds.toFixed(0)} s`,
  );
}
const noise = madeBackgrounds(48, 20, RATE, random.fork('noise')).map(({ samples }) => framesOf(samples));
mkdirSync(values.out, { recursive: true });
writeFileSync(join(values.out, 'clips.bin'), Buffer.concat(parts));
writeFileSync(join(values.out, 'noise.bin'), Buffer.concat(noise.map(({ buffer }) => Buffer.from(buffer))));
writeFileSync(join(values.out, 'clips.json'), JSON.stringify({ words, steps: STEPS, clips }));

/** Some words in some of the voices of each engine; many at once, since an engine may be slow to start. */
async function say(first) {
  const requests = words.slice(first, first + AT_ONCE).flatMap((word, n) => {
    const own = random.fork(word);
    return voices.engines.flatMap(({ name }) => {
      const theirs = own.shuffle(voices.voices.filter(({ engine }) => engine === name));
      return Array.from({ length: TAKES[name] ?? 0 }, (_, k) => ({
        label: first + n,
        voice: theirs[k % theirs.length],
        text: `${word}${own.choice(['.', '!', '?', ','])}`,
        manner: { tempo: own.uniform(0.8, 1.25), pitch: own.uniform(0.8, 1.25) },
      }));
    });
  });
  const sounds = await voices.speakAll(requests.map(({ voice, text, manner }) => ({ voice, text, manner })));
  return sounds.map((sound, n) => ({ sound, label: requests[n].label, engine: requests[n].voice.engine }));
}

/** Keeps a clip at one level: its frames, where its speech is among them, its word and what said it. */
function keep(sound, label, engine, own) {
  let { samples } = resample(sound, RATE);
  // Most are warped as frames, which costs less.
  if (engine !== 'people' && own.uniform() < WARPED_SHARE)
    samples = warpVoice(samples, RATE, randomWarp(own));
  const { start, end } = findSpeech(samples, RATE);
  const from = Math.max(0, start - 0.1 * RATE);
  samples = samples.slice(from, Math.min(samples.length, end + 0.25 * RATE));
  const power = samples.reduce((sum, x) => sum + x * x, 0) / Math.max(1, end - start);
  const gain = 10 ** (LEVEL_DB / 20) / Math.max(1e-5, Math.sqrt(power));
  samples = samples.map((x) => x * gain);
  if (own.uniform() < REVERB_SHARE) {
    const room = roomResponse(
      { rt60Seconds: own.uniform(0.1, 0.7), directToReverbDb: own.uniform(-3, 12), sampleRate: RATE },
      own,
    );
    samples = convolve(samples, room).subarray(0, samples.length);
  }
  const own16 = framesOf(samples);
  const count = own16.length / BANDS;
  const frameAt = (sample) => Math.round((sample - from) / HOP_SAMPLES);
  clips.push({
    at: frames,
    frames: count,
    start: frameAt(start),
    end: Math.min(count, frameAt(end)),
    label,
    engine,
  });
  parts.push(Buffer.from(own16.buffer));
  frames += count;
}

function framesOf(samples) {
  const padded = new Float32Array(samples.length + FRAME_SAMPLES);
  padded.set(samples, FRAME_SAMPLES / 2);
  const count = Math.floor(samples.length / HOP_SAMPLES);
  const out = new Float32Array(count * BANDS);
  for (let n = 0; n < count; n++) mel.frame(padded, n * HOP_SAMPLES, out, n * BANDS);
  return Int16Array.from(out, (x) => Math.round(x * STEPS));
}

/** Of the words that people use most, so many at random, neither short nor long. */
async function commonWords(count) {
  const vectors = await KeyedVectors.default({ words: 10_000 });
  const all = [...vectors.words()]
    .slice(200, 9000)
    .filter((word) => /^[a-z]{5,11}$/.test(word) && !KEPT_OUT.test(word));
  return random.fork('words').shuffle(all).slice(0, count);
}

function recordingsOf(folder) {
  return readdirSync(folder).flatMap((name) =>
    readdirSync(join(folder, name))
      .filter((file) => file.endsWith('.wav') && !name.startsWith('_silence'))
      .sort()
      .flatMap((file) => {
        const word = (name.startsWith('_') ? file.split('_')[0] : name).replaceAll('-', ' ');
        const sound = decodeWav(readFileSync(join(folder, name, file)), file);
        return KEPT_OUT.test(word) ? [] : [{ word, sound }];
      }),
  );
}

/** The articulatory synthesis of gnuspeech, in five sizes of people. */
async function gnuspeech() {
  let module;
  try {
    module = await import(
      createRequire(join(process.cwd(), 'package.json')).resolve('@echogarden/gnuspeech-wasm')
    );
  } catch {
    return undefined;
  }
  const people = ['male', 'female', 'large_child', 'small_child'];
  return async (word, k, own) => {
    const options = { voice: people[k % people.length], controlRate: 250, tempo: own.uniform(0.9, 1.2) };
    const { audioData } = await module.synthesize(word, options);
    return decodeWav(Uint8Array.from(audioData), 'gnuspeech', { repair: true });
  };
}
