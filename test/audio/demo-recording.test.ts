import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { repositoryFile, shippedClips } from '../support/clip-files.js';

interface Truth {
  word: string;
  words: { word: string; voice: string; endSeconds: number }[];
}

// That a model hears it: scripts/demo.long.test.ts.
describe('the demo recording', () => {
  const truth = JSON.parse(readFileSync(repositoryFile('data/demo/recording.json'), 'utf8')) as Truth;

  it('holds voices that no clip is spoken in', () => {
    const trained = new Set(shippedClips().map(({ path }) => path.split('/')[1].split('_')[0]));
    expect(truth.words).toHaveLength(12);
    expect(truth.words.filter(({ word }) => word === truth.word)).toHaveLength(4);
    for (const { voice } of truth.words) expect(trained).not.toContain(voice);
  });
});
