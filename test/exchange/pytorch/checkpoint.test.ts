import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { Dense, Random, type Model } from '../../../src/index.js';
import { fromPyTorch, importedModel } from '../../../src/exchange/index.js';
import { mutate } from '../../../scripts/fuzz/mutations.mjs';
import { pythonHas, runPython } from '../support/python.js';

const folder = mkdtempSync(path.join(tmpdir(), 'seqkit-torch-'));
afterAll(() => rmSync(folder, { recursive: true }));
const hasPython = pythonHas('pickle');
if (hasPython) runPython(folder, [path.join(import.meta.dirname, 'torch-save.py'), folder]);
const bytesOf = (file: string): Uint8Array => new Uint8Array(readFileSync(path.join(folder, file)));
const opened = async (file: string | Uint8Array): Promise<number[][]> => {
  const from = typeof file === 'string' ? bytesOf(file) : file;
  const model = await fromPyTorch(from, { layers: [new Dense({ units: 2 })], inputShape: [3] });
  return model.layers[0].getWeights().map(({ data }) => Array.from(data));
};

describe.skipIf(!hasPython)('checkpoints of torch.save (needs Python)', () => {
  it.each(['Double', 'Half', 'BFloat16', 'Long', 'Int'])(
    'reads turned weights, and a bias of %s',
    async (kind) => {
      // (2, 3) in strides of 1 and 2 from the second number on: rows 1 3 5 and 2 4 6, which are our columns.
      expect(await opened(`${kind}.pt`)).toEqual([
        [1, 2, 3, 4, 5, 6],
        [7, -8],
      ]);
    },
  );

  it('reads the state_dict of a checkpoint, parameters, shared numbers, and what DDP puts before names', async () => {
    expect(await opened('checkpoint.pt')).toEqual([
      [1, 4, 2, 5, 3, 6],
      [7, 8],
    ]);
    expect(await opened('metadata.pt')).toHaveLength(2);
  });

  it('is told by its contents', async () => {
    const described = { inputShape: [3], layers: [{ kind: 'Dense', options: { units: 2 } }] };
    const { format, model } = await importedModel(path.join(folder, 'Double.pt'), described);
    expect({ format, numbers: (model as Model).countParameters() }).toEqual({
      format: 'PyTorch',
      numbers: 8,
    });
    await expect(importedModel(path.join(folder, 'Double.pt'))).rejects.toMatchObject({ code: 'usage' });
  });

  it.each([
    ['own.pt', 'names "__main__.Own", which is not opened'],
    ['number.pt', 'holds no state_dict: a dict of tensors. "weight" in it is no tensor.'],
    ['beyond.pt', '"a.weight" goes beyond its numbers'],
    ['expanded.pt', '"a.weight" goes beyond its numbers'],
    ['nan.pt', '"a.weight" holds NaN at place 0'],
    ['packed.pt', 'has "archive/data.pkl" packed'],
    ['old.pt', 'as torch.save wrote before PyTorch 1.6'],
  ])('refuses %s', async (file, message) => {
    await expect(opened(file)).rejects.toMatchObject({
      code: 'bad-file',
      message: expect.stringContaining(message),
    });
  });

  it('refuses what is damaged, or opens it, and never fails otherwise', async () => {
    const whole = bytesOf('checkpoint.pt');
    const random = new Random(7);
    for (let i = 0; i < 200; i++) {
      await opened(mutate(whole, random, [whole])).catch((error: unknown) =>
        expect(error).toMatchObject({ name: 'SeqkitError' }),
      );
    }
  });
});
