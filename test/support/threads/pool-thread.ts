import { openThread, READY } from '../../../src/base/host/threads.js';

// For test/base/host/thread-pool.test.ts: does as it is told.
const { data, starter } = await openThread();
const { thread, fails } = data as { thread: number; fails: readonly number[] };
if (fails.includes(thread)) throw new Error('asked not to start');
// Until here messages wait.
await new Promise((resolve) => setTimeout(resolve, 50));
starter.post(READY);
starter.onMessage((message) => {
  if (message === 'fail') throw new Error(`thread ${thread} was asked to fail`);
  if (message === 'leave') process.exit(3);
  if (message !== 'be silent') starter.post([thread, message]);
});
