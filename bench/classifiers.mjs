// How well classifiers tell what they have not seen, and how fast. `node bench/classifiers.mjs <data> [what...]`, after
// `npm run build:ts`; <data> is a folder with text/movie-reviews.jsonl, speech-commands and digits.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { readExampleFolder, readExamples, SequenceClassifier } from '../dist/tasks/index.js';
import { decodeWav } from '../dist/audio/index.js';
import { Random } from '../dist/index.js';

const [data, ...asked] = process.argv.slice(2);
const wants = (name) => asked.length === 0 || asked.includes(name);

/** Trains on all folds but one, judges on that one, for each of `runs` of the folds in turn. */
async function crossValidate(title, examples, options, { folds = 5, runs = folds } = {}) {
  const keys = [...new Set(examples.map(({ group }, i) => group ?? `#${i}`))];
  new Random(7).shuffle(keys);
  const foldOf = new Map(keys.map((key, i) => [key, i % folds]));
  const [sums, began] = [{ right: 0, baseline: 0, of: 0, f1: 0, ece: 0 }, performance.now()];
  for (let fold = 0; fold < runs; fold++) {
    const isIn = (example, i) => foldOf.get(example.group ?? `#${i}`) === fold;
    const own = examples.filter(isIn);
    const rest = examples.filter((example, i) => !isIn(example, i));
    const model = await SequenceClassifier.train(rest, { engine: 'wasm', ...options });
    const judged = await model.evaluate(own);
    sums.right += judged.accuracy * own.length;
    sums.of += own.length;
    sums.f1 += judged.macroF1 / runs;
    sums.ece += judged.calibration.expectedError / runs;
    console.error(`${title}, fold ${fold + 1}: ${model.encoder} ${judged.accuracy.toFixed(4)}`);
    await model.dispose();
  }
  const seconds = ((performance.now() - began) / 1000).toFixed(0);
  console.log(
    `${title}: accuracy ${(sums.right / sums.of).toFixed(4)} of ${sums.of}, macro F1 ${sums.f1.toFixed(4)}, ` +
      `calibration error ${sums.ece.toFixed(4)}, ${seconds} s`,
  );
}

const reviews = () => readExamples(join(data, 'text/movie-reviews.jsonl'));
for (const encoder of ['linear', 'nbsvm', 'average', 'gru', 'conv', 'auto']) {
  if (wants(`reviews-${encoder}`))
    await crossValidate(`movie reviews, ${encoder}`, await reviews(), { encoder });
}

const TEN = ['yes', 'no', 'up', 'down', 'left', 'right', 'on', 'off', 'stop', 'go'];
/** Of a file such as yes/0ea0e2f4_nohash_0.wav the speaker. */
const commands = async () =>
  (await readExampleFolder(join(data, 'speech-commands'), { group: /\/([^/_]+)_|_silence_/ })).filter(
    ({ label }) => TEN.includes(label),
  );
/** Of a file such as 7_jackson_32.wav the digit and the speaker. */
const digits = () =>
  readdirSync(join(data, 'digits'))
    .filter((name) => name.endsWith('.wav'))
    .map((name) => {
      const [label, group] = name.split('_');
      return { audio: decodeWav(readFileSync(join(data, 'digits', name)), name), label, group, name };
    });
/** Encoders of sounds, with the size of each network. */
const SOUND_ENCODERS = {
  linear: {},
  embedding: {},
  gru: { units: 96, layers: 2, bidirectional: true, epochs: 30 },
  conv: { units: 96, layers: 2, epochs: 30 },
};
for (const [encoder, options] of Object.entries(SOUND_ENCODERS)) {
  const own = { encoder, ...options };
  if (wants(`commands-${encoder}`)) await crossValidate(`ten commands, ${encoder}`, await commands(), own);
  if (wants(`digits-${encoder}`)) await crossValidate(`digits, ${encoder}`, digits(), own);
}

if (wants('speed')) {
  const words = 'turn on the light what is weather tomorrow play some music please set alarm for me'.split(
    ' ',
  );
  const random = new Random(1);
  const text = () => Array.from({ length: 6 }, () => random.choice(words)).join(' ');
  const examples = Array.from({ length: 400 }, (_, i) => ({ text: text(), label: `intent ${i % 4}` }));
  const texts = Array.from({ length: 4_000 }, text);
  for (const encoder of ['linear', 'average', 'gru']) {
    const options = encoder === 'gru' ? { epochs: 1, threads: 1, engine: 'wasm' } : {};
    const model = await SequenceClassifier.train(examples, { encoder, ...options });
    let best = 0;
    for (let round = 0; round < 6; round++) {
      const began = performance.now();
      await model.classifyAll(texts);
      best = Math.max(best, texts.length / ((performance.now() - began) / 1000));
    }
    console.log(`speed, ${encoder}: ${Math.round(best)} texts of six words a second`);
    await model.dispose();
  }
}
