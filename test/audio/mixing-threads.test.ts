import type { Worker } from 'node:worker_threads';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Clip, ClipSet } from '../../src/audio/clips/clips.js';
import { readClips } from '../../src/audio/clips/read-clips.js';
import { ExamplePool } from '../../src/audio/examples/example-pool.js';
import type { MixingJob } from '../../src/audio/examples/mixing-thread.js';
import { loadClips } from '../../src/audio/clips/shared-clips.js';
import { triggerPreset } from '../../src/audio/detection/trigger-settings.js';
import { hardwareThreads } from '../../src/base/host/thread-support.js';
import { shippedClips } from '../support/clip-files.js';

const standard = triggerPreset('standard');
/** Short examples, which are soon mixed. */
const preset = { ...standard, synthesis: { ...standard.synthesis, exampleSeconds: 2 } };
const SIZE = 32;
const jobs: MixingJob[] = Array.from({ length: SIZE }, (_, place) => ({
  place,
  // Not in the order of their places, and some without the word.
  number: { seed: 3, example: (7 * place) % SIZE, ...(place % 5 === 0 && { wordless: true as const }) },
}));
let clips: ClipSet;

beforeAll(() => {
  clips = readClips(shippedClips(5), 16_000);
});

function poolOf(threads: number, { set = clips, settings = preset } = {}): ExamplePool {
  return new ExamplePool(set, settings, SIZE, 3, ['activate'], { threads, records: true });
}

/** All that a pool holds. */
function contentOf(pool: ExamplePool) {
  const places = Int32Array.from({ length: SIZE }, (_, n) => n);
  const { x, y, sampleWeight } = pool.batch(places);
  return {
    x: x.data,
    y: y.data,
    weights: sampleWeight.data,
    said: Array.from(places, (n) => pool.wordsIn(n)),
  };
}

describe('mixing on threads', () => {
  it('gives the same examples, labels and records as one thread does, in the same order', async () => {
    const [one, two] = [poolOf(1), poolOf(2)];
    const counts: number[] = [];
    const records = await two.mixAll(jobs, (done) => counts.push(done) > 0);
    expect(records).toEqual(await one.mixAll(jobs));
    expect(records.map(({ example }) => example)).toEqual(jobs.map(({ number }) => number.example));
    expect(contentOf(two)).toEqual(contentOf(one));
    expect(counts.at(-1)).toBe(SIZE);
    expect(counts).toEqual([...counts].sort((a, b) => a - b));
    // The threads stay, and mix what comes next as well.
    const others = jobs.map(({ place }) => ({ place, number: { seed: 4, example: place } }));
    expect(await two.mixAll(others)).toEqual(await one.mixAll(others));
    expect(contentOf(two)).toEqual(contentOf(one));
    two.dispose();
  });

  it('gives the same, in the same order, where one of the threads is ended on the way', async () => {
    const started: Worker[] = [];
    const listen = (worker: Worker): void => void started.push(worker);
    process.on('worker', listen);
    const [one, two] = [poolOf(1), poolOf(2)];
    try {
      const records = await two.mixAll(jobs, async () => {
        await started[0].terminate();
        return true;
      });
      expect(started).toHaveLength(2);
      expect(records).toEqual(await one.mixAll(jobs));
      expect(contentOf(two)).toEqual(contentOf(one));
    } finally {
      process.off('worker', listen);
      two.dispose();
    }
  });

  it('begins nothing more once it is told to stop', async () => {
    const pool = poolOf(2);
    const records = await pool.mixAll(jobs, () => false);
    // What the two had in hand is finished.
    expect(records.length).toBe(16);
    pool.dispose();
  });

  it('takes clips that make their sound on demand', async () => {
    const [first, ...negatives] = clips.negatives;
    class Lazy implements Clip {
      readonly speaker = undefined;
      readonly word = undefined;
      readonly speech = first.speech;
      readonly name = 'speech/lazy';
      get samples() {
        return first.samples;
      }
    }
    const set = { ...clips, negatives, speech: [new Lazy()] };
    const [one, two] = [poolOf(1, { set }), poolOf(2, { set })];
    const records = await two.mixAll(jobs);
    expect(records).toEqual(await one.mixAll(jobs));
    expect(records.flatMap(({ placed }) => placed).some(({ kind }) => kind === 'speech')).toBe(true);
    two.dispose();
  });

  it('shows what is wrong with a clip as one thread does', async () => {
    const settings = { ...preset, synthesis: { ...preset.synthesis, exampleSeconds: 0.5 } };
    const pool = poolOf(2, { settings });
    await expect(pool.mixAll(jobs)).rejects.toMatchObject({
      code: 'bad-value',
      message: expect.stringContaining('longer than an example of 0.5 s'),
    });
    pool.dispose();
  });
});

describe('loadClips', () => {
  const waiting = (load: (n: number) => Promise<void>) =>
    Array.from({ length: 9 }, (_, n) => ({ ...clips.negatives[n], load: () => load(n) }));

  it('has every clip made once, and says how far it is', async () => {
    const made: number[] = [];
    const told: string[] = [];
    const lists = waiting(async (n) => void made.push(n));
    const set = { ...clips, speech: lists.slice(0, 4), lookAlikes: lists.slice(4) };
    await loadClips(set, async (done, total) => told.push(`${done}/${total}`) > 0);
    expect(made.sort()).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8]);
    expect(told).toEqual(Array.from({ length: 9 }, (_, n) => `${n + 1}/9`));
  });

  it('stops where it is told to, and where a clip cannot be made', async () => {
    const made: number[] = [];
    const speech = waiting(async (n) => void made.push(n));
    await loadClips({ ...clips, speech }, async () => false);
    expect(made.length).toBeLessThanOrEqual(hardwareThreads());
    const broken = waiting((n) => (n === 3 ? Promise.reject(new Error('no voice')) : Promise.resolve()));
    await expect(loadClips({ ...clips, speech: broken }, async () => true)).rejects.toThrow('no voice');
  });
});
