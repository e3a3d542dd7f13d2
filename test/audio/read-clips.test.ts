import { describe, expect, it } from 'vitest';
import { readClips, readClipsAsync, type AsyncReadingOptions } from '../../src/audio/clips/read-clips.js';
import { shippedClips } from '../support/clip-files.js';
import { whistleFiles } from '../support/whistles.js';

const RATE = 16_000;

describe('readClipsAsync', () => {
  const files = [...shippedClips(3), ...whistleFiles(['rising'], 'falling', 24)].map((file) => ({
    ...file,
    path: file.path.replace('activates/rising/', 'activates/'),
  }));

  it('reads what readClips reads', async () => {
    expect(await readClipsAsync(files, RATE)).toEqual(readClips(files, RATE));
  });

  it('tells after each file how many are read, and lets timers have their turn', async () => {
    const read: [number, number][] = [];
    let [turns, going] = [0, true];
    const tick = (): void => {
      turns++;
      if (going) setTimeout(tick, 0);
    };
    setTimeout(tick, 0);
    const others = [{ path: 'notes.txt', bytes: new Uint8Array(1) }];
    await readClipsAsync([...files, ...others, ...files.map(again)], RATE, {
      onProgress: (...progress) => read.push(progress),
    });
    going = false;
    const total = 2 * files.length;
    expect(read).toEqual(Array.from({ length: total }, (_, n) => [n + 1, total]));
    expect(turns).toBeGreaterThan(0);
  });

  it('ends by its signal', async () => {
    const control = new AbortController();
    let read = 0;
    const options: AsyncReadingOptions = {
      signal: control.signal,
      onProgress: () => ++read === 2 && control.abort(),
    };
    await expect(readClipsAsync(files, RATE, options)).rejects.toMatchObject({ code: 'stopped' });
    expect(read).toBe(2);
  });

  it('names every clip that cannot be used, as readClips does', async () => {
    const damaged = ['a', 'b'].map((name) => ({ path: `activates/${name}.wav`, bytes: new Uint8Array(9) }));
    const given = [...damaged, ...files];
    let said = '';
    try {
      readClips(given, RATE);
    } catch (error) {
      said = (error as Error).message;
    }
    expect(said).toMatch(/^2 clips cannot be used:\n {2}activates\/a\.wav/);
    await expect(readClipsAsync(given, RATE)).rejects.toMatchObject({ code: 'bad-file', message: said });
  });
});

function again(file: { path: string; bytes: Uint8Array }) {
  return { ...file, path: file.path.replace(/([^/]+)$/, 'again_$1') };
}
