import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { decodeWav } from '../../src/audio/signal/wav.js';
import { TriggerModel } from '../../src/audio/trigger-model.js';
import { decodeSafetensors, encodeSafetensors } from '../../src/base/encoding/safetensors.js';
import { repositoryFile } from '../support/clip-files.js';
import { runCli } from '../support/run-cli.js';
import { whistleFiles } from '../support/whistles.js';

// A model that gives every step the same score: what it finds, where it fires and how often follows by hand.

const folder = mkdtempSync(path.join(tmpdir(), 'seqkit-constant-'));
const at = (...names: string[]): string => path.join(folder, ...names);
const clips = at('clips');
let word = '';

/** Writes a model whose score is always the same. */
async function constantModel(file: string, score: number): Promise<TriggerModel> {
  const source = repositoryFile('test/golden/release-0.1.0/trigger.safetensors');
  const { tensors, metadata } = decodeSafetensors(readFileSync(source), source);
  const changed = Object.fromEntries(tensors);
  const [kernel, bias] = ['output/kernel', 'output/bias'].map((name) => changed[name]);
  kernel.data.fill(0);
  bias.data.fill(Math.log(score / (1 - score)));
  writeFileSync(file, encodeSafetensors(changed, metadata));
  return TriggerModel.load(file);
}

/** Of a model whose score is 0.1, and of one whose score is 0.9. */
const [quiet, eager] = [at('quiet.safetensors'), at('eager.safetensors')];
let model: TriggerModel;

/** The clips' lengths in hours. */
const hoursOf = (...kinds: string[]): number =>
  kinds
    .flatMap((kind) => readdirSync(path.join(clips, kind)).map((name) => path.join(clips, kind, name)))
    .reduce((sum, file) => sum + decodeWav(readFileSync(file), file).samples.length / 16_000 / 3600, 0);

beforeAll(async () => {
  await constantModel(quiet, 0.1);
  model = await constantModel(eager, 0.9);
  [word] = model.words;
  for (const { path: name, bytes } of whistleFiles(['rising'], 'level', 2)) {
    const file = path.join(clips, name.replace('/rising/', '/'));
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, bytes);
  }
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The first step has heard a frame of 32 ms and ten hops of 10 ms; the mean of five steps of 30 ms is full 120 ms on. */
const FIRES_AT = 0.032 + 10 * 0.01 + 4 * 0.03;
const noise = (): string => path.join(clips, 'backgrounds', 'noise.wav');

describe('eval-trigger', () => {
  it('finds nothing below the threshold, and says what that is worth', async () => {
    const { status, stdout, stderr } = await runCli(['eval-trigger', quiet, clips]);
    expect(status, stderr).toBe(0);
    const minutes = (60 * hoursOf('activates', 'negatives', 'backgrounds')).toFixed(1);
    const lines = stdout.trim().split('\n');
    // Wilson's interval of 0 of 2 ends at z^2 / (2 + z^2).
    expect(lines[0]).toBe('found         0 of 2 "activate", 0.0% (95%: 0.0% to 65.8%)');
    // Of no event, a Poisson mean of -ln(0.025) is still likely.
    const most = -Math.log(0.025) / hoursOf('activates', 'negatives', 'backgrounds');
    expect(lines[1]).toBe(
      `false alarms  0 in ${minutes} min, 0.00 per hour (95%: 0.00 to ${most.toFixed(2)})`,
    );
    expect(lines[2]).toBe('events        precision none, recall 0.00, F1 0.00 within 200 ms; overlap none');
    expect(lines[3]).toBe('threshold     0.8');
    expect(lines[4]).toMatch(/^missed {8}activates\/s0_rising\.wav {2}0\.\d\d s {2}score 0\.10$/);
    expect(lines[5]).toMatch(/^missed {8}activates\/s1_rising\.wav {2}0\.\d\d s {2}score 0\.10$/);
    expect(lines).toHaveLength(7);
  });

  it('counts one false alarm for each recording where the score is always above', async () => {
    const { stdout } = await runCli(['eval-trigger', eager, clips]);
    // A second of quiet stands before each clip, and its time counts from the clip.
    const alarms = stdout.match(/false alarm {3}\S+ {2}-0\.75 s {2}score 0\.90/g);
    expect(alarms).toHaveLength(5);
    expect(FIRES_AT - 1).toBeCloseTo(-0.748, 9);
    const hours = hoursOf('activates', 'negatives', 'backgrounds');
    expect(stdout).toContain(`${(5 / hours).toFixed(2)} per hour`);
  });

  it('gives the same as JSON, with a curve that falls from one alarm a recording to none', async () => {
    const { stdout } = await runCli(['eval-trigger', eager, clips, '--json', '--threshold', '0.95']);
    const figures = JSON.parse(stdout) as Record<string, unknown> & {
      tradeoff: { threshold: number; missed: number; falseAlarmsPerHour: number }[];
    };
    const hours = hoursOf('activates', 'negatives', 'backgrounds');
    expect(figures).toMatchObject({
      model: eager,
      word,
      words: 2,
      found: 0,
      falseAlarms: 0,
      threshold: 0.95,
    });
    expect(figures['hours']).toBeCloseTo(hours, 9);
    for (const { threshold, missed, falseAlarmsPerHour } of figures.tradeoff) {
      expect(missed).toBe(1);
      expect(falseAlarmsPerHour).toBeCloseTo(threshold <= 0.9 ? 5 / hours : 0, 6);
    }
    expect(figures).not.toHaveProperty('plot');
  });

  it('draws the curve where it is asked to', async () => {
    const plot = at('curve.svg');
    const { status, stderr } = await runCli(['eval-trigger', eager, clips, '--plot', plot]);
    expect(status, stderr).toBe(0);
    expect(stderr).toContain(`wrote ${plot}`);
    const picture = readFileSync(plot, 'utf8');
    expect(picture).toContain('Misses and false alarms of "activate"');
    expect(picture).toContain('threshold 0.8');
    const again = await runCli(['eval-trigger', eager, clips, '--plot', plot]);
    expect([again.status, again.stderr]).toEqual([1, expect.stringContaining('is there already')]);
    const odd = await runCli(['eval-trigger', eager, clips, '--plot', at('curve.gif')]);
    expect([odd.status, odd.stderr]).toEqual([2, expect.stringContaining('.svg or .png')]);
  });

  it('lays the backgrounds under the clips, which changes no score that is constant', async () => {
    const { stdout } = await runCli(['eval-trigger', eager, clips, '--snr', '10', '--json']);
    expect(JSON.parse(stdout)).toMatchObject({ words: 2, found: 0, falseAlarms: 5 });
  });

  it('takes clips of other words for negatives, and a folder without the word for noise', async () => {
    const others = at('others');
    for (const name of ['rise', 'fall']) {
      const file = path.join(others, 'activates', name, `${name}.wav`);
      mkdirSync(path.dirname(file), { recursive: true });
      const source = path.join(clips, 'activates', name === 'rise' ? 's0_rising.wav' : 's1_rising.wav');
      writeFileSync(file, readFileSync(source));
    }
    const { stdout, stderr } = await runCli(['eval-trigger', eager, others]);
    expect(stderr).toContain('2 clips of other words in activates/ count as negatives.');
    expect(stdout).toMatch(/^false alarms {2}2 in /);
    expect(stdout).not.toContain('found');
    const drawn = await runCli(['eval-trigger', eager, others, '--plot', at('none.svg')]);
    expect([drawn.status, drawn.stderr]).toEqual([
      1,
      expect.stringContaining('holds no "activate", so there are no misses to draw'),
    ]);
  });

  it('refuses a folder of nothing, and clips that are damaged', async () => {
    const empty = at('empty');
    mkdirSync(path.join(empty, 'activates'), { recursive: true });
    const nothing = await runCli(['eval-trigger', eager, empty]);
    expect([nothing.status, nothing.stderr]).toEqual([1, expect.stringMatching(/holds n(othing|o)/)]);
    writeFileSync(path.join(empty, 'activates', 'cut.wav'), readFileSync(noise()).subarray(0, 3000));
    const damaged = await runCli(['eval-trigger', eager, empty]);
    expect(damaged.status).toBe(1);
    expect(damaged.stderr).toContain('cannot be tested on');
    expect(damaged.stderr).toContain('cut.wav');
  });
});

describe('labels beside a recording', () => {
  const labelled = at('labelled');
  const labels = (name: string): string => path.join(labelled, name);
  const json = async (...args: string[]) =>
    JSON.parse((await runCli(['eval-trigger', eager, labelled, '--json', ...args])).stdout) as unknown;
  const refusal = async (): Promise<string> => {
    const { status, stderr } = await runCli(['eval-trigger', eager, labelled]);
    expect(status).toBe(1);
    return stderr;
  };

  beforeAll(() => {
    mkdirSync(labelled);
    writeFileSync(labels('talk.wav'), readFileSync(noise()));
  });

  it('are needed', async () => {
    expect(await refusal()).toContain('talk.wav has no labels beside it.');
  });

  it('say when a word ended: it is found where the model fires just after', async () => {
    // Audacity's: start, end and word; without a word it is the model's.
    writeFileSync(labels('talk.txt'), '0.0\t0.2\t\n\n1\t2\tlibrary\n');
    const { stdout, stderr } = await runCli(['eval-trigger', eager, labelled]);
    expect(stderr).toContain('passed over, since the model does not listen for it: 1 label, "library".');
    // Wilson's interval of 1 of 1 begins at 1 / (1 + z^2).
    expect(stdout).toContain('found         1 of 1 "activate", 100.0% (95%: 20.7% to 100.0%)');
    const ms = Math.round(1000 * (FIRES_AT - 0.2));
    expect(stdout).toContain(
      `latency       ${ms} ms after the end of the word (median), ${ms} ms or more for the slowest tenth`,
    );
    expect(stdout).toContain('false alarms  0 in 0.1 min');
  });

  it('may be JSON, which comes first', async () => {
    writeFileSync(
      labels('talk.json'),
      JSON.stringify({ words: [{ endSeconds: 3 }, { word, endSeconds: 0.2 }] }),
    );
    expect(await json()).toMatchObject({ words: 2, found: 1, falseAlarms: 0, hours: 4 / 3600 });
    expect(await json('--threshold', '1')).toMatchObject({ words: 2, found: 0, falseAlarms: 0 });
  });

  it.each([
    ['talk.json', '{', 'it is not JSON'],
    ['talk.json', '{"word":1}', 'it holds no list "words"'],
    ['talk.json', '{"words":[{"word":"activate"}]}', 'a word has no "endSeconds"'],
    ['talk.json', '{"words":[{"endSeconds":9}]}', 'a word ends at 9 s, the recording at 4.00 s'],
    ['talk.txt', '1\t2\tactivate\none\n', 'line 2 is no label: one'],
    ['talk.txt', '1\tx\tactivate\n', 'line 1 is no label'],
  ])('in %s that are none are refused: %j', async (name, text, message) => {
    for (const old of ['talk.json', 'talk.txt']) rmSync(labels(old), { force: true });
    writeFileSync(labels(name), text);
    expect(await refusal()).toContain(`${name}: ${message}`);
  });
});

describe('calibrate-trigger', () => {
  it('sets the threshold just above the score of what is no word', async () => {
    const out = at('calibrated.safetensors');
    const args = ['calibrate-trigger', eager, clips, '--false-alarms', '1000', '--out', out];
    const { status, stdout, stderr } = await runCli(args);
    expect(status, stderr).toBe(0);
    expect(stdout).toContain('(was 0.8): 0.00 false alarms per hour in 0.1 min');
    expect(stdout).toContain('100.0% of the words missed');
    const { threshold } = (await TriggerModel.load(out)).settings.firing;
    expect(threshold).toBeGreaterThanOrEqual(0.9);
    const json = await runCli([...args, '--json', '--force']);
    expect(JSON.parse(json.stdout)).toMatchObject({
      ...{ model: out, before: 0.8, threshold, missed: 1, falseAlarmsPerHour: 0 },
      falseAlarmsPerHourInterval: { low: 0 },
    });
    const again = await runCli(args);
    expect([again.status, again.stderr]).toEqual([1, expect.stringContaining('is there already')]);
  });
});

describe('simulate-trigger', () => {
  it('fires once, at the first moment that it can', async () => {
    const { status, stdout, stderr } = await runCli(['simulate-trigger', eager, noise()]);
    expect(status, stderr).toBe(0);
    // One event: Poisson means from 0.0253 to 5.57 are likely, by 900 a time as four seconds are a 900th of an hour.
    expect(stdout).toBe(
      '0.25 s  activate  0.90\n1 activation in 0.1 min, 900.00 per hour (95%: 22.79 to 5014.48)\n',
    );
    const { stdout: json } = await runCli(['simulate-trigger', eager, noise(), '--json']);
    const { events, ...rest } = JSON.parse(json) as { events: { timeSeconds: number }[] };
    expect(rest).toMatchObject({ file: noise(), activations: 1, hours: 4 / 3600, perHour: 900 });
    expect(events).toHaveLength(1);
    expect(events[0].timeSeconds).toBeCloseTo(FIRES_AT, 9);
  });

  it('cuts out what was heard around it', async () => {
    const cut = at('alarms');
    const { stdout } = await runCli(['simulate-trigger', eager, noise(), '--cut', cut]);
    expect(readdirSync(cut)).toEqual(['noise-0.25s.wav']);
    expect(stdout).toContain(path.join(cut, 'noise-0.25s.wav'));
    const { samples } = decodeWav(readFileSync(path.join(cut, 'noise-0.25s.wav')), 'alarm');
    // From the start of the recording to one second after.
    expect(samples).toHaveLength(Math.round((FIRES_AT + 1) * 16_000));
    const again = await runCli(['simulate-trigger', eager, noise(), '--cut', cut]);
    expect([again.status, again.stderr]).toEqual([1, expect.stringContaining('holds 1 alarm of')]);
    const json = await runCli(['simulate-trigger', eager, noise(), '--cut', cut, '--force', '--json']);
    expect(JSON.parse(json.stdout)).toMatchObject({ events: [{ file: path.join(cut, 'noise-0.25s.wav') }] });
  });

  it('fires never below the threshold', async () => {
    const { stdout } = await runCli(['simulate-trigger', quiet, noise()]);
    expect(stdout).toMatch(/^0 activations in 0\.1 min, 0\.00 per hour/);
  });
});
