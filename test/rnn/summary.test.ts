import { describe, expect, it } from 'vitest';
import {
  BatchNormalization,
  Bidirectional,
  Concatenate,
  Conv1D,
  Dense,
  Embedding,
  Flatten,
  GRU,
  input,
  LSTM,
  Model,
  Sequential,
  type SeqkitError,
} from '../../src/rnn/index.js';

// Every count is worked out by hand beside it.

const stack = (): Sequential =>
  new Sequential(
    [
      new Embedding({ inputDim: 1000, outputDim: 4 }), // 1000 * 4
      new LSTM({ units: 3, returnSequences: true, name: 'memory' }), // 4 * (4 * 3 + 3 * 3 + 3)
      new BatchNormalization(), // gamma, beta, mean, variance: 4 * 3
      new Dense({ units: 2 }), // 3 * 2 + 2
    ],
    { engine: 'reference' },
  );

describe('summary', () => {
  it('is a table of layers one after the other', async () => {
    const model = stack();
    await model.build([7]);
    model.layers[3].trainable = false;
    expect(model.summary()).toBe(
      `
Sequential
=================================================================
Layer (kind)                             Output shape  Parameters
-----------------------------------------------------------------
embedding (Embedding)                    (null, 7, 4)       4,000
memory (LSTM)                            (null, 7, 3)          96
batchnormalization (BatchNormalization)  (null, 7, 3)          12
dense (Dense)                            (null, 7, 2)           8
=================================================================
Parameters: 4,116
Trained: 4,102
Not trained: 14`.trimStart(),
    );
  });

  it('says what each layer of a graph takes, and counts shared weights once', async () => {
    const [left, right] = [input({ shape: [6, 2], name: 'left' }), input({ shape: [6, 2], name: 'right' })];
    const shared = new GRU({ units: 3, name: 'shared', resetAfter: false }); // 3 * (2 * 3 + 3 * 3 + 3)
    const both = new Concatenate().apply([shared.apply(left), shared.apply(right)]);
    const state = new LSTM({ units: 2, returnState: true, name: 'states' }); // 4 * (2 * 2 + 2 * 2 + 2)
    const [, h] = state.applyAll(left);
    const model = new Model(
      {
        inputs: [left, right],
        outputs: [new Dense({ units: 1, name: 'score' }).apply(both), new Dense({ units: 1 }).apply(h)],
      }, // 6 * 1 + 1 and 2 * 1 + 1
      { engine: 'reference' },
    );
    await model.build([6, 2], [6, 2]);
    const lines = model.summary().split('\n');
    expect(lines[0]).toBe('Model');
    const cells = lines.slice(4, -4).map((line) => line.split(/ {2,}/));
    expect(cells).toEqual([
      ['left (input)', '(null, 6, 2)', '0'],
      ['right (input)', '(null, 6, 2)', '0'],
      ['shared (GRU)', '(null, 3)', '54', 'left'],
      ['shared (GRU)', '(null, 3)', 'shared', 'right'],
      ['concatenate (Concatenate)', '(null, 6)', '0', 'shared, shared'],
      ['score (Dense)', '(null, 1)', '7', 'concatenate'],
      ['states (LSTM)', '(null, 2), (null, 2), (null, 2)', '40', 'left'],
      ['dense (Dense)', '(null, 1)', '3', 'states[1]'],
    ]);
    expect(lines.slice(-3)).toEqual(['Parameters: 104', 'Trained: 104', 'Not trained: 0']);
    expect(new Set(lines.slice(1, 4).map((line) => line.length)).size).toBeLessThanOrEqual(2);
  });

  it('shows shapes that depend on time, and layers inside others', async () => {
    const model = new Sequential(
      [
        new Conv1D({ filters: 4, kernelSize: 3, strides: 2 }), // 3 * 2 * 4 + 4
        new Bidirectional({ layer: new GRU({ units: 5, returnSequences: true }) }), // 2 * 3 * (4 * 5 + 5 * 5 + 2 * 5)
        new Flatten(),
      ],
      { engine: 'reference' },
    );
    await model.build([9, 2]);
    const lines = model.summary().split('\n');
    expect(lines.slice(4, 7).map((line) => line.split(/ {2,}/))).toEqual([
      ['conv1d (Conv1D)', '(null, 4, 4)', '28'],
      ['bidirectional (Bidirectional)', '(null, 4, 10)', '330'],
      ['flatten (Flatten)', '(null, 40)', '0'],
    ]);
  });

  it('is given to print too, once', async () => {
    const model = stack();
    await model.build([7]);
    const printed: string[] = [];
    const table = model.summary({ print: (text) => printed.push(text) });
    expect(printed).toEqual([table]);
  });

  it('is the same of a model that was saved and opened', async () => {
    const model = stack();
    await model.build([7]);
    model.layers[1].trainable = false;
    const opened = await Sequential.load(model.toBytes(), { engine: 'reference' });
    expect(opened.summary()).toBe(model.summary());
  });

  it('needs the weights', () => {
    expect(() => stack().summary()).toThrow('no weights yet');
  });
});

describe('a layer by its name', () => {
  it('is the layer itself', async () => {
    const model = stack();
    expect(model.layer('memory')).toBe(model.layers[1]);
    expect(model.layer('dense')).toBe(model.layers[3]);
    await model.dispose();
  });

  it('is refused with the nearest name where there is none', () => {
    const refused = expect.objectContaining({
      code: 'bad-value',
      hint: 'Did you mean "memory"?',
    }) as SeqkitError;
    expect(() => stack().layer('memry')).toThrow(refused);
    expect(() => stack().layer('')).toThrow('one of "embedding", "memory"');
  });
});
