import { describe, expect, it } from 'vitest';
import { Dense } from '../../src/rnn/layers/dense.js';
import { LSTM } from '../../src/rnn/layers/lstm.js';
import { OneHot } from '../../src/rnn/layers/one-hot.js';
import { Random } from '../../src/base/math/random.js';
import { Sequential } from '../../src/rnn/model/sequential.js';
import { Adam } from '../../src/rnn/training/optimizers/index.js';
import { storeOf } from '../../src/text/corpus/token-store.js';
import { LineBatches, TextLines } from '../../src/text/corpus/line-batches.js';
import { measuringBatches, textLoss, toBits } from '../../src/text/training/text-loss.js';

const V = 5;

function model(): Sequential {
  const layers = [
    new OneHot({ depth: V }),
    new LSTM({ units: 6, returnSequences: true, stateful: true }),
    new Dense({ units: V }),
  ];
  const made = new Sequential(layers, { engine: 'reference', seed: 4 });
  made.compile({ loss: 'sparseCategoricalCrossentropy', optimizer: new Adam() });
  return made;
}

/** -log softmax(logits)[target], as written. */
function crossEntropy(logits: number[], target: number): number {
  return Math.log(logits.reduce((sum, logit) => sum + Math.exp(logit), 0)) - logits[target];
}

const random = new Random(9);
const tokens = Uint8Array.from({ length: 60 }, () => random.integer(V));

/** The losses of a run of tokens, each but the first, predicted in one go from zero state. */
async function lossesByHand(of: Uint8Array): Promise<number[]> {
  const { data } = await model().predict({
    data: Int32Array.from(of.subarray(0, -1)),
    shape: [1, of.length - 1],
  });
  return [...of.subarray(1)].map((target, t) =>
    crossEntropy(Array.from(data.slice(t * V, (t + 1) * V)), target),
  );
}

const mean = (values: number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

describe('textLoss', () => {
  it('of lines is that of each from zero state, after a line feed', async () => {
    const lineFeed = V - 1;
    // A line feed first; lines of 1, 5, 2 and 3 tokens and their ends.
    const lines = [[2], [0, 1, 2, 3, 0], [1, 1], [3, 0, 2]];
    const text = Uint8Array.from([lineFeed, ...lines.flatMap((line) => [...line, lineFeed])]);
    const expected = mean(
      (
        await Promise.all(lines.map((line) => lossesByHand(Uint8Array.from([lineFeed, ...line, lineFeed]))))
      ).flat(),
    );
    const every = Uint32Array.from([0, 1, 2, 3]);
    for (const steps of [2, 4, 64]) {
      const batches = new LineBatches(new TextLines(storeOf(text), lineFeed), every, { batchSize: 3, steps });
      expect(batches.predictions).toBe(15);
      expect((await textLoss(model(), batches)) / 15).toBeCloseTo(expected, 6);
    }
  });

  it('is the mean cross-entropy from zero state, whatever the length of the steps', async () => {
    const expected = mean(await lossesByHand(tokens));
    for (const seqLength of [7, 59, 64]) {
      const lanes = measuringBatches(storeOf(tokens), { batchSize: 8, seqLength });
      expect(lanes.predictions).toBe(59);
      expect((await textLoss(model(), lanes)) / 59).toBeCloseTo(expected, 6);
    }
  });

  it('goes on from zero state in each lane where the text is long enough for several', async () => {
    // 59 predictions, 16 sequences of 1 a lane: 3 lanes of 19, 20 and 20.
    const lanes = [tokens.subarray(0, 20), tokens.subarray(19, 40), tokens.subarray(39, 60)];
    const expected = mean((await Promise.all(lanes.map(lossesByHand))).flat());
    const sum = await textLoss(model(), measuringBatches(storeOf(tokens), { batchSize: 8, seqLength: 1 }));
    expect(sum / 59).toBeCloseTo(expected, 6);
  });

  it('starts from zero state again the next time', async () => {
    const once = model();
    const measured = measuringBatches(storeOf(tokens), { batchSize: 2, seqLength: 9 });
    const first = await textLoss(once, measured);
    expect(await textLoss(once, measured)).toBe(first);
  });
});

describe('toBits', () => {
  it('turns nats into bits', () => {
    expect(toBits(Math.log(8))).toBeCloseTo(3, 15);
  });
});
