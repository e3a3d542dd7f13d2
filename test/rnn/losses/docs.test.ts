import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { lossNames, metricNames } from '../../../src/rnn/index.js';

it('docs/losses-and-metrics.md has every loss and every metric', () => {
  const page = readFileSync(new URL('../../../docs/losses-and-metrics.md', import.meta.url), 'utf8');
  const missing = [...lossNames, ...metricNames].filter((name) => !page.includes(`\`${name}\``));
  expect(missing).toEqual([]);
});
