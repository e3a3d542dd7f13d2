// A classifier of short texts, from a dozen of each kind: trained, asked, judged and saved.
import { SequenceClassifier } from 'seqkit/tasks';

const parts = {
  weather: [
    ['will it', 'is it going to', 'do you think it will', 'could it'],
    ['rain today', 'snow tomorrow', 'be sunny on friday'],
  ],
  lights: [
    ['turn on', 'switch off', 'please dim', 'put out'],
    ['the lamp', 'the lights in the hall', 'all lights'],
  ],
  music: [
    ['play', 'put on', 'i want to hear', 'start'],
    ['some jazz', 'the next song', 'a quiet tune'],
  ],
};
const examples = Object.entries(parts).flatMap(([label, [begins, ends]]) =>
  begins.flatMap((begin) => ends.map((end) => ({ text: `${begin} ${end}`, label }))),
);

const model = await SequenceClassifier.train(examples, { encoder: 'linear', threshold: 0.5 });
console.log(`held out: ${(100 * model.figures.accuracy).toFixed(0)}% right`);

for (const text of ['please turn off the lamp', 'is it sunny today', 'play a song']) {
  const { label, probability, abstained } = await model.classify(text);
  console.log(`${text}: ${abstained ? 'none' : label} (${probability.toFixed(2)})`);
}
const [word] = await model.explain('please turn off the lamp');
console.log(`what decided: ${word.word}`);
await model.dispose();
