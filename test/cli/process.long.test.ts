import { spawn, spawnSync } from 'node:child_process';
import path from 'node:path';
import { describe, expect, it } from 'vitest';

const top = path.resolve(import.meta.dirname, '../..');
const main = path.join(top, 'dist/cli/main.js');

function timeMs(args: readonly string[]): number {
  const start = performance.now();
  const { status } = spawnSync(process.execPath, args, { cwd: top });
  expect(status).toBe(0);
  return performance.now() - start;
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1];
}

describe('the compiled command line', () => {
  it('answers an analogy in four times what Node takes to start', () => {
    const empty: number[] = [];
    const analogy: number[] = [];
    // In turns, so that another load on the machine weighs on both.
    for (let round = 0; round < 11; round++) {
      empty.push(timeMs(['-e', '0']));
      analogy.push(timeMs([main, 'analogy', 'king', 'man', 'woman']));
    }
    const ratio = median(analogy) / median(empty);
    console.log(`analogy: ${median(analogy).toFixed(0)} ms, ${ratio.toFixed(2)} times node -e 0`);
    expect(ratio).toBeLessThan(4);
  });

  it('ends with the status of a usage error', () => {
    const { status, stderr } = spawnSync(process.execPath, [main, 'analgy'], { encoding: 'utf8' });
    expect(status).toBe(2);
    expect(stderr).toContain('Did you mean analogy?');
  });

  it.each([20, 21, 22, 24, 28])(
    'says that the machine lacks open files where a process may have %d',
    (most) => {
      const typed = `ulimit -n ${most}; exec "$0" "$@"`;
      for (const args of [
        ['check-clips', 'data/clips'],
        ['detect', 'test/golden/release-0.1.0/trigger.safetensors', 'data/demo/recording.wav', '--json'],
      ]) {
        const { status, stdout, stderr } = spawnSync('bash', ['-c', typed, process.execPath, main, ...args], {
          ...{ cwd: top, encoding: 'utf8' },
        });
        expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
        expect(stderr).toMatch(/may not open more files/);
        expect(stderr).toMatch(/see ulimit -n/);
        expect(stderr).not.toMatch(/fault in seqkit|node:internal|\n +at /);
      }
    },
  );

  it.each([1_500_000, 3_000_000])('says that memory is short where %d kB of addresses are all', (most) => {
    const typed = `ulimit -v ${most}; exec "$0" "$@"`;
    const args = ['analogy', 'king', 'man', 'woman'];
    const { status, stderr } = spawnSync('bash', ['-c', typed, process.execPath, main, ...args], {
      encoding: 'utf8',
    });
    expect(status).toBe(1);
    expect(stderr).toMatch(/memory is used up.*see ulimit -v/s);
  });

  it('is quiet when its reader has gone', async () => {
    // 50,000 lines do not fit into the pipe.
    const child = spawn(process.execPath, [main, 'neighbors', 'king', '--topn', '50000'], { cwd: top });
    let stderr = '';
    child.stderr.on('data', (data: Buffer) => (stderr += data.toString()));
    child.stdout.once('data', () => child.stdout.destroy());
    const status = await new Promise((resolve) => child.on('close', resolve));
    expect(stderr).not.toMatch(/error|EPIPE/i);
    expect(status).toBe(0);
  });
});
