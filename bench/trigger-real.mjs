/**
 * How well the trigger model does on real recordings.
 *
 *   node bench/trigger-real.mjs <data folder> [--seeds 1,2,3] [--only computer|activate] [--examples n] [--epochs n]
 *     [--threshold p] [--mistakes] [--json]
 *
 * computer: trains on four fifths of `wake-word/computer`, with four fifths of `snowboy` and of the
 * words of speech-commands as negatives and five of the seven noises. Tested on the rest: each clip of
 * the word once, at 10 dB in noise that was held back, and for false alarms all speech that was held
 * back, at 10 dB in the same noise, then collections that no clip was taken from (smart-mirror, athena,
 * digits), each clip once.
 *
 * activate: five models for `activate-clips` (10 + 10 + 2 recordings), each trained on eight clips of
 * the word and eight negatives and tested on the other two.
 *
 * Needs `npm run build`.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { TriggerModel, matchEvents, readClips, splitClips, triggerReport } from '../dist/audio/index.js';
import { Random } from '../dist/rnn/index.js';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    seeds: { type: 'string', default: '1' },
    only: { type: 'string' },
    examples: { type: 'string' },
    epochs: { type: 'string' },
    threshold: { type: 'string' },
    mistakes: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
  },
});
const [data] = positionals;
if (data === undefined) {
  console.error(
    'usage: node bench/trigger-real.mjs <data folder> [--seeds 1,2,3] [--only computer|activate]',
  );
  process.exit(2);
}
const RATE = 16_000;
const LISTEN = { spectrum: 'fast', ...(values.threshold ? { threshold: Number(values.threshold) } : {}) };
const NOISE_DB = 10;
/** Decides what is held back; the same for every model, so that seeds differ in training alone. */
const SPLIT_SEED = 1;

const note = (line) => process.stderr.write(`${line}\n`);

/** The clips of one folder of WAV files, as one kind. */
function clipsOf(kind, ...parts) {
  const folder = join(data, ...parts);
  const files = readdirSync(folder)
    .filter((name) => name.endsWith('.wav'))
    .map((name) => ({ path: `${kind}/${name}`, bytes: readFileSync(join(folder, name)) }));
  return readClips(files, RATE)[kind];
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

/** A clip with a second of noise before it and after it; the noise lies NOISE_DB under the speech. */
function inNoise(clip, noise, afterSeconds = 1) {
  const length = clip.samples.length + Math.round((1 + afterSeconds) * RATE);
  const out = noise(length);
  const speech = clip.samples.subarray(clip.speech.start, clip.speech.end);
  const gain = (rms(speech) / Math.max(rms(out), 1e-6)) * 10 ** (-NOISE_DB / 20);
  for (let i = 0; i < length; i++) out[i] *= gain;
  for (let i = 0; i < clip.samples.length; i++) out[RATE + i] += clip.samples[i];
  return { samples: out, endSeconds: 1 + clip.speech.end / RATE };
}

async function timesIn(model, samples) {
  const events = await model.detect({ samples, sampleRate: RATE }, LISTEN);
  return events.map(({ timeSeconds }) => timeSeconds);
}

/** Share found over clips of the word, false alarms over the rest. */
async function test(model, { words, others, noises = [] }, backgrounds) {
  const noise = noiseSource(backgrounds, new Random(SPLIT_SEED));
  const counts = { words: 0, found: 0, falseAlarms: 0, hours: 0 };
  const mistakes = [];
  for (const clip of words) {
    const { samples, endSeconds } = inNoise(clip, noise);
    const { found, falseAlarms } = matchEvents(await timesIn(model, samples), [{ endSeconds }]);
    counts.words++;
    counts.found += found;
    counts.falseAlarms += falseAlarms.length;
    if (found === 0) mistakes.push(`missed ${clip.name}`);
    if (falseAlarms.length > 0) mistakes.push(`fired elsewhere in ${clip.name}`);
  }
  // Other words follow each other in one long recording, as in life.
  const parts = [...others.map((clip) => [clip.name, inNoise(clip, noise, 0).samples])];
  for (const { name, samples } of noises) parts.push([name, samples]);
  const stream = model.stream(LISTEN);
  for (const [name, samples] of parts) {
    const events = stream.push(samples);
    counts.falseAlarms += events.length;
    counts.hours += samples.length / RATE / 3600;
    if (events.length > 0) mistakes.push(`fired at ${name}`);
  }
  stream.dispose();
  return { ...triggerReport(counts), mistakes };
}

async function train(clips, seed, word) {
  const model = new TriggerModel({ seed, word });
  const startedAt = performance.now();
  const record = await model.fit(clips, {
    ...(values.examples ? { examples: Number(values.examples) } : {}),
    ...(values.epochs ? { epochs: Number(values.epochs) } : {}),
  });
  const seconds = Math.round((performance.now() - startedAt) / 1000);
  note(
    `seed ${seed}: ${record.examples} examples, ${record.epochs} epochs, loss ${record.finalLoss.toFixed(4)}, ${seconds} s`,
  );
  return model;
}

function show(title, report) {
  const percent = (x) => `${(100 * x).toFixed(1)}%`;
  const range = ({ low, high }, f) => `${f(low)} to ${f(high)}`;
  if (values.json) console.log(JSON.stringify({ title, ...report }));
  else {
    const found =
      report.words === 0
        ? ''
        : `found ${report.found} of ${report.words}, ${percent(report.shareFound)} (95%: ${range(report.shareFoundInterval, percent)}); `;
    const alarms = `${report.falseAlarms} false alarms in ${report.hours.toFixed(2)} h, ${report.falseAlarmsPerHour.toFixed(1)} an hour (95%: ${range(report.falseAlarmsPerHourInterval, (x) => x.toFixed(1))})`;
    console.log(`${title}: ${found}${alarms}`);
  }
  if (values.mistakes) for (const mistake of report.mistakes) note(`  ${mistake}`);
}

async function computer(seeds) {
  const random = new Random(SPLIT_SEED);
  const words = ['down', 'go', 'left', 'no', 'off', 'on', 'right', 'stop', 'up', 'yes', '_unknown_'];
  const split = (clips, share = 0.2) => splitClips(clips, share, random);
  const activates = split(clipsOf('activates', 'wake-word', 'computer'));
  const negatives = [
    clipsOf('negatives', 'wake-word', 'snowboy'),
    words.flatMap((word) => clipsOf('negatives', 'speech-commands', word)),
  ].map((clips) => split(clips));
  const backgrounds = split(clipsOf('backgrounds', 'backgrounds'), 0.28);
  const strangers = ['smart-mirror', 'athena']
    .flatMap((name) => clipsOf('negatives', 'wake-word', name))
    .concat(clipsOf('negatives', 'digits'));
  const clips = {
    sampleRate: RATE,
    activates: activates.train,
    negatives: negatives.flatMap(({ train }) => train),
    backgrounds: backgrounds.train,
  };
  note(
    `trained on ${clips.activates.length} clips of the word, ${clips.negatives.length} others, ${clips.backgrounds.length} noises; ` +
      `held back: ${activates.test.length}, ${negatives.flatMap((part) => part.test).length}, ${backgrounds.test.map(({ name }) => name).join(' and ')}`,
  );
  for (const seed of seeds) {
    const model = await train(clips, seed, 'computer');
    const heldBack = {
      words: activates.test,
      others: negatives.flatMap((part) => part.test),
      noises: backgrounds.test,
    };
    show(`computer, seed ${seed}, held back`, await test(model, heldBack, backgrounds.test));
    show(
      `computer, seed ${seed}, other collections`,
      await test(model, { words: [], others: strangers }, backgrounds.test),
    );
  }
}

async function activate(seeds) {
  const folder = (kind) => clipsOf(kind, 'activate-clips', kind);
  const [activates, negatives, backgrounds] = ['activates', 'negatives', 'backgrounds'].map(folder);
  for (const seed of seeds) {
    const total = { words: 0, found: 0, falseAlarms: 0, hours: 0 };
    const mistakes = [];
    for (let fold = 0; fold < 5; fold++) {
      const kept = (clips) => clips.filter((_, i) => i % 5 !== fold);
      const model = await train(
        {
          sampleRate: RATE,
          activates: kept(activates),
          negatives: kept(negatives),
          backgrounds: [backgrounds[fold % 2]],
        },
        seed,
        'activate',
      );
      const others = negatives.filter((_, i) => i % 5 === fold);
      const unheard = [backgrounds[1 - (fold % 2)]];
      const words = activates.filter((_, i) => i % 5 === fold);
      const report = await test(model, { words, others, noises: unheard }, unheard);
      for (const key of Object.keys(total)) total[key] += report[key];
      mistakes.push(...report.mistakes);
    }
    show(`activate-clips, seed ${seed}, five folds`, { ...triggerReport(total), mistakes });
  }
}

const seeds = values.seeds.split(',').map(Number);
if (values.only !== 'activate') await computer(seeds);
if (values.only !== 'computer') await activate(seeds);
