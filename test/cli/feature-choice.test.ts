import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it, vi } from 'vitest';
import { chooseFeatures, type FeatureChoiceOptions } from '../../src/cli/trigger/feature-choice.js';

const folder = mkdtempSync(join(tmpdir(), 'seqkit-features-'));
afterEach(() => vi.unstubAllEnvs());
afterAll(() => rmSync(folder, { recursive: true }));

/** A folder of so many files by what lies below activates/; nothing in them is asked. */
function clips(name: string, counts: Record<string, number>): string {
  for (const [below, count] of Object.entries(counts)) {
    const own = join(folder, name, 'activates', below);
    mkdirSync(own, { recursive: true });
    for (let n = 0; n < count; n++) writeFileSync(join(own, `${n}.wav`), '');
  }
  return join(folder, name);
}

/** flite alone on the path, or nothing that speaks. */
function onThePath(speaks: boolean): void {
  const path = mkdtempSync(join(folder, 'path-'));
  if (speaks)
    writeFileSync(join(path, 'flite'), "#!/bin/sh\necho 'Voices available: slt '\n", { mode: 0o755 });
  vi.stubEnv('PATH', path);
}

const asked = (options: Partial<FeatureChoiceOptions>): FeatureChoiceOptions => ({
  preset: 'standard',
  language: 'en',
  ...options,
});

describe('the features of train-trigger, where none are named,', () => {
  const few = clips('few', { '': 30 });
  const many = clips('many', { '': 60 });
  const words = clips('words', { tea: 80, milk: 12 });

  it('are those of the speech embedding for voices alone and for few recordings of a named word', async () => {
    onThePath(true);
    expect(await chooseFeatures(undefined, asked({ word: ['tea'] }))).toEqual({ features: 'embedding' });
    expect(await chooseFeatures(few, asked({ word: ['tea'] }))).toEqual({
      features: 'embedding',
      why: '30 recordings of "tea" are few. So synthetic voices say it too, and the model hears through a speech embedding. If it is no speech: --features log-mel.',
    });
    const { features, why } = await chooseFeatures(words, asked({ word: ['tea', 'milk'] }));
    expect([features, why]).toEqual([
      'embedding',
      expect.stringContaining('12 recordings of "milk" are few.'),
    ]);
  });

  it('are left to the preset otherwise', async () => {
    onThePath(true);
    const left = { features: undefined };
    expect(await chooseFeatures(many, asked({ word: ['tea'] }))).toEqual(left);
    expect(await chooseFeatures(words, asked({ word: ['tea'] }))).toEqual(left);
    // A word that the folder lacks is an error later, and no word of voices alone.
    expect(await chooseFeatures(words, asked({ word: ['milk', 'te'] }))).toEqual(left);
    expect(await chooseFeatures(join(folder, 'nowhere'), asked({ word: ['tea'] }))).toEqual(left);
    for (const options of [
      {},
      { word: ['tea'], voices: 0 },
      { word: ['tea'], records: 'r.jsonl' },
      { word: ['tea'], labelSteps: 12 },
      { word: ['tea'], preset: 'coursera' },
      { word: ['tea'], from: 'm.safetensors' },
    ])
      expect([options, await chooseFeatures(few, asked(options))]).toEqual([options, left]);
    expect(await chooseFeatures(few, asked({ word: ['tea'], features: 'mfcc' }))).toEqual({
      features: 'mfcc',
    });
  });

  it('are left to the preset where nothing speaks, which is said', async () => {
    onThePath(false);
    // The package of flite may be installed; nothing speaks Klingon.
    const none = await chooseFeatures(few, asked({ word: ['tea'], language: 'tlh' }));
    expect(none).toEqual({
      features: undefined,
      why: expect.stringMatching(/^30 recordings of "tea" are few\. .*: npm install \S+\.$/),
    });
  });
});
