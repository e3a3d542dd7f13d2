import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { encodeWav } from '../../src/audio/signal/wav.js';
import { readOwnTakes } from '../../src/cli/clips/own-takes.js';
import { whistle, type Whistle } from '../support/whistles.js';

const top = mkdtempSync(path.join(tmpdir(), 'seqkit-takes-'));
afterAll(() => rmSync(top, { recursive: true, force: true }));
const RATE = 16_000;
const options = { words: ['rising'], sampleRate: RATE, seed: 1 };

function takes(below: string, word: Whistle, count: number, folder = mkdtempSync(path.join(top, 'me-'))) {
  mkdirSync(path.join(folder, below), { recursive: true });
  for (let n = 0; n < count; n++) {
    const bytes = encodeWav({ samples: whistle(word, n), sampleRate: RATE });
    writeFileSync(path.join(folder, below, `me_${n}.wav`), bytes);
  }
  return folder;
}
const namesOf = (clips: readonly { name: string }[]) => clips.map(({ name }) => name);

describe('the takes of one person', () => {
  it('are a folder of sound, of which a fifth is held back, the same for the same seed', () => {
    const folder = takes('', 'rising', 10);
    const [own, again, other] = [1, 1, 2].map((seed) => readOwnTakes(folder, { ...options, seed }));
    expect([own.train.length, own.held.length]).toEqual([8, 2]);
    expect(namesOf([...own.train, ...own.held]).sort()).toEqual(
      Array.from({ length: 10 }, (_, n) => `mine/me_${n}.wav`),
    );
    expect(namesOf(again.held)).toEqual(namesOf(own.held));
    expect(namesOf(other.held)).not.toEqual(namesOf(own.held));
  });

  it('are what is in activates, where there is such a folder, and few are all trained on', () => {
    const folder = takes('activates', 'rising', 4);
    takes('negatives', 'level', 3, folder);
    const { train, held } = readOwnTakes(folder, options);
    expect(namesOf(train).sort()).toEqual(Array.from({ length: 4 }, (_, n) => `mine/me_${n}.wav`));
    expect(held).toEqual([]);
  });

  it('lie in the folder of their word, where several are trained', () => {
    const folder = takes('rising', 'rising', 5);
    takes('falling', 'falling', 5, folder);
    const words = ['rising', 'falling'];
    const { train, held } = readOwnTakes(folder, { ...options, words });
    expect([train, held].map((clips) => clips.map(({ word }) => word).sort())).toEqual([
      [...Array<string>(4).fill('falling'), ...Array<string>(4).fill('rising')],
      ['falling', 'rising'],
    ]);
    expect(readOwnTakes(folder, options).train.map(({ word }) => word)).toEqual(Array(8).fill(undefined));
    expect(() => readOwnTakes(folder, { ...options, words: ['rising', 'level'] })).toThrow(
      /falling[/\\]me_0\.wav lies in no folder of a word that is trained: rising, level\./,
    );
  });

  it('are refused by name where they cannot be used', () => {
    const folder = takes('', 'rising', 2);
    writeFileSync(path.join(folder, 'broken.wav'), 'no sound');
    expect(() => readOwnTakes(folder, options)).toThrow(`  ${path.join(folder, 'broken.wav')}: `);
    expect(() => readOwnTakes(mkdtempSync(path.join(top, 'none-')), options)).toThrow(/holds no sound files/);
  });
});
