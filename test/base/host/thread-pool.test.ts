import { afterEach, describe, expect, it } from 'vitest';
import type { SeqkitError } from '../../../src/base/errors.js';
import { ThreadPool, type ThreadPoolOptions } from '../../../src/base/host/thread-pool.js';
import type { ThreadModule } from '../../../src/base/host/thread.js';

const module: ThreadModule = {
  name: 'kernels',
  url: () => new URL('../../support/threads/pool-thread.js', import.meta.url),
};
const pools: ThreadPool[] = [];

/** @param fails which threads do not start */
function poolOf({
  fails = [],
  ...options
}: Partial<ThreadPoolOptions> & { fails?: readonly number[] }): ThreadPool {
  const pool = new ThreadPool(module, {
    ...{ owner: 'the test', threads: 2, hint: 'Mend it.', data: (thread) => ({ thread, fails }) },
    ...options,
  });
  pools.push(pool);
  return pool;
}

afterEach(() => {
  for (const pool of pools.splice(0)) pool.terminate();
});

describe('ThreadPool', () => {
  it('numbers its threads from 0, or from 1 where the caller works too', async () => {
    expect(await poolOf({}).ready()).toEqual([0, 1]);
    const pool = poolOf({ first: 1, threads: 3 });
    expect(await pool.ready()).toEqual([1, 2]);
    expect(pool.threads).toBe(3);
    expect(await Promise.all([pool.ask(2, 'a'), pool.ask(1, 'b')])).toEqual([
      [2, 'a'],
      [1, 'b'],
    ]);
  });

  it('tells what was not asked, with the thread that says it, though nobody waited until it was ready', async () => {
    const heard = await new Promise((resolve) => {
      const all: unknown[] = [];
      const pool = poolOf({
        onMessage: (message, thread) => void (all.push({ message, thread }) === 2 && resolve(all)),
      });
      pool.post(1, 'x');
      pool.post(0, 'y');
    });
    expect(heard).toEqual(
      expect.arrayContaining([
        { message: [1, 'x'], thread: 1 },
        { message: [0, 'y'], thread: 0 },
      ]),
    );
  });

  it('goes on without a thread that did not start, and names it', async () => {
    const pool = poolOf({ fails: [0] });
    expect(await pool.ready()).toEqual([1]);
    expect(pool.failure).toMatchObject({
      code: 'engine',
      message: 'Thread 0 of the test, of 2 from 0 on, ended: asked not to start.',
      hint: 'Mend it.',
    });
    expect(await pool.ask(1, 'still there')).toEqual([1, 'still there']);
    expect(await pool.ask(0, 'gone')).toBeUndefined();
  });

  it.each([
    ['throws', 'fail', 'thread 1 was asked to fail'],
    ['is ended', 'leave', 'it was ended from outside (exit code 3)'],
  ])(
    'lets go who waits for a thread that %s; only the first failure is told',
    async (_how, message, cause) => {
      const told: SeqkitError[] = [];
      const pool = poolOf({ onFailure: (failure) => told.push(failure) });
      await pool.ready();
      expect(await pool.ask(1, message)).toBeUndefined();
      expect(await pool.ask(0, message)).toBeUndefined();
      expect(told.map((error) => error.message)).toEqual([
        `Thread 1 of the test, of 2 from 0 on, ended: ${cause}.`,
      ]);
      expect(pool.failure).toBe(told[0]);
    },
  );

  it('reports a module that is not there once', async () => {
    const told: SeqkitError[] = [];
    const pool = new ThreadPool(
      { name: 'kernels', url: () => new URL('./none.js', import.meta.url) },
      {
        ...{ owner: 'the test', threads: 2, hint: 'Mend it.', data: () => 0 },
        onFailure: (failure) => told.push(failure),
      },
    );
    pools.push(pool);
    expect(await pool.ready()).toEqual([]);
    expect(told).toHaveLength(1);
    expect(told[0].message).toMatch(/^Thread [01] of the test, of 2 from 0 on, ended: .*none/);
  });

  it('ends without a failure where it is told to', async () => {
    const pool = poolOf({});
    await pool.ready();
    pool.terminate();
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(pool.failure).toBeUndefined();
  });
});
