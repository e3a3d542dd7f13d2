import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { CheckpointStoreOptions } from '../../src/base/training/checkpoint-store.js';
import type { ClassifierTrainOptions } from '../../src/tasks/classifier/classifier-options.js';
import type { ResumableFitOptions } from '../../src/tasks/fitting/fit-schedule.js';
import { SequenceClassifier } from '../../src/tasks/classifier/sequence-classifier.js';
import { SequenceRegressor } from '../../src/tasks/regressor/sequence-regressor.js';
import type { RegressorFitOptions } from '../../src/tasks/regressor/regressor-options.js';
import { Seq2Seq } from '../../src/tasks/seq2seq/seq2seq.js';
import type { TextPair } from '../../src/tasks/seq2seq/pairs.js';
import { SequenceTagger } from '../../src/tasks/tagger/sequence-tagger.js';
import type { TaggedSequence } from '../../src/tasks/tagger/tagged-sequences.js';

const folder = mkdtempSync(path.join(tmpdir(), 'seqkit-resumed-'));
afterAll(() => rmSync(folder, { recursive: true }));

const sequences = Array.from({ length: 60 }, (_, n): TaggedSequence => {
  const tokens = Array.from({ length: 2 + (n % 5) }, (_, i) => 'abcd'[(n * 3 + i * i) % 4]);
  return { tokens, tags: tokens.map((token) => (token === 'a' ? 'B-x' : 'O')) };
});
const pairs = sequences.map(({ tokens }): TextPair => [tokens.join(''), tokens.toReversed().join('')]);
const run = { epochs: 4, batchSize: 16, learningRate: 1e-2 } as const;
const network = { units: 6, embeddingDim: 4, dropout: 0.2, seed: 5, engine: 'wasm' } as const;

/** Trains, and gives the model's bytes and how it went. */
type Task = (fit: ResumableFitOptions) => Promise<{ bytes: Uint8Array; steps: number; stopped: boolean }>;

async function came(model: SequenceTagger | Seq2Seq, history: { steps: number; stopped: boolean }) {
  const bytes = history.stopped ? new Uint8Array() : model.toBytes();
  await model.dispose();
  return { bytes, steps: history.steps, stopped: history.stopped };
}
const tagging: Task = async (fit) => {
  const model = new SequenceTagger(network);
  return came(model, await model.fit(sequences, { ...run, ...fit }));
};
const writing: Task = async (fit) => {
  const model = new Seq2Seq(network);
  return came(model, await model.fit(pairs, { ...run, scheduledSampling: 0.5, ...fit }));
};
describe.each([
  ['SequenceTagger', tagging],
  ['Seq2Seq, with scheduled sampling', writing],
])('%s', (name, task) => {
  it('goes on to the bytes of a training that nothing ended', async () => {
    const whole = await task({});
    const checkpoint = { path: path.join(folder, `${name.slice(0, 4)}.checkpoint`) };
    // Within an epoch, behind one, and in the last.
    for (const stopAt of [2, 4, 9, whole.steps - 1]) {
      const controller = new AbortController();
      const part = await task({
        ...{ checkpoint, resume: true, signal: controller.signal },
        onStep: ({ step }) => {
          if (step === stopAt) controller.abort();
        },
      });
      expect(part).toMatchObject({ stopped: true, steps: stopAt });
    }
    const steps: number[] = [];
    const rest = await task({ checkpoint, resume: true, onStep: ({ step }) => steps.push(step) });
    expect(steps).toEqual([whole.steps]);
    expect(rest.bytes).toEqual(whole.bytes);
    // A training that has ended is not trained on.
    const again = await task({ checkpoint, resume: true, onStep: () => expect.fail('it has ended') });
    expect(again.bytes).toEqual(whole.bytes);

    await expect(task({ checkpoint })).rejects.toMatchObject({ code: 'file-exists' });
    await expect(task({ checkpoint, resume: true, epochs: 5 })).rejects.toThrow('epochs (4 there, 5 here)');
    await expect(task({ checkpoint, resume: true, heldOut: 0.3 })).rejects.toMatchObject({ code: 'usage' });
    const bytes = readFileSync(checkpoint.path);
    writeFileSync(checkpoint.path, bytes.subarray(0, bytes.length - 9));
    await expect(task({ checkpoint, resume: true })).rejects.toMatchObject({ code: 'bad-file' });
  }, 60_000);

  it('goes on from a store to the same bytes, as in a page', async () => {
    const whole = await task({});
    let held: Uint8Array | undefined;
    let written = 0;
    const checkpoint = {
      everySteps: 2,
      store: {
        read: () => Promise.resolve(held),
        write: (bytes: Uint8Array) => {
          written++;
          held = bytes;
          return Promise.resolve();
        },
      },
    };
    const controller = new AbortController();
    const part = await task({
      ...{ checkpoint, signal: controller.signal },
      onStep: ({ step }) => step === 5 && controller.abort(),
    });
    expect(part).toMatchObject({ stopped: true, steps: 5 });
    // After steps 2 and 4, and where it was stopped.
    expect(written).toBe(3);
    const rest = await task({ checkpoint, resume: true });
    expect(rest.bytes).toEqual(whole.bytes);
    await expect(task({ checkpoint, resume: true, epochs: 5 })).rejects.toThrow('epochs (4 there, 5 here)');
    held = held!.subarray(0, held!.length - 9);
    await expect(task({ checkpoint, resume: true })).rejects.toThrow('The stored checkpoint');
    await expect(task({ checkpoint: { store: {} as never } })).rejects.toThrow('store.read must be');
  }, 60_000);

  it('needs to know from where', async () => {
    await expect(task({ resume: true })).rejects.toMatchObject({ code: 'usage' });
    await expect(task({ checkpoint: { path: '' } })).rejects.toThrow('checkpoint: path must be');
    await expect(task({ checkpoint: { path: 'x', everySteps: 0 } })).rejects.toThrow('everySteps must be');
  });
});

it('is of the same data', async () => {
  const checkpoint = { path: path.join(folder, 'data.checkpoint') };
  const fit = { ...run, epochs: 1, checkpoint, resume: true };
  await using first = new SequenceTagger(network);
  await first.fit(sequences, fit);
  await using other = new SequenceTagger(network);
  const changed = sequences.with(7, { ...sequences[7], tags: sequences[7].tags.map(() => 'B-x') });
  await expect(other.fit(changed, fit)).rejects.toThrow('What differs: the sequences');
});

/** A store in memory. */
function memory(): { checkpoint: CheckpointStoreOptions; bytes: () => Uint8Array | undefined } {
  let held: Uint8Array | undefined;
  const store = {
    read: () => Promise.resolve(held),
    write: (bytes: Uint8Array) => Promise.resolve(void (held = bytes)),
  };
  return { checkpoint: { store, everySteps: 2 }, bytes: () => held };
}

describe('SequenceRegressor', () => {
  const values = Array.from({ length: 70 }, (_, i) => 10 * Math.sin(i / 2) + (i % 7));
  /** @param stopAt of all steps, those of the training on the whole series among them */
  const forecasting = async (fit: RegressorFitOptions, stopAt = Infinity) => {
    await using model = new SequenceRegressor({
      units: 6,
      context: 6,
      dropout: 0.2,
      seed: 5,
      engine: 'wasm',
    });
    const controller = new AbortController();
    let taken = 0;
    const history = await model.fit(
      { values },
      {
        ...{ ...run, epochs: 8, signal: controller.signal, ...fit },
        onStep: () => ++taken >= stopAt && controller.abort(),
      },
    );
    return { bytes: model.toBytes(), method: model.method, taken, stopped: history.stopped };
  };

  it.each(['file', 'store'])(
    'goes on in both of its trainings to the same bytes, from a %s',
    async (kind) => {
      const whole = await forecasting({});
      expect(whole).toMatchObject({ stopped: false, method: 'network' });
      const { checkpoint: stored } = memory();
      const checkpoint = kind === 'file' ? { path: path.join(folder, 'series.checkpoint') } : stored;
      const first = await forecasting({ checkpoint, refit: false });
      const inSecond = whole.taken - first.taken;
      expect(inSecond).toBeGreaterThan(4);
      if (kind === 'file') rmSync(path.join(folder, 'series.checkpoint'));
      // In the first; in the second; once more there, so that the first is there still.
      const parts = [first.taken - 5, 5 + 2, 2];
      for (const [i, stopAt] of parts.entries()) {
        const part = await forecasting({ checkpoint, resume: i > 0 || kind === 'file' }, stopAt);
        expect(part).toMatchObject({ stopped: true, taken: stopAt });
        // Stopped in the second, it is what the first came to.
        if (i > 0) expect(part.bytes).toEqual(first.bytes);
      }
      const rest = await forecasting({ checkpoint, resume: true });
      expect(rest.taken).toBe(inSecond - 4);
      expect(rest.bytes).toEqual(whole.bytes);
      const again = await forecasting({ checkpoint, resume: true });
      expect(again).toMatchObject({ taken: 0, bytes: whole.bytes });
      const other = { checkpoint, resume: true };
      await expect(forecasting({ ...other, epochs: 9 })).rejects.toThrow('most epochs (8 there, 9 here)');
      await expect(forecasting({ ...other, test: 0.2 })).rejects.toThrow('test (0.15 there, 0.2 here)');
      if (kind === 'file')
        await expect(forecasting({ checkpoint })).rejects.toMatchObject({ code: 'file-exists' });
    },
  );

  it('needs to know from where', async () => {
    await expect(forecasting({ resume: true })).rejects.toMatchObject({ code: 'usage' });
  });
});

it.each(['file', 'store'])('SequenceClassifier goes on to the same bytes, from a %s', async (kind) => {
  const examples = Array.from({ length: 40 }, (_, n) => ({
    text: `${['up', 'down'][n % 2]} and ${['here', 'there', 'on'][n % 3]}`,
    label: ['rise', 'fall'][n % 2],
  }));
  const classifying = async (options: ClassifierTrainOptions, stopAt = Infinity): Promise<Uint8Array> => {
    const controller = new AbortController();
    await using model = await SequenceClassifier.train(examples, {
      ...{ encoder: 'gru', units: 6, embeddingSize: 4, epochs: 6, batchSize: 8, seed: 5, engine: 'wasm' },
      ...{ signal: controller.signal, ...options },
      onProgress: ({ epoch = 0 }) => epoch >= stopAt && controller.abort(),
    });
    return model.toBytes();
  };
  const whole = await classifying({});
  const checkpoint =
    kind === 'file' ? { path: path.join(folder, 'texts.checkpoint'), everySteps: 2 } : memory().checkpoint;
  for (const [i, stopAt] of [1, 3].entries()) {
    await expect(classifying({ checkpoint, resume: i > 0 }, stopAt)).rejects.toMatchObject({
      code: 'stopped',
    });
  }
  expect(await classifying({ checkpoint, resume: true })).toEqual(whole);
  const other = { checkpoint, resume: true, learningRate: 0.1 };
  await expect(classifying(other)).rejects.toMatchObject({ code: 'usage' });
});
