// How well classifiers tell the language of a name: `node bench/names.mjs <folder of @faker-js/faker> [encoder...]`, after
// `npm run build:ts`. Twenty languages in Latin letters; no first name and no family name is on both sides.
import { join, resolve } from 'node:path';
import { performance } from 'node:perf_hooks';
import { pathToFileURL } from 'node:url';
import { SequenceClassifier } from '../dist/tasks/index.js';
import { Random } from '../dist/index.js';

const [folder, ...asked] = process.argv.slice(2);
const { allLocales } = await import(pathToFileURL(join(resolve(folder), 'dist/index.js')).href);
const LOCALES = 'cs_CZ da de es fi fr hr hu id_ID it lv nl pl pt_PT ro sk sv tr uz_UZ_latin vi'.split(' ');
const [TRAINED, JUDGED, TEST_SHARE] = [300, 60, 0.2];

/** All names of a list by gender. */
const namesOf = (lists) => [...new Set(Object.values(lists ?? {}).flat())].sort();

/** First names and family names, each on one side alone, put together at random. */
function examplesOf(locale, random) {
  const { first_name, last_name } = allLocales[locale].person;
  const sides = { train: [], test: [] };
  const parts = [first_name, last_name].map((lists) => {
    const names = random.shuffle(namesOf(lists));
    const held = Math.ceil(TEST_SHARE * names.length);
    return { test: names.slice(0, held), train: names.slice(held) };
  });
  for (const [side, count] of [
    ['train', TRAINED],
    ['test', JUDGED],
  ]) {
    const made = new Set();
    while (made.size < count) made.add(parts.map((names) => random.choice(names[side])).join(' '));
    for (const text of made) sides[side].push({ text, label: locale.slice(0, 2) });
  }
  return sides;
}

const sides = LOCALES.map((locale, n) => examplesOf(locale, new Random(n + 1)));
const train = sides.flatMap((side) => side.train);
const test = sides.flatMap((side) => side.test);
console.log(`${train.length} names to learn from, ${test.length} to judge by, ${LOCALES.length} languages`);
const network = { input: 'characters', units: 64, epochs: 20 };
const ENCODERS = {
  linear: { input: 'characters' },
  conv: network,
  gru: { ...network, bidirectional: true },
  lstm: { ...network, bidirectional: true },
};
for (const [encoder, options] of Object.entries(ENCODERS)) {
  if (asked.length > 0 && !asked.includes(encoder)) continue;
  const began = performance.now();
  const model = await SequenceClassifier.train(train, { encoder, engine: 'wasm', seed: 1, ...options });
  const { accuracy, macroF1, calibration } = await model.evaluate(test);
  const seconds = ((performance.now() - began) / 1000).toFixed(0);
  console.log(
    `${encoder}: accuracy ${accuracy.toFixed(4)}, macro F1 ${macroF1.toFixed(4)}, ` +
      `calibration error ${calibration.expectedError.toFixed(3)}, ${seconds} s`,
  );
  await model.dispose();
}
