import { expect, it } from 'vitest';
import { engineLine } from '../../src/cli/models/engine-line.js';

const report = { engine: 'gpu:webgpu', device: 'Radeon', stepMs: [], ruledOut: [] };

it('names what was chosen, both figures and both devices', () => {
  const stepMs = [
    { engine: 'gpu:webgpu', device: 'Radeon', ms: 12.345 },
    { engine: 'wasm', device: 'AMD Ryzen', ms: 154.6 },
  ];
  expect(engineLine({ ...report, stepMs })).toBe(
    '--engine gpu:webgpu: a step takes 12.3 ms on Radeon, 155 ms with wasm on AMD Ryzen.',
  );
});

it('says so where there was nothing to choose between', () => {
  expect(engineLine({ ...report, engine: 'wasm' })).toBe(
    '--engine wasm: no GPU here to try (seqkit devices says why).',
  );
});

it('says so where the GPU failed on the job', () => {
  const stepMs = [{ engine: 'wasm', device: 'AMD Ryzen', ms: 1 }];
  expect(engineLine({ ...report, engine: 'wasm', stepMs })).toMatch(
    /^--engine wasm: the GPU failed on this job/,
  );
});

it('says that a resumed training keeps its engine', () => {
  expect(engineLine({ ...report, engine: 'gpu:webgpu', resumed: true })).toBe(
    '--engine gpu:webgpu: the training was begun on it.',
  );
});
