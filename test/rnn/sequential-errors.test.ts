import { describe, expect, it } from 'vitest';
import { Bidirectional, type MergeMode } from '../../src/rnn/layers/bidirectional.js';
import { Conv1D } from '../../src/rnn/layers/conv1d.js';
import { Dense } from '../../src/rnn/layers/dense.js';
import { Dropout } from '../../src/rnn/layers/dropout.js';
import { Embedding } from '../../src/rnn/layers/embedding.js';
import { GRU } from '../../src/rnn/layers/gru.js';
import type { Layer } from '../../src/rnn/layers/layer.js';
import { LSTM } from '../../src/rnn/layers/lstm.js';
import { Masking } from '../../src/rnn/layers/masking.js';
import { Reshape } from '../../src/rnn/layers/reshape.js';
import type { ErrorCode } from '../../src/base/errors.js';
import { Sequential, type SequentialOptions } from '../../src/rnn/model/sequential.js';
import type { LossName } from '../../src/rnn/losses/loss-choice.js';
import { Adam } from '../../src/rnn/training/optimizers/index.js';
import { classes, normals } from '../support/random-tensors.js';

const [N, T, D, H, V] = [4, 3, 5, 6, 7];
const tokens = classes(1, V, N, T);
const sequences = normals(2, N, T, D);

function compiled(layers: Layer[], loss: LossName, options: SequentialOptions = {}): Sequential {
  const model = new Sequential(layers, options);
  model.compile({ loss, optimizer: new Adam() });
  return model;
}

const tagger = (stateful = false): Sequential =>
  compiled(
    [
      new Embedding({ inputDim: V, outputDim: D }),
      new GRU({ units: H, returnSequences: true, stateful }),
      new Dense({ units: V }),
    ],
    'sparseCategoricalCrossentropy',
  );
const regression = (): Sequential =>
  compiled([new LSTM({ units: H }), new Dense({ units: 2 })], 'meanSquaredError');

const values = normals(3, N, 2);

/** What is done, the code of the error, and what its message says. */
const failures: Record<string, [act: () => Promise<unknown>, code: ErrorCode, message: string]> = {
  'tokens with a third dimension': [
    () => tagger().predict(sequences),
    'bad-shape',
    'The input has shape (4, 3, 5); the model takes (batch, time) of tokens, none of them 0.',
  ],
  'an input of one dimension': [
    () => regression().predict(normals(4, N)),
    'bad-shape',
    'The input has shape (4); the model takes (batch, time, features) or (batch, features)',
  ],
  'no examples': [() => tagger().predict(classes(1, V, 0, T)), 'bad-shape', 'shape (0, 3)'],
  'sequences without a time step': [
    () => regression().fit(normals(2, N, 0, D), values),
    'bad-shape',
    'The input has shape (4, 0, 5); the model takes (batch, time, features) or (batch, features), none of them 0.',
  ],
  'tokens without a time step': [() => tagger().predict([[], []]), 'bad-shape', 'shape (2, 0)'],
  'no time where a recurrent layer needs it': [
    () => regression().predict(normals(4, N, D)),
    'bad-shape',
    'The layer "lstm" needs sequences (batch, time, features); it got (batch, 5).',
  ],
  'a sequence shorter than a kernel': [
    () => new Sequential([new Conv1D({ filters: 2, kernelSize: T + 1 })]).predict(sequences),
    'bad-shape',
    'The layer "conv1d" needs at least 4 time steps',
  ],
  'other features than at first': [
    async () => {
      const model = regression();
      await model.predict(sequences);
      await model.predict(normals(5, N, T, D + 1));
    },
    'bad-shape',
    'The layer "lstm" was built for 5 input features; 6 came.',
  ],
  'ragged rows': [() => regression().predict([[[1, 2], [3]]]), 'bad-shape', 'The nested arrays are ragged'],
  'a token past the vocabulary': [
    () => tagger().predict([[0, V, 1]]),
    'bad-value',
    'The token 7 is not a whole number from 0 to 6.',
  ],
  'a token that is no whole number': [() => tagger().predict([[0.5]]), 'bad-value', 'The token 0.5'],
  'a class past the last': [
    () => tagger().fit([[0, 1, 2]], [[0, 1, V]]),
    'bad-value',
    'The target 7 is not a class: a whole number from 0 to 6.',
  ],
  'a class that is no whole number': [
    () => tagger().evaluate([[0]], [[NaN]]),
    'bad-value',
    'The target NaN is not a class',
  ],
  'fewer targets than examples': [
    () => regression().fit(sequences, normals(6, N - 1, 2)),
    'bad-shape',
    'There are 4 examples, but 3 targets.',
  ],
  'fewer validation targets than examples': [
    () => regression().fit(sequences, values, { validationData: { x: sequences, y: normals(6, N - 1, 2) } }),
    'bad-shape',
    'There are 4 examples, but 3 targets.',
  ],
  'targets of another width': [
    () => regression().fit(sequences, normals(6, N, 3)),
    'bad-shape',
    'Each example of the targets holds 3 numbers, shape (3); 1 x 2 are needed.',
  ],
  'fewer sample weights than examples': [
    () => regression().fit(sequences, values, { sampleWeight: [1, 2] }),
    'bad-shape',
    'There are 4 examples, but 2 sample weights.',
  ],
  'sample weights of another shape': [
    () => tagger().fit(tokens, tokens, { sampleWeight: normals(7, N, T + 1) }),
    'bad-shape',
    'Sample weights of shape (4, 4) do not fit 3 output rows an example.',
  ],
  'a batch larger than its size': [
    () => regression().trainOnBatch(sequences, values, { batchSize: 2 }),
    'bad-shape',
    'A batch of 4 examples does not fit into a batchSize of 2.',
  ],
  'a batch size of 0': [
    () => regression().fit(sequences, values, { batchSize: 0 }),
    'bad-value',
    'fit: batchSize must be a whole number from 1 to 16777216, not 0.',
  ],
  'half an epoch': [
    () => regression().fit(sequences, values, { epochs: 0.5 }),
    'bad-value',
    'epochs must be a whole number of at least 1, not 0.5.',
  ],
  'all examples held back': [
    () => regression().fit(sequences, values, { validationSplit: 1 }),
    'bad-value',
    'fit: validationSplit must be a number of at least 0 and below 1, not 1.',
  ],
  'none held back': [
    () => regression().fit(sequences, values, { validationSplit: 0.1 }),
    'too-little-data',
    'A validationSplit of 0.1 holds back none of 4 examples.',
  ],
  'both kinds of validation': [
    () =>
      regression().fit(sequences, values, {
        validationSplit: 0.5,
        validationData: { x: sequences, y: values },
      }),
    'usage',
    'Give validationData or validationSplit, not both.',
  ],
  'shuffled state': [
    () => tagger(true).fit(tokens, tokens, { shuffle: true }),
    'usage',
    'the batches cannot be shuffled',
  ],
  'a loss that is no number': [
    () => regression().fit({ ...sequences, data: sequences.data.map(() => NaN) }, values),
    'diverged',
    'The loss became NaN at step 1: the input of example',
  ],
  'fit before compile': [
    () => new Sequential([new Dense({ units: 2 })]).fit(values, values),
    'usage',
    'The model has no loss and optimizer yet.',
  ],
  'a loss that there is not': [
    () => compiled([new Dense({ units: 2 })], 'hinge' as LossName).fit(values, values),
    'bad-value',
    'compile: loss must be one of "categoricalCrossentropy", ',
  ],
  'an engine that there is not': [
    () => new Sequential([new Dense({ units: 2 })], { engine: 'cuda' as 'wasm' }).predict(values),
    'bad-value',
    'Sequential: engine must be one of "auto", "wasm", ',
  ],
  'stepping before there are weights': [
    async () => tagger().stepper(),
    'usage',
    'The model has no weights yet.',
  ],
  'counting before there are weights': [
    async () => tagger().countParameters(),
    'usage',
    'The model has no weights yet.',
  ],
  'setting weights before there are any': [
    async () => new Dense({ units: 2, name: 'head' }).setWeights([]),
    'usage',
    'The layer "head" has no weights yet.',
  ],
  'setting too few weights': [
    async () => {
      const model = regression();
      await model.build([T, D]);
      model.layers[1].setWeights([[1]]);
    },
    'bad-shape',
    'The layer "dense" has 2 weights: dense/kernel (6, 2), dense/bias (2); 1 were given.',
  ],
  'setting a weight of another size': [
    async () => {
      const model = regression();
      await model.build([T, D]);
      model.layers[1].setWeights([[1], [0, 0]]);
    },
    'bad-shape',
    '"dense/kernel" has shape (6, 2), 12 numbers; 1 were given.',
  ],
  'no layers': [async () => new Sequential([]), 'usage', 'A model needs at least one layer.'],
  'tokens in the middle': [
    async () => new Sequential([new Dense({ units: 2 }), new Embedding({ inputDim: 2, outputDim: 2 })]),
    'usage',
    '"embedding" takes tokens, so it can only be the first layer.',
  ],
  'a name used twice': [
    async () => new Sequential([new Dense({ units: 2, name: 'a' }), new Dense({ units: 2, name: 'a' })]),
    'usage',
    'Two layers are named "a".',
  ],
  'features that stand for padding before Dense': [
    () =>
      new Sequential([
        new Masking(),
        new Dense({ units: 1 }),
        new Reshape({ targetShape: [T] }),
        new Dense({ units: 2 }),
      ]).predict(normals(9, N, T, D)),
    'usage',
    'The layer "dense_1" (Dense) would mix features that stand for masked time steps with the others.',
  ],
  'no units': [
    async () => new LSTM({ units: 0 }),
    'bad-value',
    'LSTM: units must be a whole number from 1 to 2147483647, not 0.',
  ],
  'everything dropped': [
    async () => new Dropout({ rate: 1 }),
    'bad-value',
    'Dropout: rate must be a number of at least 0 and below 1, not 1.',
  ],
  'a layer with a direction of its own in a Bidirectional': [
    async () => new Bidirectional({ layer: new GRU({ units: H, goBackwards: true }) }),
    'bad-value',
    'Bidirectional: layer must be a new recurrent layer, such as a GRU, without a name and goBackwards, not a GRU.',
  ],
  'another layer in a Bidirectional': [
    async () => new Bidirectional({ layer: new Dense({ units: H }) as unknown as GRU }),
    'bad-value',
    'Bidirectional: layer must be a new recurrent layer, such as a GRU, without a name and goBackwards, not a Dense.',
  ],
  'a mergeMode that there is not': [
    async () => new Bidirectional({ layer: new GRU({ units: H }), mergeMode: 'median' as MergeMode }),
    'bad-value',
    'Bidirectional: mergeMode must be one of "concat", "sum", "multiply", "average", not "median".',
  ],
};

describe('what goes wrong is said', () => {
  it.each(Object.entries(failures))('%s', async (_, [act, code, message]) => {
    // Some fail at once, some later.
    const attempt = async (): Promise<unknown> => act();
    await expect(attempt()).rejects.toMatchObject({
      name: 'SeqkitError',
      code,
      message: expect.stringContaining(message),
    });
  });

  it('a loss that runs away names its step and what to do', async () => {
    const model = new Sequential([new Dense({ units: 2 })]);
    model.compile({ loss: 'meanSquaredError', optimizer: new Adam({ learningRate: 1e30 }) });
    await expect(model.fit(normals(9, N, D), values, { epochs: 5 })).rejects.toMatchObject({
      code: 'diverged',
      message: expect.stringMatching(/^The loss became (Infinity|NaN) at step [2-5][,.:]/),
      hint: expect.stringContaining('Lower the learning rate'),
    });
  });
});
