import { expect } from 'vitest';
import { openEngine } from '../../src/rnn/engine/choose.js';
import type { LayerGraph } from '../../src/rnn/graph/layer-graph.js';
import { DROPOUT_KEY_COUNT } from '../../src/rnn/program/kernels.js';
import type { Tensor } from '../../src/rnn/program/tensor.js';
import { relativeError } from '../../src/rnn/gradient-check/gradient-check.js';
import { inputName, layerOutputName } from '../../src/rnn/weights/trace.js';
import { Random } from '../../src/base/math/random.js';
import { BatchFeeder } from '../../src/rnn/training/batch-feeder.js';
import { countOf, readExamples, type Lengths } from '../../src/rnn/training/examples.js';
import type { LossChoice, LossTerm } from '../../src/rnn/losses/loss-choice.js';
import { programSize } from '../../src/rnn/training/input-sizes.js';
import { gradientProgram } from '../../src/rnn/training/model-programs.js';
import { numbers, whole } from '../support/golden-numbers.js';
import { recordComparison } from '../support/conformance.js';
import { againstTorch, type JudgedEngine } from '../support/tolerances.js';

export interface TorchCase {
  graph: LayerGraph;
  x: Tensor[];
  y: Tensor[];
  loss: LossChoice | readonly LossTerm[];
  lengths?: Lengths;
}

/** Outputs, loss and all gradients of a case, as the golden file has them. */
async function run({ graph, x, y, loss, lengths }: TorchCase, engine: JudgedEngine) {
  const one = <Kind>(values: Kind[]): Kind | Kind[] => (values.length === 1 ? values[0] : values);
  const examples = readExamples(graph, { x: one(x), y: one(y), lengths });
  const [count, inputs] = [countOf(examples), graph.inputs.length];
  const size = programSize(graph, examples, count);
  graph.build([size, ...(size.others ?? [])], new Random(0));
  // Running statistics have no gradient, and play no part in training.
  const trained = graph.weights.filter(({ isParameter }) => isParameter);
  trained.forEach((weight, i) => weight.set(numbers(20 + i, weight.shape, 1.6).data));
  const model = gradientProgram({ graph, size }, loss, { carryState: false, exposeOutputs: true });
  const { session } = await openEngine(engine, engine === 'wasm' ? 1 : undefined);
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
  const result = {
    loss: executable.read('loss')[0],
    outputs: graph.outputs.map((index, i) => {
      const use = graph.nodes.indexOf(graph.makerOf(index)!);
      return inExamples(layerOutputName(use), model.outputs[i].time);
    }),
    weights: trained.map(({ name }) => Array.from(executable.read(`gradient/${name}`))),
    inputs: Array.from({ length: inputs }, (_, i) =>
      graph.tokensOf(i) === undefined ? inExamples(`gradient/${inputName(i)}`, model.inputs[i].time) : [],
    ),
  };
  session.dispose();
  return result;
}

/** What a script of test/golden writes of a case. */
interface TorchResult {
  loss: number;
  outputs: number[][];
  weights: number[][];
  inputs: number[][];
}

/** Holds the outputs, the loss and all gradients of a case against PyTorch's. */
export async function expectAsTorch(
  source: string,
  { engine, title }: { engine: JudgedEngine; title: string },
  test: TorchCase,
  expected: TorchResult,
): Promise<void> {
  const found = await run(test, engine);
  const hold = (what: string, error: number, limit: number): void => {
    const about = { source: `${source}: ${what.split(' ')[0]}`, engine, title, measure: 'relative' } as const;
    recordComparison({ ...about, error, limit });
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
      // A gradient of 0 but for rounding, as of a key's bias, is held against the others.
      const error = vanishes(values)
        ? norm(found[part][i]) / norm(expected[part].flat())
        : relativeError([found[part][i]], [values]);
      hold(`${what} ${i}`, error, againstTorch.weights[engine]);
    });
  }
}

const norm = (values: readonly number[]): number => Math.hypot(...values);
const vanishes = (values: readonly number[]): boolean => values.length > 0 && norm(values) < 1e-12;
