// Strings of spoken digits read by a network that is never told where a digit stands (CTC), speakers apart:
// `node scripts/tasks/spoken-digits.mjs <folder> [seed]`, after `npm run build:ts`. <folder> holds WAV files such as
// 7_jackson_32.wav: the digit, the speaker, a number. It hears through the speech embedding (`seqkit add-embedding`).
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { decodeWav, resample, SpeechEmbedding } from '../../dist/audio/index.js';
import {
  Adam,
  BatchNormalization,
  Bidirectional,
  cosineSchedule,
  Dense,
  Dropout,
  GRU,
  Random,
  Sequential,
  tensor,
} from '../../dist/index.js';
import { sequenceEdits } from '../../dist/tasks/fitting/sequence-edits.js';
import { ctcBeamSearch, ctcGreedy } from '../../dist/tasks/index.js';

const [folder, seed = '1'] = process.argv.slice(2);
const RATE = 16_000;
const [STRINGS, EPOCHS, TESTS, LONGEST] = [3_000, 15, 300, 4];
/** Times as long a string is made in training, its pitch with it. */
const SPEEDS = [0.8, 0.9, 1, 1.1, 1.25];
/** Half a window of the embedding, so that the first and the last digit are seen whole. */
const SILENCE = RATE / 2;
const embedding = await SpeechEmbedding.default();

const clips = readdirSync(folder)
  .filter((name) => name.endsWith('.wav'))
  .map((name) => {
    const [digit, speaker] = name.split('_');
    return {
      digit: Number(digit),
      speaker,
      samples: resample(decodeWav(readFileSync(join(folder, name)), name), RATE).samples,
    };
  });
const speakers = [...new Set(clips.map(({ speaker }) => speaker))].sort();

/** Digits of one speaker one after another, short pauses between, in noise; played faster or slower in training. */
function string(own, random, isTraining) {
  const speaker = random.choice([...new Set(own.map((clip) => clip.speaker))]);
  const spoken = own.filter((clip) => clip.speaker === speaker);
  const digits = Array.from({ length: 1 + random.integer(LONGEST) }, () => random.choice(spoken));
  const pieces = digits.flatMap(({ samples }) => [new Float32Array(random.integer(RATE / 5)), samples]);
  let samples = new Float32Array(pieces.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const piece of pieces) {
    samples.set(piece, at);
    at += piece.length;
  }
  if (isTraining) samples = resample({ samples, sampleRate: RATE }, random.choice(SPEEDS) * RATE).samples;
  const padded = new Float32Array(samples.length + 2 * SILENCE);
  padded.set(samples, SILENCE);
  const power = samples.reduce((sum, x) => sum + x * x, 0) / samples.length;
  const noise = Math.sqrt(power) * 10 ** (-random.uniform(10, 30) / 20);
  return {
    features: embedding.embed(padded.map((x) => x + noise * random.normal())).data,
    digits: digits.map(({ digit }) => digit),
  };
}

/** (N, T, D), padded, with lengths; labels from 1 on. */
function batchOf(strings) {
  const D = 96;
  const lengths = strings.map(({ features }) => features.length / D);
  const T = Math.max(...lengths);
  const data = new Float32Array(strings.length * T * D);
  strings.forEach(({ features }, n) => data.set(features, n * T * D));
  const L = LONGEST;
  const labels = strings.map(({ digits }) => Array.from({ length: L }, (_, l) => (digits[l] ?? -1) + 1));
  return { x: tensor(data, [strings.length, T, D]), y: labels, lengths };
}

function figures({ greedy, beam, digits, right }, strings) {
  const [a, b, c] = [greedy / digits, beam / digits, right / strings].map((share) =>
    (100 * share).toFixed(1),
  );
  return `word error rate ${a}% greedily, ${b}% by a beam of 16, of ${digits} digits; ${c}% of strings right`;
}

const all = { greedy: 0, beam: 0, digits: 0, right: 0 };
// Each third of the speakers once: none of them is in the training.
for (let fold = 0; fold < 3; fold++) {
  const apart = new Set(speakers.filter((_, i) => i % 3 === fold));
  const random = new Random(Number(seed)).fork(`fold ${fold}`);
  const own = (isApart) => clips.filter(({ speaker }) => apart.has(speaker) === isApart);
  const began = performance.now();
  const trained = batchOf(Array.from({ length: STRINGS }, () => string(own(false), random, true)));
  const model = new Sequential(
    [
      new BatchNormalization(),
      new Bidirectional({ layer: new GRU({ units: 64, returnSequences: true }) }),
      new Dropout({ rate: 0.3 }),
      new Bidirectional({ layer: new GRU({ units: 64, returnSequences: true }) }),
      new Dropout({ rate: 0.3 }),
      new Dense({ units: 11 }),
    ],
    { seed: Number(seed), engine: 'wasm' },
  );
  const totalSteps = EPOCHS * Math.ceil(STRINGS / 32);
  const learningRate = cosineSchedule({ peak: 3e-3, totalSteps, warmupSteps: 100 });
  model.compile({ loss: 'ctc', optimizer: new Adam({ learningRate, globalClipNorm: 5 }) });
  await model.fit(trained.x, trained.y, {
    ...{ epochs: EPOCHS, batchSize: 32, lengths: trained.lengths },
    onEpoch: ({ epoch, loss }) => console.error(`fold ${fold + 1}, epoch ${epoch}: ${loss.toFixed(3)}`),
  });
  const seconds = (performance.now() - began) / 1000;
  const sums = { greedy: 0, beam: 0, digits: 0, right: 0 };
  for (let n = 0; n < TESTS; n++) {
    const one = string(own(true), random, false);
    const { x, lengths } = batchOf([one]);
    const { data } = await model.predict(x, { lengths });
    const spell = (labels) => labels.map((label) => label - 1);
    const best = spell(ctcBeamSearch(data, { classes: 11, beam: 16 })[0].labels);
    sums.greedy += sequenceEdits(spell(ctcGreedy(data, { classes: 11 })), one.digits);
    sums.beam += sequenceEdits(best, one.digits);
    sums.right += best.join() === one.digits.join() ? 1 : 0;
    sums.digits += one.digits.length;
  }
  await model.dispose();
  for (const [name, count] of Object.entries(sums)) all[name] += count;
  const names = [...apart].join(', ');
  console.log(
    `${names}: ${figures(sums, TESTS)}; trained on ${STRINGS} strings of others in ${seconds.toFixed(0)} s`,
  );
}
console.log(`all: ${figures(all, 3 * TESTS)}`);
