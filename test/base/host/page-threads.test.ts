import { expect, it } from 'vitest';
import { HostThread } from '../../../src/base/host/web/host-thread.js';

const failure = (): Promise<Error> =>
  new Promise((resolve) => new HostThread({ name: 'kernels', url: () => undefined }).onError(resolve));

it('where a page can start no thread, each that is asked for fails at once, not after the minute that a start may take', async () => {
  // Node has no Worker of pages: neither way to start one works. Later threads try none.
  for (let turn = 0; turn < 3; turn++) {
    const began = performance.now();
    expect(await failure()).toBeInstanceOf(Error);
    expect(performance.now() - began).toBeLessThan(10_000);
  }
}, 30_000);
