import js from '@eslint/js';
import { defineConfig, globalIgnores } from 'eslint/config';
import tseslint from 'typescript-eslint';

/** Globals that only one kind of host has. Code that loads everywhere asks `src/base/host` instead. */
const hostGlobals = [
  'process',
  'Buffer',
  'require',
  '__dirname',
  'navigator',
  'window',
  'document',
  'self',
  'Worker',
  'fetch',
  'setImmediate',
];

export default defineConfig(
  globalIgnores([
    'dist',
    'coverage',
    'docs/api',
    '.site',
    '.site-cache',
    '.demo',
    'data/embedding',
    'data/vectors',
    'src/**/binary.ts',
    'src/exchange/onnx/schema/onnx-pb.ts',
    // AssemblyScript: a language of its own that only looks like TypeScript.
    'src/**/assembly',
  ]),
  js.configs.recommended,
  {
    files: ['**/*.ts', '**/*.tsx'],
    extends: [tseslint.configs.recommendedTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/consistent-type-imports': ['error', { disallowTypeAnnotations: false }],
      '@typescript-eslint/no-import-type-side-effects': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
      '@typescript-eslint/prefer-readonly': 'error',
      '@typescript-eslint/restrict-template-expressions': [
        'error',
        { allowNumber: true, allowBoolean: true },
      ],
      // A method may be async because its interface is.
      '@typescript-eslint/require-await': 'off',
      eqeqeq: 'error',
    },
  },
  {
    files: ['src/**/*.ts'],
    ignores: [
      'src/base/host/**',
      'src/rnn/engine/devices/**',
      'src/cli/**',
      'src/studio/**',
      // What the browser build alone has.
      'src/**/*-in-page.ts',
    ],
    rules: { 'no-restricted-globals': ['error', ...hostGlobals], 'no-console': 'error' },
  },
  {
    // Golden files and matchers such as expect.any() are of type any.
    files: ['test/**/*.ts'],
    rules: {
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
    },
  },
  {
    files: ['**/*.js', '**/*.mjs'],
    languageOptions: {
      globals: {
        AbortController: 'readonly',
        Buffer: 'readonly',
        URL: 'readonly',
        clearInterval: 'readonly',
        clearTimeout: 'readonly',
        console: 'readonly',
        performance: 'readonly',
        process: 'readonly',
        setInterval: 'readonly',
        setTimeout: 'readonly',
        structuredClone: 'readonly',
        TextDecoder: 'readonly',
        TextEncoder: 'readonly',
      },
    },
  },
  {
    // What pages, worklets, servers and plain Node have.
    files: ['test/bundlers/**/*.{js,mjs,cjs}'],
    languageOptions: {
      globals: Object.fromEntries(
        [
          ...[
            'AudioBufferSourceNode',
            'AudioWorkletNode',
            'AudioWorkletProcessor',
            'Blob',
            'OfflineAudioContext',
          ],
          ...[
            'Response',
            'WebAssembly',
            'console',
            'crossOriginIsolated',
            'fetch',
            'location',
            'registerProcessor',
          ],
        ].map((name) => [name, 'readonly']),
      ),
    },
  },
  {
    files: ['examples/listening/*.js'],
    languageOptions: {
      globals: {
        CustomEvent: 'readonly',
        HTMLElement: 'readonly',
        customElements: 'readonly',
        document: 'readonly',
      },
    },
  },
  {
    files: ['examples/listen-in-page/*.js'],
    languageOptions: {
      globals: {
        AudioContext: 'readonly',
        AudioWorkletNode: 'readonly',
        AudioWorkletProcessor: 'readonly',
        document: 'readonly',
        fetch: 'readonly',
        navigator: 'readonly',
        registerProcessor: 'readonly',
        sampleRate: 'readonly',
      },
    },
  },
);
