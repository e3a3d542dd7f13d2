import { describe, expect, it } from 'vitest';
import { Dense } from '../../src/rnn/layers/dense.js';
import { Sequential } from '../../src/rnn/model/sequential.js';
import { relativeError } from '../../src/rnn/gradient-check/gradient-check.js';
import { SGD } from '../../src/rnn/training/optimizers/index.js';
import {
  cosineSchedule,
  exponentialSchedule,
  stepSchedule,
  warmUp,
  type Schedule,
} from '../../src/rnn/training/optimizers/schedules.js';
import { recordComparison } from '../support/conformance.js';
import { numbers } from '../support/golden-numbers.js';
import { againstTorch, judgedEngines } from '../support/tolerances.js';
import { torchCases } from './torch-layer-cases.js';
import { expectAsTorch } from './torch-run.js';
// Made by test/golden/torch-layers.py, which says what goes in.
import golden from '../golden/torch-layers.json' with { type: 'json' };

describe.each(judgedEngines)('layers as PyTorch computes them, on %s', (engine) => {
  it.each(Object.keys(torchCases) as (keyof typeof torchCases)[])('%s', async (title) => {
    await expectAsTorch('PyTorch, layers', { engine, title }, torchCases[title](), golden.cases[title]);
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
