import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { checkUnlocked, whileLocked } from '../../../src/base/host/lock-file.js';

const folder = mkdtempSync(join(tmpdir(), 'seqkit-lock-'));
afterAll(() => rmSync(folder, { recursive: true }));
const path = join(folder, 'run');
const lock = join(folder, '.run.lock');

/** A lock as another holder wrote it. */
const leave = (holder: Record<string, unknown>): void =>
  writeFileSync(lock, JSON.stringify({ host: hostname(), since: '2026-01-01T00:00:00.000Z', ...holder }));

/** The number of a process that has ended. */
function deadPid(): number {
  return spawnSync(process.execPath, ['-e', '']).pid;
}

describe('whileLocked', () => {
  it('keeps others away while the work is done, and not after it, however that ends', async () => {
    await whileLocked(path, async () => {
      expect(JSON.parse(readFileSync(lock, 'utf8'))).toMatchObject({ pid: process.pid, host: hostname() });
      expect(() => checkUnlocked(path)).toThrow(
        `${path} is in use by another run: process ${process.pid}, since `,
      );
      await expect(whileLocked(`${path}/`, () => Promise.resolve())).rejects.toMatchObject({
        code: 'file-access',
      });
    });
    await expect(whileLocked(path, () => Promise.reject(new Error('work')))).rejects.toThrow('work');
    expect(readdirSync(folder)).toEqual([]);
    checkUnlocked(path);
  });

  it('names the holder and the machine, and what to remove', async () => {
    const child = spawn(process.execPath, ['-e', 'setTimeout(() => {}, 60_000)']);
    try {
      leave({ pid: child.pid });
      await expect(whileLocked(path, () => Promise.resolve())).rejects.toMatchObject({
        message: `${path} is in use by another run: process ${child.pid}, since 2026-01-01T00:00:00.000Z.`,
        hint: expect.stringContaining(`remove ${lock}`) as string,
      });
      leave({ pid: deadPid(), host: 'elsewhere' });
      await expect(whileLocked(path, () => Promise.resolve())).rejects.toThrow('on elsewhere, since 2026');
    } finally {
      child.kill();
    }
  });

  it('takes over from a process that is gone, whose number may have come again, and from what is damaged', async () => {
    const took = async (): Promise<boolean> => {
      checkUnlocked(path);
      await whileLocked(path, () => Promise.resolve());
      return !existsSync(lock);
    };
    leave({ pid: deadPid() });
    expect(await took()).toBe(true);
    if (existsSync('/proc/self/stat')) {
      // This process did not begin at tick 1 of the machine.
      leave({ pid: process.pid, began: '1' });
      expect(await took()).toBe(true);
    }
    for (const text of ['', 'null', '{"pid":']) {
      writeFileSync(lock, text);
      expect(await took()).toBe(true);
    }
  });

  it('lets one of several at a time in where a holder is gone', async () => {
    leave({ pid: deadPid() });
    let inside = 0;
    const results = await Promise.allSettled(
      Array.from({ length: 5 }, () =>
        whileLocked(path, async () => {
          expect(++inside).toBe(1);
          await new Promise((resolve) => setTimeout(resolve, 5));
          inside--;
        }),
      ),
    );
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(readdirSync(folder)).toEqual([]);
  });
});
