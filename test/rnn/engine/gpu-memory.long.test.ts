import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, it } from 'vitest';
import type { GpuBackend } from '../../../src/rnn/engine/gpu/gpu-backend.js';
import { Dense } from '../../../src/rnn/layers/dense.js';
import { LSTM } from '../../../src/rnn/layers/lstm.js';
import { Sequential } from '../../../src/rnn/model/sequential.js';
import { Adam } from '../../../src/rnn/training/optimizers/index.js';
import { describeBackends } from './gpu-comparison.js';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

/** What the process holds in MB, device memory among it where the device is a driver in software. */
async function heldMB(): Promise<number> {
  for (let i = 0; i < 3; i++) {
    collectGarbage();
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return process.memoryUsage.rss() / 2 ** 20;
}

const [N, T, D, H] = [4, 3, 50, 90];
const x = { data: new Float32Array(N * T * D).fill(0.5), shape: [N, T, D] };
const y = { data: new Float32Array(N).fill(0.1), shape: [N, 1] };

const memoryTests = (backend: GpuBackend): void => {
  const model = () => {
    const layers = [new LSTM({ units: H }), new Dense({ units: 1 })];
    const made = new Sequential(layers, { seed: 1, engine: `gpu:${backend}` });
    made.compile({ optimizer: new Adam(), loss: 'meanSquaredError' });
    return made;
  };

  it('stays what it is over 300 training steps', async () => {
    // Weights and moments take 0.6 MB: each step that left them behind would show a hundredfold.
    const lstm = model();
    for (let step = 0; step < 100; step++) await lstm.trainOnBatch(x, y);
    const before = await heldMB();
    for (let step = 0; step < 300; step++) await lstm.trainOnBatch(x, y);
    const growth = (await heldMB()) - before;
    console.log(`${backend}: ${growth.toFixed(1)} MB more after 300 steps`);
    expect(growth).toBeLessThan(60);
    await lstm.dispose();
  });

  it('comes back from models that are disposed of', async () => {
    const use = async (): Promise<void> => {
      const lstm = model();
      await lstm.trainOnBatch(x, y);
      await lstm.dispose();
    };
    for (let i = 0; i < 10; i++) await use();
    // What a driver in software keeps for itself comes and goes by tens of MB: a leak grows every time.
    const growths: number[] = [];
    for (let round = 0; round < 3; round++) {
      const before = await heldMB();
      for (let i = 0; i < 20; i++) await use();
      growths.push((await heldMB()) - before);
    }
    console.log(`${backend}: ${growths.map((mb) => mb.toFixed(1)).join(', ')} MB more after 20 models each`);
    const growth = Math.min(...growths);
    // A model's weights, moments and kernels left behind would be 20 times 2 MB or more.
    expect(growth).toBeLessThan(20);
  });
};

describeBackends('memory', memoryTests, ['webasm']);
