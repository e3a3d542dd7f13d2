/**
 * How well words are heard of which nobody, or few people, made recordings: what `train-trigger --word` does, on real
 * recordings that it never heard.
 *
 *   node bench/wake-words.mjs <data folder> [--word computer,athena,snowboy,smart-mirror] [--seeds 1,2,3]
 *     [--recordings 0,30,240] [--voices 520] [--spoken 40] [--examples n] [--epochs n] [--features embedding]
 *     [--embedding file,...] [--others folder,...] [--negatives folder] [--train-share 0] [--threads n] [--every 1]
 *     [--out file.jsonl]
 *
 * Trained on synthetic voices and, with --recordings, on so many of the recordings of `wake-word/<word>`, chosen by the
 * seed; on no other sound of the data folder. --negatives is a folder of further recordings to train on as negatives.
 * --train-share trains on that share of the other speech, by speaker where names tell, and tests on the rest of it.
 * Tested on the other recordings of the word, each in noise of `backgrounds` at 10 dB, at 0 dB, over a telephone, and
 * across a room; for false alarms on all clips of the other wake words, of speech-commands and of digits at 10 dB in the
 * same noises, and on these. Misses are the fewest of all thresholds that keep to 0.5 and to 2 an hour; those at the
 * threshold that training sets are given with its alarms. Intervals are nine in ten of resamplings of the recordings.
 * --others names the folders of other speech to test on, such as those that an embedding was not trained on. --embedding
 * is a speech embedding in place of the one that is found, or several, of which each has a model of the same clips.
 * --voices 0 is what train-trigger makes of recordings alone: clips that come with seqkit as negatives, and --spoken
 * minutes by espeak-ng. --every n tests on every n-th clip. Needs `npm run build`, an engine that speaks, and the
 * embedding.
 */
import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { TriggerModel } from '../dist/audio/index.js';
import { agreeOnSpeech, firingsOf, scoreRecording } from '../dist/audio/advanced.js';
import { checkRecorder } from '../dist/audio/detection/recorder-check.js';
import { roomResponse, convolve } from '../dist/audio/signal/reverberation.js';
import { telephone } from '../dist/audio/signal/telephone.js';
import { saysOneOf } from '../dist/audio/clips/said-in-name.js';
import { VOICE_SYNTHESIS } from '../dist/audio/voices/voice-synthesis.js';
import { spokenClips } from '../dist/cli/clips/spoken-clips.js';
import { voicedClips, withRecordings } from '../dist/cli/clips/voiced-clips.js';
import { Random } from '../dist/rnn/index.js';
import { clipsIn, inNoise, RATE } from './noisy-clips.mjs';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    word: { type: 'string', default: 'computer,athena,snowboy,smart-mirror' },
    seeds: { type: 'string', default: '1,2,3' },
    recordings: { type: 'string', default: '0' },
    voices: { type: 'string', default: '520' },
    spoken: { type: 'string', default: '40' },
    examples: { type: 'string' },
    epochs: { type: 'string' },
    features: { type: 'string', default: 'embedding' },
    embedding: { type: 'string' },
    others: { type: 'string' },
    negatives: { type: 'string' },
    'train-share': { type: 'string', default: '0' },
    threads: { type: 'string' },
    every: { type: 'string', default: '1' },
    out: { type: 'string' },
  },
});
const [data] = positionals;
if (data === undefined) {
  console.error('usage: node bench/wake-words.mjs <data folder> [--word computer] [--seeds 1,2,3]');
  process.exit(2);
}
/** Of what is tested, the same for every model. */
const TEST_SEED = 1;
const WAKE_WORDS = ['computer', 'snowboy', 'smart-mirror', 'athena'];
const COMMANDS = ['down', 'go', 'left', 'no', 'off', 'on', 'right', 'stop', 'up', 'yes', '_unknown_'];
const WANTED = [0.5, 2];
const RESAMPLINGS = 1000;
/** Evenly spaced in log odds. */
const THRESHOLDS = Array.from({ length: 221 }, (_, i) => 1 / (1 + Math.exp(6 - i / 15)));

const note = (line) => process.stderr.write(`${line}\n`);
const percent = (x) => `${(100 * x).toFixed(1)}%`;
const mean = (list) => list.reduce((sum, x) => sum + x, 0) / list.length;

/** The clips that come with seqkit. */
const SHIPPED = (kind) => fileURLToPath(new URL(`../data/clips/${kind}`, import.meta.url));
const inData = (kind, folder) => clipsIn(kind, join(data, folder));
const backgrounds = inData('backgrounds', 'backgrounds');

/** The conditions that a word is said under. */
const CONDITIONS = {
  '10 dB': { db: 10 },
  telephone: {
    db: 10,
    after(samples) {
      telephone(samples, RATE);
      return samples;
    },
  },
  '0 dB': { db: 0 },
  'across the room': {
    db: 10,
    clip(clip, random) {
      const room = roomResponse({ rt60Seconds: 0.5, directToReverbDb: 0, sampleRate: RATE }, random);
      return { ...clip, samples: convolve(clip.samples, room).subarray(0, clip.samples.length) };
    },
  },
};

/** Who speaks in a clip, as far as the names of Speech Commands and of the digits tell. */
const speakerIn = ({ name }) =>
  /([\da-f]{8})_nohash_|\d_([a-z]+)_\d+/.exec(name)?.slice(1).find(Boolean) ?? name;

/** Recordings of other words: those to train on, and those to test on, of other speakers. */
function otherClips(word) {
  const lists = [
    ...WAKE_WORDS.filter((name) => name !== word).map((name) => `wake-word/${name}`),
    ...COMMANDS.filter((name) => name !== word).map((name) => `speech-commands/${name}`),
    'digits',
  ];
  const chosen = values.others?.split(',') ?? lists;
  const clips = chosen.flatMap((folder) => inData('negatives', folder));
  const speakers = new Random(TEST_SEED).fork('speakers').shuffle([...new Set(clips.map(speakerIn))].sort());
  const heard = new Set(speakers.slice(0, Math.round(Number(values['train-share']) * speakers.length)));
  const isHeard = (clip) => heard.has(speakerIn(clip));
  return { train: clips.filter(isHeard), test: clips.filter((clip) => !isHeard(clip)) };
}

/** Every second of what is not the word: one recording for each clip, so that a resampling draws clips. */
function otherSpeech(word) {
  const random = new Random(TEST_SEED).fork('others');
  const clips = otherClips(word).test.filter((_, n) => n % Number(values.every) === 0);
  const spoken = clips.map((clip) => inNoise(clip, backgrounds, random, { before: 0.3, after: 0, db: 10 }));
  // Clips follow each other as in life: ten at a time, so that their edges are heard too.
  const rows = [];
  for (let n = 0; n < spoken.length; n += 10) rows.push(joined(spoken.slice(n, n + 10)));
  return [...rows, ...backgrounds.map(({ samples }) => samples)];
}

function joined(parts) {
  const out = new Float32Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}

function judge(model, word, spoken) {
  const heard = {};
  for (const [name, { db, clip: changed, after }] of Object.entries(CONDITIONS)) {
    const random = new Random(TEST_SEED).fork(name);
    heard[name] = spoken.map((original) => {
      const clip = changed === undefined ? original : changed(original, random);
      const noisy = inNoise(clip, backgrounds, random, { before: 1, after: 1, db });
      const samples = after === undefined ? noisy : after(noisy);
      const words = [{ endSeconds: 1 + clip.speech.end / RATE }];
      return scoreRecording(model, { samples, sampleRate: RATE }, { name: clip.name, words });
    });
  }
  const others = otherSpeech(word).map((samples, n) =>
    scoreRecording(model, { samples, sampleRate: RATE }, { name: `${n}` }),
  );
  return { heard, others };
}

/** For each recording and threshold whether the word was missed, or how many alarms there were. */
function table(recordings, firing, count) {
  return THRESHOLDS.map((threshold) =>
    recordings.map((recording) => count(firingsOf(recording, { ...firing, threshold }), recording)),
  );
}

const missed = (firings, { words: [{ endSeconds }] }) =>
  firings.some(({ timeSeconds }) => timeSeconds > endSeconds - 1 && timeSeconds < endSeconds + 1) ? 0 : 1;

function figures(model, { heard, others }) {
  const { firing } = model.settings;
  const alarms = table(others, firing, (firings) => firings.length);
  const misses = Object.fromEntries(
    Object.entries(heard).map(([name, list]) => [name, table(list, firing, missed)]),
  );
  const seconds = others.map((recording) => recording.seconds);
  const random = new Random(TEST_SEED).fork('resampling');
  const everything = (list) => [...list.keys()];
  const drawn = (list) => list.map(() => random.integer(list.length));
  const lowest = (chosen, wanted) => {
    const hours = chosen.reduce((sum, n) => sum + seconds[n], 0) / 3600;
    let at = THRESHOLDS.length - 1;
    while (at > 0 && chosen.reduce((sum, n) => sum + alarms[at - 1][n], 0) / hours <= wanted) at--;
    return at;
  };
  const missedAt = (name, at, chosen) => mean(chosen.map((n) => misses[name][at][n]));
  const rows = Object.keys(heard).map((name) => {
    const clips = misses[name][0];
    return {
      condition: name,
      at: WANTED.map((wanted) => {
        const value = missedAt(name, lowest(everything(others), wanted), everything(clips));
        const resampled = Array.from({ length: RESAMPLINGS }, () =>
          missedAt(name, lowest(drawn(seconds), wanted), drawn(clips)),
        ).sort((a, b) => a - b);
        return {
          wanted,
          missed: value,
          interval: [0.05, 0.95].map((q) => resampled[Math.floor(q * RESAMPLINGS)]),
        };
      }),
    };
  });
  const hours = seconds.reduce((sum, s) => sum + s, 0) / 3600;
  const own = others.reduce((sum, recording) => sum + firingsOf(recording, firing).length, 0) / hours;
  const ownMissed = Object.fromEntries(
    Object.entries(heard).map(([name, list]) => [
      name,
      mean(list.map((recording) => missed(firingsOf(recording, firing), recording))),
    ]),
  );
  return { hours, threshold: firing.threshold, alarmsPerHour: own, missedAtOwn: ownMissed, rows };
}

const voiced = new Map();
/** Clips by voices, the same for all models of a word and seed. */
async function voicesOf(phrase, seed) {
  const [takes, minutes] = [Number(values.voices), Number(values.spoken)];
  const key = `${phrase} ${seed}`;
  if (!voiced.has(key))
    voiced.set(
      key,
      await voicedClips([{ text: phrase }], { language: 'en', takes, minutes, sampleRate: RATE, seed }),
    );
  return voiced.get(key);
}

/** What a model is trained on, as `train-trigger` has it. */
async function trainingClips(word, own, seed) {
  const phrase = word.replaceAll('-', ' ');
  const named = values.negatives === undefined ? [] : clipsIn('negatives', values.negatives);
  const further = [...named, ...otherClips(word).train];
  const recorded = { sampleRate: RATE, activates: own, negatives: further, backgrounds: [] };
  if (Number(values.voices) === 0) {
    const shipped = clipsIn('negatives', SHIPPED('negatives')).filter(
      ({ name }) => !saysOneOf(name, [phrase]),
    );
    const spoken = await spokenClips({ word: [phrase], minutes: Number(values.spoken), sampleRate: RATE });
    return {
      ...{ ...recorded, ...spoken, negatives: [...further, ...shipped] },
      backgrounds: clipsIn('backgrounds', SHIPPED('backgrounds')),
    };
  }
  const made = await voicesOf(phrase, seed);
  const mixed = own.length > 0 || further.length > 0 ? withRecordings(recorded, made) : made;
  return { ...mixed, activates: mixed.activates.map((clip) => ({ ...clip, word: undefined })) };
}

async function trained(phrase, clips, seed, embedding) {
  const model = new TriggerModel({
    ...{ seed, word: phrase, features: values.features },
    ...(Number(values.voices) > 0 && { synthesis: VOICE_SYNTHESIS }),
    ...(values.threads && { threads: Number(values.threads) }),
    ...(embedding && { embedding }),
  });
  const record = await model.fit(clips, {
    language: 'en',
    ...(values.examples && { examples: Number(values.examples) }),
    ...(values.epochs && { epochs: Number(values.epochs) }),
    onEpoch: ({ epoch, loss }) => note(`epoch ${epoch}, loss ${loss.toFixed(4)}`),
  });
  return { model, record };
}

function tell(phrase, { embedding, ...result }) {
  const { recordings, seed, clips, hours, threshold, alarmsPerHour, missedAtOwn, rows, recorder } = result;
  const through = embedding === undefined ? '' : ` through ${embedding}`;
  console.log(
    `"${phrase}"${through}, ${recordings} recordings, seed ${seed}: ${clips} clips, ${hours.toFixed(2)} h of other sound`,
  );
  for (const { condition, at } of rows) {
    const each = at.map(
      ({ wanted, missed: share, interval }) =>
        `${percent(share)} (${interval.map(percent).join(' to ')}) at ${wanted} an hour`,
    );
    console.log(
      `  ${condition}: missed ${each.join(', ')}; ${percent(missedAtOwn[condition])} at its own threshold`,
    );
  }
  console.log(
    `  its own threshold ${threshold.toFixed(4)}: ${alarmsPerHour.toFixed(2)} alarms an hour; without the word it fires in ${recorder.fired.length} of ${recorder.clips} recordings`,
  );
}

const results = [];
const embeddings = values.embedding?.split(',') ?? [undefined];
for (const word of values.word.split(',')) {
  const phrase = word.replaceAll('-', ' ');
  const all = agreeOnSpeech(inData('activates', `wake-word/${word}`), RATE);
  for (const recordings of values.recordings.split(',').map(Number)) {
    for (const seed of values.seeds.split(',').map(Number)) {
      const startedAt = performance.now();
      const order = new Random(seed).fork('recordings').shuffle([...all.keys()]);
      const [own, test] = [order.slice(0, recordings), order.slice(recordings)].map((part) =>
        part.map((n) => all[n]),
      );
      const clips = await trainingClips(word, own, seed);
      const voices = (performance.now() - startedAt) / 1000;
      const judged = test.filter((_, n) => n % Number(values.every) === 0);
      for (const embedding of embeddings) {
        const spokenAt = performance.now();
        const { model, record } = await trained(phrase, clips, seed, embedding);
        const training = (performance.now() - spokenAt) / 1000;
        const result = {
          ...{ word, embedding, recordings, seed, clips: judged.length },
          ...figures(model, judge(model, word, judged)),
          recorder: checkRecorder(model, judged, RATE),
          seconds: { voices, training },
          tail: record.thresholds,
        };
        results.push(result);
        if (values.out) appendFileSync(values.out, `${JSON.stringify(result)}\n`);
        tell(phrase, result);
        await model.dispose();
      }
    }
    for (const embedding of embeddings) {
      const rows = results.filter(
        (each) => each.word === word && each.recordings === recordings && each.embedding === embedding,
      );
      for (const condition of Object.keys(CONDITIONS)) {
        const shares = WANTED.map((_, n) =>
          mean(rows.map((result) => result.rows.find((row) => row.condition === condition).at[n].missed)),
        );
        const through = embedding === undefined ? '' : ` through ${embedding}`;
        console.log(
          `"${phrase}"${through}, ${recordings} recordings, mean of ${rows.length} seeds, ${condition}: missed ${shares.map(percent).join(' and ')} at ${WANTED.join(' and ')} an hour`,
        );
      }
    }
  }
}
