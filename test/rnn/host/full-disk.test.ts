import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeFileAtomic } from '../../../src/base/host/files.js';
import { Dense } from '../../../src/rnn/layers/dense.js';
import { GRU } from '../../../src/rnn/layers/gru.js';
import { Sequential } from '../../../src/rnn/model/sequential.js';
import { Adam } from '../../../src/rnn/training/optimizers/index.js';
import { normals } from '../../support/random-tensors.js';

/** A file system of its own of 256 kB in memory; only root may mount one. */
const disk = fs.mkdtempSync(join(tmpdir(), 'seqkit-full-disk-'));
const mounted =
  spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=256k', 'tmpfs', disk], { stdio: 'ignore' }).status === 0;
afterAll(() => {
  if (mounted) spawnSync('umount', [disk]);
  fs.rmSync(disk, { recursive: true });
});

const full = {
  code: 'file-access',
  message: expect.stringContaining('the disk is full') as string,
  hint: 'Make room, or choose another disk.',
};

describe.skipIf(!mounted)(`on a full disk${mounted ? '' : ' (a small tmpfs cannot be mounted here)'}`, () => {
  it('a file is not half written, and the one before stays', async () => {
    const path = join(disk, 'a');
    await writeFileAtomic(path, 'old');
    await expect(writeFileAtomic(path, new Uint8Array(2 ** 20), { force: true })).rejects.toMatchObject(full);
    await expect(writeFileAtomic(join(disk, 'b'), new Uint8Array(2 ** 20))).rejects.toMatchObject(full);
    expect(fs.readdirSync(disk)).toEqual(['a']);
    expect(fs.readFileSync(path, 'utf8')).toBe('old');
    fs.rmSync(path);
  });

  describe('a training', () => {
    const network = (): Sequential => {
      // About 100 kB of weights and optimizer state.
      const model = new Sequential([new GRU({ units: 48 }), new Dense({ units: 2 })], { engine: 'wasm' });
      model.compile({ loss: 'meanSquaredError', optimizer: new Adam() });
      return model;
    };
    const [x, y] = [normals(1, 8, 3, 4), normals(2, 8, 2)];
    const path = join(disk, 'run.safetensors');
    let good: Buffer;

    beforeAll(async () => {
      await network().fit(x, y, { epochs: 2, checkpoint: { path } });
      good = fs.readFileSync(path);
      expect(good.length).toBeGreaterThan(64 * 1024);
      // What is left has no room for a second one beside it.
      fs.writeFileSync(join(disk, 'ballast'), new Uint8Array(256 * 1024 - good.length - 32 * 1024));
    });

    it('ends with a clear error, its last checkpoint whole', async () => {
      const options = { epochs: 9, checkpoint: { path, everySteps: 1 }, resume: true };
      await expect(network().fit(x, y, options)).rejects.toMatchObject(full);
      expect(fs.readFileSync(path).equals(good)).toBe(true);
      expect(fs.readdirSync(disk).sort()).toEqual(['ballast', 'run.safetensors']);
    });

    it('goes on from there once there is room', async () => {
      fs.rmSync(join(disk, 'ballast'));
      const resumed = network();
      await resumed.fit(x, y, { epochs: 9, checkpoint: { path, everySteps: 1 }, resume: true });
      const whole = network();
      await whole.fit(x, y, { epochs: 9 });
      expect(resumed.toBytes()).toEqual(whole.toBytes());
    });
  });
});
