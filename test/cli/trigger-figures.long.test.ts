import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'; // prettier-ignore
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TriggerModel } from '../../src/audio/trigger-model.js';
import { chime } from '../../src/audio/signal/chime.js';
import { decodeWav, encodeWav } from '../../src/audio/signal/wav.js';
import { repositoryFile } from '../support/clip-files.js';
import { runCli } from '../support/run-cli.js';
import { tinyModel } from '../support/tiny-model.js';

const folder = mkdtempSync(path.join(tmpdir(), 'seqkit-figures-'));
const model = path.join(folder, 'model.safetensors');
const clips = path.join(folder, 'clips');
const soxIsHere = spawnSync('sox', ['--version']).status === 0;
const recording = repositoryFile('data/demo/recording.wav');

beforeAll(async () => {
  await (await tinyModel()).save(model);
  for (const kind of ['activates', 'negatives']) {
    const from = repositoryFile(`data/clips/${kind}`);
    mkdirSync(path.join(clips, kind), { recursive: true });
    for (const name of readdirSync(from).sort().slice(0, 5)) {
      cpSync(path.join(from, name), path.join(clips, kind, name));
    }
  }
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Event {
  timeSeconds: number;
  file: string;
  kind: string;
}
/** Of every command here, so that only what is asked for is there. */
interface Figures {
  [key: string]: unknown;
  mistakes: Event[];
  events: Event[];
  shareFoundInterval: { low: number };
  words: number;
  threshold: number;
  falseAlarmsPerHour: number;
  activations: number;
  perHour: number;
  hours: number;
  0: { events: Event[] };
}
const json = async (...args: string[]) => {
  const { status, stdout, stderr } = await runCli([...args, '--json']);
  expect(status, stderr).toBe(0);
  return JSON.parse(stdout) as Figures;
};

describe('eval-trigger', () => {
  it('gives figures with what they are worth, and every mistake', async () => {
    const strict = await json('eval-trigger', model, clips, '--threshold', '1');
    expect(strict).toMatchObject({ word: 'activate', words: 5, found: 0, falseAlarms: 0, threshold: 1 });
    expect(strict.shareFoundInterval.low).toBe(0);
    expect(strict.mistakes.map(({ kind, file }) => [kind, file])).toEqual(
      readdirSync(path.join(clips, 'activates'))
        .sort()
        .map((name) => ['missed', `activates/${name}`]),
    );
    // All sound is counted but the seconds put around the clips.
    const seconds = ['activates', 'negatives']
      .flatMap((kind) => readdirSync(path.join(clips, kind)).map((name) => path.join(clips, kind, name)))
      .reduce((sum, file) => sum + decodeWav(readFileSync(file), file).samples.length / 16_000, 0);
    expect(strict.hours).toBeCloseTo(seconds / 3600, 9);
    expect(strict.tradeoff).toHaveLength(81);
    const text = await runCli(['eval-trigger', model, clips, '--threshold', '1']);
    expect(text.stdout).toContain('found         0 of 5 "activate", 0.0% (95%: 0.0% to 43.4%)');
    expect(text.stdout).toMatch(/missed {8}activates\/\S+ {2}\d\.\d\d s {2}score 0\.\d\d\n/);
    expect(text.stdout).toContain('record more background.');
  });

  it('reads labels beside recordings, of Audacity and of JSON', async () => {
    const labelled = path.join(folder, 'labelled');
    mkdirSync(labelled);
    for (const name of ['a', 'b']) cpSync(recording, path.join(labelled, `${name}.wav`));
    cpSync(repositoryFile('data/demo/recording.json'), path.join(labelled, 'a.json'));
    writeFileSync(path.join(labelled, 'b.txt'), '3.1\t3.9\tactivate\n5\t6\tlibrary\n9.0\t9.8\t\n');
    const { words } = await json('eval-trigger', model, labelled);
    expect(words).toBe(4 + 2);
    // A label of another word may be a slip of the pen.
    const told = await runCli(['eval-trigger', model, labelled]);
    expect(told.stderr).toContain(
      'b.txt: passed over, since the model does not listen for it: 1 label, "library".',
    );
    writeFileSync(path.join(labelled, 'b.txt'), '3.1\t390\tactivate\n');
    const late = await runCli(['eval-trigger', model, labelled]);
    expect([late.status, late.stderr]).toEqual([
      1,
      expect.stringContaining('b.txt: a word ends at 390 s, the recording at 28.56 s'),
    ]);
    rmSync(path.join(labelled, 'b.txt'));
    const { status, stderr } = await runCli(['eval-trigger', model, labelled]);
    expect(status).toBe(1);
    expect(stderr).toContain('b.wav has no labels beside it.');
    writeFileSync(path.join(labelled, 'b.txt'), 'no label\n');
    expect((await runCli(['eval-trigger', model, labelled])).stderr).toContain(
      'b.txt: line 1 is no label: no label',
    );
  });

  it('draws nothing where the word is not said', async () => {
    const quiet = path.join(folder, 'quiet');
    cpSync(path.join(clips, 'negatives'), path.join(quiet, 'negatives'), { recursive: true });
    const { status, stderr } = await runCli([
      'eval-trigger',
      model,
      quiet,
      '--plot',
      path.join(folder, 'x.svg'),
    ]);
    expect([status, stderr]).toEqual([
      1,
      expect.stringContaining('no "activate", so there are no misses to draw'),
    ]);
  });

  it('draws misses against false alarms', async () => {
    for (const name of ['det.svg', 'det.png']) {
      const plot = path.join(folder, name);
      expect(await json('eval-trigger', model, clips, '--plot', plot)).toMatchObject({ plot });
      const picture = readFileSync(plot, 'latin1');
      expect(picture).toContain(name === 'det.svg' ? 'false alarms per hour' : 'PNG');
      expect((await runCli(['eval-trigger', model, clips, '--plot', plot])).status).toBe(1);
    }
    const odd = await runCli(['eval-trigger', model, clips, '--plot', path.join(folder, 'det.gif')]);
    expect([odd.status, odd.stderr]).toEqual([2, expect.stringContaining('.svg or .png')]);
  });

  it('lays the backgrounds under the clips, and says where there are none', async () => {
    const { status, stderr } = await runCli(['eval-trigger', model, clips, '--snr', '10']);
    expect(status).toBe(1);
    expect(stderr).toContain('There are no backgrounds to lay under the clips.');
  });
});

describe('calibrate-trigger', () => {
  it('stores the threshold that keeps the rate', async () => {
    const out = path.join(folder, 'calibrated.safetensors');
    const rate = ['--false-alarms', '400'];
    const { threshold, falseAlarmsPerHour } = await json(
      'calibrate-trigger',
      model,
      clips,
      ...rate,
      '--out',
      out,
    );
    expect(falseAlarmsPerHour).toBeLessThanOrEqual(400);
    expect((await TriggerModel.load(out)).settings.firing.threshold).toBe(threshold);
    // What was promised is what is measured at the stored threshold.
    expect((await json('eval-trigger', out, clips)).falseAlarmsPerHour).toBeCloseTo(falseAlarmsPerHour, 9);
    const again = await runCli(['calibrate-trigger', model, clips, ...rate]);
    expect(again.status).toBe(1);
    expect(again.stderr).toContain('is there already');
  });

  it('does not promise what so little sound cannot show', async () => {
    const out = path.join(folder, 'never.safetensors');
    const { status, stderr } = await runCli(['calibrate-trigger', model, clips, '--out', out]);
    expect(status).toBe(1);
    expect(stderr).toContain('cannot show a rate of 0.5 false alarms an hour');
  });
});

describe('simulate-trigger', () => {
  it('counts the activations and cuts them out', async () => {
    const cut = path.join(folder, 'alarms');
    const low = ['--threshold', '0.02'];
    const result = await json('simulate-trigger', model, recording, ...low, '--cut', cut);
    const events = (await json('detect', model, recording, ...low))[0].events;
    expect(events.length).toBeGreaterThan(0);
    expect(result.activations).toBe(events.length);
    expect(result.perHour).toBeCloseTo(events.length / result.hours, 9);
    const { samples } = decodeWav(readFileSync(recording), recording);
    result.events.forEach(({ timeSeconds, file }, i) => {
      expect(timeSeconds).toBeCloseTo(events[i].timeSeconds, 9);
      const from = Math.max(0, Math.round((timeSeconds - 2) * 16_000));
      const expected = samples.subarray(from, Math.round((timeSeconds + 1) * 16_000));
      expect(Buffer.from(decodeWav(readFileSync(file), file).samples.buffer)).toEqual(
        Buffer.from(expected.slice().buffer),
      );
    });
    expect(readdirSync(cut)).toHaveLength(events.length);
    const again = await runCli(['simulate-trigger', model, recording, ...low, '--cut', cut]);
    expect([again.status, again.stdout]).toEqual([1, '']);
    expect(again.stderr).toContain(
      `holds ${events.length} ${events.length === 1 ? 'alarm' : 'alarms'} of ${recording} already`,
    );
  });

  it('listens to twenty minutes in the memory that one takes', () => {
    // Silence, as a file with a hole: a WAV header, and as many zeros as it says.
    const peakOf = (seconds: number): number => {
      const file = path.join(folder, `${seconds}.wav`);
      writeFileSync(file, encodeWav({ samples: new Float32Array(1), sampleRate: 16_000 }));
      const bytes = 44 + 2 * 16_000 * seconds;
      const header = readFileSync(file).subarray(0, 44);
      header.writeUInt32LE(bytes - 8, 4);
      header.writeUInt32LE(bytes - 44, 40);
      writeFileSync(file, header);
      truncateSync(file, bytes);
      const tell = `data:text/javascript,process.on('exit',()=>console.error('peak',process.resourceUsage().maxRSS))`;
      const program = ['--import', tell, repositoryFile('dist/cli/main.js'), 'simulate-trigger', model, file];
      const { status, stdout, stderr } = spawnSync(process.execPath, program, { encoding: 'utf8' });
      expect(status, stderr).toBe(0);
      expect(stdout).toContain(seconds === 1200 ? 'in 0.33 h, ' : 'in 1.0 min, ');
      return Number(/peak (\d+)/.exec(stderr)![1]) / 1024;
    };
    const [one, twenty] = [60, 1200].map(peakOf);
    console.log(`peak of one minute ${one.toFixed(0)} MB, of twenty ${twenty.toFixed(0)} MB`);
    // Read whole, twenty are 115 MB: 16-bit samples, and as many of 32 bits.
    expect(twenty - one).toBeLessThan(50);
  });
});

describe('detect --chime-out', () => {
  it('lays the chime over each detection, and changes nothing else', async () => {
    const out = path.join(folder, 'chimed.wav');
    const {
      0: { events },
    } = await json('detect', model, recording, '--threshold', '0.02', '--chime-out', out);
    const [before, after] = [recording, out].map((file) => decodeWav(readFileSync(file), file).samples);
    expect(after.length).toBe(before.length);
    const chimes = events.map(({ timeSeconds }) => Math.round(timeSeconds * 16_000));
    let [changed, outside] = [0, 0];
    for (let i = 0; i < before.length; i++) {
      if (after[i] === before[i]) continue;
      if (chimes.some((start) => i >= start && i < start + 3840)) changed++;
      else outside++;
    }
    expect(outside).toBe(0);
    expect(changed).toBeGreaterThan(3000 * Math.min(1, chimes.length));
    // sox mixes the same chimes over the same recording, each padded to its place.
    if (soxIsHere) {
      const sound = path.join(folder, 'chime.wav');
      writeFileSync(sound, encodeWav({ samples: chime(16_000), sampleRate: 16_000 }));
      const padded = chimes.flatMap((start) => ['-v', '1', `|sox "${sound}" -p pad ${start}s`]);
      const mixed = path.join(folder, 'mixed.wav');
      const args = ['-D', '-m', '-v', '1', recording, ...padded, mixed, 'trim', '0', `${before.length}s`];
      const { status, stderr } = spawnSync('sox', args, { encoding: 'utf8' });
      expect(status, stderr).toBe(0);
      const theirs = decodeWav(readFileSync(mixed), 'mixed.wav').samples;
      expect(theirs.length).toBe(after.length);
      // Each of the chimes was rounded to 16 bits, and their sum once more.
      const furthest = after.reduce((most, x, i) => Math.max(most, Math.abs(x - theirs[i])), 0);
      expect(furthest).toBeLessThan(3 / 32_768);
    }
    const two = await runCli(['detect', model, recording, recording, '--chime-out', out, '--force']);
    expect([two.status, two.stderr]).toEqual([2, expect.stringContaining('--chime-out takes one recording')]);
  });
});
