import { openSession } from '../../../src/rnn/engine/choose.js';
import type { EngineChoice } from '../../../src/rnn/engine/engine-names.js';
import { dropoutKeys } from '../../../src/rnn/program/dropout-bits.js';
import { Activation } from '../../../src/rnn/layers/activation.js';
import { BatchNormalization } from '../../../src/rnn/layers/batch-normalization.js';
import { Bidirectional } from '../../../src/rnn/layers/bidirectional.js';
import { Conv1D } from '../../../src/rnn/layers/conv1d.js';
import { Dense } from '../../../src/rnn/layers/dense.js';
import { Dropout } from '../../../src/rnn/layers/dropout.js';
import { Embedding } from '../../../src/rnn/layers/embedding.js';
import { GRU } from '../../../src/rnn/layers/gru.js';
import { LayerStack } from '../../../src/rnn/graph/layer-stack.js';
import type { Layer } from '../../../src/rnn/layers/layer.js';
import { LSTM } from '../../../src/rnn/layers/lstm.js';
import { SimpleRNN } from '../../../src/rnn/layers/simple-rnn.js';
import { Random } from '../../../src/base/math/random.js';
import { Sequential } from '../../../src/rnn/model/sequential.js';
import type { LossName } from '../../../src/rnn/losses/loss-choice.js';
import { gradientProgram, type ModelProgram } from '../../../src/rnn/training/model-programs.js';
import { Adam } from '../../../src/rnn/training/optimizers/index.js';

// Small trainings whose numbers the engines are compared by. This module runs in Node and,
// bundled, in a browser: no Vitest here. All sizes differ.

const [N, T, D, H, V] = [6, 5, 4, 7, 11];

interface Job {
  layers: () => Layer[];
  loss: LossName;
  /** Whether the inputs are tokens below V. */
  tokens?: boolean;
}

/** Between them every cell and layer, and every loss. */
export const jobs = {
  'two LSTM layers over an embedding, state carried, dropout': {
    layers: () => [
      new Embedding({ inputDim: V, outputDim: D }),
      new LSTM({ units: H, returnSequences: true, stateful: true }),
      new Dropout({ rate: 0.3 }),
      new LSTM({ units: D, returnSequences: true, stateful: true }),
      new Dense({ units: V }),
    ],
    loss: 'sparseCategoricalCrossentropy',
    tokens: true,
  },
  'masks, from an embedding through GRU in both directions, LSTM and SimpleRNN': {
    layers: () => [
      new Embedding({ inputDim: V, outputDim: D, maskZero: true }),
      new Bidirectional({ layer: new GRU({ units: H, returnSequences: true }) }),
      new LSTM({ units: D, returnSequences: true }),
      new SimpleRNN({ units: D }),
      new Dense({ units: V }),
    ],
    loss: 'sparseCategoricalCrossentropy',
    tokens: true,
  },
  'convolution, batch normalization, GRU in both directions': {
    layers: () => [
      new Conv1D({ filters: H, kernelSize: 3, strides: 2, useBias: false }),
      new BatchNormalization(),
      new Activation({ activation: 'relu' }),
      new Bidirectional({ layer: new GRU({ units: D, returnSequences: true }) }),
      new Dense({ units: 3 }),
    ],
    loss: 'binaryCrossentropy',
  },
  'two GRU layers, state carried, reset after and before': {
    layers: () => [
      new GRU({ units: H, returnSequences: true, stateful: true }),
      new GRU({ units: D, returnSequences: true, stateful: true, resetAfter: false }),
      new Dense({ units: 2 }),
    ],
    loss: 'meanSquaredError',
  },
  'two SimpleRNN layers, the lower in both directions': {
    layers: () => [
      new Bidirectional({
        layer: new SimpleRNN({ units: H, returnSequences: true }),
        mergeMode: 'sum',
      }),
      new SimpleRNN({ units: D }),
      new Dense({ units: V }),
    ],
    loss: 'sparseCategoricalCrossentropy',
  },
} satisfies Record<string, Job>;

export type JobName = keyof typeof jobs;
export const jobNames = Object.keys(jobs) as JobName[];

/** What a training came to. */
export interface JobNumbers {
  /** Of ten training steps. */
  losses: number[];
  /** Of one step, by what they are the gradients of. */
  gradients: Record<string, number[]>;
}

/** Ten training steps, and the gradients of one, on an engine. */
export async function runJob(name: JobName, engine: EngineChoice): Promise<JobNumbers> {
  const job: Job = jobs[name];
  return { losses: await trainingLosses(job, engine), gradients: await gradientsOf(job, engine) };
}

async function trainingLosses({ layers, loss, tokens }: Job, engine: EngineChoice): Promise<number[]> {
  const random = new Random(12);
  const model = new Sequential(layers(), { seed: 5, engine });
  model.compile({ optimizer: new Adam({ learningRate: 1e-2, globalClipNorm: 0.5 }), loss });
  await model.build(tokens ? [T] : [T, D]);
  const outputShape = (await model.predict(inputs(random, N, tokens))).shape;
  const losses: number[] = [];
  for (let step = 0; step < 10; step++) {
    // The last batch is short, so that padding is trained over too.
    const count = step === 9 ? N - 2 : N;
    const x = inputs(random, count, tokens);
    const rowShape =
      loss === 'sparseCategoricalCrossentropy' ? outputShape.slice(1, -1) : outputShape.slice(1);
    const shape = [count, ...rowShape];
    const y = { data: draw(random, shape, targets(loss)), shape };
    losses.push(await model.trainOnBatch(x, y, { batchSize: N }));
  }
  await model.dispose();
  return losses;
}

function inputs(random: Random, count: number, tokens = false) {
  const shape = tokens ? [count, T] : [count, T, D];
  return { data: draw(random, shape, (r) => (tokens ? r.integer(V) : r.normal())), shape };
}

const targets =
  (loss: LossName) =>
  (random: Random): number => {
    if (loss === 'meanSquaredError') return random.normal();
    return random.integer(loss === 'binaryCrossentropy' ? 2 : V);
  };

function draw(random: Random, shape: readonly number[], one: (random: Random) => number): Float32Array {
  return Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => one(random));
}

async function gradientsOf({ layers, loss, tokens }: Job, engine: EngineChoice) {
  const stack = new LayerStack(layers());
  const features = tokens ? 1 : D;
  stack.build(features, new Random(3));
  const size = { batch: N, time: T, features };
  const model = gradientProgram({ layers: stack.layers, size }, loss, { carryState: true });
  const session = await openSession(engine);
  const values = programNumbers(model, stack, 2, { V, real: N - 2 });
  const { buffers } = model.program;
  const isKept = (kind: string): boolean => kind === 'parameter' || kind === 'state';
  for (const { name, kind } of buffers) if (isKept(kind) && values[name]) session.write(name, values[name]);
  const executable = await session.compile(model.program);
  for (const { name, kind } of buffers) if (kind === 'input') executable.write(name, values[name]);
  await executable.run();
  const gradients: Record<string, number[]> = {};
  for (const { name } of buffers) {
    if (name.startsWith('gradient/')) gradients[name] = Array.from(executable.read(name));
  }
  session.dispose();
  return gradients;
}

/**
 * Random weights, a batch, carried state and dropout keys for a program of these layers. Of a
 * batch of N examples only the first `real` count.
 */
export function programNumbers(
  model: ModelProgram,
  stack: LayerStack,
  seed: number,
  { V, real }: { V: number; real: number },
): Record<string, ArrayLike<number>> {
  const random = new Random(seed);
  const { batch } = model.size;
  const { time, features } = model.output;
  const rows = (time ?? 1) * batch;
  const values: Record<string, ArrayLike<number>> = {};
  for (const weight of stack.weights) values[weight.name] = weight.get().data;
  const draw = (size: number, one: () => number): number[] => Array.from({ length: size }, one);
  for (const { name, kind, size, carried } of model.program.buffers) {
    if (kind === 'input' && name.startsWith('dropout')) values[name] = dropoutKeys(1, seed, size);
    if (carried) values[name] = draw(size, () => random.normal());
  }
  const inputRows = (model.size.time ?? 1) * batch;
  const x = draw(inputRows * model.size.features, () =>
    stack.tokens === undefined ? random.normal() : random.integer(stack.tokens),
  );
  const targetSize = model.program.buffers.find(({ name }) => name === 'targets')!.size;
  values.x = x;
  values.targets = draw(targetSize, () => random.integer(targetSize === rows ? features : 2));
  values.weights = draw(rows, () => 1).map((_, r) => (r % batch < real ? 1 / (real * (time ?? 1)) : 0));
  values.valid = draw(batch, () => 1).map((_, n) => (n < real ? 1 : 0));
  values.order = x.map((_, i) => i).sort((a, b) => x[a] - x[b] || a - b);
  values.offsets = Array.from({ length: V + 1 }, (_, v) => x.filter((token) => token < v).length);
  return values;
}
