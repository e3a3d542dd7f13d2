import { describe, expect, it } from 'vitest';
import { relativeError } from '../../../src/rnn/gradient-check/gradient-check.js';
import { Dense } from '../../../src/rnn/layers/dense.js';
import { Activation } from '../../../src/rnn/layers/activation.js';
import { ContrastiveLoss } from '../../../src/rnn/losses/contrastive-loss.js';
import { Huber } from '../../../src/rnn/losses/huber.js';
import type { LossChoice } from '../../../src/rnn/losses/loss-choice.js';
import { TripletLoss } from '../../../src/rnn/losses/triplet-loss.js';
import { Sequential } from '../../../src/rnn/model/sequential.js';
import type { Tensor } from '../../../src/rnn/program/tensor.js';
import { SGD } from '../../../src/rnn/training/optimizers/index.js';
import { recordComparison } from '../../support/conformance.js';
import { againstTorch, judgedEngines } from '../../support/tolerances.js';
// Made by torch-losses.py, which says how each stands in PyTorch.
import golden from '../../golden/torch-losses.json' with { type: 'json' };

const [N, T, D, UNITS] = golden.sizes;
const { delta, tripletMargin, contrastiveMargin } = golden.settings;
const float64 = (values: readonly number[], ...shape: number[]): Tensor => ({
  data: Float64Array.from(values),
  shape,
});
const x = float64(golden.x, N, T, D);
const y = float64(golden.y, N, T, UNITS);
const labels = float64(golden.labels, N, golden.labels.length / N);
const noLabels = float64(golden.noLabels, N, golden.noLabels.length / N);
const rowWeights = float64(golden.weights, N, T);
const exampleWeights = float64(
  golden.weights.filter((_, i) => i % T === 0),
  N,
);

type Name = keyof typeof golden.losses;
const losses: Record<Name, { loss: LossChoice; y: Tensor | undefined }> = {
  meanAbsoluteError: { loss: 'meanAbsoluteError', y },
  huber: { loss: new Huber({ delta }), y },
  cosineSimilarity: { loss: 'cosineSimilarity', y },
  tripletLoss: { loss: new TripletLoss({ margin: tripletMargin }), y: undefined },
  contrastiveLoss: {
    loss: new ContrastiveLoss({ margin: contrastiveMargin }),
    y: float64(golden.same, N, T, 1),
  },
  ctc: { loss: 'ctc', y: labels },
};

const engines = [...judgedEngines, 'gpu:webasm'] as const;
const limitOf = (engine: (typeof engines)[number]) => (engine === 'reference' ? 'reference' : 'wasm');

/** The loss and the gradients of one step. */
async function step(
  loss: LossChoice,
  targets: Tensor | undefined,
  engine: (typeof engines)[number],
  options: { sampleWeight?: Tensor; lengths?: readonly number[]; batchSize: number },
) {
  const model = new Sequential([new Dense({ units: UNITS })], { engine });
  model.compile({ loss, optimizer: new SGD({ learningRate: 1 }) });
  await model.build([T, D]);
  const [layer] = model.layers;
  layer.setWeights(golden.layer);
  const measured = await model.evaluate(x, targets, options);
  const found = await model.trainOnBatch(x, targets, options);
  const before = golden.layer;
  const gradients = layer.getWeights().map(({ data }, i) => Array.from(data, (w, k) => before[i][k] - w));
  await model.dispose();
  return { loss: found, measured, gradients };
}

describe.each(engines)('losses as PyTorch gives them, on %s', (engine) => {
  const cases = (Object.keys(losses) as Name[]).flatMap((name) =>
    (Object.keys(golden.losses[name]) as (keyof (typeof golden.losses)['ctc'])[]).map(
      (how) => [name, how] as const,
    ),
  );
  it.each(cases)('%s, %s', async (name, how) => {
    const { loss, y: given } = losses[name];
    const wanted = (golden.losses[name] as (typeof golden.losses)['ctc'])[how];
    const weights = name === 'ctc' ? exampleWeights : rowWeights;
    const found = await step(loss, how === 'noLabels' ? noLabels : given, engine, {
      ...((how === 'weighted' || how === 'lengths') && { sampleWeight: weights }),
      ...((how === 'lengths' || how === 'noLabels') && { lengths: golden.lengths }),
      // Two rows of padding behind the batch.
      batchSize: N + 2,
    });
    const limit = againstTorch.losses[limitOf(engine)];
    for (const one of [found.loss, found.measured]) {
      expect(Math.abs(one / wanted.loss - 1)).toBeLessThan(limit);
    }
    const error = relativeError(found.gradients, wanted.gradients);
    const own = { engine, title: `${name}, ${how}`, measure: 'relative' } as const;
    recordComparison({
      source: 'PyTorch, more losses',
      ...own,
      error: Math.abs(found.loss / wanted.loss - 1),
      limit,
    });
    // Weights are read back in float32.
    expect(error).toBeLessThan(engine === 'reference' ? 1e-6 : 1e-5);
  });

  it('ctc of a hundred steps and thirty labels', async () => {
    const { sizes, loss, gradient, ...given } = golden.longCtc;
    const [count, steps, classes, labelCount] = sizes;
    const model = new Sequential(
      [new Dense({ units: classes, useBias: false }), new Activation({ activation: 'linear' })],
      {
        engine,
      },
    );
    model.compile({ loss: 'ctc', optimizer: new SGD({ learningRate: 1 }) });
    await model.build([steps, classes]);
    const identity = Float32Array.from({ length: classes ** 2 }, (_, i) => +(i % (classes + 1) === 0));
    model.layers[0].setWeights([identity]);
    const long = float64(given.x, count, steps, classes);
    const found = await model.trainOnBatch(long, float64(given.y, count, labelCount));
    expect(Math.abs(found / loss - 1)).toBeLessThan(againstTorch.losses[limitOf(engine)]);
    // The gradient of the kernel is x' dz.
    const wanted = new Float64Array(classes ** 2);
    for (let row = 0; row < count * steps; row++) {
      for (let i = 0; i < classes; i++) {
        for (let j = 0; j < classes; j++) {
          wanted[i * classes + j] += given.x[row * classes + i] * gradient[row * classes + j];
        }
      }
    }
    const [{ data }] = model.layers[0].getWeights();
    const stepped = Array.from(data, (w, i) => identity[i] - w);
    expect(relativeError([stepped], [wanted])).toBeLessThan(engine === 'reference' ? 1e-6 : 1e-5);
    await model.dispose();
  });
});
