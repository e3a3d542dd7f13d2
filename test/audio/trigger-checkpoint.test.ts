import { describe, expect, it } from 'vitest';
import type { Clip } from '../../src/audio/clips/clips.js';
import { triggerPreset } from '../../src/audio/detection/trigger-settings.js';
import { describeTriggerRun, TriggerCheckpoint } from '../../src/audio/training/trigger-checkpoint.js';
import { Dense } from '../../src/rnn/layers/dense.js';
import { Sequential } from '../../src/rnn/model/sequential.js';

const clip: Clip = {
  ...{ name: 'activates/a.wav', speaker: undefined, word: 'on' },
  ...{ samples: new Float32Array(100), speech: { start: 10, end: 90 } },
};
const runOf = (activates: Clip[]) =>
  describeTriggerRun({
    clips: { sampleRate: 16_000, activates, negatives: [], backgrounds: [] },
    ...{ words: ['on', 'off'], preset: triggerPreset('standard'), seed: 1, examples: 10, epochs: 2 },
  });

describe('a checkpoint of a trigger model', () => {
  it.each([
    ['where its speech ends', { speech: { start: 10, end: 80 } }],
    ['where its speech begins', { speech: { start: 0, end: 90 } }],
    ['its word', { word: 'off' }],
    ['its samples', { samples: new Float32Array(100).fill(0.1) }],
  ])('belongs to another run where a clip has changed: %s', (_, change) => {
    expect(runOf([{ ...clip }])).toEqual(runOf([clip]));
    expect(runOf([{ ...clip, ...change }])['clips']).not.toBe(runOf([clip])['clips']);
  });

  it('is none where a store says null, as some do, and damaged where it has no bytes', async () => {
    const network = new Sequential([new Dense({ units: 1 })], { engine: 'wasm', threads: 1 });
    await network.build([2]);
    const open = (found: unknown) =>
      new TriggerCheckpoint(
        network,
        { read: () => Promise.resolve(found as undefined), write: () => Promise.resolve() },
        runOf([clip]),
      ).open(true);
    expect(await open(null)).toBeUndefined();
    expect(await open(undefined)).toBeUndefined();
    await expect(open('')).rejects.toThrow('What the store of checkpoints read');
    await network.dispose();
  });
});
