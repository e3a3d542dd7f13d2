import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { Random } from '../../src/base/math/random.js';
import { runCli } from '../support/run-cli.js';

const folder = mkdtempSync(join(tmpdir(), 'seqkit-overfitting-'));
afterAll(() => rmSync(folder, { recursive: true }));

it('train-text says once that it learns by heart, keeps the best epoch, and says which', async () => {
  const random = new Random(3);
  const file = join(folder, 'noise.txt');
  writeFileSync(file, Array.from({ length: 900 }, () => 'abcdef'[random.integer(6)]).join(''));
  const out = join(folder, 'noise.safetensors');
  const size = ['--units', '24', '--layers', '1', '--seq-length', '16', '--batch', '8', '--held-out', '0.2'];
  const pace = ['--epochs', '8', '--learning-rate', '0.03', '--sample-minutes', '0', '--engine', 'wasm'];
  const args = ['train-text', file, '--out', out, ...size, ...pace];
  const { status, stdout, stderr } = await runCli(args);
  expect(status, stderr).toBe(0);
  const said = stderr.match(/The held-out loss has not fallen for 3 epochs \((\d\.\d+) at its lowest/g);
  expect(said).toHaveLength(1);
  const [, bits, nats, epoch] =
    /^held out {2}(\d\.\d+) bits per character \((\d\.\d+) nats\), the lowest: epoch (\d) of 8, whose weights are kept$/m.exec(
      stdout,
    )!;
  expect(Number(bits)).toBeCloseTo(Number(nats) / Math.LN2, 2);
  // The file holds these weights: they predict what was held out as well as was said.
  const tail = join(folder, 'tail.txt');
  const { readFileSync } = await import('node:fs');
  writeFileSync(tail, readFileSync(file, 'utf8').slice(-180));
  const measured = await runCli(['eval-text', out, tail, '--json', '--engine', 'wasm']);
  expect((JSON.parse(measured.stdout) as { nats: number }).nats).toBeCloseTo(Number(nats), 2);
  expect(Number(epoch)).toBeLessThan(6);
});
