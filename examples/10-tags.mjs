// 11. A tag for each token: the boxes TATAAA in strands of DNA, found letter by letter.
import { SequenceTagger } from 'seqkit/tasks';

// Strands of 30 random letters with one box in each; one box in four has a letter changed.
let state = 7;
const draw = (below) => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) % below;
const letter = () => 'ACGT'[draw(1024) >> 8];
const strands = Array.from({ length: 300 }, () => {
  const tokens = Array.from({ length: 30 }, letter);
  const start = draw(24);
  const box = [...'TATAAA'];
  if (draw(4) === 0) box[draw(6)] = letter();
  tokens.splice(start, 6, ...box);
  const tags = tokens.map((_, t) => (t === start ? 'B-box' : t > start && t < start + 6 ? 'I-box' : 'O'));
  return { tokens, tags };
});

const tagger = new SequenceTagger({ units: 16, embeddingDim: 8, dropout: 0, seed: 1 });
await tagger.fit(strands.slice(50), { epochs: 12, batchSize: 25, learningRate: 0.02 });

const { entities, accuracy } = await tagger.evaluate(strands.slice(0, 50));
console.log(`right letters: ${(100 * accuracy).toFixed(0)}%, boxes: F1 ${entities.f1.toFixed(2)}`);
const { tokens, entities: found } = await tagger.tag([...'GCGCGGTATAAAGGCATCGGACCG']);
for (const { type, start, end } of found)
  console.log(`${type}: ${tokens.slice(start, end).join('')} at ${start}`);
