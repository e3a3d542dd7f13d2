import { describe, expect, it } from 'vitest';
import { characterStepFlop, gruStepFlop, samplingFlop, triggerFlop } from '../../bench/flop.mjs';
import { workOf } from '../../src/rnn/engine/wasm/work.js';
import { BatchNormalization } from '../../src/rnn/layers/batch-normalization.js';
import { Conv1D } from '../../src/rnn/layers/conv1d.js';
import { Dense } from '../../src/rnn/layers/dense.js';
import { GRU } from '../../src/rnn/layers/gru.js';
import { LayerStack } from '../../src/rnn/graph/layer-stack.js';
import type { Layer } from '../../src/rnn/layers/layer.js';
import { LSTM } from '../../src/rnn/layers/lstm.js';
import { OneHot } from '../../src/rnn/layers/one-hot.js';
import { SimpleRNN } from '../../src/rnn/layers/simple-rnn.js';
import { Random } from '../../src/base/math/random.js';
import type { LossChoice } from '../../src/rnn/losses/loss-choice.js';
import { predictProgram, trainProgram, type ProgramSize } from '../../src/rnn/training/model-programs.js';
import { SGD } from '../../src/rnn/training/optimizers/index.js';

const products = new Set(['gemm', 'conv1d', 'conv1dKernelGradient', 'conv1dInputGradient']);

/** What the products and convolutions of a program take: of a training step where there is a loss. */
function programFlop(layers: Layer[], size: ProgramSize, loss?: LossChoice): number {
  const graph = new LayerStack(layers);
  graph.build([size], new Random(1));
  const { program } =
    loss === undefined ? predictProgram({ graph, size }) : trainProgram({ graph, size }, loss, new SGD());
  return workOf({ ...program, steps: program.steps.filter(({ kernel }) => products.has(kernel)) });
}

const returnSequences = true;
const cells = { lstm: LSTM, gru: GRU, rnn: SimpleRNN };

describe('the operations that the benchmarks count are those of the programs', () => {
  it.each(['lstm', 'gru', 'rnn'] as const)('%s on characters', (cell) => {
    const [units, vocab, batch, seqLength] = [7, 5, 3, 4];
    const model = (count: number): Layer[] => [
      new OneHot({ depth: vocab }),
      ...Array.from({ length: count }, () => new cells[cell]({ units, returnSequences })),
      new Dense({ units: vocab }),
    ];
    for (const layers of [1, 2]) {
      const given = { cell, layers, units, vocab };
      const [step, one] = [
        { batch, time: seqLength, features: 1 },
        { batch: 1, time: 1, features: 1 },
      ];
      expect(characterStepFlop(given, { batch, seqLength })).toBe(
        programFlop(model(layers), step, 'sparseCategoricalCrossentropy'),
      );
      expect(samplingFlop(given)).toBe(programFlop(model(layers), one));
    }
  });

  it('the trigger network', () => {
    const network = (): Layer[] => [
      new Conv1D({ filters: 196, kernelSize: 15, strides: 4 }),
      new BatchNormalization(),
      new GRU({ units: 128, returnSequences }),
      new GRU({ units: 128, returnSequences }),
      new Dense({ units: 1 }),
    ];
    const size = { batch: 1, time: 5511, features: 101 };
    expect(triggerFlop({ clips: 1, training: false })).toBe(programFlop(network(), size));
    expect(triggerFlop({ clips: 1, training: true })).toBe(
      programFlop(network(), size, 'binaryCrossentropy'),
    );
  });

  it('a step of a GRU', () => {
    const size = { batch: 1, time: 1, features: 11 };
    expect(gruStepFlop({ features: 11, units: 6 })).toBe(programFlop([new GRU({ units: 6 })], size));
  });
});
