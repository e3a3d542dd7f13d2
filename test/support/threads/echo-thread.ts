import { openThread } from '../../../src/base/host/threads.js';

// For test/rnn/host/threads.test.ts: adds to each message what it was started with.
const { data, starter } = await openThread();
starter.onMessage((message) => {
  if (message === 'fail') throw new Error('asked to fail');
  if (message instanceof ArrayBuffer) starter.post(message, [message]);
  else starter.post(Number(message) + Number(data));
});
