import { spawnSync } from 'node:child_process';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { runningText } from '../../src/cli/clips/running-text.js';
import { spokenClips } from '../../src/cli/clips/spoken-clips.js';
import { UnsaidWords } from '../../src/cli/clips/unsaid-words.js';
import { Random } from '../../src/base/math/random.js';

afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});

/** What is noted while something is done. */
async function notesOf<Result>(work: () => Promise<Result>): Promise<{ result: Result; notes: string }> {
  const lines: string[] = [];
  vi.spyOn(process.stderr, 'write').mockImplementation((line) => lines.push(String(line)) > 0);
  return { result: await work(), notes: lines.join('') };
}

describe('runningText', () => {
  const words = Array.from({ length: 1000 }, (_, i) => `w${i}`);

  it('says as many words as asked for, in sentences', () => {
    const text = runningText(words, 500, new Random(1));
    expect(text.match(/\w+/g)).toHaveLength(500);
    for (const sentence of text.split(/(?<=[.?]) /)) {
      expect(sentence).toMatch(/^w\d+,?( w\d+,?)*[.?]$/);
      expect(sentence.split(' ').length).toBeLessThanOrEqual(14);
    }
    expect(runningText(words, 500, new Random(1))).toBe(text);
  });

  it('draws a word by its rank', () => {
    const counts = new Map<string, number>();
    for (const word of runningText(words, 20_000, new Random(2)).match(/\w+/g)!)
      counts.set(word, (counts.get(word) ?? 0) + 1);
    // The integral of 1 / (rank + 10) over a word's rank, as a share of that over all thousand.
    const share = (rank: number) => Math.log((rank + 11) / (rank + 10)) / Math.log(101);
    for (const rank of [0, 1, 9, 50]) {
      const expected = 20_000 * share(rank);
      expect(Math.abs(counts.get(`w${rank}`)! - expected)).toBeLessThan(4 * Math.sqrt(expected));
    }
    expect(counts.size).toBeGreaterThan(950);
  });
});

describe('spokenClips', () => {
  const options = { word: 'computer', minutes: 75, sampleRate: 16_000 };
  const missing = spawnSync('espeak-ng', ['--version']).error !== undefined;

  it('does without espeak-ng, and says what that costs', async () => {
    vi.stubEnv('PATH', '/nowhere');
    const { result, notes } = await notesOf(() => spokenClips(options));
    expect(result).toEqual({});
    expect(notes).toContain('there will be more false alarms (apt-get install espeak-ng');
  });

  it('says nothing where nothing is asked for', async () => {
    const { result, notes } = await notesOf(() => spokenClips({ ...options, minutes: 0 }));
    expect([result, notes]).toEqual([{}, '']);
  });

  it('speaks for as long as asked, never the word, and the same each time', async (context) => {
    context.skip(missing, 'espeak-ng is not on the path');
    const { result: first } = await notesOf(() => spokenClips(options));
    const { result: again } = await notesOf(() => spokenClips(options));
    const { speech = [], lookAlikes = [] } = first;
    expect(speech).toHaveLength(563);
    const text = speech.map((clip) => clip.text).join(' ');
    expect(text).toMatch(/\bthe\b/);
    expect(/computer/i.test(text)).toBe(false);
    expect(new Set(speech.map(({ name }) => name.split('_')[1])).size).toBeGreaterThan(60);
    expect(lookAlikes).toHaveLength(120);
    const { samples } = speech[5];
    expect(Math.abs(samples.length / 16_000 - 8)).toBeLessThan(5);
    expect(speech[5].speech).toEqual({ start: 0, end: samples.length });
    expect(again.speech![5].samples).toEqual(samples);
    const { samples: word, speech: edges } = lookAlikes[0];
    expect(edges.start).toBeLessThan(edges.end);
    expect(edges.end).toBeLessThanOrEqual(word.length);
  });

  it('says no word in which a trigger word is heard, whatever its spelling, and all others', async (context) => {
    context.skip(missing, 'espeak-ng is not on the path');
    const unsaid = new UnsaidWords(['no', 'right'], 'en-gb');
    expect(unsaid.without('i know it, not now. they write another notice? Noah wrote.')).toBe(
      'i it, not now. they another? wrote.',
    );
    expect(new UnsaidWords(['computer'], 'en-gb').without('computers, compute now.')).toBe(', compute now.');
    const { result } = await notesOf(() => spokenClips({ word: ['no'], minutes: 3, sampleRate: 16_000 }));
    const said = result.speech!.map(({ text }) => text).join(' ');
    expect(said).not.toMatch(/\b(no|know|knows)\b/);
    expect(said).toMatch(/\bnot\b/);
  });

  it('makes the same sound aside as at once', async (context) => {
    context.skip(missing, 'espeak-ng is not on the path');
    const [{ result: first }, { result: again }] = [
      await notesOf(() => spokenClips(options)),
      await notesOf(() => spokenClips(options)),
    ];
    const [aside, atOnce] = [first.lookAlikes![3], again.lookAlikes![3]];
    await aside.load();
    expect(aside.samples.buffer).toBeInstanceOf(SharedArrayBuffer);
    expect(aside.samples).toEqual(atOnce.samples);
    vi.stubEnv('PATH', '/nowhere');
    await expect(first.lookAlikes![4].load()).rejects.toThrow('was not found');
  });

  it('makes no words like one that it does not know', async (context) => {
    context.skip(missing, 'espeak-ng is not on the path');
    const { result, notes } = await notesOf(() => spokenClips({ minutes: 1, sampleRate: 16_000 }));
    expect(result.speech).toHaveLength(8);
    expect(result.lookAlikes).toBeUndefined();
    expect(notes).toContain('name it with --word');
  });
});
