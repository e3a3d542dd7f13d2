import * as fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { TextModel, type TextModelOptions } from '../../src/text/model/text-model.js';
import type { TextMetrics } from '../../src/text/training/text-checkpoints.js';
import type { TextSource } from '../../src/text/corpus/text-source.js';
import type { TextFitOptions, TextHistory } from '../../src/text/training/text-training.js';

const text = 'pease porridge hot, pease porridge cold. '.repeat(30);
const architecture: TextModelOptions = { cell: 'gru', units: 12, layers: 2, dropout: 0.2, seed: 5 };
// 1230 characters, 123 of them held out: 9 steps an epoch.
const run: TextFitOptions = { batchSize: 8, seqLength: 16, epochs: 4 };

let folder: string;
beforeEach(() => {
  folder = join(fs.mkdtempSync(join(tmpdir(), 'seqkit-text-checkpoints-')), 'run');
});
afterEach(() => fs.rmSync(join(folder, '..'), { recursive: true }));

const names = (): string[] => fs.readdirSync(folder).sort();
const metrics = (): TextMetrics[] =>
  fs
    .readFileSync(join(folder, 'metrics.jsonl'), 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as TextMetrics);

/** Without what depends on the clock. */
const timeless = ({ seconds, charactersPerSecond, checkpoint, ...rest }: TextHistory): object => {
  expect([seconds, charactersPerSecond].every(Number.isFinite)).toBe(true);
  expect(typeof (checkpoint ?? '')).toBe('string');
  return rest;
};

async function stoppedAfter(steps: number, options: TextFitOptions): Promise<TextHistory> {
  const control = new AbortController();
  const model = new TextModel(architecture);
  return model.fit(text, {
    ...options,
    signal: control.signal,
    onProgress: ({ step }) => step === steps && control.abort(),
  });
}

describe('a text model in training', () => {
  it('broken off and resumed from a store ends with the very weights of an unbroken run', async () => {
    const whole = new TextModel(architecture);
    const expected = await whole.fit(text, run);
    const written: Uint8Array[] = [];
    const store = {
      read: () => Promise.resolve(written.at(-1)),
      write: (bytes: Uint8Array) => Promise.resolve(void written.push(bytes)),
    };
    const options: TextFitOptions = { ...run, checkpoint: { store, everySteps: 5 }, resume: true };
    // As a page that was closed after a checkpoint: what came after it is lost.
    await stoppedAfter(13, { ...run, checkpoint: { store, everySteps: 5 } });
    expect(written).toHaveLength(3);
    written.pop();
    const resumed = new TextModel(architecture);
    const starts: number[] = [];
    const history = await resumed.fit(text, {
      ...options,
      onStart: ({ resumedAt }) => starts.push(resumedAt),
    });
    expect(starts).toEqual([10]);
    expect(timeless(history)).toEqual(timeless(expected));
    expect(Buffer.compare(resumed.toBytes(), whole.toBytes())).toBe(0);
    // It opens as a model, and belongs to this run alone.
    expect((await TextModel.load(written[1])).generate({ length: 5 })).toHaveLength(5);
    await expect(new TextModel(architecture).fit(`${text}!`, options)).rejects.toThrow(
      /The stored checkpoint.*the text/,
    );
    await expect(
      new TextModel(architecture).fit(text, {
        ...options,
        checkpoint: { store: { ...store, read: () => Promise.resolve('x' as unknown as Uint8Array) } },
      }),
    ).rejects.toThrow('What the store of checkpoints read');
    await expect(
      new TextModel(architecture).fit(text, { checkpoint: { store: {} as typeof store } }),
    ).rejects.toThrow('store.read must be a function');
  });

  it('begun on the reference engine goes on with it under auto', async () => {
    const small: TextModelOptions = { ...architecture, units: 4, layers: 1, engine: 'reference' };
    const options: TextFitOptions = {
      ...run,
      epochs: 2,
      checkpoint: { folder, everySteps: 4 },
      resume: true,
    };
    const whole = new TextModel(small);
    const expected = await whole.fit(text, { ...run, epochs: 2 });
    const control = new AbortController();
    await new TextModel(small).fit(text, {
      ...{ ...options, signal: control.signal },
      onProgress: ({ step }) => step === 10 && control.abort(),
    });
    await expect(new TextModel({ ...small, engine: 'wasm' }).fit(text, options)).rejects.toThrow(
      /^The training was begun on the engine reference; this model runs on wasm /,
    );
    const engines: string[] = [];
    const second = new TextModel({
      ...small,
      engine: 'auto',
      onEngine: ({ engine }) => engines.push(engine),
    });
    expect(timeless(await second.fit(text, options))).toEqual(timeless(expected));
    expect(Buffer.from(second.toBytes()).equals(Buffer.from(whole.toBytes()))).toBe(true);
    expect(engines).toEqual(['reference']);
  });

  it.each([1, 8, 9, 10, 23, 35, 36])('stopped after step %d goes on to the very bytes', async (steps) => {
    const whole = new TextModel(architecture);
    const expected = await whole.fit(text, run);
    const options: TextFitOptions = { ...run, checkpoint: { folder, everySteps: 4 }, resume: true };
    const cut = await stoppedAfter(steps, options);
    expect(cut).toMatchObject({ steps, stopped: true });
    expect(cut.checkpoint).toMatch(
      new RegExp(`/run/step-${String(steps).padStart(8, '0')}-held-out-\\d\\.\\d{4}\\.safetensors$`),
    );
    const second = new TextModel(architecture);
    let resumedAt = -1;
    const history = await second.fit(text, { ...options, onStart: (plan) => (resumedAt = plan.resumedAt) });
    expect(resumedAt).toBe(steps);
    expect(timeless(history)).toEqual(timeless(expected));
    expect(Buffer.from(second.toBytes()).equals(Buffer.from(whole.toBytes()))).toBe(true);
  });

  it('stopped after the last of its steps, inside an epoch, still measures that epoch', async () => {
    const options: TextFitOptions = { ...run, steps: 22 };
    const whole = new TextModel(architecture);
    const expected = await whole.fit(text, options);
    expect(expected.heldOutLoss).toHaveLength(3);
    const saved: TextFitOptions = { ...options, checkpoint: { folder, everySteps: 11 }, resume: true };
    await stoppedAfter(22, saved);
    const second = new TextModel(architecture);
    expect(timeless(await second.fit(text, saved))).toEqual(timeless(expected));
    expect(Buffer.from(second.toBytes()).equals(Buffer.from(whole.toBytes()))).toBe(true);
  });

  it.each([3, 10, 11, 25])('of lines, stopped after step %d, goes on to the very bytes', async (steps) => {
    const names = Array.from({ length: 60 }, (_, i) => `name ${i * i}`.repeat(1 + (i % 3))).join('\n');
    const options: TextFitOptions = { batchSize: 8, seqLength: 8, epochs: 3, heldOut: 0.1, test: 0.1 };
    const lines: TextModelOptions = { ...architecture, lines: true, tied: true, residual: true };
    const whole = new TextModel(lines);
    const expected = await whole.fit(names, options);
    const saved: TextFitOptions = { ...options, checkpoint: { folder, everySteps: 4 }, resume: true };
    const control = new AbortController();
    await new TextModel(lines).fit(names, {
      ...{ ...saved, signal: control.signal },
      onProgress: ({ step }) => step === steps && control.abort(),
    });
    const second = new TextModel(lines);
    expect(timeless(await second.fit(names, saved))).toEqual(timeless(expected));
    expect(Buffer.from(second.toBytes()).equals(Buffer.from(whole.toBytes()))).toBe(true);
    await expect(new TextModel({ ...lines, lines: false }).fit(names, saved)).rejects.toThrow('lines');
    await expect(new TextModel(lines).fit(names, { ...saved, schedule: 'linear' })).rejects.toThrow(
      'schedule ("cosine" there, "linear" here)',
    );
  });

  it('replaces an earlier run where asked, once the text has been read', async () => {
    const options: TextFitOptions = { ...run, epochs: 1, checkpoint: { folder } };
    await new TextModel(architecture).fit(text, options);
    const before = names();
    const unread: TextSource = {
      name: 'broken',
      *chunks() {
        yield text;
        throw new Error('unreadable');
      },
    };
    await expect(new TextModel(architecture).fit(unread, options)).rejects.toMatchObject({
      code: 'file-exists',
    });
    const replacing = { ...options, checkpoint: { folder, replace: true } };
    await expect(new TextModel(architecture).fit(unread, replacing)).rejects.toThrow('unreadable');
    expect(names()).toEqual(before);
    await new TextModel(architecture).fit(text, { ...replacing, epochs: 2 });
    expect(names().filter((name) => name.startsWith('step-00000009'))).toEqual([]);
    expect(metrics().map(({ step }) => step)).toEqual([9, 18]);
  });

  it('is not disturbed by its checkpoints, however often they come', async () => {
    const whole = new TextModel(architecture);
    await whole.fit(text, run);
    const saved = new TextModel(architecture);
    await saved.fit(text, { ...run, checkpoint: { folder, everyMinutes: 1e-9 } });
    expect(saved.toBytes()).toEqual(whole.toBytes());
  });

  it('keeps the last checkpoint and the best, which open as models', async () => {
    // What is held out runs backwards: the better the text is learnt, the worse that is predicted.
    const tail = [...text.slice(-123)].reverse().join('');
    const history = await new TextModel(architecture).fit(text.slice(0, -123) + tail, {
      ...run,
      learningRate: 0.03,
      checkpoint: { folder, everySteps: 2 },
    });
    const measured = metrics().filter(({ step, heldOutLoss }) => step % 2 === 0 && heldOutLoss !== null);
    expect(measured.map(({ step }) => step).filter((step, i, all) => step !== all[i - 1])).toEqual(
      Array.from({ length: 18 }, (_, i) => 2 * (i + 1)),
    );
    const best = measured.toSorted((a, b) => a.heldOutLoss! - b.heldOutLoss!)[0];
    const last = measured.at(-1)!;
    expect(best.step).toBeLessThan(last.step);
    const file = ({ step, heldOutLoss }: TextMetrics): string =>
      `step-${String(step).padStart(8, '0')}-held-out-${heldOutLoss!.toFixed(4)}.safetensors`;
    expect(names()).toEqual(['metrics.jsonl', file(best), file(last)]);
    expect(history.checkpoint).toBe(join(folder, file(last)));
    const opened = await TextModel.load(join(folder, file(best)));
    expect(opened.generate({ length: 10 })).toHaveLength(10);
    expect((await opened.evaluate(tail, { batchSize: 8, seqLength: 16 })).loss).toBeCloseTo(
      best.heldOutLoss!,
      10,
    );
  });

  it('notes the same metrics whether it was stopped or not, half-written lines dropped', async () => {
    const columns = ({ step, epoch, characters, loss, heldOutLoss, learningRate }: TextMetrics) => ({
      step,
      epoch,
      characters,
      loss,
      heldOutLoss,
      learningRate,
    });
    const options: TextFitOptions = { ...run, checkpoint: { folder, everySteps: 5 } };
    await new TextModel(architecture).fit(text, options);
    const expected = metrics().map(columns);
    expect(expected.map(({ step }) => step)).toEqual([5, 9, 10, 15, 18, 20, 25, 27, 30, 35, 36]);
    fs.rmSync(folder, { recursive: true });

    await stoppedAfter(15, options);
    // As a kill before the next checkpoint would leave it.
    fs.appendFileSync(join(folder, 'metrics.jsonl'), '{"step":18,"epoch":2}\n{"step":20,"ep');
    await new TextModel(architecture).fit(text, { ...options, resume: true });
    expect(metrics().map(columns)).toEqual(expected);
  });

  it('stops early, and resumes to the same best weights', async () => {
    const options: TextFitOptions = {
      ...run,
      epochs: 40,
      learningRate: 0.3,
      earlyStopping: { patience: 3, restoreBest: true },
    };
    const whole = new TextModel(architecture);
    const expected = await whole.fit(text, options);
    expect(expected.heldOutLoss).toHaveLength(expected.bestEpoch! + 3);
    const lowest = Math.min(...expected.heldOutLoss);
    expect(expected.heldOutLoss[expected.bestEpoch! - 1]).toBe(lowest);
    // The tail that was held out: 123 characters.
    const { loss } = await whole.evaluate(text.slice(-123), { batchSize: 8, seqLength: 16 });
    expect(loss).toBeCloseTo(lowest, 10);
    // The file says how good the weights in it are.
    expect(Buffer.from(whole.toBytes()).toString('latin1')).toContain(`heldOutLoss\\":${lowest}`);
    const saved: TextFitOptions = { ...options, checkpoint: { folder }, resume: true };
    await stoppedAfter(9 * expected.bestEpoch! + 4, saved);
    const second = new TextModel(architecture);
    expect(timeless(await second.fit(text, saved))).toEqual(timeless(expected));
    expect(second.toBytes()).toEqual(whole.toBytes());
  });
});

describe('resume of a text model is refused', () => {
  const options = (): TextFitOptions => ({ ...run, checkpoint: { folder, everySteps: 4 }, resume: true });

  it.each<[string, TextModelOptions, TextFitOptions, string, string]>([
    ['other text', {}, {}, text.replace('hot', 'hat'), 'the text'],
    ['another cell', { cell: 'lstm' }, {}, text, 'layers'],
    ['another seed', { seed: 6 }, {}, text, 'seed (5 there, 6 here)'],
    ['other epochs', {}, { epochs: 5 }, text, 'epochs (4 there, 5 here)'],
    ['another rate', {}, { learningRate: 0.01 }, text, 'learningRate (0.008 there, 0.01 here)'],
    ['another batch', {}, { batchSize: 9 }, text, 'batchSize (8 there, 9 here)'],
  ])('for %s', async (_, model, fit, given, message) => {
    await stoppedAfter(4, options());
    const before = names();
    await expect(
      new TextModel({ ...architecture, ...model }).fit(given, { ...options(), ...fit }),
    ).rejects.toMatchObject({ code: 'usage', message: expect.stringContaining(message) as string });
    expect(names()).toEqual(before);
  });

  it('unasked: a folder that holds a run is left as it is', async () => {
    await stoppedAfter(4, options());
    const before = names();
    await expect(
      new TextModel(architecture).fit(text, { ...options(), resume: false }),
    ).rejects.toMatchObject({
      code: 'file-exists',
    });
    expect(names()).toEqual(before);
  });

  it.each([
    [{ epochz: 3 }, 'fit has no option "epochz".'],
    [{ checkpoint: { path: 'a' } }, 'checkpoint has no option "path".'],
    [{ earlyStopping: { monitor: 'loss' } }, 'earlyStopping has no option "monitor".'],
    [{ earlyStopping: {}, heldOut: 0 }, 'nothing is held out'],
    [{ resume: true }, 'resume needs to know from where'],
  ])('as are options like %j', async (wrong, message) => {
    await expect(new TextModel(architecture).fit(text, wrong as TextFitOptions)).rejects.toMatchObject({
      code: 'usage',
      message: expect.stringContaining(message) as string,
    });
    expect(() => new TextModel({ unitz: 3 } as TextModelOptions)).toThrow('TextModel has no option "unitz".');
  });
});

it('goes on with a model that was loaded and trained further, as without a break', async () => {
  const other = 'The dog slept on the log. '.repeat(30);
  const first = new TextModel({ cell: 'gru', units: 6, layers: 1, engine: 'wasm', threads: 1 });
  await first.fit(text, { batchSize: 2, seqLength: 8, steps: 5 });
  const bytes = first.toBytes();
  const further = async (
    steps: { stopAt?: number; resume?: boolean },
    where: string,
  ): Promise<Uint8Array> => {
    const model = await TextModel.fromBytes(bytes, { engine: 'wasm', threads: 1 });
    const signal = { aborted: false };
    await model.fit(other, {
      ...{ batchSize: 2, seqLength: 8, steps: 8, resume: steps.resume ?? false, signal: signal },
      checkpoint: { folder: join(folder, '..', where), everySteps: 3 },
      onProgress: ({ step }) => void (signal.aborted = step === steps.stopAt),
    });
    const made = model.toBytes();
    await model.dispose();
    return made;
  };
  const unbroken = await further({}, 'a');
  expect(await further({ stopAt: 4 }, 'b')).not.toEqual(unbroken);
  expect(await further({ resume: true }, 'b')).toEqual(unbroken);
  await first.dispose();
}, 60_000);
