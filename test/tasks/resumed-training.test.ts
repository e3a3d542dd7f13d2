import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { ResumableFitOptions } from '../../src/tasks/fitting/fit-schedule.js';
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
