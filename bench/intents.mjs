// How many paraphrases a chatbot understands and how many messages on other subjects it refuses, at the threshold that it
// set itself: test/data/intents/<name>.json to train on, <name>-messages.json to ask. With --peers <folder>, where
// `npm install node-nlp natural` was run, those beside it. `node bench/intents.mjs [hotel|shop] [--peers <folder>]`
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { Chatbot, readIntents, SentenceVectors } from '../dist/tasks/index.js';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { peers: { type: 'string' }, errors: { type: 'boolean' }, ngrams: { type: 'boolean' } },
});
const [name = 'hotel'] = positionals;
const file = (end) => new URL(`../test/data/intents/${name}${end}.json`, import.meta.url);
const { paraphrases, outOfScope } = JSON.parse(readFileSync(file('-messages'), 'utf8'));
const intents = await readIntents(file(''));

/** @param {(text: string) => Promise<{ intent: string | null, best: string }>} ask */
async function measure(title, seconds, ask) {
  const start = performance.now();
  let [right, best, refused] = [0, 0, 0];
  for (const { text, intent } of paraphrases) {
    const answer = await ask(text);
    if (answer.intent === intent) right++;
    if (answer.best === intent) best++;
    else if (values.errors) console.log(`  ${text} | ${intent} | ${answer.best}`);
    if (values.errors && answer.intent === null) console.log(`  ${text} | ${intent} | refused`);
  }
  for (const text of outOfScope) {
    const { intent } = await ask(text);
    if (intent === null) refused++;
    else if (values.errors) console.log(`  ${text} | none | ${intent}`);
  }
  const each = (performance.now() - start) / (paraphrases.length + outOfScope.length);
  console.log(
    `${title}: ${right} of ${paraphrases.length} paraphrases answered rightly (${best} by the first choice), ` +
      `${refused} of ${outOfScope.length} others refused; trained in ${seconds.toFixed(1)} s, ${each.toFixed(2)} ms a message`,
  );
}

const timed = async (work) => {
  const start = performance.now();
  const result = await work();
  return [result, (performance.now() - start) / 1000];
};

const options = values.ngrams ? { vectors: false } : {};
const [bot, seconds] = await timed(() => Chatbot.train(intents, options));
console.log(JSON.stringify(bot.figures));
await measure('seqkit', seconds, async (text) => {
  const { intent, alternatives } = bot.understand(text);
  return { intent, best: intent ?? alternatives[0].intent };
});

// What one would write by hand: the phrase whose mean of the default vectors is nearest. It always answers.
const phrases = intents.intents.flatMap(({ tag, patterns }) => patterns.map((text) => [text, tag]));
const [means, meanSeconds] = await timed(async () => {
  // With such an a all words weigh the same.
  const sentences = await SentenceVectors.fit(['-'], { a: 1e6, removeCommon: false, unknown: 'skip' });
  return { sentences, rows: phrases.map(([text, tag]) => [unit(sentences.transform(text)), tag]) };
});
await measure('nearest mean of vectors', meanSeconds, async (text) => {
  const row = unit(means.sentences.transform(text));
  const likeness = ([other]) => other.reduce((sum, x, i) => sum + x * row[i], 0);
  const [, tag] = means.rows.reduce((best, one) => (likeness(one) > likeness(best) ? one : best));
  return { intent: tag, best: tag };
});

function unit(vector) {
  const length = Math.hypot(...vector) || 1;
  return vector.map((x) => x / length);
}

if (values.peers) {
  const require = createRequire(join(resolve(values.peers), 'package.json'));
  const { NlpManager } = require('node-nlp');
  const [manager, nlpSeconds] = await timed(async () => {
    const nlp = new NlpManager({ languages: ['en'], nlu: { log: false }, autoSave: false });
    for (const [text, tag] of phrases) nlp.addDocument('en', text, tag);
    await nlp.train();
    return nlp;
  });
  await measure('node-nlp', nlpSeconds, async (text) => {
    const { intent, classifications } = await manager.process('en', text);
    const best = classifications.find((one) => one.intent !== 'None')?.intent;
    return { intent: intent === 'None' ? null : intent, best };
  });
  // natural has no notion of what it is not for: it always answers.
  const natural = require('natural');
  for (const kind of ['LogisticRegressionClassifier', 'BayesClassifier']) {
    const [classifier, ownSeconds] = await timed(async () => {
      const made = new natural[kind]();
      for (const [text, tag] of phrases) made.addDocument(text, tag);
      made.train();
      return made;
    });
    await measure(`natural, ${kind}`, ownSeconds, async (text) => {
      const intent = classifier.classify(text);
      return { intent, best: intent };
    });
  }
}
bot.dispose();
