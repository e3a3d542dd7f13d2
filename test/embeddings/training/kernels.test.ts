import { describe, expect, it } from 'vitest';
import { Random } from '../../../src/base/math/random.js';
import { subwordBuckets } from '../../../src/embeddings/vectors/subwords.js';
import { Job } from '../../../src/embeddings/training/job.js';
import { aliasTable, keepShares, noiseShares } from '../../../src/embeddings/training/noise.js';
import { trainingSettings } from '../../../src/embeddings/training/settings.js';
import { EmbeddingTrainer } from '../../../src/embeddings/training/embedding-trainer.js';
import { instantiateTrainingKernels } from '../../../src/embeddings/training/wasm/training-kernels.js';
import {
  plainSentence,
  plainStep,
  randomNumbers,
  sampledLoss,
  type Matrix,
} from '../../support/plain-word2vec.js';

const words = [
  'ash',
  'beech',
  'cédre',
  'elm',
  'fir',
  'hazel',
  'larch',
  'maple',
  'oak',
  'pine',
  '猫',
  'yew',
  'a b',
  'ä',
];
const counts = Float64Array.from(words, (_, i) => 40 - 2 * i);
const vocabulary = { words, counts, corpusWords: 500, corpusBytes: 3000, notes: [] };

/** A trainer with all its weights at random, and its parts. */
async function randomTrainer(
  options: Parameters<typeof trainingSettings>[0],
  subwords?: Parameters<typeof trainingSettings>[1],
) {
  const settings = trainingSettings(options, subwords);
  const trainer = await EmbeddingTrainer.create(settings, vocabulary, { workers: 1, alone: false });
  const { memory } = trainer;
  const random = new Random(3);
  for (const matrix of [memory.inputs, memory.outputs]) {
    for (let i = 0; i < matrix.length; i++) {
      if (i % memory.stride < settings.vectorSize) matrix[i] = random.normal(0, 0.5);
    }
  }
  const kernels = instantiateTrainingKernels(trainer.module, memory.memory);
  return { settings, memory, kernels };
}

/** The rows without what fills them up; that must be zeros. */
function rowsOf(data: Float32Array, stride: number, width: number): Matrix {
  return Array.from({ length: data.length / stride }, (_, row) => {
    const whole = Array.from(data.subarray(row * stride, (row + 1) * stride));
    expect(whole.slice(width).every((value) => value === 0)).toBe(true);
    return whole.slice(0, width);
  });
}

function largestGap(a: Matrix, b: Matrix): number {
  return Math.max(...a.flatMap((row, r) => row.map((value, i) => Math.abs(value - b[r][i]))));
}

// Weights are around 1 and a step sums tens of float32 products: 1e-6 is a few units in the last place.
const tolerance = 3e-6;

describe('a step with chosen targets', () => {
  // A group holds six targets: one group, one that is not full, several, and a row of 7 in 8 floats.
  it.each([
    { width: 8, targets: [2, 0, 4, 7, 9, 11] },
    { width: 7, targets: [5, 1, 3] },
    { width: 30, targets: [1, 0, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13] },
    { width: 7, targets: [3, 1, 6, 0, 9, 12, 10] },
  ])(
    'agrees with the formula in double precision, width $width, targets $targets',
    async ({ width, targets }) => {
      const { memory, kernels, settings } = await randomTrainer({ vectorSize: width });
      const inputs = rowsOf(memory.inputs, memory.stride, width);
      const outputs = rowsOf(memory.outputs, memory.stride, width);
      const before = { h: [...inputs[8]], outputs: outputs.map((row) => [...row]) };
      const rate = 0.1;
      const sentence = new Uint32Array(memory.memory.buffer, memory.jobs[0], 16)[8];
      new Uint32Array(memory.memory.buffer, sentence, targets.length).set(targets);
      kernels.trainChosen(memory.settings, memory.jobs[0], 8, targets.length, rate);

      plainStep(inputs[8], outputs, targets, rate).forEach((change, i) => (inputs[8][i] += change));
      const after = {
        inputs: rowsOf(memory.inputs, memory.stride, settings.vectorSize),
        outputs: rowsOf(memory.outputs, memory.stride, settings.vectorSize),
      };
      expect(largestGap(after.inputs, inputs)).toBeLessThan(tolerance);
      expect(largestGap(after.outputs, outputs)).toBeLessThan(tolerance);

      // And with the slope of the loss: change = -rate * dL/dx, by two-sided differences.
      const step = 1e-5;
      const slope = (x: number[], i: number): number => {
        const at = x[i];
        const lossAt = (value: number): number => {
          x[i] = value;
          return sampledLoss(before.h, before.outputs, targets);
        };
        const rise = lossAt(at + step) - lossAt(at - step);
        x[i] = at;
        return rise / (2 * step);
      };
      for (let i = 0; i < width; i++) {
        expect(Math.abs(after.inputs[8][i] - (before.h[i] - rate * slope(before.h, i)))).toBeLessThan(
          tolerance,
        );
        for (const target of targets) {
          const row = before.outputs[target];
          expect(Math.abs(after.outputs[target][i] - (row[i] - rate * slope(row, i)))).toBeLessThan(
            tolerance,
          );
        }
      }
    },
  );

  it('keeps the scores of some pairs, from which the loss is known', async () => {
    const { memory, kernels } = await randomTrainer({ vectorSize: 8 });
    const targets = [2, 0, 4, 7];
    const job = memory.jobs[0];
    const expected = sampledLoss(rowsOf(memory.inputs, 8, 8)[8], rowsOf(memory.outputs, 8, 8), targets);
    const sentence = new Uint32Array(memory.memory.buffer, job, 16)[8];
    new Uint32Array(memory.memory.buffer, sentence, 4).set(targets);
    kernels.trainChosen(memory.settings, job, 8, 4, 0.1);
    const { loss, sampled, pairs } = new Job(memory.memory, job).read();
    expect({ sampled, pairs }).toEqual({ sampled: 1, pairs: 1 });
    expect(loss).toBeCloseTo(expected, 5);
  });
});

describe('training on a sentence', () => {
  const sentence = [0, 8, 3, 3, 10, 1, 12, 9, 5, 0, 13, 2, 7, 4, 6, 11, 1, 8];
  const tokens = [...sentence.map((word) => words[word]), 'unknown'];
  // So many buckets that no two n-grams of a word share one: its rows are gathered once for all its pairs.
  const subwords = { minn: 2, maxn: 3, bucket: 5_000 };

  it.each([
    { name: 'skip-gram', options: { sg: 1 as const } },
    { name: 'skip-gram with more noise than a group holds', options: { sg: 1 as const, negative: 9 } },
    {
      name: 'skip-gram with whole windows and one noise word',
      options: { sg: 1 as const, shrinkWindows: false, negative: 1 },
    },
    { name: 'CBOW', options: { sg: 0 as const } },
    { name: 'CBOW with sums', options: { sg: 0 as const, cbowMean: 0 as const } },
    { name: 'skip-gram with subwords', options: { sg: 1 as const }, subwords },
    { name: 'CBOW with subwords', options: { sg: 0 as const }, subwords },
  ])('does what the formulas say: $name', async ({ options, subwords }) => {
    const width = 10;
    const { memory, kernels, settings } = await randomTrainer(
      { vectorSize: width, window: 4, sample: 0.02, ...options },
      subwords,
    );
    const inputs = rowsOf(memory.inputs, memory.stride, width);
    const outputs = rowsOf(memory.outputs, memory.stride, width);

    // As the corpus of arrays has it: 0xff after each word, 0xfe after the last.
    const bytes = tokens.flatMap((token, i) => [
      ...new TextEncoder().encode(token),
      i === tokens.length - 1 ? 0xfe : 0xff,
    ]);
    const job = new Job(memory.memory, memory.jobs[0]);
    job.write({ bytes: Uint8Array.from(bytes), spaces: false }, { rateStart: 0.05, rateEnd: 0.05, seed: 17 });
    const seed = new BigUint64Array(memory.memory.buffer, memory.jobs[0], 1)[0];
    kernels.train(memory.settings, memory.jobs[0]);

    const kept = plainSentence(
      { inputs, outputs },
      sentence,
      0.05,
      randomNumbers(seed),
      {
        keep: keepShares(counts, 0.02),
        noise: aliasTable(noiseShares(counts, 0.75)),
        rowsOf: (word) =>
          subwords === undefined
            ? [word]
            : [word, ...subwordBuckets(words[word], subwords).map((bucket) => words.length + bucket)],
      },
      settings,
    );
    expect(kept.length).toBeGreaterThan(7);
    expect(kept.length).toBeLessThan(sentence.length);
    expect(job.read()).toMatchObject({ rawWords: tokens.length, trainedWords: kept.length });
    expect(largestGap(rowsOf(memory.inputs, memory.stride, width), inputs)).toBeLessThan(2e-5);
    expect(largestGap(rowsOf(memory.outputs, memory.stride, width), outputs)).toBeLessThan(2e-5);
  });

  it('falls from one learning rate to the other over the block', async () => {
    // Twice the rate, twice the change, for a first sentence; the second one comes at the end of the block.
    const change = async (rateStart: number, rateEnd: number): Promise<number> => {
      const { memory, kernels } = await randomTrainer({ vectorSize: 4, sg: 1, sample: 0 });
      const before = memory.inputs.slice();
      const job = new Job(memory.memory, memory.jobs[0]);
      const text = `${'\n'.repeat(98)}ash oak\n`;
      job.write({ bytes: new TextEncoder().encode(text), spaces: true }, { rateStart, rateEnd, seed: 2 });
      kernels.train(memory.settings, memory.jobs[0]);
      return Math.hypot(...memory.inputs.map((value, i) => value - before[i]));
    };
    const full = await change(1e-3, 1e-3);
    expect(full).toBeGreaterThan(1e-5);
    expect((await change(1e-3, 0)) / full).toBeLessThan(0.03);
    expect((await change(0, 1e-3)) / full).toBeGreaterThan(0.96);
  });
});
