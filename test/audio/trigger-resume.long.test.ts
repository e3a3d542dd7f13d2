import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { readClips } from '../../src/audio/clips/read-clips.js';
import { TriggerModel } from '../../src/audio/trigger-model.js';
import { triggerPreset } from '../../src/audio/detection/trigger-settings.js';
import type { TriggerFitOptions } from '../../src/audio/training/training-plan.js';
import { shippedClips } from '../support/clip-files.js';

const preset = triggerPreset('standard');
const clips = readClips(shippedClips(5), 16_000);

describe('a training that was broken off', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'seqkit-resume-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  /** Seven epochs, the pool renewed before the third to the sixth of them; broken off after so many. */
  const train = async (options: TriggerFitOptions & { stopAfter?: number; seed?: number }) => {
    const { stopAfter, seed = 4, ...fit } = options;
    const model = new TriggerModel({ seed, engine: 'wasm', threads: 1 });
    model.settings.training.modelSelection = {
      ...preset.training.modelSelection!,
      share: 0.3,
      minActivates: 10,
    };
    model.settings.synthesis.exampleSeconds = 2;
    const stop = new AbortController();
    await model.fit(clips, {
      ...{ examples: 20, epochs: 7, signal: stop.signal },
      ...fit,
      onEpoch: ({ epoch }) => (epoch === stopAfter ? stop.abort() : undefined),
    });
    return model.toBytes();
  };

  it.each([3, 6])('after %i epochs goes on to the very same model', async (stopAfter) => {
    const checkpoint = path.join(folder, `after-${stopAfter}.safetensors`);
    const whole = await train({});
    const broken = await train({ checkpoint, stopAfter });
    expect(Buffer.compare(broken, whole)).not.toBe(0);
    await expect(train({ checkpoint })).rejects.toThrow('is there already');
    await expect(train({ checkpoint, resume: true, seed: 5 })).rejects.toThrow('seed (4 there, 5 here)');
    const resumed = await train({ checkpoint, resume: true });
    expect(Buffer.compare(resumed, whole)).toBe(0);
  });

  it('goes on from a store in place of a file, to the very same model', async () => {
    let stored: Uint8Array | undefined;
    const checkpoint = {
      read: () => Promise.resolve(stored),
      write: (bytes: Uint8Array) => Promise.resolve(void (stored = bytes)),
    };
    const whole = await train({});
    await train({ checkpoint, stopAfter: 5 });
    await expect(train({ checkpoint, resume: true, seed: 5 })).rejects.toThrow(/^The stored checkpoint/);
    expect(Buffer.compare(await train({ checkpoint, resume: true }), whole)).toBe(0);
    await expect(train({ checkpoint: {} as typeof checkpoint })).rejects.toThrow('read must be a function');
  });

  it('ends early where it would have ended early', async () => {
    const checkpoint = path.join(folder, 'patience.safetensors');
    const early = { epochs: 25, patience: 1 };
    const whole = await train(early);
    const { epochs } = (await TriggerModel.load(whole)).trainedOn!;
    expect(epochs).toBeLessThan(25);
    await train({ ...early, checkpoint, stopAfter: epochs - 2 });
    await expect(train({ epochs: 25, checkpoint, resume: true })).rejects.toThrow('patience');
    expect(Buffer.compare(await train({ ...early, checkpoint, resume: true }), whole)).toBe(0);
  });

  it('is not resumed from nowhere', async () => {
    await expect(train({ resume: true })).rejects.toThrow('no checkpoint to resume from');
  });
});
