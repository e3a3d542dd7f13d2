import { execFileSync } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { afterEach, describe, expect, it } from 'vitest';
import type { Thread } from '../../../src/base/host/thread.js';
import { hardwareThreads } from '../../../src/base/host/thread-support.js';
import { startThread } from '../../../src/base/host/threads.js';

const echo = new URL('../../support/threads/echo-thread.js', import.meta.url);
const started: Thread[] = [];

function start(module: URL, data: unknown): Thread {
  const thread = startThread({ name: 'kernels', url: () => module }, data);
  started.push(thread);
  return thread;
}

afterEach(() => {
  for (const thread of started.splice(0)) thread.terminate();
});

/** The next `count` messages, or the first error. */
function messages(thread: Thread, count: number): Promise<unknown[]> {
  return new Promise((resolve, reject) => {
    const got: unknown[] = [];
    thread.onMessage((message) => {
      got.push(message);
      if (got.length === count) resolve(got);
    });
    thread.onError(reject);
  });
}

describe('startThread', () => {
  it('hands over its data, and messages both ways in order', async () => {
    const thread = start(echo, 100);
    const answers = messages(thread, 3);
    for (const number of [1, 2, 3]) thread.post(number);
    expect(await answers).toEqual([101, 102, 103]);
  });

  it('moves a buffer that is transferred', async () => {
    const thread = start(echo, 0);
    const answers = messages(thread, 1);
    const buffer = Float32Array.of(1, 2, 3).buffer;
    thread.post(buffer, [buffer]);
    expect(Array.from(new Float32Array((await answers)[0] as ArrayBuffer))).toEqual([1, 2, 3]);
    expect(buffer.byteLength).toBe(0);
  });

  it('reports what the thread throws', async () => {
    const thread = start(echo, 0);
    const answers = messages(thread, 1);
    thread.post('fail');
    await expect(answers).rejects.toThrow('asked to fail');
  });

  it('reports a module that is not there, and a message that cannot be copied', async () => {
    await expect(messages(start(new URL('./none.js', import.meta.url), 0), 1)).rejects.toThrow(/none/);
    await expect(
      messages(
        start(echo, () => 0),
        1,
      ),
    ).rejects.toThrow(/clone/);
  });

  it('reports a thread that ran out of memory', () => {
    const thread = `data:text/javascript,import { parentPort as p } from 'node:worker_threads'; p.on('message', () => { for (const kept = []; ; ) kept.push(new Array(1000).fill(kept.length)); });`;
    const program = `
      import { startThread } from '${new URL('../../../src/base/host/threads.ts', import.meta.url).href}';
      let told = 0;
      startThread({ name: 'kernels', url: () => new URL(${JSON.stringify(thread)}) }, 0).onError((error) => told++ || console.log(error.message));
    `;
    const loader = new URL('../../support/typescript-loader.mjs', import.meta.url).href;
    // The threads of a process have its limit, each for itself.
    const args = ['--max-old-space-size=60', '--import', loader, '--input-type=module', '-e', program];
    const printed = execFileSync(process.execPath, args, {
      ...{ encoding: 'utf8', timeout: 60_000, stdio: ['ignore', 'pipe', 'ignore'] },
    });
    expect(printed).toMatch(/^Worker terminated due to reaching memory limit/);
  }, 60_000);

  it('starts from a program on the command line, and lets it end', () => {
    // Such a process would hand on --input-type, with which no worker may have a file.
    const thread = `data:text/javascript,import { parentPort as p } from 'node:worker_threads'; p.on('message', (m) => p.postMessage(m));`;
    const program = `
      import { startThread } from '${new URL('../../../src/base/host/threads.ts', import.meta.url).href}';
      const thread = startThread({ name: 'kernels', url: () => new URL(${JSON.stringify(thread)}) }, 'started');
      thread.onMessage((message) => { console.log(message); thread.unref(); });
      thread.onError((error) => console.log(error));
    `;
    const loader = new URL('../../support/typescript-loader.mjs', import.meta.url).href;
    const args = ['--import', loader, '--input-type=module', '-e', program];
    const printed = execFileSync(process.execPath, args, { encoding: 'utf8', timeout: 30_000 });
    expect(printed).toBe('started\n');
  });
});

describe('hardwareThreads', () => {
  it('is what Node says', () => {
    expect(hardwareThreads()).toBe(availableParallelism());
  });
});
