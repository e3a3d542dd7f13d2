import type { Worker } from 'node:worker_threads';
import { afterEach, expect, it } from 'vitest';
import { Dense, GRU, Sequential, SGD } from '../../../src/rnn/index.js';
import { normals } from '../../support/random-tensors.js';

const [N, T, D, H] = [16, 12, 24, 192];

const started: Worker[] = [];
const listen = (worker: Worker): void => void started.push(worker);
afterEach(() => {
  process.off('worker', listen);
  started.length = 0;
});

// That a process with such threads ends by itself is in ../steady-memory.long.test.ts.
it('dispose ends the threads of a session', async () => {
  process.on('worker', listen);
  const model = new Sequential([new GRU({ units: H }), new Dense({ units: 2 })], {
    engine: 'wasm',
    threads: 3,
  });
  model.compile({ loss: 'meanSquaredError', optimizer: new SGD({ learningRate: 0.1 }) });
  await model.trainOnBatch(normals(1, N, T, D), normals(2, N, 2));
  const workers = [...started];
  expect(workers).toHaveLength(2);
  // -1 once it has ended.
  expect(workers.map(({ threadId }) => threadId)).not.toContain(-1);
  const ended = workers.map((worker) => new Promise((resolve) => worker.once('exit', resolve)));
  await model.dispose();
  await Promise.all(ended);
  expect(workers.map(({ threadId }) => threadId)).toEqual([-1, -1]);
});
