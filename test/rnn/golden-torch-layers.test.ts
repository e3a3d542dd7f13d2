import { afterEach, describe, expect, it } from 'vitest';
import { openEngine } from '../../src/rnn/engine/choose.js';
import type { Session } from '../../src/rnn/program/engine.js';
import { DROPOUT_KEY_COUNT } from '../../src/rnn/program/kernels.js';
import { Dense } from '../../src/rnn/layers/dense.js';
import { inputName, layerOutputName } from '../../src/rnn/weights/trace.js';
import { Random } from '../../src/base/math/random.js';
import { Sequential } from '../../src/rnn/model/sequential.js';
import { BatchFeeder } from '../../src/rnn/training/batch-feeder.js';
import { countOf, readExamples } from '../../src/rnn/training/examples.js';
import { relativeError } from '../../src/rnn/gradient-check/gradient-check.js';
import { programSize } from '../../src/rnn/training/input-sizes.js';
import { gradientProgram } from '../../src/rnn/training/model-programs.js';
import { SGD } from '../../src/rnn/training/optimizers/index.js';
import {
  cosineSchedule,
  exponentialSchedule,
  stepSchedule,
  warmUp,
  type Schedule,
} from '../../src/rnn/training/optimizers/schedules.js';
import { recordComparison } from '../support/conformance.js';
import { numbers, whole } from '../support/golden-numbers.js';
import { againstTorch, judgedEngines, type JudgedEngine } from '../support/tolerances.js';
import { torchCases, type TorchCase } from './torch-layer-cases.js';
// Made by test/golden/torch-layers.py, which says what goes in.
import golden from '../golden/torch-layers.json' with { type: 'json' };

const opened: Session[] = [];
afterEach(() => {
  for (const session of opened.splice(0)) session.dispose();
});

/** Outputs, loss and all gradients of a case, as the golden file has them. */
async function run({ graph, x, y, loss }: TorchCase, engine: JudgedEngine) {
  const one = <Kind>(values: Kind[]): Kind | Kind[] => (values.length === 1 ? values[0] : values);
  const examples = readExamples(graph, { x: one(x), y: one(y) });
  const [count, inputs] = [countOf(examples), graph.inputs.length];
  const size = programSize(graph, examples, count);
  graph.build([size, ...(size.others ?? [])], new Random(0));
  graph.weights.forEach((weight, i) => weight.set(numbers(20 + i, weight.shape, 1.6).data));
  const model = gradientProgram({ graph, size }, loss, { carryState: false, exposeOutputs: true });
  const { session } = await openEngine(engine, engine === 'wasm' ? 1 : undefined);
  opened.push(session);
  for (const weight of graph.weights) session.write(weight.name, weight.get().data);
  const executable = await session.compile(model.program);
  new BatchFeeder(model, executable).fill(
    examples,
    Array.from({ length: count }, (_, i) => i),
    0,
    count,
  );
  model.dropoutSites.forEach((site, i) =>
    executable.write(site, whole(60 + i, [DROPOUT_KEY_COUNT], 4096).data),
  );
  await executable.run();

  /** Rows t * N + n as (N, T, columns). */
  const inExamples = (name: string, time = 1): number[] => {
    const values = executable.read(name);
    const columns = values.length / (time * count);
    return Array.from(values, (_, i) => {
      const [n, t, c] = [Math.floor(i / (time * columns)), Math.floor(i / columns) % time, i % columns];
      return values[(t * count + n) * columns + c];
    });
  };
  return {
    loss: executable.read('loss')[0],
    outputs: graph.outputs.map((index, i) => {
      const use = graph.nodes.indexOf(graph.makerOf(index)!);
      return inExamples(layerOutputName(use), model.outputs[i].time);
    }),
    weights: graph.weights.map(({ name }) => Array.from(executable.read(`gradient/${name}`))),
    inputs: Array.from({ length: inputs }, (_, i) =>
      graph.tokensOf(i) === undefined ? inExamples(`gradient/${inputName(i)}`, model.inputs[i].time) : [],
    ),
  };
}

describe.each(judgedEngines)('layers as PyTorch computes them, on %s', (engine) => {
  it.each(Object.keys(torchCases) as (keyof typeof torchCases)[])('%s', async (title) => {
    const [expected, found] = [golden.cases[title], await run(torchCases[title](), engine)];
    const hold = (what: string, error: number, limit: number): void => {
      const source = `PyTorch, layers: ${what.split(' ')[0]}`;
      recordComparison({ source, engine, title, measure: 'relative', error, limit });
      expect(error, what).toBeLessThan(limit);
    };
    hold('losses', Math.abs(found.loss / expected.loss - 1), againstTorch.losses[engine]);
    // The outputs come straight from the program here, not by way of predict and its float32.
    for (const [what, part] of [
      ['outputs', 'outputs'],
      ['gradients of weights', 'weights'],
      ['gradients of inputs', 'inputs'],
    ] as const) {
      expect(found[part].map(({ length }) => length)).toEqual(expected[part].map(({ length }) => length));
      expected[part].forEach((values, i) => {
        hold(`${what} ${i}`, relativeError([found[part][i]], [values]), againstTorch.weights[engine]);
      });
    }
  });
});

const schedules: Record<keyof typeof golden.schedules, Schedule> = {
  step: stepSchedule({ initial: 0.08, every: 5, factor: 0.5 }),
  exponential: exponentialSchedule({ initial: 0.08, every: 5, factor: 0.5 }),
  cosine: cosineSchedule({ peak: 0.08, warmupSteps: 4, totalSteps: 12, floor: 0.01 }),
  warmUp: warmUp(8, () => 0.08),
};

describe('schedules as PyTorch keeps them', () => {
  it.each(Object.keys(schedules) as (keyof typeof schedules)[])('%s', async (title) => {
    const { rates, losses } = golden.schedules[title];
    const rate = schedules[title];
    const steps = rates.map((_, i) => i + 1);
    const dense = new Dense({ units: 6 });
    const model = new Sequential([dense], { engine: 'reference' });
    await model.build([4]);
    dense.setWeights([numbers(20, [4, 6], 1.6), numbers(21, [6], 1.6)]);
    model.compile({ loss: 'meanSquaredError', optimizer: new SGD({ learningRate: rate }) });
    const found: number[] = [];
    while (found.length < steps.length) {
      found.push(await model.trainOnBatch(numbers(1, [2, 4], 4), numbers(10, [2, 6], 4)));
    }
    await model.dispose();
    for (const [what, error, limit] of [
      ['rates', relativeError([steps.map(rate)], [rates]), 1e-14],
      ['losses', relativeError([found], [losses]), againstTorch.losses.reference],
    ] as const) {
      const source = `PyTorch, schedules: ${what}`;
      recordComparison({ source, engine: 'reference', title, measure: 'relative', error, limit });
      expect(error, what).toBeLessThan(limit);
    }
  });
});
