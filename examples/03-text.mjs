// A character model that learns a rhyme by heart.
// Run: node examples/03-text.mjs
import { TextModel } from 'seqkit/text';

const line = 'The tide comes in, the tide goes out, and gulls go wheeling all about.\n';
const poet = new TextModel({ cell: 'lstm', units: 64, layers: 1, seed: 1 });
await poet.fit(line.repeat(60), { seqLength: 32, batchSize: 8, epochs: 12, learningRate: 1e-2 });
console.log(poet.generate({ prime: 'The tide', length: 62, temperature: 0.2, seed: 3 }));
