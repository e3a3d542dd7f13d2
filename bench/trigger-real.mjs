/**
 * How well the defaults of train-trigger do on real recordings.
 *
 *   node bench/trigger-real.mjs <data folder> [--word computer|athena|snowboy|smart-mirror] [--seeds 1,2,3]
 *     [--features embedding] [--spoken minutes] [--examples n] [--epochs n] [--threads n] [--hours 2] [--speech-cache file] [--models folder]
 *     [--judge-only] [--out file.jsonl]
 *   node bench/trigger-real.mjs <data folder> --activate [--seeds 1,2,3]
 *
 * Trains on four fifths of `wake-word/<word>`, with four fifths of all other speech (the other wake words,
 * speech-commands, digits) as negatives and five of the seven noises as backgrounds; speakers stay together where
 * the names tell them. Tested on the rest: each clip of the word at 10 dB in noise that was held back; for false
 * alarms every other clip once, at 10 dB in the same noise, and that noise itself; and, stated apart, two (--hours) of
 * prose that espeak-ng reads in voices of which training has none, at 10 dB too. Misses are the fewest of
 * all thresholds that keep to 0.5 and to 5 false alarms an hour (a low one fires early, and misses more); those at
 * the model's own threshold, which knows nothing of the test, are given too.
 *
 * How the models carry over is shown by the same clips under other conditions (`conditionsOf`): faster, slower, with
 * less noise between, across a room, over a telephone, and the word in voices of espeak-ng that training has none of.
 *
 * --activate: five models for `activate-clips` (10 + 10 + 2 recordings), each trained on eight clips of the word
 * and eight negatives and tested on the other two.
 *
 * --models keeps the models of the last epochs and the final one, and goes on from a run that was broken off;
 * --judge-only tests those that are there.
 * Needs `npm run build`, espeak-ng, and the folder's text/corpus.txt.
 */
import { appendFileSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { TriggerModel, readClips, resample, splitClips, tradeoffCurve } from '../dist/audio/index.js';
import {
  agreeOnSpeech,
  matchEvents,
  poissonInterval,
  triggerReport,
  wilsonInterval,
} from '../dist/audio/advanced.js';
import { stretch } from '../dist/audio/signal/augmentation.js';
import { shiftPitch } from '../dist/audio/signal/pitch.js';
import { convolve } from '../dist/audio/signal/reverberation.js';
import { findSpeech } from '../dist/audio/clips/speech-edges.js';
import { stepsPerSecond, stepTiming } from '../dist/audio/detection/trigger-settings.js';
import { speak, voicesOf } from '../dist/cli/clips/espeak.js';
import { spokenClips } from '../dist/cli/clips/spoken-clips.js';
import { Random } from '../dist/rnn/index.js';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    word: { type: 'string', default: 'computer' },
    features: { type: 'string' },
    activate: { type: 'boolean', default: false },
    seeds: { type: 'string', default: '1' },
    spoken: { type: 'string', default: '150' },
    examples: { type: 'string' },
    epochs: { type: 'string' },
    threads: { type: 'string' },
    hours: { type: 'string', default: '2' },
    'speech-cache': { type: 'string' },
    models: { type: 'string' },
    'judge-only': { type: 'boolean', default: false },
    out: { type: 'string' },
  },
});
const [data] = positionals;
if (data === undefined) {
  console.error('usage: node bench/trigger-real.mjs <data folder> [--word computer] [--seeds 1,2,3]');
  process.exit(2);
}
const RATE = 16_000;
const NOISE_DB = 10;
/** Decides what is held back; the same for every model, so that seeds differ in training alone. */
const SPLIT_SEED = 1;
const SPOKEN_HOURS = Number(values.hours);
const WANTED = [0.5, 5];
/** Evenly spaced in log odds, fine enough that each false alarm has thresholds of its own. */
const THRESHOLDS = Array.from({ length: 181 }, (_, i) => 1 / (1 + Math.exp(4 - i / 10)));
/** Named variants of espeak-ng that sound like people; training speaks in m1 to m8 and f1 to f5 alone. */
const TEST_VARIANTS = ['adam', 'Alex', 'Alicia', 'Andrea', 'Andy', 'Annie', 'antonio', 'aunty', 'belinda', 'benjamin', 'boris', 'caleb', 'david', 'Denis', 'Diogo', 'ed', 'edward', 'Gene', 'Henrique', 'Hugo', 'iven', 'Jacky', 'john', 'Lee', 'linda', 'marcelo', 'Marco', 'Mario', 'max', 'Michael', 'michel', 'miguel', 'Mike', 'norbert', 'Pablo', 'paul', 'pedro', 'quincy', 'rob', 'robert', 'sandro', 'shelby', 'steph', 'travis', 'victor', 'Zac']; // prettier-ignore

const note = (line) => process.stderr.write(`${line}\n`);
const percent = (x) => `${(100 * x).toFixed(1)}%`;

/** The clips of folders of WAV files, as one kind. */
function clipsOf(kind, ...folders) {
  const files = folders.flatMap((folder) =>
    readdirSync(join(data, folder))
      .filter((name) => name.endsWith('.wav'))
      .map((name) => ({
        // Digits are named <digit>_<speaker>_<take>; the speaker is to come first.
        path: `${kind}/${folder.replaceAll('/', '-')}/${name.replace(/^(\d)_([a-z]+)_/, '$2_$1_')}`,
        bytes: readFileSync(join(data, folder, name)),
      })),
  );
  return readClips(files, RATE)[kind].map((clip) => ({ ...clip, word: undefined }));
}

const rms = (x) => Math.sqrt(x.reduce((sum, v) => sum + v * v, 0) / x.length);

/** Endless noise from held-back recordings, each from a random place. */
function noiseSource(backgrounds, random) {
  return (length) => {
    const { samples } = random.choice(backgrounds);
    const from = random.integer(samples.length);
    const out = new Float32Array(length);
    for (let i = 0; i < length; i++) out[i] = samples[(from + i) % samples.length];
    return out;
  };
}

/** A sound with noise before it, under it and after it, which lies noiseDb under the speech. */
function inNoise(samples, { start, end }, noise, before, after, noiseDb = NOISE_DB) {
  const length = samples.length + Math.round((before + after) * RATE);
  const out = noise(length);
  const gain = (rms(samples.subarray(start, end)) / Math.max(rms(out), 1e-6)) * 10 ** (-noiseDb / 20);
  for (let i = 0; i < length; i++) out[i] *= gain;
  const from = Math.round(before * RATE);
  for (let i = 0; i < samples.length; i++) out[from + i] += samples[i];
  return out;
}

/** Every score over sounds that follow each other in one recording, as in life. */
function listen(model, sounds, { name, words = [], seconds, leadSeconds = 0 }) {
  const stream = model.stream({ spectrum: 'fast' });
  const scores = [];
  stream.on('score', ({ score }) => void scores.push(score));
  for (const samples of sounds) stream.push(samples);
  stream.flush();
  stream.dispose();
  return {
    ...{ name, words, seconds, triggers: model.words, scores: Float32Array.from(scores) },
    stepsPerSecond: stepsPerSecond(model.settings),
    firstStepSeconds:
      stepTiming(model.settings, model.settings.network.kernelFrames).firstStepMs / 1000 - leadSeconds,
  };
}

/** Everything that a word's models are trained and tested on. */
function collections(word) {
  const random = new Random(SPLIT_SEED);
  const split = (clips, share = 0.2) => splitClips(clips, share, random);
  const words = ['down', 'go', 'left', 'no', 'off', 'on', 'right', 'stop', 'up', 'yes', '_unknown_'];
  const activates = split(clipsOf('activates', `wake-word/${word}`));
  // Where the word is in clips of several sounds, each side finds out from its own clips.
  for (const part of ['train', 'test']) {
    const alone = activates[part].map((clip) => ({ ...clip, speech: findSpeech(clip.samples, RATE) }));
    activates[part] = agreeOnSpeech(alone, RATE);
  }
  const others = [
    ...['computer', 'snowboy', 'smart-mirror', 'athena']
      .filter((name) => name !== word)
      .map((name) => clipsOf('negatives', `wake-word/${name}`)),
    clipsOf('negatives', ...words.map((name) => `speech-commands/${name}`)),
    clipsOf('negatives', 'digits'),
  ].map((clips) => split(clips));
  const backgrounds = split(clipsOf('backgrounds', 'backgrounds'), 0.28);
  const side = (of) => ({
    sampleRate: RATE,
    activates: activates[of],
    negatives: others.flatMap((part) => part[of]),
    backgrounds: backgrounds[of],
  });
  return { train: side('train'), test: side('test') };
}

/** Prose in voices that training has none of: a generator of clips of about 45 s. */
function* spokenProse(word) {
  const file = values['speech-cache'] && `${values['speech-cache']}-${word}.pcm`;
  if (file !== undefined && existsSync(file)) {
    const bytes = readFileSync(file);
    const all = new Int16Array(bytes.buffer, bytes.byteOffset, bytes.length >> 1);
    const step = 45 * RATE;
    for (let at = 0; at < all.length; at += step) {
      yield Float32Array.from(all.subarray(at, at + step), (x) => x / 32768);
    }
    return;
  }
  const random = new Random(SPLIT_SEED).fork('prose');
  const text = readFileSync(join(data, 'text', 'corpus.txt'), 'utf8');
  const accents = [...new Set(voicesOf('en').map((voice) => voice.split('+')[0]))];
  const parts = [];
  let total = 0;
  for (let n = 0; total < SPOKEN_HOURS * 3600 * RATE; n++) {
    const from = random.integer(text.length - 2000);
    const passage = text
      .slice(from, from + 700)
      .replaceAll(/[^A-Za-z',.?!\s-]/g, ' ')
      .replaceAll(/\s+/g, ' ')
      .replaceAll(new RegExp(word.replaceAll(/[^a-z]/g, '.?'), 'gi'), 'thing');
    const samples = resample(
      speak(passage.slice(passage.indexOf(' ') + 1, passage.lastIndexOf(' ')), {
        voice: `${accents[n % accents.length]}+${TEST_VARIANTS[n % TEST_VARIANTS.length]}`,
        wordsPerMinute: Math.round(random.uniform(130, 220)),
        pitch: Math.round(random.uniform(25, 75)),
      }),
      RATE,
    ).samples;
    const kept = samples.subarray(0, SPOKEN_HOURS * 3600 * RATE - total);
    total += kept.length;
    if (file !== undefined) parts.push(Int16Array.from(kept, (x) => Math.round(32767 * x)));
    yield kept;
  }
  if (file !== undefined) {
    writeFileSync(file, Buffer.concat(parts.map((part) => Buffer.from(part.buffer))));
  }
}

/**
 * The response of a room to a source three metres away, by its mirror images (Allen and Berkley 1979), up to 20 walls;
 * 6 by 4.5 by 2.7 m, walls that take up 25% of what reaches them: sound dies away by 60 dB in 0.5 s.
 * Unlike the rooms of training it has single echoes. From the direct sound on, which is 1.
 */
function mirrorRoom() {
  const size = [6, 4.5, 2.7];
  const source = [1.1, 1.3, 1.6];
  const ear = [3.9, 2.4, 1.1];
  const kept = Math.sqrt(1 - 0.25);
  const distance = (image) => Math.hypot(...image.map((x, axis) => x - ear[axis]));
  const direct = distance(source);
  const response = new Float32Array(Math.round(0.6 * RATE));
  const orders = Array.from({ length: 41 }, (_, i) => i - 20);
  const mirrored = (order, axis) =>
    order * size[axis] + (order % 2 === 0 ? source[axis] : size[axis] - source[axis]);
  for (const x of orders) {
    for (const y of orders) {
      for (const z of orders) {
        const far = distance([mirrored(x, 0), mirrored(y, 1), mirrored(z, 2)]);
        const at = Math.round(((far - direct) / 343) * RATE);
        const walls = Math.abs(x) + Math.abs(y) + Math.abs(z);
        if (at < response.length) response[at] += kept ** walls * (direct / far);
      }
    }
  }
  return response;
}

/** The clips of the word that were held back, as other people, rooms and microphones might have had them. */
function conditionsOf({ activates }, word) {
  const changed = (change) =>
    activates.map((clip) => {
      const samples = change(clip.samples);
      return { name: clip.name, samples, speech: findSpeech(samples, RATE) };
    });
  const atTempo = (speed) => (x) => shiftPitch(stretch(x, speed), -12 * Math.log2(speed), RATE);
  const room = mirrorRoom();
  const telephone = (x) =>
    resample({ samples: resample({ samples: x, sampleRate: RATE }, 7000).samples, sampleRate: 7000 }, RATE)
      .samples;
  const accents = [...new Set(voicesOf('en').map((voice) => voice.split('+')[0]))];
  const random = new Random(SPLIT_SEED).fork('voices');
  const spoken = TEST_VARIANTS.map((variant, n) => {
    const { samples } = resample(
      speak(word.replaceAll('-', ' '), {
        voice: `${accents[n % accents.length]}+${variant}`,
        wordsPerMinute: Math.round(random.uniform(130, 220)),
        pitch: Math.round(random.uniform(25, 75)),
      }),
      RATE,
    );
    return { name: variant, samples, speech: findSpeech(samples, RATE) };
  });
  return [
    { condition: '1.3 times as fast', clips: changed(atTempo(1.3)) },
    { condition: '0.75 times as fast', clips: changed(atTempo(0.75)) },
    { condition: 'noise at 0 dB', clips: activates, noiseDb: 0 },
    { condition: 'three metres away', clips: changed((x) => convolve(x, room)) },
    { condition: 'nothing above 3.5 kHz', clips: changed(telephone) },
    { condition: 'espeak-ng', clips: spoken },
  ];
}

/** Misses and false alarms over everything that was held back. */
function judge(model, word, test) {
  const noise = noiseSource(test.backgrounds, new Random(SPLIT_SEED).fork('noise'));
  const mixed = ({ samples, speech }, before, after) => inNoise(samples, speech, noise, before, after);
  const wordsOf = (clips, noiseDb) =>
    clips.map(({ name, samples, speech }) =>
      listen(model, [inNoise(samples, speech, noise, 1, 1, noiseDb)], {
        name,
        words: [{ endSeconds: speech.end / RATE }],
        seconds: samples.length / RATE,
        leadSeconds: 1,
      }),
    );
  const words = wordsOf(test.activates);
  const secondsOf = (clips) => clips.reduce((sum, { samples }) => sum + samples.length / RATE, 0);
  const real = listen(
    model,
    [...test.negatives.map((clip) => mixed(clip, 0.3, 0)), ...test.backgrounds.map(({ samples }) => samples)],
    { name: 'real', seconds: secondsOf(test.negatives) + secondsOf(test.backgrounds) },
  );
  let seconds = 0;
  const prose = (function* () {
    for (const samples of spokenProse(word)) {
      seconds += samples.length / RATE;
      yield inNoise(samples, { start: 0, end: samples.length }, noise, 0, 0);
    }
  })();
  const spoken = { ...listen(model, prose, { name: 'spoken' }), seconds };
  const { firing } = model.settings;
  const curveOf = (recordings) => tradeoffCurve(recordings, firing, THRESHOLDS);
  const misses = curveOf(words).map(({ missed }) => missed);
  const figures = (recordings) => {
    const hours = recordings.reduce((sum, recording) => sum + recording.seconds / 3600, 0);
    const rates = curveOf(recordings).map(({ falseAlarmsPerHour }) => falseAlarmsPerHour);
    const atRate = (wanted) => {
      const best = { falseAlarmsPerHour: wanted, missed: 1, threshold: 1 };
      for (let at = rates.length - 1; at >= 0 && rates[at] <= wanted; at--) {
        if (misses[at] < best.missed) Object.assign(best, { missed: misses[at], threshold: THRESHOLDS[at] });
      }
      return best;
    };
    const [{ falseAlarmsPerHour }] = tradeoffCurve(recordings, firing, [firing.threshold]);
    const alarms = Math.round(falseAlarmsPerHour * hours);
    const { low, high } = poissonInterval(alarms);
    const atDefault = { alarms, perHour: falseAlarmsPerHour, interval: [low / hours, high / hours] };
    return { hours, at: WANTED.map(atRate), atDefault };
  };
  const missedAt = (recordings, threshold) => tradeoffCurve(recordings, firing, [threshold])[0].missed;
  const both = figures([...words, real, spoken]);
  const conditions = conditionsOf(test, word).map(({ condition, clips, noiseDb }) => {
    const recordings = wordsOf(clips, noiseDb);
    return {
      condition,
      clips: clips.length,
      missedAtDefault: missedAt(recordings, firing.threshold),
      missedAt: both.at.map(({ threshold }) => missedAt(recordings, threshold)),
    };
  });
  return {
    clips: { word: words.length, others: test.negatives.length, noises: test.backgrounds.length },
    missedAtDefault: missedAt(words, firing.threshold),
    threshold: firing.threshold,
    real: figures([...words, real]),
    spoken: figures([spoken]),
    both,
    conditions,
  };
}

/** What `train-trigger <clips> --seed <seed>` does, its clips read already. */
async function train(clips, word, seed) {
  const spoken = await spokenClips({ word: [word], minutes: Number(values.spoken), sampleRate: RATE });
  const model = new TriggerModel({
    ...{ seed, word },
    ...(values.features && { features: values.features }),
    ...(values.threads && { threads: Number(values.threads) }),
  });
  const startedAt = performance.now();
  const minutes = () => ((performance.now() - startedAt) / 60_000).toFixed(1);
  const record = await model.fit(
    { ...clips, ...spoken },
    {
      ...(values.examples && { examples: Number(values.examples) }),
      ...(values.epochs && { epochs: Number(values.epochs) }),
      ...(values.models && { checkpoint: modelFile(word, seed, 'checkpoint'), resume: true }),
      onProgress({ phase, done, total, loss }) {
        if (done % 2000 < 16)
          note(`${minutes()} min: ${phase} ${done} of ${total} ${loss?.toFixed(4) ?? ''}`);
      },
      onEpoch({ epoch, loss, judgement }) {
        const judged =
          judgement && `held back: missed ${percent(judgement.missed)}, loss ${judgement.loss.toFixed(4)}`;
        note(`${minutes()} min: epoch ${epoch}, loss ${loss.toFixed(4)} ${judged ?? ''}`);
        if (values.models && (judgement || epoch % 7 === 0)) {
          writeFileSync(modelFile(word, seed, `epoch-${epoch}`), model.toBytes());
        }
      },
    },
  );
  if (values.models) writeFileSync(modelFile(word, seed, 'final'), model.toBytes());
  return {
    model,
    record: { ...record, minutes: Number(minutes()), cpuMinutes: process.cpuUsage().user / 6e7 },
  };
}

function modelFile(word, seed, what) {
  mkdirSync(values.models, { recursive: true });
  return join(values.models, `${word}-${seed}-${what}.safetensors`);
}

function show(title, figures, words) {
  const lines = [`${title}: ${figures.hours.toFixed(2)} h`];
  for (const { falseAlarmsPerHour, missed, threshold } of figures.at) {
    const { low, high } = wilsonInterval(Math.round((1 - missed) * words), words);
    lines.push(
      `  missed at ${falseAlarmsPerHour} false alarms an hour: ${percent(missed)} of ${words} (95%: ${percent(1 - high)} to ${percent(1 - low)}), threshold ${threshold.toFixed(4)}`,
    );
  }
  const { alarms, perHour, interval } = figures.atDefault;
  lines.push(
    `  at the default threshold: ${alarms} alarms, ${perHour.toFixed(1)} an hour (95%: ${interval.map((x) => x.toFixed(1)).join(' to ')})`,
  );
  console.log(lines.join('\n'));
}

async function realWord(word, seeds) {
  const { train: clips, test } = collections(word);
  note(
    `"${word}": ${clips.activates.length} clips of the word, ${clips.negatives.length} others, ${clips.backgrounds.length} noises; ` +
      `held back: ${test.activates.length}, ${test.negatives.length}, ${test.backgrounds.map(({ name }) => name).join(' and ')}`,
  );
  const results = [];
  const keep = (title, result) => {
    if (values.out) appendFileSync(values.out, `${JSON.stringify({ title, word, ...result })}\n`);
    console.log(`${title}: missed at the default threshold: ${percent(result.missedAtDefault)}`);
    for (const part of ['real', 'spoken', 'both']) show(`${title}, ${part}`, result[part], result.clips.word);
    for (const { condition, clips, missedAtDefault, missedAt } of result.conditions) {
      console.log(
        `${title}, ${condition}: missed of ${clips}: ${percent(missedAtDefault)} at the default threshold, ` +
          `${missedAt.map(percent).join(' and ')} at those for ${WANTED.join(' and ')} an hour`,
      );
    }
  };
  if (values['judge-only']) {
    for (const name of readdirSync(values.models).sort()) {
      const seed = /^(.*)-(\d+)-(final|epoch-\d+)\.safetensors$/.exec(name);
      if (seed?.[1] !== word || !seeds.includes(Number(seed[2]))) continue;
      const model = await TriggerModel.load(join(values.models, name), { engine: 'wasm', threads: 1 });
      keep(name, judge(model, word, test));
    }
    return;
  }
  for (const seed of seeds) {
    const { model, record } = await train(clips, word, seed);
    const result = { seed, ...judge(model, word, test), record };
    results.push(result);
    keep(`${word}, seed ${seed}`, result);
  }
  for (const part of ['real', 'spoken', 'both']) {
    WANTED.forEach((wanted, i) => {
      const missed = results.reduce((sum, result) => sum + result[part].at[i].missed, 0) / results.length;
      console.log(`mean of ${seeds.length}, ${part}, at ${wanted} an hour: ${percent(missed)} missed`);
    });
  }
}

async function activate(seeds) {
  const folder = (kind) => clipsOf(kind, `activate-clips/${kind}`);
  const [activates, negatives, backgrounds] = ['activates', 'negatives', 'backgrounds'].map(folder);
  for (const seed of seeds) {
    const total = { words: 0, found: 0, falseAlarms: 0, hours: 0 };
    for (let fold = 0; fold < 5; fold++) {
      const kept = (clips) => clips.filter((_, i) => i % 5 !== fold);
      const { model } = await train(
        {
          sampleRate: RATE,
          activates: kept(activates),
          negatives: kept(negatives),
          backgrounds: [backgrounds[fold % 2]],
        },
        'activate',
        seed,
      );
      const noise = noiseSource([backgrounds[1 - (fold % 2)]], new Random(SPLIT_SEED));
      const mixed = ({ samples, speech }) => inNoise(samples, speech, noise, 1, 1);
      const eventsIn = async (samples) => {
        const events = await model.detect({ samples, sampleRate: RATE }, { spectrum: 'fast' });
        return events.map(({ timeSeconds }) => timeSeconds);
      };
      for (const clip of activates.filter((_, i) => i % 5 === fold)) {
        const match = matchEvents(await eventsIn(mixed(clip)), [{ endSeconds: 1 + clip.speech.end / RATE }]);
        total.words++;
        total.found += match.found;
        total.falseAlarms += match.falseAlarms.length;
      }
      const others = negatives.filter((_, i) => i % 5 === fold).map(mixed);
      for (const samples of [...others, backgrounds[1 - (fold % 2)].samples]) {
        total.falseAlarms += (await eventsIn(samples)).length;
        total.hours += samples.length / RATE / 3600;
      }
    }
    console.log(
      JSON.stringify({ title: `activate-clips, seed ${seed}, five folds`, ...triggerReport(total) }),
    );
  }
}

const seeds = values.seeds.split(',').map(Number);
if (values.activate) await activate(seeds);
else await realWord(values.word, seeds);
