import { fileURLToPath } from 'node:url';
import { configDefaults, defineConfig, type ViteUserConfig } from 'vitest/config';
import { SkippedTestsReporter } from './test/support/skipped-tests-reporter.js';

/** A file for the results as JSON, beside what is printed. */
const resultsFile = process.env['SEQKIT_TEST_RESULTS'];

/** `seqkit/audio` in an example or a snippet means the source, as it stands. */
const doors = ['rnn', 'embeddings', 'text', 'audio', 'tasks', 'exchange', 'server', 'report'].map((room) => [
  `seqkit/${room}`,
  `./src/${room}/index.ts`,
]);
export const alias = Object.fromEntries(
  [
    ['seqkit/audio/advanced', './src/audio/advanced.ts'],
    ['seqkit/audio/detect', './src/audio/detect.ts'],
    ['seqkit/audio/browser', './src/audio/browser/index.ts'],
    ...doors,
    ['seqkit', './src/index.ts'],
  ].map(([name, file]) => [name, fileURLToPath(new URL(file, import.meta.url))]),
);

/** What the quick and the long suite share. */
export const shared = {
  // Threads that a test starts take it over from the process they are in.
  execArgv: ['--import', fileURLToPath(new URL('test/support/typescript-loader.mjs', import.meta.url))],
  reporters: [
    'default',
    new SkippedTestsReporter(),
    ...(resultsFile === undefined ? [] : [['json', { outputFile: resultsFile }] as ['json', object]]),
  ],
  coverage: {
    // Istanbul would rewrite the kernels that gpu.js reads back from their source.
    provider: 'v8',
    include: ['src/**/*.ts'],
    exclude: ['src/**/assembly/**', 'src/**/binary.ts'],
  },
} satisfies ViteUserConfig['test'];

/** `npm test`: what runs in a few minutes. */
export default defineConfig({
  resolve: { alias },
  test: {
    ...shared,
    include: ['test/**/*.test.ts'],
    exclude: [...configDefaults.exclude, 'test/**/*.long.test.ts'],
    // One for each core: vitest leaves one idle, which is half of a small machine.
    maxWorkers: '100%',
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
