import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { runCli } from '../support/run-cli.js';

const folder = mkdtempSync(path.join(tmpdir(), 'seqkit-forecast-'));
const at = (name: string) => path.join(folder, name);
afterAll(() => rmSync(folder, { recursive: true }));

const season = [3, 1, 4, 1, 5, 9, 2];
const rows = Array.from({ length: 120 }, (_, t) => `${t},${season[t % 7] + t / 50},${t % 2}`);
writeFileSync(at('sales.csv'), ['day,sold,promo', ...rows].join('\n'));
writeFileSync(at('ahead.csv'), ['day,sold,promo', ...rows.slice(80), '120,,0', '121,,1'].join('\n'));

const columns = ['--target', 'sold', '--known', 'promo'];
const size = ['--horizon', '2', '--season', '7', '--units', '4', '--epochs', '3', '--levels', '0.9'];

describe('train-forecast and forecast', () => {
  it('say how good the forecasts are, and give those of the rows that follow', async () => {
    const model = at('m.safetensors');
    const trained = await runCli(['train-forecast', at('sales.csv'), ...columns, ...size, '--out', model]);
    expect(trained.status, trained.stderr).toBe(0);
    expect(trained.stdout).toMatch(/^baseline +0\.1400 +0\.1400 +1\.000$/m);
    expect(trained.stdout).toMatch(/^intervals {2}90\.0%: held \d/m);
    const { status, stdout } = await runCli(['forecast', model, at('ahead.csv'), ...columns, '--json']);
    expect(status).toBe(0);
    const [{ values, intervals, baseline }] = (
      JSON.parse(stdout) as { series: { values: number[]; intervals: unknown[]; baseline: number[] }[] }
    ).series;
    expect(baseline).toEqual([season[113 % 7] + 113 / 50, season[114 % 7] + 114 / 50]);
    expect(values).toHaveLength(2);
    expect(intervals).toHaveLength(1);
    const shown = await runCli(['forecast', model, at('ahead.csv'), ...columns]);
    expect(shown.stdout.split('\n')[0]).toMatch(/^step +forecast +90\.0%$/);
    expect(shown.stdout.trim().split('\n')).toHaveLength(3);
  });

  it('refuse a column that is not there, and a table without the rows ahead', async () => {
    const missing = await runCli(['train-forecast', at('sales.csv'), '--target', 'sales', '--out', at('n')]);
    expect(missing).toMatchObject({ status: 2, stdout: '' });
    expect(missing.stderr).toContain('no column "sales"');
    const short = await runCli(['forecast', at('m.safetensors'), at('sales.csv'), ...columns]);
    expect(short).toMatchObject({ status: 1, stdout: '' });
    expect(short.stderr).toContain('0 rows of known inputs beyond its values, not 2');
  });
});
