import { configDefaults, defineConfig } from 'vitest/config';
import { alias, shared } from './vitest.config.js';

/** What measures times: one file after another, with the machine to itself. A process's memory is its own. */
const measuring = [
  'test/cli/process.long.test.ts',
  'test/embeddings/linear-time.long.test.ts',
  'test/text/music/reading-time.long.test.ts',
  'test/scripts/demo.long.test.ts',
];

/** `npm run test:long`: what trains, packs and installs, two files at a time, and then what measures. */
export default defineConfig({
  resolve: { alias },
  test: {
    ...shared,
    projects: [
      {
        extends: true,
        test: {
          name: 'long',
          include: ['test/**/*.long.test.ts'],
          exclude: [...configDefaults.exclude, ...measuring],
          maxWorkers: 2,
          sequence: { groupOrder: 0 },
        },
      },
      {
        extends: true,
        test: { name: 'measuring', include: measuring, fileParallelism: false, sequence: { groupOrder: 1 } },
      },
    ],
    testTimeout: 15 * 60_000,
    hookTimeout: 15 * 60_000,
  },
});
