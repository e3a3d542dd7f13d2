import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { Random, Sequential, type Tensor } from '../../../src/index.js';
import { fromKeras } from '../../../src/exchange/index.js';
import { mutate } from '../../../scripts/fuzz/mutations.mjs';
import { numbers, whole } from '../../support/golden-numbers.js';
import { differenceTable } from '../support/difference-table.js';
import { largestDifference } from '../support/onnx-runtime.js';
// Made by test/golden/keras-layers.mjs; the files by test/golden/keras-files.py.
import golden from '../../golden/keras-layers.json' with { type: 'json' };

const [N, T, D, V] = [2, 5, 3, 6];
const folder = path.resolve(import.meta.dirname, '../../golden/keras-files');
const bytesOf = (file: string): Uint8Array => new Uint8Array(readFileSync(path.join(folder, file)));
const outputs = golden.cases as unknown as Record<string, { output: Tensor }>;

/** Each file with the layers that TensorFlow.js ran with the same weights. */
const FILES: Record<string, string> = {
  'keras1-lstm.h5': 'LSTM, hard sigmoid',
  'keras1-gru.h5': 'GRU, hard sigmoid',
  'keras2.h5': 'two LSTM layers, Dense',
  'keras2-functional.h5': 'two LSTM layers, Dense',
  'keras2-cudnn.h5': 'LSTM',
  'keras3.h5': 'Bidirectional, concat',
  'bidirectional.keras': 'Bidirectional, concat',
  'tokens.keras': 'Embedding with mask, GRU',
};

const inputOf = (file: string): Tensor =>
  file.startsWith('tokens') ? whole(1, [N, T], V) : numbers(1, [N, T, D], 3);

const note = differenceTable('file of Keras');

describe('fromKeras', () => {
  it.each(Object.entries(FILES))('reads %s: "%s"', async (file, title) => {
    // By bytes, so that no name tells what it is.
    const model = await fromKeras(bytesOf(file));
    const { output } = outputs[title];
    const y = await model.predict(inputOf(file));
    expect(y.shape).toEqual(output.shape);
    const largest = largestDifference(y.data, output.data);
    note(`${file}: ${title}`, largest);
    expect(largest).toBeLessThan(2e-6);
    expect(model instanceof Sequential).toBe(!file.includes('functional'));
  });

  it('reads a layer that is used twice', async () => {
    const model = await fromKeras(bytesOf('functional.keras'));
    const y = await model.predict(numbers(1, [N, T, D], 3));
    const { output } = outputs['Dense'];
    expect(
      largestDifference(
        y.data,
        output.data.map((value: number) => 2 * value),
      ),
    ).toBeLessThan(4e-6);
    expect(model.layers).toHaveLength(2);
  });

  it('says what of the training is left out', async () => {
    const model = await fromKeras(path.join(folder, 'keras2.h5'));
    expect(model.notes).toEqual(['The layer "lstm_1" had a kernel regularizer, which is left out.']);
  });

  /** The same file with another text of the same length in its place. */
  const altered = (file: string, from: string, to: string): Uint8Array => {
    const text = Buffer.from(bytesOf(file)).toString('latin1');
    expect(text).toContain(from);
    return new Uint8Array(Buffer.from(text.replaceAll(from, to.padEnd(from.length)), 'latin1'));
  };

  it.each([
    [
      'weights without a model',
      altered('keras2.h5', 'model_config', 'other_config'),
      'weights without their model',
    ],
    [
      'a class of its own',
      altered('keras2.h5', '"class_name": "Dense"', '"class_name": "Dxnse"'),
      'class "Dxnse"',
    ],
    ['a version that is none', altered('keras2.h5', '2.15.0', '9.15.0'), 'Keras 9.15.0'],
    [
      'an activation of its own',
      altered('keras2.h5', '"recurrent_activation": "sigmoid"', '"recurrent_activation": "sigmxid"'),
      'the activation "sigmxid"',
    ],
    [
      'units that do not fit',
      altered('keras2.h5', '"units": 2', '"units": 3'),
      'needs arrays of (3, 3), (3)',
    ],
    [
      "Keras 3's hard sigmoid",
      altered(
        'keras3.h5',
        '"activation": "tanh", "recurrent_activation": "sigmoid"',
        '"recurrent_activation": "hard_sigmoid"',
      ),
      "Keras 3's hard_sigmoid",
    ],
    ['text', new TextEncoder().encode('hello'), 'neither HDF5 nor'],
    [
      'a class with a name that every object has',
      altered('keras2.h5', '"InputLayer"', '"valueOf"'),
      'class "valueOf"',
    ],
  ])('refuses %s', async (_what, bytes, message) => {
    await expect(fromKeras(bytes)).rejects.toMatchObject({
      code: 'bad-file',
      message: expect.stringContaining(message),
    });
  });

  it.each(['keras2.h5', 'tokens.keras'])(
    'refuses %s where it is damaged, or opens it, and never fails otherwise',
    async (file) => {
      const whole = bytesOf(file);
      const random = new Random(7);
      for (let i = 0; i < 150; i++) {
        const bytes = mutate(whole, random, [whole]);
        await fromKeras(bytes).then(
          (model) => model.dispose(),
          (error: unknown) => expect(error).toMatchObject({ name: 'SeqkitError' }),
        );
      }
    },
  );
});
