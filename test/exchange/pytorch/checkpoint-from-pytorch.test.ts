import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { encodeSafetensors } from '../../../src/base/encoding/safetensors.js';
import { checkpointFromPyTorch, toPyTorch } from '../../../src/exchange/index.js';
import { readStateDict } from '../../../src/exchange/pytorch/read-state-dict.js';
import {
  Adam,
  BatchNormalization,
  Bidirectional,
  Conv1D,
  Dense,
  GRU,
  LSTM,
  Sequential,
} from '../../../src/index.js';
import type { BatchReport, FitOptions } from '../../../src/index.js';
import { runCli } from '../../support/run-cli.js';

const folder = mkdtempSync(path.join(tmpdir(), 'seqkit-returned-'));
afterAll(() => rmSync(folder, { recursive: true }));
const at = (name: string): string => path.join(folder, name);

const x = { data: Float32Array.from({ length: 12 * 6 * 3 }, (_, i) => Math.sin(1.3 * i)), shape: [12, 6, 3] };
const y = { data: Float32Array.from({ length: 12 * 2 }, (_, i) => Math.cos(i)), shape: [12, 2] };

/** The losses of a training of three batches an epoch. */
async function fit(options: FitOptions): Promise<number[]> {
  const layers = [
    new Conv1D({ filters: 4, kernelSize: 2, useBias: false }),
    new BatchNormalization(),
    new Bidirectional({ layer: new LSTM({ units: 2, returnSequences: true }) }),
    new GRU({ units: 3 }),
    new Dense({ units: 2 }),
  ];
  const model = new Sequential(layers, { seed: 5, engine: 'wasm', threads: 1 });
  model.compile({ optimizer: new Adam({ learningRate: 0.01 }), loss: 'meanSquaredError' });
  const losses: number[] = [];
  const onBatchEnd = ({ loss }: BatchReport) => void losses.push(loss);
  await model.fit(x, y, { batchSize: 4, ...options, callbacks: [{ onBatchEnd }] });
  await model.dispose();
  return losses;
}

/** As `train.py` leaves the state of the optimizer, so many steps later. */
function later(bytes: Uint8Array, steps: number, factor = 1): Uint8Array {
  const tensors = [...readStateDict(bytes, 'it')].map(([name, { shape, data }]) => {
    const numbers = name === 'step' ? data.map((step) => step + steps) : data.map((value) => factor * value);
    return [name, { dtype: 'F32' as const, shape: [...shape], data: numbers }] as const;
  });
  return encodeSafetensors(Object.fromEntries(tensors));
}

describe('a training that comes back from PyTorch', () => {
  let files: Record<string, Uint8Array>;
  let losses: number[];

  beforeAll(async () => {
    await fit({ epochs: 2, checkpoint: { path: at('run.safetensors'), everySteps: 100 } });
    losses = await fit({ epochs: 4 });
    files = (await toPyTorch(at('run.safetensors'), { training: { learningRate: 0.01 } })) as typeof files;
    for (const name of ['model.safetensors', 'optimizer.safetensors']) writeFileSync(at(name), files[name]);
  });

  it('goes on as if it had stayed, where nothing was done there', async () => {
    const args = ['import', at('model.safetensors'), '--checkpoint', at('run.safetensors')];
    const { status, stdout } = await runCli([...args, '--out', at('on.safetensors')]);
    expect({ status, stdout }).toEqual({
      status: 0,
      stdout: `${at('on.safetensors')}: PyTorch, a checkpoint after 6 steps\n`,
    });
    const on = { path: at('on.safetensors'), everySteps: 100 };
    const resumed = await fit({ epochs: 4, checkpoint: on, resume: true });
    expect(resumed).toEqual(losses.slice(6));
  });

  it('takes moments and steps that are others, and the epoch that they make', async () => {
    const back = async (optimizer: Uint8Array): Promise<number[]> => {
      const bytes = await checkpointFromPyTorch(files['model.safetensors'], {
        checkpoint: at('run.safetensors'),
        optimizer,
      });
      const place = at(`back-${Math.random()}.safetensors`);
      writeFileSync(place, bytes);
      return fit({ epochs: 4, checkpoint: { path: place, everySteps: 100 }, resume: true });
    };
    // A whole epoch of three; a part of one, which is begun anew.
    expect(await back(later(files['optimizer.safetensors'], 3))).toHaveLength(3);
    expect(await back(later(files['optimizer.safetensors'], 4))).toHaveLength(3);
    const [first, second] = await back(later(files['optimizer.safetensors'], 0, 0.5));
    expect([first, second]).not.toEqual(losses.slice(6, 8));
    expect(first).toBe(losses[6]);
  });

  it('refuses what does not belong to the checkpoint', async () => {
    const back = (model: Uint8Array, optimizer: Uint8Array, checkpoint = at('run.safetensors')) =>
      checkpointFromPyTorch(model, { checkpoint, optimizer });
    const model = files['model.safetensors'];
    const optimizer = files['optimizer.safetensors'];
    await expect(back(model, later(optimizer, -1))).rejects.toMatchObject({
      code: 'bad-file',
      message: expect.stringMatching(/is of step 5, and the checkpoint of step 6 already/) as string,
    });
    const step = { dtype: 'F32' as const, shape: [1], data: Float32Array.of(6) };
    await expect(back(model, encodeSafetensors({ step }))).rejects.toMatchObject({
      code: 'bad-shape',
      message: expect.stringMatching(/"conv1d\.weight\.exp_avg" is missing, expected \(4, 3, 2\)/) as string,
    });
    await expect(back(optimizer, optimizer)).rejects.toMatchObject({ code: 'bad-shape' });
    const release = path.resolve(import.meta.dirname, '../../golden/release-0.1.0/sequential.safetensors');
    await expect(back(model, optimizer, release)).rejects.toMatchObject({
      code: 'usage',
      message: expect.stringContaining('is no checkpoint') as string,
    });
    const stopping = { path: at('stopping.safetensors'), everySteps: 100 };
    await fit({ epochs: 1, checkpoint: stopping, earlyStopping: { monitor: 'loss' } });
    await expect(back(model, optimizer, stopping.path)).rejects.toThrow('counts epochs for earlyStopping');
  });

  it.each([
    [['--optimizer', 'a'], '--optimizer goes with --checkpoint.'],
    [['--checkpoint', 'a', '--layers', 'b'], '--layers does not go with --checkpoint'],
    [['--checkpoint', 'a', '--word', 'b'], '--word does not go with --checkpoint'],
  ])('refuses %j', async (options, said) => {
    const { status, stderr } = await runCli(['import', at('model.safetensors'), ...options]);
    expect(status).toBe(2);
    expect(stderr).toContain(said);
  });
});
