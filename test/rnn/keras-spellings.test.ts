import { describe, expect, it } from 'vitest';
import {
  Adam,
  AdamW,
  BatchNormalization,
  Bidirectional,
  Conv1D,
  Dense,
  GRU,
  LSTM,
  Momentum,
  RMSprop,
  Sequential,
  SGD,
  type Loss,
  type Optimizer,
} from '../../src/rnn/index.js';
import { normals } from '../support/random-tensors.js';

const [N, T, D] = [4, 3, 2];
const x = normals(1, N, T, D);
// From 0 to 1, which every loss takes.
const y = { shape: [N, 2], data: normals(2, N, 2).data.map((value: number) => 1 / (1 + Math.exp(-value))) };

/** The bytes after a training. */
async function trained(
  optimizer: unknown,
  loss: unknown = 'meanSquaredError',
  recurrent = {},
): Promise<Buffer> {
  const layers = [new LSTM({ units: 3, ...recurrent }), new Dense({ units: 2 })];
  const model = new Sequential(layers, { engine: 'wasm', threads: 1 });
  model.compile({ optimizer: optimizer as Optimizer, loss: loss as Loss });
  await model.fit(x, y, { batchSize: 2, epochs: 2 });
  const bytes = Buffer.from(model.toBytes());
  await model.dispose();
  return bytes;
}

describe("Keras's spellings", () => {
  it('of activations and initializers mean ours, and files hold ours', async () => {
    const theirs = { recurrentActivation: 'hard_sigmoid', kernelInitializer: 'he_normal' };
    const ours = { recurrentActivation: 'hardSigmoid', kernelInitializer: 'heNormal' };
    const bytes = await trained('adam', 'mse', theirs);
    expect(bytes.equals(await trained('adam', 'mse', ours))).toBe(true);
    expect(bytes.toString('latin1')).toContain('hardSigmoid');
    expect(bytes.toString('latin1')).not.toContain('hard_sigmoid');
    // It is no linear gate, which is what a name without a kernel once was.
    expect(bytes.equals(await trained('adam', 'mse', { recurrentActivation: 'linear' }))).toBe(false);
  });

  it.each([
    ['adam', () => new Adam()],
    ['Adam', () => new Adam()],
    ['adamw', () => new AdamW()],
    ['adamW', () => new AdamW()],
    ['sgd', () => new SGD()],
    ['SGD', () => new SGD()],
    ['rmsprop', () => new RMSprop()],
    ['RMSprop', () => new RMSprop()],
    ['momentum', () => new Momentum()],
  ])('the optimizer "%s" is one with its defaults', async (name, make) => {
    expect((await trained(name)).equals(await trained(make()))).toBe(true);
  });

  it.each([
    ['mse', 'meanSquaredError'],
    ['mean_squared_error', 'meanSquaredError'],
    ['binary_crossentropy', 'binaryCrossentropy'],
    ['categorical_crossentropy', 'categoricalCrossentropy'],
  ])('the loss "%s" is %s', async (theirs, ours) => {
    expect((await trained('sgd', theirs)).equals(await trained('sgd', ours))).toBe(true);
  });

  it('of mergeMode mean ours', () => {
    const layer = new GRU({ units: 2 });
    expect(new Bidirectional({ layer, mergeMode: 'mul' as 'multiply' }).options()).toMatchObject({
      mergeMode: 'multiply',
    });
  });
});

describe('what is none', () => {
  it.each<[string, () => unknown, string, string | undefined]>([
    ['ReLU', () => new Dense({ units: 2, activation: 'ReLU' as 'relu' }), 'activation must be', '"relu"'],
    [
      'sigmoids',
      () => new LSTM({ units: 2, recurrentActivation: 'sigmoids' as 'sigmoid' }),
      'recurrentActivation must be',
      '"sigmoid"',
    ],
    [
      'SAME',
      () => new Conv1D({ filters: 2, kernelSize: 3, padding: 'SAME' as 'same' }),
      'padding must be one of "valid", "same", "causal", not "SAME"',
      '"same"',
    ],
    ['momentum 3', () => new BatchNormalization({ momentum: 3 }), 'a number from 0 to 1, not 3', undefined],
    ['epsilon -1', () => new BatchNormalization({ epsilon: -1 }), 'of at least 0, not -1', undefined],
    ['no layers', () => new Sequential(undefined as never), 'layers must be an array', undefined],
    ['a class', () => new Sequential([Dense as never]), 'layers[0] must be a layer', 'new Dense'],
    [
      'a function',
      () =>
        new Sequential([new Dense({ units: 1 })]).compile({ loss: (() => 1) as never, optimizer: 'adam' }),
      'compile: loss must be one of',
      undefined,
    ],
    [
      'Adam itself',
      () =>
        new Sequential([new Dense({ units: 1 })]).compile({
          loss: 'meanSquaredError',
          optimizer: Adam as never,
        }),
      'compile: optimizer must be an optimizer',
      'new Adam()',
    ],
    [
      'adma',
      () =>
        new Sequential([new Dense({ units: 1 })]).compile({
          loss: 'meanSquaredError',
          optimizer: 'adma' as 'adam',
        }),
      'compile: optimizer must be one of "SGD", "Momentum", "RMSprop", "Adagrad", "Adam", "AdamW", "Nadam"',
      'Did you mean "Adam"?',
    ],
  ])('%s is refused by name, with what was probably meant', (_, call, message, hint) => {
    expect(call).toThrow(
      expect.objectContaining({
        name: 'SeqkitError',
        code: 'bad-value',
        message: expect.stringContaining(message) as string,
        ...(hint !== undefined && { hint: expect.stringContaining(hint) as string }),
      }),
    );
  });
});
