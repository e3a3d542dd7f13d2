import * as fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { AutoReport } from '../../../src/rnn/engine/auto-session.js';
import type { EngineChoice } from '../../../src/rnn/engine/engine-names.js';
import { BatchNormalization } from '../../../src/rnn/layers/batch-normalization.js';
import { Dense } from '../../../src/rnn/layers/dense.js';
import { Dropout } from '../../../src/rnn/layers/dropout.js';
import { GRU } from '../../../src/rnn/layers/gru.js';
import { decodeModel } from '../../../src/rnn/graph/model-file.js';
import { decodeSafetensors, encodeSafetensors } from '../../../src/base/encoding/safetensors.js';
import { Sequential } from '../../../src/rnn/model/sequential.js';
import type { FitOptions, History } from '../../../src/rnn/training/fit.js';
import { Adam, type AdamOptions } from '../../../src/rnn/training/optimizers/index.js';
import { cosineSchedule } from '../../../src/rnn/training/optimizers/schedules.js';
import { normals, rows } from '../../support/random-tensors.js';

const [N, T, D, H] = [11, 4, 3, 5];
const x = normals(1, N, T, D);
const y = normals(2, N, 2);

let folder: string;
let path: string;
beforeEach(() => {
  folder = fs.mkdtempSync(join(tmpdir(), 'seqkit-checkpoint-'));
  path = join(folder, 'run.safetensors');
});
afterEach(() => fs.rmSync(folder, { recursive: true }));

interface Variation {
  units?: number;
  seed?: number;
  engine?: EngineChoice;
  onEngine?: (report: AutoReport) => void;
  stateful?: boolean;
  adam?: AdamOptions;
}

/** Dropout, running statistics and Adam on: whatever a checkpoint forgot would show. */
function network({
  units = H,
  seed = 3,
  engine = 'wasm',
  stateful = false,
  adam,
  onEngine,
}: Variation = {}): Sequential {
  const model = new Sequential(
    [
      new Dense({ units: 4 }),
      new Dropout({ rate: 0.3 }),
      new GRU({ units, stateful }),
      new BatchNormalization({ momentum: 0.8 }),
      new Dense({ units: 2 }),
    ],
    { seed, engine, ...(onEngine && { onEngine }) },
  );
  model.compile({
    loss: 'meanSquaredError',
    optimizer: new Adam(
      adam ?? { learningRate: cosineSchedule({ peak: 0.02, totalSteps: 30 }), globalClipNorm: 1 },
    ),
  });
  return model;
}

const run: FitOptions = { batchSize: 4, epochs: 5, validationSplit: 0.2 };

/** Ends after so many batches, as a signal does. */
async function interrupted(model: Sequential, batches: number, options: FitOptions): Promise<History> {
  const control = new AbortController();
  let done = 0;
  return model.fit(x, y, {
    ...options,
    signal: control.signal,
    onBatch: () => ++done === batches && control.abort(),
  });
}

describe('a resumed fit', () => {
  // 9 examples are trained on: 3 batches an epoch, the last of 1.
  it.each([
    ...[0, 1, 2, 3, 4, 7, 14].map((batches) => [batches, 'wasm', false] as const),
    [4, 'reference', false] as const,
    [4, 'gpu:cpu', false] as const,
    [5, 'wasm', true] as const,
  ])(
    'stopped after %d batches on %s (stateful: %s) ends with the very numbers',
    async (batches, engine, stateful) => {
      const whole = network({ engine, stateful });
      const expected = await whole.fit(x, y, run);
      const options: FitOptions = { ...run, checkpoint: { path, everySteps: 2 }, resume: true };

      const first = network({ engine, stateful });
      const control = new AbortController();
      if (batches === 0) control.abort();
      const cut =
        batches === 0
          ? await first.fit(x, y, { ...options, signal: control.signal })
          : await interrupted(first, batches, options);
      expect(cut.stopped).toBe(true);
      // Whatever the process had in memory is gone.
      const second = network({ engine, stateful });
      expect(await second.fit(x, y, options)).toEqual(expected);
      for (const [i, layer] of second.layers.entries()) {
        expect(layer.getWeights()).toEqual(whole.layers[i].getWeights());
      }
      expect(second.toBytes()).toEqual(whole.toBytes());
      expect(fs.readdirSync(folder)).toEqual(['run.safetensors']);
    },
  );

  it.each(['wasm', 'reference', 'gpu:webasm', 'gpu:cpu'] as const)(
    'begun on %s goes on with it under auto, to the very numbers',
    async (engine) => {
      const whole = network({ engine });
      const expected = await whole.fit(x, y, run);
      const options: FitOptions = { ...run, checkpoint: { path, everySteps: 2 }, resume: true };
      await interrupted(network({ engine }), 4, options);
      const reports: AutoReport[] = [];
      const second = network({ engine: 'auto', onEngine: (report) => reports.push(report) });
      expect(await second.fit(x, y, options)).toEqual(expected);
      expect(second.toBytes()).toEqual(whole.toBytes());
      expect(reports).toMatchObject([{ engine, stepMs: [], resumed: true }]);
      const { training } = decodeModel(fs.readFileSync(path), path);
      expect((JSON.parse(training!) as { engine: string }).engine).toContain(engine.replace(':', ' '));
    },
  );

  it.each([
    ['gpu webgl2', 'The training was begun on the engine gpu webgl2, which cannot be had here. '],
    [
      'abacus',
      'The training was begun on the engine abacus, which cannot be had here. This release does not',
    ],
    ['wasm scalar', 'The training was begun on the engine wasm scalar, which cannot be had here. Here it'],
  ])('begun on %s is refused under auto where that is missing', async (engine, message) => {
    const options: FitOptions = { ...run, checkpoint: { path, everySteps: 2 }, resume: true };
    await interrupted(network(), 4, options);
    const { metadata, tensors } = decodeSafetensors(fs.readFileSync(path), path);
    const training = JSON.stringify({ ...(JSON.parse(metadata['training']) as object), engine });
    fs.writeFileSync(path, encodeSafetensors(Object.fromEntries(tensors), { ...metadata, training }));
    await expect(network({ engine: 'auto' }).fit(x, y, options)).rejects.toMatchObject({
      code: 'engine',
      message: expect.stringContaining(message) as string,
      hint: expect.stringContaining('seqkit devices') as string,
    });
  });

  it('may be resumed when it is over: nothing happens, or it goes on for more epochs', async () => {
    const options: FitOptions = { ...run, checkpoint: { path }, resume: true };
    const done = network();
    const history = await done.fit(x, y, options);
    const again = network();
    let batches = 0;
    expect(await again.fit(x, y, { ...options, onBatch: () => batches++ })).toEqual(history);
    expect(batches).toBe(0);
    expect(again.toBytes()).toEqual(done.toBytes());

    const longer = network();
    await longer.fit(x, y, { ...options, epochs: 8 });
    const whole = network();
    await whole.fit(x, y, { ...run, epochs: 8 });
    expect(longer.toBytes()).toEqual(whole.toBytes());
  });

  it('goes on with the weights that earlyStopping will put back', async () => {
    const options: FitOptions = {
      ...run,
      epochs: 9,
      earlyStopping: { monitor: 'loss', patience: 9, minDelta: 0.2, restoreBest: true },
    };
    const whole = network();
    const expected = await whole.fit(x, y, options);
    expect(expected.bestEpoch).toBeGreaterThan(0);
    expect(expected.bestEpoch).toBeLessThan(6);
    const resumed: FitOptions = { ...options, checkpoint: { path, everySteps: 1 }, resume: true };
    await interrupted(network(), 3 * expected.bestEpoch! + 4, resumed);
    const second = network();
    expect(await second.fit(x, y, resumed)).toEqual(expected);
    expect(second.toBytes()).toEqual(whole.toBytes());
  });
});

describe('a checkpoint', () => {
  it('is a model file of this format that opens as a model', async () => {
    const model = network();
    const control = new AbortController();
    await model.fit(x, y, {
      ...run,
      checkpoint: { path, everySteps: 1 },
      signal: control.signal,
      onBatch: ({ epoch }) => epoch === 2 && control.abort(),
    });
    const { metadata } = decodeSafetensors(fs.readFileSync(path), path);
    expect(metadata).toMatchObject({ format: 'seqkit', formatVersion: '2', kind: 'Sequential' });
    expect(JSON.parse(metadata['training'])).toMatchObject({
      engine: expect.stringMatching(/^wasm (relaxed-)?simd$/),
      step: 4,
      updates: 4,
      position: { epoch: 2, batch: 1 },
    });
    const opened = await Sequential.load(path, { engine: 'wasm' });
    expect(opened.toBytes()).toEqual(model.toBytes());
    expect(await opened.predict(x)).toEqual(await model.predict(x));
  });

  it('is written after so many steps, and when its time has come', async () => {
    const steps: number[] = [];
    let seen = -1;
    const watch = (): void => {
      if (!fs.existsSync(path)) return;
      const { training } = decodeModel(fs.readFileSync(path), path);
      const { step } = JSON.parse(training!) as { step: number };
      if (step !== seen) steps.push((seen = step));
    };
    // `onBatch` comes before a checkpoint of the same step.
    await network().fit(x, y, { ...run, checkpoint: { path, everySteps: 4 }, onBatch: watch });
    watch();
    expect(steps).toEqual([4, 8, 12, 15]);
    fs.rmSync(path);
    steps.length = 0;
    await network().fit(x, y, { ...run, checkpoint: { path, everyMinutes: 1e-9 }, onBatch: watch });
    watch();
    expect(steps).toEqual(Array.from({ length: 15 }, (_, i) => i + 1));
  });

  it('is not overwritten where nobody asked to resume', async () => {
    fs.writeFileSync(path, 'precious');
    await expect(network().fit(x, y, { ...run, checkpoint: { path } })).rejects.toMatchObject({
      code: 'file-exists',
      hint: expect.stringContaining('resume'),
    });
    expect(fs.readFileSync(path, 'utf8')).toBe('precious');
  });

  it('is one run at a time, whose process a second is told', async () => {
    const first = network().fit(x, y, { ...run, checkpoint: { path } });
    await expect(network().fit(x, y, { ...run, checkpoint: { path }, resume: true })).rejects.toMatchObject({
      code: 'file-access',
      message: expect.stringContaining(`${path} is in use by another run: process ${process.pid}, since `),
    });
    await first;
    expect(fs.readdirSync(folder)).toEqual(['run.safetensors']);
    await network().fit(x, y, { ...run, checkpoint: { path }, resume: true });
  });

  it('cleans up after writers that were killed, and leaves those that run alone', async () => {
    const uuid = '01234567-89ab-cdef-0123-456789abcdef';
    const names = {
      dead: `.run.safetensors.${2 ** 22 + 1}.${uuid}.tmp`,
      alive: `.run.safetensors.${process.pid}.${uuid}.tmp`,
      other: `.other.safetensors.${2 ** 22 + 1}.${uuid}.tmp`,
    };
    for (const name of Object.values(names)) fs.writeFileSync(join(folder, name), 'half of it');
    await network().fit(x, y, { ...run, epochs: 1, checkpoint: { path } });
    expect(fs.readdirSync(folder).sort()).toEqual([names.other, names.alive, 'run.safetensors'].sort());
  });
});

describe('resume is refused', () => {
  const options = (): FitOptions => ({ ...run, checkpoint: { path }, resume: true });
  const save = (): Promise<History> => interrupted(network(), 4, options());

  const others: Record<string, [Variation | undefined, FitOptions, string]> = {
    'other layers': [{ units: H + 1 }, {}, 'layers; '],
    'another seed': [{ seed: 4 }, {}, 'What differs: seed (3 there, 4 here).'],
    'another learning rate': [
      { adam: { learningRate: 0.01, globalClipNorm: 1 } },
      {},
      'What differs: the learning rate or its schedule.',
    ],
    'another clipping': [
      { adam: { learningRate: cosineSchedule({ peak: 0.02, totalSteps: 30 }), globalClipNorm: 2 } },
      {},
      'What differs: the settings of layers, loss or optimizer.',
    ],
    'another batch': [undefined, { batchSize: 3 }, 'batchSize (4 there, 3 here)'],
    'another order': [undefined, { shuffle: false }, 'What differs: shuffle (true there, false here).'],
    'another split': [
      undefined,
      { validationSplit: 0.3 },
      'What differs: validationSplit (0.2 there, 0.3 here).',
    ],
    'sample weights': [undefined, { sampleWeight: normals(9, N) }, 'What differs: sampleWeight.'],
    'early stopping': [undefined, { earlyStopping: { patience: 2 } }, 'What differs: earlyStopping.'],
  };
  it.each(Object.entries(others))('for %s', async (_, [variation, changed, message]) => {
    await save();
    const before = fs.readFileSync(path);
    await expect(network(variation).fit(x, y, { ...options(), ...changed })).rejects.toMatchObject({
      code: 'usage',
      message: expect.stringContaining(message),
    });
    expect(fs.readFileSync(path).equals(before)).toBe(true);
  });

  it('for other data', async () => {
    await save();
    const changed = { ...x, data: x.data.slice() };
    changed.data[N * T * D - 1] += 1e-3;
    await expect(network().fit(changed, y, options())).rejects.toThrow('What differs: the input x.');
    await expect(network().fit(x, normals(5, N, 2), options())).rejects.toThrow(
      'What differs: the targets y.',
    );
    await expect(network().fit(rows(x, 0, 10), rows(y, 0, 10), options())).rejects.toThrow(
      'What differs: the input x; the targets y.',
    );
  });

  it('on another engine, by its name', async () => {
    await save();
    await expect(network({ engine: 'reference' }).fit(x, y, options())).rejects.toMatchObject({
      code: 'engine',
      message: expect.stringMatching(
        /^The training was begun on the engine wasm .*; this model runs on reference\.$/,
      ),
    });
  });

  it('from a file that is no checkpoint', async () => {
    const model = network();
    await model.fit(x, y, run);
    await model.save(path);
    await expect(network().fit(x, y, options())).rejects.toMatchObject({
      code: 'bad-file',
      message: `${path} is a model, but no checkpoint: it does not hold its training.`,
    });
    fs.writeFileSync(path, 'something else, but long enough');
    await expect(network().fit(x, y, options())).rejects.toMatchObject({ code: 'bad-file' });
  });

  it.each([
    ['{', 'damaged description of its training'],
    ['{"run":{}}', 'its training needs the option "engine"'],
    ['['.repeat(20_000), 'damaged description of its training'],
    ['null', 'damaged description of its training'],
  ])('from a checkpoint that says %s', async (training, message) => {
    await save();
    const { tensors, metadata } = decodeSafetensors(fs.readFileSync(path), path);
    fs.writeFileSync(path, encodeSafetensors(Object.fromEntries(tensors), { ...metadata, training }));
    await expect(network().fit(x, y, options())).rejects.toMatchObject({
      code: 'bad-file',
      message: expect.stringContaining(message),
    });
  });

  it.each(['training loop/order', 'gru/kernel'])('from a checkpoint without "%s"', async (missing) => {
    await save();
    const { tensors, metadata } = decodeSafetensors(fs.readFileSync(path), path);
    const rest = Object.fromEntries([...tensors].filter(([name]) => name !== missing));
    expect(Object.keys(rest)).toHaveLength(tensors.size - 1);
    fs.writeFileSync(path, encodeSafetensors(rest, metadata));
    await expect(network().fit(x, y, options())).rejects.toMatchObject({ code: 'bad-file' });
  });
});
