import * as fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { SeqkitError } from '../../../src/base/errors.js';
import { Dense } from '../../../src/rnn/layers/dense.js';
import { Sequential } from '../../../src/rnn/model/sequential.js';
import type { FitCallback, FitOptions } from '../../../src/rnn/training/fit.js';
import { SGD } from '../../../src/rnn/training/optimizers/index.js';
import { normals } from '../../support/random-tensors.js';

const [N, D] = [5, 3];
const x = normals(1, N, D);
const y = normals(2, N, 1);
const run: FitOptions = { batchSize: 3, epochs: 2 };

function network(): Sequential {
  const model = new Sequential([new Dense({ units: 1 })], { seed: 3, engine: 'reference' });
  model.compile({ loss: 'meanSquaredError', optimizer: new SGD({ learningRate: 0.05 }) });
  return model;
}

const later = (ms = 2): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

describe('callbacks of fit', () => {
  it('are called in order, and awaited', async () => {
    const seen: string[] = [];
    const told = (name: string) => {
      return async (given: { epoch?: number; batch?: number } = {}): Promise<void> => {
        await later();
        seen.push([name, given.epoch, given.batch].filter((part) => part !== undefined).join(' '));
      };
    };
    const methods = [
      'onTrainBegin',
      'onEpochBegin',
      'onBatchBegin',
      'onBatchEnd',
      'onEpochEnd',
      'onTrainEnd',
    ];
    const callback: FitCallback = Object.fromEntries(methods.map((name) => [name, told(name)]));
    await network().fit(x, y, { ...run, callbacks: [callback] });
    const epoch = (at: number): string[] => [
      ...[`onEpochBegin ${at}`, `onBatchBegin ${at} 1`, `onBatchEnd ${at} 1`],
      ...[`onBatchBegin ${at} 2`, `onBatchEnd ${at} 2`, `onEpochEnd ${at}`],
    ];
    expect(seen).toEqual(['onTrainBegin', ...epoch(1), ...epoch(2), 'onTrainEnd']);
  });

  it('come after onBatch and onEpoch, which are awaited too', async () => {
    const seen: string[] = [];
    const told = (name: string) => async (): Promise<void> => {
      await later();
      seen.push(name);
    };
    await network().fit(x, y, {
      ...{ batchSize: N, onBatch: told('onBatch'), onEpoch: told('onEpoch') },
      callbacks: [{ onBatchEnd: told('first') }, { onBatchEnd: told('second'), onEpochEnd: told('third') }],
    });
    expect(seen).toEqual(['onBatch', 'first', 'second', 'onEpoch', 'third']);
  });

  it('are given what happened', async () => {
    const reports: unknown[] = [];
    const model = network();
    const history = await model.fit(x, y, {
      ...{ ...run, epochs: 1, validationData: { x, y } },
      callbacks: [
        {
          onBatchEnd: (report) => reports.push(report),
          onEpochEnd: (report) => reports.push(report),
          onTrainEnd: (found) => reports.push(found),
        },
      ],
    });
    const loss = expect.any(Number) as number;
    expect(reports).toEqual([
      { epoch: 1, batch: 1, batches: 2, loss },
      { epoch: 1, batch: 2, batches: 2, loss },
      { epoch: 1, loss: history.loss[0], validationLoss: history.validationLoss[0] },
      history,
    ]);
  });

  it('may be an object of a class', async () => {
    class Counter implements FitCallback {
      batches = 0;
      onBatchEnd(): void {
        this.batches++;
      }
    }
    const counter = new Counter();
    await network().fit(x, y, { ...run, callbacks: [counter] });
    expect(counter.batches).toBe(4);
  });

  it('may ask, evaluate and save the model, which changes nothing', async () => {
    const [watched, quiet] = [network(), network()];
    const sizes: number[] = [];
    await watched.fit(x, y, {
      ...run,
      callbacks: [
        {
          async onBatchEnd() {
            await watched.evaluate(x, y);
            await watched.predict(x);
            sizes.push(watched.toBytes().length);
          },
        },
      ],
    });
    await quiet.fit(x, y, run);
    expect(sizes).toHaveLength(4);
    expect(watched.toBytes()).toEqual(quiet.toBytes());
  });

  it.each([
    'onTrainBegin',
    'onEpochBegin',
    'onBatchBegin',
    'onBatchEnd',
    'onEpochEnd',
    'onTrainEnd',
  ] as const)('end the training with their error, and leave the model sound: %s', async (name) => {
    const failure = new Error('the disk is full');
    const model = network();
    const attempt = model.fit(x, y, {
      ...run,
      callbacks: [
        {
          async [name]() {
            await later();
            throw failure;
          },
        },
      ],
    });
    await expect(attempt).rejects.toBe(failure);
    // It goes on from the steps that were taken.
    const steps = {
      onTrainBegin: 0,
      onEpochBegin: 0,
      onBatchBegin: 0,
      onBatchEnd: 1,
      onEpochEnd: 2,
      onTrainEnd: 4,
    };
    expect((await model.getTrainingState()).step).toBe(steps[name]);
    await model.fit(x, y, run);
    expect((await model.getTrainingState()).step).toBe(steps[name] + 4);
    await model.dispose();
  });

  it('leave a checkpoint that a resumed run ends with the very numbers from', async () => {
    const folder = fs.mkdtempSync(join(tmpdir(), 'seqkit-callbacks-'));
    try {
      const options: FitOptions = {
        ...{ ...run, epochs: 3, resume: true },
        checkpoint: { path: join(folder, 'run.safetensors'), everySteps: 1 },
      };
      const whole = network();
      await whole.fit(x, y, { ...run, epochs: 3 });
      const fails = {
        onEpochEnd: ({ epoch }: { epoch: number }) => epoch === 2 && Promise.reject(new Error('no')),
      };
      await expect(network().fit(x, y, { ...options, callbacks: [fails] })).rejects.toThrow('no');
      const second = network();
      await second.fit(x, y, options);
      expect(second.toBytes()).toEqual(whole.toBytes());
    } finally {
      fs.rmSync(folder, { recursive: true });
    }
  });

  it('cannot train the model that waits for them', async () => {
    const model = network();
    const trainings = [
      () => model.fit(x, y),
      () => model.trainOnBatch(x, y),
      async () => model.setTrainingState(await model.getTrainingState()),
    ];
    const errors: unknown[] = [];
    await model.fit(x, y, {
      ...run,
      async onEpoch() {
        await later();
        for (const train of trainings) await train().catch((error: unknown) => errors.push(error));
      },
    });
    const refused = expect.objectContaining({ code: 'usage', name: 'SeqkitError' }) as SeqkitError;
    expect(errors).toEqual([refused, refused, refused, refused, refused, refused]);
    expect((errors[0] as Error).message).toContain('while a callback of its training runs');
  });

  it('may dispose of the model, which ends the training', async () => {
    const model = network();
    const history = await model.fit(x, y, {
      ...{ ...run, epochs: 100 },
      onEpoch: async ({ epoch }) => {
        if (epoch === 2) await model.dispose();
      },
    });
    expect(history).toMatchObject({ stopped: true });
    expect(history.loss).toHaveLength(2);
    await expect(model.predict(x)).rejects.toThrow('disposed');
  });

  it('hear of the end where a signal ended the training', async () => {
    const control = new AbortController();
    const seen: boolean[] = [];
    await network().fit(x, y, {
      ...{ ...run, signal: control.signal, onBatch: () => control.abort() },
      callbacks: [{ onTrainEnd: ({ stopped }) => seen.push(stopped) }],
    });
    expect(seen).toEqual([true]);
  });
});

describe('what is no callback', () => {
  const fit = (callback: unknown): Promise<unknown> =>
    network().fit(x, y, { callbacks: [callback as FitCallback] });

  it.each([
    ['a function', () => undefined, 'callbacks[0] must be an object with methods', 'Give an object'],
    ['an object without methods', {}, 'callbacks[0] must be an object with methods', undefined],
    ['a typing error', { onEpochEnds() {} }, 'has a method onEpochEnds', 'Did you mean "onEpochEnd"?'],
    ["Keras's spelling", { on_epoch_end() {} }, 'has a method on_epoch_end', 'Did you mean "onEpochEnd"?'],
    ['no function', { onEpochEnd: 3 }, 'callbacks[0].onEpochEnd must be a function', undefined],
  ])('%s is refused', async (_, callback, message, hint) => {
    const error = await fit(callback).then(
      () => undefined,
      (thrown: SeqkitError) => thrown,
    );
    expect(error?.message).toContain(message);
    if (hint === undefined) expect(error?.hint).toBeUndefined();
    else expect(error?.hint).toContain(hint);
  });
});
