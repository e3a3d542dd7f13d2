import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { mixNumbered } from '../../src/audio/examples/example-record.js';
import { triggerPreset } from '../../src/audio/detection/trigger-settings.js';
import { decodeWav } from '../../src/audio/signal/wav.js';
import { loadTrainingClips } from '../../src/cli/clips/training-clips.js';
import { repositoryFile } from '../support/clip-files.js';
import { runCli } from '../support/run-cli.js';

const folder = mkdtempSync(path.join(tmpdir(), 'seqkit-show-'));
const clips = path.join(folder, 'clips');
const records = path.join(folder, 'mix.jsonl');
const model = path.join(folder, 'model.safetensors');
const split = ['--hold-out', '0.2', '--seed', '5'];

beforeAll(async () => {
  for (const kind of ['activates', 'negatives', 'backgrounds']) {
    const from = repositoryFile(`data/clips/${kind}`);
    mkdirSync(path.join(clips, kind), { recursive: true });
    // Three takes each of several voices.
    for (const name of readdirSync(from).sort().slice(0, 24)) {
      cpSync(path.join(from, name), path.join(clips, kind, name));
    }
  }
  const quick = ['--examples', '12', '--epochs', '1', '--out', model, '--records', records];
  const { status, stdout, stderr } = await runCli(['train-trigger', clips, ...quick, ...split]);
  expect(status, stderr).toBe(0);
  expect(stderr).toMatch(/\d+ of 24 activates are held back, chosen by speaker\./);
  expect(stderr).toMatch(/1 of 3 backgrounds is held back, chosen by file\./);
  expect(stdout).toMatch(/on clips that were held back: Finds \d+ of \d+: between/);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Line {
  example: number;
  seed: number;
  placed: {
    sources: { name: string; fromSeconds: number; toSeconds: number }[];
    startSeconds: number;
    gainDb: number;
  }[];
  background: unknown;
}
const lines = () =>
  readFileSync(records, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Line);

describe('records of mixed examples', () => {
  it('tell what each example is made of', () => {
    const all = lines();
    expect(all.map(({ example }) => example)).toEqual(Array.from({ length: 12 }, (_, i) => i));
    for (const { seed, placed, background } of all) {
      expect(seed).toBe(5);
      expect(background).toMatchObject({ name: expect.stringMatching(/^backgrounds\//) });
      for (const { sources, startSeconds, gainDb } of placed) {
        expect(sources.length).toBeGreaterThan(0);
        for (const { name, fromSeconds, toSeconds } of sources) {
          expect(name).toMatch(/^(activates|negatives|speech|look-alikes)\//);
          expect(toSeconds).toBeGreaterThan(fromSeconds);
        }
        expect(startSeconds).toBeGreaterThanOrEqual(0);
        expect(Number.isFinite(gainDb)).toBe(true);
      }
    }
  });

  it('hold nothing of the voices that were held back', async () => {
    const used = new Set<string>();
    for (const { placed } of lines()) {
      for (const { sources } of placed)
        for (const { name } of sources) used.add(name.split('/')[1].split('_')[0]);
    }
    const { stdout } = await runCli(['train-trigger', clips, '--examples', '1', '--epochs', '1', '--out', path.join(folder, 'x'), ...split, '--json']); // prettier-ignore
    const { heldBack } = JSON.parse(stdout) as {
      heldBack: { words: number; mistakes: { file: string; kind: string }[] };
    };
    expect(heldBack.words).toBeGreaterThan(0);
    for (const { file, kind } of heldBack.mistakes) {
      if (kind === 'missed') expect(used).not.toContain(file.split('/')[1].split('_')[0]);
    }
  });

  it('make the very example again', async () => {
    const out = path.join(folder, 'seven.wav');
    const args = ['show-clip', '7', clips, '--records', records, '--out', out, '--model', model, ...split];
    const { status, stdout, stderr } = await runCli([...args, '--json']);
    expect(status, stderr).toBe(0);
    const { events, ...shown } = JSON.parse(stdout);
    const picture = path.join(folder, 'seven.svg');
    expect(shown).toEqual({ file: out, picture, ...lines()[7] });
    expect(readFileSync(picture, 'utf8')).toContain('s; labels and output');
    expect(events).toBeInstanceOf(Array);
    // The sound of the file is that of the example, to half a step of 16 bits.
    const { samples } = decodeWav(readFileSync(out), out);
    const options = { holdOut: 0.2, spoken: 150, seed: 5, repair: false };
    const { train } = await loadTrainingClips(clips, 16_000, options);
    const mixture = mixNumbered(train, triggerPreset('standard').synthesis, { seed: 5, example: 7 });
    expect(samples.length).toBe(6 * 16_000);
    let worst = 0;
    samples.forEach((x, i) => (worst = Math.max(worst, Math.abs(x - mixture.samples[i]))));
    expect(worst).toBeLessThan(1 / 65_000);
    const png = path.join(folder, 'seven.png');
    const text = await runCli([...args, '--force', '--picture', png]);
    expect(readFileSync(png).toString('latin1', 1, 4)).toBe('PNG');
    expect(text.stdout).toContain('example 7 of seed 5');
    const other = path.join(folder, 'bare.wav');
    const bare = await runCli(['show-clip', '7', clips, '--out', other, '--no-picture', ...split]);
    expect([bare.status, readdirSync(folder)]).toEqual([0, expect.not.arrayContaining(['bare.svg'])]);
    expect(text.stdout).toMatch(/background {5}from \d+\.\d\d s/);
    expect(text.stdout).toMatch(/noise {10}-\d+\.\d dB {2}(white|pink|brown)/);
  });

  it('say so where the clips have changed', async () => {
    const out = path.join(folder, 'other.wav');
    const args = ['show-clip', '7', clips, '--records', records, '--out', out];
    // Without --hold-out the example is drawn from other clips.
    const { status, stderr } = await runCli([...args, '--seed', '5']);
    expect([status, stderr]).toEqual([
      1,
      expect.stringContaining('comes out otherwise than it was recorded'),
    ]);
    const none = await runCli(['show-clip', '12', clips, '--records', records, '--out', out, ...split]);
    expect(none.stderr).toContain('holds no record of example 12');
  });
});
