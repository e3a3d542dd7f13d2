import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, describe, expect, it, vi } from 'vitest';
import { resample } from '../../src/audio/signal/resample.js';
import { decodeWav, encodeWav } from '../../src/audio/signal/wav.js';
import { readSound } from '../../src/cli/clips/sound-file.js';
import { Random } from '../../src/base/math/random.js';
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
      '1 clip in activates (29 s), 0 clips in negatives (0 s), 0 clips in backgrounds (0 s): 2 errors, 2 warnings',
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
  const ffmpegIsHere = spawnSync('ffmpeg', ['-version']).error === undefined;
  /** What ffmpeg makes of a sound, in a folder of clips of its own. */
  const encoded = (name: string, from: string, ...args: string[]) => {
    const place = path.join(folder, `by-ffmpeg-${name}`);
    mkdirSync(path.join(place, 'activates'), { recursive: true });
    const target = path.join(place, 'activates', name);
    expect(spawnSync('ffmpeg', ['-v', 'error', '-y', '-i', from, ...args, target]).status).toBe(0);
    return { place, target };
  };

  it.skipIf(!ffmpegIsHere).each([
    ['anna_1.m4a', 16_000],
    ['anna_1.webm', 48_000],
  ])(
    `%s goes through ffmpeg at its own rate, and sounds as before${ffmpegIsHere ? '' : ' (ffmpeg is not here)'}`,
    async (name, rate) => {
      const word = repositoryFile(
        `data/clips/activates/${readdirSync(repositoryFile('data/clips/activates'))[0]}`,
      );
      const { place, target } = encoded(name, word);
      const { stdout, status } = await runCli(['check-clips', place, '--json']);
      expect([status, JSON.parse(stdout).problems]).toEqual([0, []]);
      const sound = readSound(target);
      expect(sound.sampleRate).toBe(rate);
      const before = decodeWav(readFileSync(word), word).samples;
      const after = resample(sound, 16_000).samples;
      // Codecs add up to two frames of silence; the words themselves lie upon each other.
      expect(Math.abs(after.length - before.length)).toBeLessThan(0.15 * 16_000);
      let best = 0;
      for (let shift = -2400; shift <= 2400; shift++) {
        let [both, a, b] = [0, 0, 0];
        for (let i = 4000; i < 12_000; i += 3) {
          both += before[i] * (after[i + shift] ?? 0);
          a += before[i] ** 2;
          b += (after[i + shift] ?? 0) ** 2;
        }
        best = Math.max(best, both / Math.sqrt(a * b + 1e-12));
      }
      expect(best).toBeGreaterThan(0.95);
    },
  );

  it('is refused where ffmpeg reads only part of it, and kept with --repair', async (context) => {
    context.skip(!ffmpegIsHere, missing('ffmpeg'));
    const { place, target } = encoded('cut_1.m4a', recording, '-movflags', '+faststart');
    writeFileSync(target, readFileSync(target).subarray(0, 50_000));
    const strict = await runCli(['check-clips', place]);
    expect([strict.status, strict.stdout]).toEqual([
      1,
      expect.stringMatching(
        /^error: activates\/cut_1\.m4a: MPEG-4 audio, which ffmpeg cannot read: .*partial file\. Copy or record it again, or keep what is readable with --repair\./,
      ),
    ]);
    const repaired = await runCli(['check-clips', place, '--repair', '--json']);
    const { counts, problems } = JSON.parse(repaired.stdout);
    expect(problems).toContainEqual(
      expect.objectContaining({ severity: 'warning', detail: expect.stringContaining('partial file') }),
    );
    expect(counts.activates.seconds).toBeGreaterThan(1);
  });

  it('is found to come from a telephone', async (context) => {
    context.skip(!ffmpegIsHere, missing('ffmpeg'));
    const { place } = encoded('call_1.m4a', recording, '-t', '2', '-ar', '8000');
    const { stdout } = await runCli(['check-clips', place, '--json']);
    expect(JSON.parse(stdout).problems).toContainEqual(
      expect.objectContaining({ kind: 'odd-rate', detail: 'its sample rate is 8000 Hz' }),
    );
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

/** A word with quiet around it. */
const spoken = path.join(folder, 'spoken.wav');
{
  const name = readdirSync(repositoryFile('data/clips/activates'))[0];
  const { samples } = decodeWav(readFileSync(repositoryFile(`data/clips/activates/${name}`)), name);
  const random = new Random(5);
  const quiet = Float32Array.from({ length: 48_000 }, () => 1e-4 * random.normal());
  samples.forEach((x, i) => (quiet[3200 + i] += x));
  writeFileSync(spoken, encodeWav({ samples: quiet, sampleRate: 16_000 }));
}

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
    const { status, stdout, stderr } = await runCli([...args, '--recorder', played(spoken), '--json']);
    // The same second and a half twice: the second take is as good as the first for all that can be told.
    expect([status, stderr]).toEqual([0, expect.stringContaining('Take 2 of 2: say "Hey Robot!".')]);
    expect(JSON.parse(stdout).files).toEqual(
      ['01', '02'].map((n) => path.join(out, 'activates', `anna_hey-robot-${n}.wav`)),
    );
    const { samples } = decodeWav(readFileSync(JSON.parse(stdout).files[0]), 'take');
    const whole = decodeWav(readFileSync(spoken), 'whole').samples;
    expect(Array.from(samples)).toEqual(Array.from(whole.subarray(0, 24_000)));
    expect(stderr).toContain(`Next: seqkit train-trigger ${out} --word 'Hey Robot!'`);
    // Into a folder of its own, another phrase lies apart; in the same one, it is said to lie there too.
    const more = ['--out', out, '--count', '1', '--seconds', '1.5', '--recorder', played(spoken)];
    const apart = await runCli(['record', 'lights on', ...more, '--word', 'lights-on']);
    expect(apart.stderr).not.toContain('too');
    expect(apart.stdout).toBe(`1 take in ${path.join(out, 'activates', 'lights-on')}\n`);
    expect(apart.stderr).toMatch(/Next: seqkit train-trigger \S+\n$/);
    const beside = await runCli(['record', 'stop', ...more]);
    expect(beside.stderr).toContain(
      'activates holds clips of hey-robot too, and all there is taken for one word',
    );
  });

  it('asks again at once where a take is spoilt, and goes on with a sound one', async () => {
    const noise = path.join(folder, 'noise.wav');
    const random = new Random(3);
    const hiss = Float32Array.from({ length: 32_000 }, () => 0.02 * random.normal());
    writeFileSync(noise, encodeWav({ samples: hiss, sampleRate: 16_000 }));
    // The first take is noise, the second begins within the word, the third is sound.
    const tries = path.join(folder, 'tries');
    const late = decodeWav(readFileSync(spoken), 'whole').samples.subarray(12_000);
    const cut = path.join(folder, 'cut.wav');
    writeFileSync(cut, encodeWav({ samples: late, sampleRate: 16_000 }));
    const next = `echo >> "${tries}"; case $(wc -l < "${tries}") in 1) ${played(noise)};; 2) ${played(cut)};; *) ${played(spoken)};; esac`;
    const out = path.join(folder, 'again');
    const args = ['record', 'x', '--out', out, '--count', '1', '--seconds', '1.5', '--recorder', next];
    const { status, stdout, stderr } = await runCli(args);
    expect([status, stdout]).toEqual([0, `1 take in ${path.join(out, 'activates')}\n`]);
    expect(stderr.match(/Take 1 of 1: say "x"\./g)).toHaveLength(3);
    expect(stderr).toContain('nothing in it rises above its noise. Listen to it');
    expect(stderr).toContain('there is speech at its very beginning. Wait a moment before you speak.');
    expect(readdirSync(path.join(out, 'activates'))).toEqual(['me_x-01.wav']);
  });

  it.each([
    [['--word', 'a/b'], 2, '--word takes the plain name of a folder, not "a/b".'],
    [['--word', 'x', '--kind', 'negatives'], 2, 'takes of negatives have none'],
    [['--speaker', 'a_b'], 2, '--speaker takes a name without "_" and "/"'],
    [['--out', path.join(folder, 'silence.wav', 'x')], 1, 'a part of the path is a file'],
  ])('%j ends with status %i', async (args, status, message) => {
    writeFileSync(path.join(folder, 'silence.wav'), '');
    const result = await runCli(['record', 'x', '--out', path.join(folder, 'refused'), ...args]);
    expect([result.status, result.stderr]).toEqual([status, expect.stringContaining(message)]);
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
    expect(names.some((name) => name.includes('_like-hey-robot-halves-swapped-'))).toBe(true);
    const { status } = await runCli(['check-clips', a]);
    expect(status).toBe(0);
    // Nothing is spoken before all names are seen to be free.
    rmSync(path.join(a, 'activates'), { recursive: true });
    const again = [
      'make-clips',
      'hey robot',
      '--voices',
      '3',
      '--takes',
      '2',
      '--negatives',
      '8',
      '--out',
      a,
    ];
    const refused = await runCli(again);
    expect([refused.status, refused.stderr]).toEqual([1, expect.stringContaining('is there already')]);
    expect(readdirSync(path.join(a, 'activates'))).toEqual([]);
    const word = ['--voices', '1', '--takes', '1', '--negatives', '0', '--word', 'stop-it'];
    const apart = await runCli(['make-clips', 'stop it', '--out', a, ...word]);
    expect([apart.status, apart.stderr]).toEqual([
      0,
      expect.stringMatching(/Next: seqkit train-trigger \S+\n$/),
    ]);
    expect(readdirSync(path.join(a, 'activates', 'stop-it'))).toEqual(['en-gb_stop-it-1.wav']);
  });

  it('says how to install espeak-ng', async () => {
    vi.stubEnv('PATH', folder);
    const { status, stderr } = await runCli(['make-clips', 'hey robot', '--out', path.join(folder, 'none')]);
    expect(status).toBe(1);
    expect(stderr).toContain('apt-get install espeak-ng');
  });
});
