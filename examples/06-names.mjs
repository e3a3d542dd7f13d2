// A model of a list: each line is an example by itself. It makes up names of villages.
// Run: node examples/06-names.mjs
import { TextModel } from 'seqkit/text';

const starts = ['Ash', 'Birch', 'Elm', 'Fern', 'Hazel', 'Oak', 'Thorn', 'Willow', 'North', 'South'];
const ends = ['bridge', 'bury', 'combe', 'field', 'ford', 'ham', 'ley', 'mouth', 'stead', 'ton', 'wick'];
// Two of three that there could be; the others the model has to make up.
const villages = starts.flatMap((start, i) =>
  ends.filter((_, k) => (i + k) % 3 > 0).map((end) => start + end),
);

const model = new TextModel({ cell: 'gru', units: 48, layers: 1, lines: true, seed: 1 });
await model.fit(villages.join('\n'), { batchSize: 8, epochs: 30, learningRate: 1e-2, heldOut: 0 });

for (const name of model.generateSamples({ count: 7, temperature: 1, seed: 3 })) {
  console.log(model.hasSeen(name) ? `${name} (in the list)` : `${name} (new)`);
}
