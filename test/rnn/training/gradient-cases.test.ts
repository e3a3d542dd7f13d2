import { afterEach, describe, expect, it, vi } from 'vitest';
import { layerCases } from '../../../src/rnn/gradient-check/gradient-cases.js';
import { gradientCheckOn } from '../../../src/rnn/gradient-check/gradient-check.js';
import { LayerStack } from '../../../src/rnn/graph/layer-stack.js';
import { kernelNames } from '../../../src/rnn/engine/reference/reference-engine.js';
import { kernelEncodings } from '../../../src/rnn/engine/wasm/kernel-encodings.js';
import { activationNames, outputSlopeNames } from '../../../src/rnn/program/activations.js';
import { poolings, targetKinds } from '../../../src/rnn/program/kernels.js';
import { Random } from '../../../src/base/math/random.js';
import { countOf, readExamples } from '../../../src/rnn/training/examples.js';
import { programSize } from '../../../src/rnn/training/input-sizes.js';
import { gradientProgram } from '../../../src/rnn/training/model-programs.js';

/** Kernels that a gradient does not pass through: they measure, clip or update. `logarithm` is in the value of `CRFLoss`. */
const aside = ['clip', 'clipFactor', 'adam', 'logarithm'];

describe('the cases of gradcheck', () => {
  it('have every kernel of the way back, with every choice that it has', async () => {
    const met = new Map<string, Set<string>>();
    const meet = (kernel: string, what: string): void => {
      met.set(kernel, (met.get(kernel) ?? new Set()).add(what));
    };
    for (const { layers, loss, dropout = false, ...data } of await layerCases()) {
      const graph = Array.isArray(layers) ? new LayerStack(layers) : layers;
      const examples = readExamples(graph, data);
      const size = programSize(graph, examples, data.batchSize ?? countOf(examples));
      graph.build([size, ...(size.others ?? [])], new Random(0));
      const { program } = gradientProgram({ graph, size }, loss, { carryState: true, dropout });
      for (const { kernel, settings } of program.steps) {
        meet(kernel, '');
        for (const [name, value] of Object.entries(settings as Record<string, unknown>)) {
          if (typeof value !== 'number') meet(kernel, `${name} ${String(value)}`);
        }
      }
    }
    expect(kernelNames.filter((name) => !met.has(name) && !aside.includes(name))).toEqual([]);
    expect(aside.filter((name) => met.has(name))).toEqual([]);
    const choices = (kernel: string, name: string): string[] =>
      [...met.get(kernel)!]
        .filter((what) => what.startsWith(`${name} `))
        .map((what) => what.slice(name.length + 1))
        .sort();
    const slopes = [
      ...choices('activateBackward', 'activation'),
      ...choices('activateInputBackward', 'activation'),
    ];
    expect(slopes.sort()).toEqual(activationNames.filter((name) => name !== 'linear').sort());
    for (const kernel of ['lstmBackward', 'gruBackward']) {
      expect(choices(kernel, 'activation')).toEqual(
        outputSlopeNames.filter((name) => name !== 'exponential').sort(),
      );
      expect(choices(kernel, 'recurrentActivation')).toEqual(['hardSigmoid', 'sigmoid']);
    }
    expect(choices('pool1dBackward', 'pooling')).toEqual([...poolings].sort());
    expect(choices('probabilityCrossEntropy', 'targets')).toEqual([...targetKinds].sort());
    for (const kernel of ['gatherBackward', 'conv1dKernelGradient', 'batchNormBackward', 'sumRows', 'gemm']) {
      expect(choices(kernel, 'accumulate'), kernel).toEqual(['false', 'true']);
    }
  });
});

describe('gradients of the compiled kernels', () => {
  afterEach(() => vi.restoreAllMocks());

  const worst = async (layer: string): Promise<number> => {
    const errors: number[] = [];
    for (const { layers, dropout = false, ...rest } of await layerCases(layer)) {
      const { loss, x, y, batchSize, sampleWeight } = rest;
      const data = { loss, x, y, ...(batchSize && { batchSize }), ...(sampleWeight && { sampleWeight }) };
      for (const { relativeError } of await gradientCheckOn('wasm', layers, {
        ...data,
        dropout,
        weightNoise: 0.1,
      })) {
        errors.push(relativeError);
      }
    }
    return Math.max(...errors);
  };

  it.each(['LSTM', 'Conv1D', 'BatchNormalization', 'Loss', 'Activation'])('%s, in float32', async (layer) => {
    const found = await worst(layer);
    expect(found).toBeLessThan(1e-5);
    // In float64 it would be far less.
    expect(found).toBeGreaterThan(1e-9);
  });

  it('a kernel that is told a wrong activation is found', async () => {
    const { activateBackward } = kernelEncodings;
    const right = activateBackward.settings!.bind(activateBackward);
    // One place further in the list of activations.
    vi.spyOn(activateBackward, 'settings').mockImplementation((step) =>
      right(step).map((place) => place + 1),
    );
    expect(await worst('Activation')).toBeGreaterThan(1e-3);
  });

  it('a kernel that is told not to add is found', async () => {
    const { gatherBackward } = kernelEncodings;
    vi.spyOn(gatherBackward, 'settings').mockImplementation(() => [0]);
    expect(await worst('TiedEmbedding')).toBeGreaterThan(1e-3);
  });
});
