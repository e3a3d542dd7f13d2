/**
 * What `train-trigger --from model --mine takes` brings: a model of voices alone goes on with ten takes of one speaker.
 *
 *   node bench/own-takes.mjs <data folder> [--word 7] [--phrase seven] [--takes 10] [--seed 1] [--quick]
 *     [--embedding file,...] [--speakers name,...] [--threads n] [--out file.jsonl]
 *
 * Of `digits`, `<digit>_<speaker>_<take>.wav`. Each speaker in turn gives --takes takes, of which a fifth is held back as
 * the command does; --quick is that of `train-trigger` for the model of voices alone. Tested on the other takes of that
 * speaker, each twice, and on all of the other speakers, in noise of `backgrounds` at 10 dB; for false alarms on all other digits of that speaker, on those of the others, and on every
 * second clip of `wake-word/athena`, in the same noise. Misses and alarms are those at the threshold that training sets,
 * and the fewest misses of all thresholds with at most two alarms an hour over all of that sound. Speakers are resampled
 * for no interval: there are six. Needs `npm run build`, an engine that speaks, and the embedding.
 */
import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { TriggerModel } from '../dist/audio/index.js';
import { firingsOf, scoreRecording } from '../dist/audio/advanced.js';
import { VOICE_SYNTHESIS } from '../dist/audio/voices/voice-synthesis.js';
import { voicedClips } from '../dist/cli/clips/voiced-clips.js';
import { QUICK, VOICED_CLIPS, VOICED_MINUTES } from '../dist/cli/trigger/training-sizes.js';
import { Random } from '../dist/rnn/index.js';
import { clipsIn, inNoise, RATE } from './noisy-clips.mjs';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    word: { type: 'string', default: '7' },
    phrase: { type: 'string', default: 'seven' },
    takes: { type: 'string', default: '10' },
    seed: { type: 'string', default: '1' },
    quick: { type: 'boolean', default: false },
    embedding: { type: 'string' },
    speakers: { type: 'string' },
    threads: { type: 'string' },
    out: { type: 'string' },
  },
});
const [data] = positionals;
if (data === undefined) {
  console.error('usage: node bench/own-takes.mjs <data folder> [--word 7] [--phrase seven] [--takes 10]');
  process.exit(2);
}
const seed = Number(values.seed);
const HELD_SHARE = 0.2;
const TRIES = 2;
const ALARMS_PER_HOUR = 2;
const THRESHOLDS = Array.from({ length: 221 }, (_, i) => 1 / (1 + Math.exp(6 - i / 15)));

const threads = values.threads ? { threads: Number(values.threads) } : {};
const percent = (x) => `${(100 * x).toFixed(1)}%`;
const sum = (list) => list.reduce((total, x) => total + x, 0);
const backgrounds = clipsIn('backgrounds', join(data, 'backgrounds'));
const partsOf = ({ name }) => /([0-9]+)_([^_/]+)_[0-9]+\.wav$/.exec(name).slice(1);
const digits = clipsIn('negatives', join(data, 'digits')).map((clip) => {
  const [digit, speaker] = partsOf(clip);
  return { ...clip, digit, speaker };
});
const athena = clipsIn('negatives', join(data, 'wake-word/athena')).filter((_, n) => n % 2 === 0);
const names = [...new Set(digits.map(({ speaker }) => speaker))].sort();
const speakers = values.speakers?.split(',') ?? names;

/** A clip with a second of noise around it. */
function around(clip, random) {
  const samples = inNoise(clip, backgrounds, random, { before: 1, after: 1, db: 10 });
  return {
    recording: { samples, sampleRate: RATE },
    of: clip,
    said: { name: clip.name, words: [{ endSeconds: 1 + clip.speech.end / RATE }] },
  };
}

/** Other words after each other, ten at a time, with a little noise between. */
function joined(clips, random) {
  const rows = [];
  for (let n = 0; n < clips.length; n += 10) {
    const parts = clips
      .slice(n, n + 10)
      .map((clip) => inNoise(clip, backgrounds, random, { before: 0.3, after: 0, db: 10 }));
    const samples = new Float32Array(sum(parts.map(({ length }) => length)));
    let at = 0;
    for (const part of parts) {
      samples.set(part, at);
      at += part.length;
    }
    rows.push({ samples, sampleRate: RATE });
  }
  return rows;
}

const random = new Random(1).fork('test');
const isWord = ({ digit }) => digit === values.word;
const said = Object.fromEntries(
  names.map((name) => [
    name,
    digits
      .filter((clip) => isWord(clip) && clip.speaker === name)
      .flatMap((clip) => Array.from({ length: TRIES }, () => around(clip, random))),
  ]),
);
const others = Object.fromEntries(
  names.map((name) => [
    name,
    joined(
      digits.filter((clip) => !isWord(clip) && clip.speaker === name),
      random,
    ),
  ]),
);
others.athena = joined(athena, random);
const wordsOf = (name) =>
  name === 'athena' ? athena.length : digits.filter((clip) => !isWord(clip) && clip.speaker === name).length;

/** The scores of a model on all that is tested. */
function heardBy(model) {
  const scored = (recording, name, words) =>
    scoreRecording(model, recording, { name, ...(words && { words }) });
  const { firing } = model.settings;
  return {
    firing,
    said: Object.fromEntries(
      names.map((name) => [
        name,
        said[name].map(({ recording, of, said: { words } }) => ({
          clip: of,
          scored: scored(recording, of.name, words),
        })),
      ]),
    ),
    others: Object.fromEntries(
      Object.entries(others).map(([name, rows]) => [
        name,
        rows.map((recording, n) => scored(recording, `${name} ${n}`)),
      ]),
    ),
  };
}

const isMissed = (firings, { words: [{ endSeconds }] }) =>
  !firings.some(({ timeSeconds }) => Math.abs(timeSeconds - endSeconds) < 1);
const missesOf = (list, firing) =>
  sum(list.map(({ scored }) => Number(isMissed(firingsOf(scored, firing), scored))));
const alarmsOf = (rows, firing) => sum(rows.map((scored) => firingsOf(scored, firing).length));

/** Misses of a speaker's clips that are no takes, and of the others; alarms at that speaker's other words, and elsewhere. */
function figures(heard, speaker, takes) {
  const own = heard.said[speaker].filter(({ clip }) => !takes.includes(clip));
  const rest = names.filter((name) => name !== speaker).flatMap((name) => heard.said[name]);
  const all = Object.values(heard.others).flat();
  const hours = sum(all.map(({ seconds }) => seconds)) / 3600;
  let at = THRESHOLDS.length - 1;
  const alarms = (threshold) => alarmsOf(all, { ...heard.firing, threshold });
  while (at > 0 && alarms(THRESHOLDS[at - 1]) / hours <= ALARMS_PER_HOUR) at--;
  const even = { ...heard.firing, threshold: THRESHOLDS[at] };
  const atOf = (firing) => ({
    own: missesOf(own, firing) / own.length,
    rest: missesOf(rest, firing) / rest.length,
    ownAlarms: alarmsOf(heard.others[speaker], firing),
    restAlarms: alarmsOf(all, firing) - alarmsOf(heard.others[speaker], firing),
  });
  return { threshold: heard.firing.threshold, hours, set: atOf(heard.firing), even: atOf(even) };
}

function tell(label, { threshold, hours, set, even }, speaker) {
  const words = wordsOf(speaker);
  const rest = sum(Object.keys(others).map(wordsOf)) - words;
  console.log(
    `${label}: at its threshold (${threshold.toFixed(3)}) misses ${percent(set.own)} of ${speaker}, ${percent(set.rest)} of the others, alarms at ${set.ownAlarms} of ${words} other words of ${speaker}, at ${set.restAlarms} of ${rest} elsewhere; at ${ALARMS_PER_HOUR} an hour (${hours.toFixed(2)} h) misses ${percent(even.own)} and ${percent(even.rest)}`,
  );
}

const made = async (takes, minutes) => {
  const clips = await voicedClips([{ text: values.phrase }], {
    ...{ language: 'en', takes, minutes, sampleRate: RATE, seed },
  });
  return { ...clips, activates: clips.activates.map((clip) => ({ ...clip, word: undefined })) };
};
const less = await made(QUICK.voices, QUICK.minutes);
const whole = values.quick ? less : await made(VOICED_CLIPS, VOICED_MINUTES);

const keys = ['own', 'rest', 'ownAlarms', 'restAlarms'];
for (const embedding of values.embedding?.split(',') ?? [undefined]) {
  const given = embedding === undefined ? {} : { embedding };
  console.log(`through ${embedding ?? 'the embedding that is found'}`);
  const base = new TriggerModel({
    ...{ seed, word: values.phrase, features: 'embedding', synthesis: VOICE_SYNTHESIS },
    ...{ ...threads, ...given },
  });
  await base.fit(whole, { language: 'en', ...(values.quick && { examples: QUICK.examples }) });
  const before = heardBy(base);
  const rows = [];
  for (const speaker of speakers) {
    const theirs = digits.filter((clip) => isWord(clip) && clip.speaker === speaker);
    const takes = new Random(seed).fork(speaker).shuffle(theirs).slice(0, Number(values.takes));
    const trained = takes.slice(Math.round(HELD_SHARE * takes.length));
    const startedAt = performance.now();
    const model = await TriggerModel.from(base, { seed, ...threads, synthesis: VOICE_SYNTHESIS });
    await model.fit({ ...less, ownTakes: trained }, { language: 'en', examples: QUICK.examples });
    const seconds = (performance.now() - startedAt) / 1000;
    const result = {
      ...{ embedding, speaker, seconds },
      before: figures(before, speaker, takes),
      after: figures(heardBy(model), speaker, takes),
    };
    await model.dispose();
    rows.push(result);
    if (values.out) appendFileSync(values.out, `${JSON.stringify(result)}\n`);
    tell(`${speaker}, before`, result.before, speaker);
    tell(`${speaker}, after ${seconds.toFixed(0)} s`, result.after, speaker);
  }
  for (const when of ['before', 'after']) {
    for (const at of ['set', 'even']) {
      const [own, rest, ownAlarms, restAlarms] = keys.map(
        (key) => sum(rows.map((row) => row[when][at][key])) / rows.length,
      );
      console.log(
        `mean of ${rows.length} speakers, ${when}, ${at === 'set' ? 'at the threshold set' : `at ${ALARMS_PER_HOUR} an hour`}: misses ${percent(own)} of the speaker, ${percent(rest)} of the others; ${ownAlarms.toFixed(1)} alarms at the speaker's other words, ${restAlarms.toFixed(1)} elsewhere`,
      );
    }
  }
  await base.dispose();
}
