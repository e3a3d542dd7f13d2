import { it } from 'vitest';
import { expectSameNumbers } from './expect-same-numbers.js';
import { describeBackends } from './gpu-comparison.js';
import { jobNames, runJob } from './gpu-jobs.js';

describeBackends('ten losses and all gradients equal those of wasm', (backend) => {
  it.each(jobNames)('%s', async (name) => {
    expectSameNumbers(await runJob(name, `gpu:${backend}`), await runJob(name, 'wasm'));
  });
});
