import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, describe, expect, it, vi } from 'vitest';
import { decodeWav, encodeWav } from '../../src/audio/wav.js';
import { repositoryFile } from '../support/clip-files.js';
import { runCli } from '../support/run-cli.js';

const folder = mkdtempSync(path.join(tmpdir(), 'seqkit-clips-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
afterEach(() => vi.unstubAllEnvs());

const isHere = (program: string) => spawnSync(program, ['--version']).error === undefined;
const missing = (program: string) => `${program} is not on the path`;
const recording = repositoryFile('data/demo/recording.wav');

describe('check-clips', () => {
  it('passes the clips that come along', async () => {
    const { status, stdout } = await runCli(['check-clips', repositoryFile('data/clips'), '--json']);
    const { counts, problems } = JSON.parse(stdout);
    expect(problems).toEqual([]);
    expect(counts.activates.clips).toBe(54);
    expect(status).toBe(0);
  });

  it('names what is wrong, what to do, and fails', async () => {
    const clips = path.join(folder, 'bad');
    mkdirSync(path.join(clips, 'activates'), { recursive: true });
    cpSync(recording, path.join(clips, 'activates', 'long.wav'));
    writeFileSync(path.join(clips, 'activates', 'cut.wav'), readFileSync(recording).subarray(0, 9000));
    writeFileSync(path.join(clips, 'stray.wav'), readFileSync(recording));
    writeFileSync(path.join(clips, 'activates', 'notes.txt'), 'x');
    const { status, stdout, stderr } = await runCli(['check-clips', clips]);
    expect(status).toBe(1);
    expect(stdout.trim().split('\n')).toEqual([
      expect.stringMatching(
        /^error: activates\/cut\.wav: byte 40: the header claims .* cut off\. Copy or record it again/,
      ),
      expect.stringMatching(/^warning: activates\/long\.wav: 2\d\.\d s are long for one word\. Cut it/),
      'warning: activates/notes.txt: it is no sound file that seqkit knows. Take it out of the folder.',
      'error: stray.wav: it is in none of activates/, negatives/, backgrounds/. Move it into one of them.',
      '1 activates (29 s), 0 negatives (0 s), 0 backgrounds (0 s): 2 errors, 2 warnings',
    ]);
    expect(stderr).toContain('There are no negatives: train-trigger takes those that come with seqkit.');
    expect(stderr).toContain('2 clips cannot be used as they are.');
    const repaired = await runCli(['check-clips', clips, '--repair', '--json']);
    expect(JSON.parse(repaired.stdout).problems[0]).toMatchObject({
      path: 'activates/cut.wav',
      severity: 'warning',
    });
  });
});

describe('what phones record', () => {
  const clips = path.join(folder, 'phone');
  const file = path.join(clips, 'activates', 'anna_1.m4a');

  it('goes through ffmpeg', async (context) => {
    context.skip(
      !isHere('ffmpeg') && spawnSync('ffmpeg', ['-version']).error !== undefined,
      missing('ffmpeg'),
    );
    mkdirSync(path.join(clips, 'activates'), { recursive: true });
    const word = repositoryFile(
      `data/clips/activates/${readdirSync(repositoryFile('data/clips/activates'))[0]}`,
    );
    spawnSync('ffmpeg', ['-v', 'error', '-y', '-i', word, file]);
    const { stdout, status } = await runCli(['check-clips', clips, '--json']);
    expect(status).toBe(0);
    const { counts } = JSON.parse(stdout);
    const { samples } = decodeWav(readFileSync(word), word);
    // AAC adds up to two frames of 1024 samples.
    expect(Math.abs(counts.activates.seconds - samples.length / 16_000)).toBeLessThan(0.15);
  });

  it('is refused with the command to run where ffmpeg is missing', async () => {
    mkdirSync(path.join(clips, 'activates'), { recursive: true });
    writeFileSync(file, '\0\0\0 ftypM4A and so on');
    vi.stubEnv('PATH', folder);
    const { status, stdout } = await runCli(['check-clips', clips]);
    expect(status).toBe(1);
    expect(stdout).toContain(
      'error: activates/anna_1.m4a: MPEG-4 audio, which seqkit reads through ffmpeg, and ffmpeg was not found. Install ffmpeg',
    );
    expect(stdout).toContain(`ffmpeg -i ${file} -ac 1 ${file.replace('.m4a', '.wav')}`);
  });
});

/** A recorder that plays a file: sox under its own name, with the device replaced, or as a command. */
const played = (file: string) => `sox "${file}" -t raw -r 16000 -e signed -b 16 -L -c 1 -`;

describe.skipIf(!isHere('sox'))('record (skipped without sox)', () => {
  it('keeps takes of a sound microphone under names of their own', async () => {
    const out = path.join(folder, 'mine');
    const args = [
      'record',
      'Hey Robot!',
      '--out',
      out,
      '--count',
      '2',
      '--seconds',
      '1.5',
      '--speaker',
      'anna',
    ];
    const { status, stdout, stderr } = await runCli([...args, '--recorder', played(recording), '--json']);
    // The same second and a half twice: the second take is as good as the first for all that can be told.
    expect([status, stderr]).toEqual([0, expect.stringContaining('Take 2 of 2: say "Hey Robot!".')]);
    expect(JSON.parse(stdout).files).toEqual(
      ['01', '02'].map((n) => path.join(out, 'activates', `anna_hey-robot-${n}.wav`)),
    );
    const { samples } = decodeWav(readFileSync(JSON.parse(stdout).files[0]), 'take');
    const whole = decodeWav(readFileSync(recording), 'whole').samples;
    expect(Array.from(samples)).toEqual(Array.from(whole.subarray(0, 24_000)));
  });

  it('asks sox for the microphone by default', async () => {
    const bin = path.join(folder, 'bin');
    mkdirSync(bin);
    const sox = spawnSync('which', ['sox'], { encoding: 'utf8' }).stdout.trim();
    // What stands for the default device is taken from a file; all else is as seqkit asks for it.
    writeFileSync(
      path.join(bin, 'sox'),
      `#!/bin/sh\n[ "$1 $2" = "-q -d" ] || exit 9\nshift 2\nexec ${sox} "${recording}" "$@"\n`,
      { mode: 0o755 },
    );
    vi.stubEnv('PATH', `${bin}:${process.env['PATH']}`);
    const out = path.join(folder, 'by-default');
    const { status } = await runCli(['record', 'x', '--out', out, '--count', '1', '--seconds', '1']);
    expect(status).toBe(0);
    const { samples } = decodeWav(readFileSync(path.join(out, 'activates', 'me_x-01.wav')), 'take');
    expect(samples.length).toBe(16_000);
  });

  it('does not keep a silent take', async () => {
    const silence = path.join(folder, 'silence.wav');
    writeFileSync(silence, encodeWav({ samples: new Float32Array(64_000), sampleRate: 16_000 }));
    const out = path.join(folder, 'silent');
    const { status, stderr } = await runCli([
      'record',
      'x',
      '--out',
      out,
      '--count',
      '1',
      '--recorder',
      played(silence),
    ]);
    expect(status).toBe(1);
    expect(stderr).toContain('Take 1 was spoilt 3 times: there is nothing but zeros in it.');
    expect(readdirSync(path.join(out, 'activates'))).toEqual([]);
  });

  it('says so where the recorder ends or fails', async () => {
    const out = path.join(folder, 'short');
    const run = (recorder: string) =>
      runCli(['record', 'x', '--out', out, '--seconds', '60', '--recorder', recorder]);
    expect((await run(played(recording))).stderr).toMatch(/the recorder ended after 2\d\.\d\d of 60 s/);
    expect((await run('echo no device >&2; exit 3')).stderr).toContain(
      'the recorder ended with status 3: no device',
    );
  });
});

describe('make-clips', () => {
  it('speaks the word, its look-alikes and others, the same for the same seed', async (context) => {
    context.skip(!isHere('espeak-ng'), missing('espeak-ng'));
    const make = async (name: string, seed: string) => {
      const out = path.join(folder, name);
      const counts = ['--voices', '3', '--takes', '2', '--negatives', '8'];
      const { status, stderr } = await runCli([
        'make-clips',
        'hey robot',
        '--out',
        out,
        ...counts,
        '--seed',
        seed,
      ]);
      expect(status, stderr).toBe(0);
      return out;
    };
    const [a, b, c] = [await make('made-a', '1'), await make('made-b', '1'), await make('made-c', '2')];
    const names = readdirSync(a, { recursive: true, encoding: 'utf8' }).filter((name) =>
      name.endsWith('.wav'),
    );
    expect(names).toHaveLength(3 * 2 + 8);
    const bytes = (out: string, name: string) => readFileSync(path.join(out, name)).toString('base64');
    for (const name of names) expect(bytes(a, name) === bytes(b, name)).toBe(true);
    const activates = names.filter((name) => name.startsWith('activates'));
    for (const name of activates) expect(bytes(a, name) === bytes(c, name)).toBe(false);
    expect(names.some((name) => name.includes('_halves-swapped-'))).toBe(true);
    const { status } = await runCli(['check-clips', a]);
    expect(status).toBe(0);
  });

  it('says how to install espeak-ng', async () => {
    vi.stubEnv('PATH', folder);
    const { status, stderr } = await runCli(['make-clips', 'hey robot', '--out', path.join(folder, 'none')]);
    expect(status).toBe(1);
    expect(stderr).toContain('apt-get install espeak-ng');
  });
});
