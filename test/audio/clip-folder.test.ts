import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { listTrainingFiles } from '../../src/audio/clips/clip-folder.js';
import { encodeWav, readClipFolder, TriggerModel } from '../../src/audio/index.js';
import { folderHost } from '../../src/base/host/folder-host.js';
import { Random } from '../../src/base/math/random.js';

const top = mkdtempSync(path.join(tmpdir(), 'seqkit-folder-'));
const RATE = 16_000;
let folder: string;

/** A second of room with a word of half a second in it. */
function spoken(seed: number): Uint8Array {
  const random = new Random(seed);
  const samples = Float32Array.from({ length: RATE }, (_, i) => {
    const isWord = i > 4000 && i < 12_000;
    const voice = isWord ? Math.sin(0.06 * i) * Math.sin(0.002 * (i - 4000)) + 0.3 * random.normal() : 0;
    return 0.2 * voice + 2e-4 * random.normal();
  });
  return encodeWav({ samples, sampleRate: RATE });
}

function put(name: string, bytes: Uint8Array | string): void {
  const file = path.join(folder, name);
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, bytes);
}

beforeEach(() => {
  folder = mkdtempSync(path.join(top, 'clips-'));
  for (let i = 0; i < 4; i++) put(`activates/ann_${i}.wav`, spoken(i));
});

afterAll(() => rmSync(top, { recursive: true, force: true }));

describe('a folder of clips', () => {
  it('is read, and made up for where negatives and backgrounds are missing', async () => {
    const { clips, notes } = await readClipFolder(folder, RATE);
    expect(clips.activates.map(({ name }) => name)).toEqual(
      [0, 1, 2, 3].map((i) => `activates/ann_${i}.wav`),
    );
    expect(clips.negatives.length).toBeGreaterThan(10);
    expect(clips.backgrounds.length).toBeGreaterThan(0);
    expect(notes.filter((line) => /that come with seqkit serve/.test(line))).toHaveLength(2);
  });

  it('has none of the negatives that come along and say the word', () => {
    const named = (words: string[]) =>
      listTrainingFiles(folderHost, folder, { words })
        .files.map(({ path: name }) => name)
        .filter((name) => name.startsWith('negatives/'));
    const [all, some] = [named(['activate']), named(['Ten past', 'computer', 'tele'])];
    const gone = all.filter((name) => !some.includes(name));
    expect(gone).toEqual(['negatives/en+Alex_computer.wav', 'negatives/en+Alex_ten-past-eight.wav']);
    put('activates/window/ann_5.wav', spoken(5));
    expect(all).toContain('negatives/en-gb-scotland+f5_window.wav');
    expect(named([])).not.toContain('negatives/en-gb-scotland+f5_window.wav');
  });

  it('keeps its own negatives', async () => {
    put('negatives/bob_0.wav', spoken(9));
    const { clips } = await readClipFolder(folder, RATE);
    expect(clips.negatives.map(({ name }) => name)).toEqual(['negatives/bob_0.wav']);
  });

  it('names every clip that cannot be used', async () => {
    put('activates/cut.wav', spoken(1).subarray(0, 20));
    put('activates/text.wav', 'no sound at all');
    await expect(readClipFolder(folder, RATE)).rejects.toMatchObject({
      code: 'bad-file',
      message: expect.stringMatching(/2 clips cannot be used:[^]*cut\.wav[^]*text\.wav/),
    });
  });

  it.each([
    ['is not there', () => path.join(folder, 'none'), 'file-access'],
    ['is a file', () => path.join(folder, 'activates/ann_0.wav'), 'file-access'],
    ['holds no clips of the word', () => mkdtempSync(path.join(top, 'empty-')), 'too-little-data'],
  ])('is refused where it %s', async (_what, at, code) => {
    await expect(readClipFolder(at(), RATE)).rejects.toMatchObject({ code });
  });

  it('is what a model is trained on, to the same weights as its clips', async () => {
    put('negatives/bob_0.wav', spoken(9));
    put(
      'backgrounds/room.wav',
      encodeWav({ samples: new Float32Array(3 * RATE).fill(1e-3), sampleRate: RATE }),
    );
    const options = { epochs: 1, examples: 4 };
    const make = () => new TriggerModel({ word: 'go', engine: 'wasm', threads: 1, seed: 3 });
    const [byFolder, byClips] = [make(), make()];
    const notes: string[] = [];
    await byFolder.fit(folder, { ...options, onNote: (line) => notes.push(line) });
    const { clips, notes: same } = await readClipFolder(folder, RATE);
    await byClips.fit(clips, options);
    expect(byFolder.toBytes()).toEqual(byClips.toBytes());
    expect(notes).toEqual(same);
  });
});
