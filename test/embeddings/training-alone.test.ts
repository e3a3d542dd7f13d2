import { expect, it, vi } from 'vitest';
import { Word2Vec } from '../../src/embeddings/index.js';

// Threads that cannot start, as in a page whose policy forbids workers.
vi.mock('../../src/base/host/host-thread.js', () => ({
  HostThread: class {
    onMessage() {}
    onError(listener: (error: Error) => void) {
      setTimeout(() => listener(new Error('the policy forbids it')));
    }
    post() {}
    unref() {}
    terminate() {}
  },
}));
vi.mock(import('../../src/base/host/thread-support.js'), async (original) => ({
  ...(await original()),
  hardwareThreads: () => 3,
}));

const corpus = Array.from({ length: 50 }, (_, i) => ['a', 'b', 'c', 'd'].slice(i % 3));
const settings = { vectorSize: 8, minCount: 1, epochs: 2, seed: 4, sample: 0 };

it('word vectors train on one thread where others cannot start, said once, with the numbers of one worker', async () => {
  const warn = vi.spyOn(console, 'warn').mockImplementation(() => {});
  const alone = new Word2Vec({ ...settings, workers: 1 });
  await alone.fit(corpus);
  for (let run = 0; run < 2; run++) {
    const model = new Word2Vec(settings);
    expect(model.workers).toBe(3);
    expect(await model.fit(corpus)).toMatchObject({ workers: 1 });
    expect(model.wv.get('a')).toEqual(alone.wv.get('a'));
  }
  expect(warn.mock.calls).toEqual([
    [
      expect.stringMatching(
        /^The training of word vectors of seqkit runs on one thread: .*the policy forbids it/,
      ),
    ],
  ]);
});

it('an error tells those who asked for threads', async () => {
  await expect(new Word2Vec({ ...settings, workers: 2 }).fit(corpus)).rejects.toMatchObject({
    code: 'engine',
    message: expect.stringContaining('the policy forbids it'),
    hint: expect.stringContaining('With one worker no thread is needed'),
  });
});
