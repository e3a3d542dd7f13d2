import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Worker } from 'node:worker_threads';
import { afterEach, describe, expect, it } from 'vitest';
import { Dense, GRU, SeqkitError, Sequential, SGD, type FitOptions } from '../../../src/rnn/index.js';
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

describe('a thread that dies', () => {
  const [x, y] = [normals(1, 4 * N, T, D), normals(2, 4 * N, 2)];
  const threaded = (): Sequential => {
    const model = new Sequential([new GRU({ units: H }), new Dense({ units: 2 })], {
      ...{ engine: 'wasm', threads: 2, seed: 3 },
    });
    model.compile({ loss: 'meanSquaredError', optimizer: new SGD({ learningRate: 0.1 }) });
    return model;
  };
  /** A training whose further thread is ended from outside within the second epoch. */
  const killed = async (options: FitOptions): Promise<SeqkitError> => {
    process.on('worker', listen);
    const model = threaded();
    const training = model.fit(x, y, {
      ...{ batchSize: N, epochs: 50, shuffle: false },
      ...options,
      // Asked for here, done while the first thread is at work again.
      onBatch: ({ epoch, batch }) => void (epoch === 2 && batch === 1 && started[0].terminate()),
    });
    const error: unknown = await training.then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    expect(error).toBeInstanceOf(SeqkitError);
    // What the run left half done is not given out as a model.
    expect(() => model.toBytes()).toThrow(SeqkitError);
    await expect(model.predict(x)).rejects.toThrow(SeqkitError);
    await model.dispose();
    return error as SeqkitError;
  };

  it('ends training in an error that names it', async () => {
    const error = await killed({});
    expect(error).toMatchObject({
      code: 'engine',
      message: expect.stringContaining('Thread 1 of the wasm engine, of 2 from 0 on, ended'),
    });
  }, 60_000);

  it('leaves the checkpoint, from which the run goes on to the same numbers', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'seqkit-thread-'));
    try {
      const path = join(folder, 'run.safetensors');
      const options = { batchSize: N, epochs: 2, shuffle: false };
      const error = await killed({ checkpoint: { path, everySteps: 3 } });
      expect(error.hint).toContain(path);
      const saved = readFileSync(path);
      const resumed = threaded();
      await resumed.fit(x, y, { ...options, checkpoint: { path }, resume: true });
      const whole = threaded();
      await whole.fit(x, y, options);
      expect(Buffer.from(resumed.toBytes()).equals(whole.toBytes())).toBe(true);
      expect(saved.length).toBeGreaterThan(0);
      await Promise.all([resumed.dispose(), whole.dispose()]);
    } finally {
      rmSync(folder, { recursive: true });
    }
  }, 60_000);
});
