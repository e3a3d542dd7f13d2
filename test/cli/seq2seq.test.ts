import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCli } from '../support/run-cli.js';
import { withStdin } from '../support/with-stdin.js';

const folder = mkdtempSync(path.join(tmpdir(), 'seqkit-translate-'));
const at = (name: string): string => path.join(folder, name);
const model = at('m.safetensors');
afterAll(() => rmSync(folder, { recursive: true }));

const network = ['--units', '16', '--embedding', '8', '--dropout', '0', '--engine', 'wasm'];
let trained: Awaited<ReturnType<typeof runCli>>;
beforeAll(async () => {
  const lines = Array.from(
    { length: 60 },
    (_, n) => `${n % 10}${n % 7}\t${n % 10 === 3 ? 'three' : 'other'}`,
  );
  writeFileSync(at('pairs.tsv'), lines.join('\n'));
  const run = ['--epochs', '12', '--batch', '10', '--learning-rate', '0.02', '--seed', '2'];
  trained = await runCli(['train-seq2seq', at('pairs.tsv'), '--out', model, ...network, ...run]);
}, 60_000);

describe('train-seq2seq and translate', () => {
  it('say what was trained, and what comes of a text', async () => {
    expect(trained.status).toBe(0);
    expect(trained.stdout).toMatch(
      /^model +.*m\.safetensors, \d+ parameters\npairs +60\nepoch kept +\d+\nheld out/,
    );
    const { status, stdout } = await runCli(['translate', model, '35']);
    expect({ status, stdout }).toEqual({ status: 0, stdout: 'three\n' });
  });

  it('answer standard input line by line, and as JSON', async () => {
    const { stdout, stderr } = await withStdin('35\n\n12\n', () => runCli(['translate', model]));
    expect(stdout).toBe('three\n\nother\n');
    expect(stderr).toContain('Line 2 is empty');
    const json = await runCli(['translate', model, '35', '--json', '--beam', '2']);
    expect(JSON.parse(json.stdout)).toMatchObject({ source: '35', text: 'three', alternatives: [{}] });
  });

  it('draw where it looked', async () => {
    const { status } = await runCli(['translate', model, '35', '--attention', at('a.svg')]);
    expect(status).toBe(0);
    expect(readFileSync(at('a.svg'), 'utf8')).toContain('Attention');
    const again = await runCli(['translate', model, '35', '--attention', at('a.svg')]);
    expect(again.status).toBe(1);
    expect(again.stderr).toContain('--force');
  });

  it('name a bad line, and keep a model that is there', async () => {
    writeFileSync(at('bad.tsv'), 'a\tb\nc\n');
    const bad = await runCli(['train-seq2seq', at('bad.tsv'), '--out', at('n.safetensors')]);
    expect(bad.status).toBe(1);
    expect(bad.stderr).toContain('bad.tsv, line 2');
    const kept = await runCli(['train-seq2seq', at('pairs.tsv'), '--out', model]);
    expect(kept).toMatchObject({ status: 1, stdout: '' });
  });

  it('are told from other models by inspect', async () => {
    const { stdout } = await runCli(['inspect', model]);
    expect(stdout).toMatch(/m\.safetensors: Seq2Seq, [^]*encoder[^]*architecture/);
  });
});
