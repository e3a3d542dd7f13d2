import { defineConfig } from 'vitest/config';
import { alias, shared } from './vitest.config.js';

/** `npm run test:long`: what trains, packs and installs, one file after another since it measures times. */
export default defineConfig({
  resolve: { alias },
  test: {
    ...shared,
    include: ['test/**/*.long.test.ts'],
    fileParallelism: false,
    testTimeout: 15 * 60_000,
    hookTimeout: 15 * 60_000,
  },
});
