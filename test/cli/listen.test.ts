import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TriggerEvent } from '../../src/audio/detection/stream-events.js';
import { decodeWav } from '../../src/audio/signal/wav.js';
import { rawSource } from '../../src/cli/clips/microphone.js';
import { repositoryFile } from '../support/clip-files.js';
import { runCli } from '../support/run-cli.js';
import { tinyModel } from '../support/tiny-model.js';

const folder = mkdtempSync(path.join(tmpdir(), 'seqkit-listen-'));
const model = path.join(folder, 'model.safetensors');
const recording = repositoryFile('data/demo/recording.wav');
const soxIsHere = spawnSync('sox', ['--version']).status === 0;
let expected: TriggerEvent[];

beforeAll(async () => {
  const tiny = await tinyModel();
  await tiny.save(model);
  expected = await tiny.detect(decodeWav(readFileSync(recording), recording), { threshold: 0.02 });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** sox plays the recording through a real pipe, at its own rate or another. */
const playing = (rate: number) => `sox -D "${recording}" -t raw -r ${rate} -e signed -b 16 -L -c 1 -`;
const eventsOf = (stdout: string) =>
  stdout.trim().split('\n').map((line) => JSON.parse(line) as TriggerEvent); // prettier-ignore

describe.skipIf(!soxIsHere)('listen (skipped without sox)', () => {
  const low = ['--threshold', '0.02', '--json'];

  it('hears through a pipe what detect hears in the file, and keeps it', async () => {
    const kept = path.join(folder, 'kept');
    const args = ['listen', model, '--recorder', playing(16_000), '--save-alarms', kept, ...low];
    const { status, stdout, stderr } = await runCli(args);
    expect(status, stderr).toBe(0);
    expect(expected.length).toBeGreaterThan(0);
    expect(eventsOf(stdout)).toEqual(expected);
    const { samples } = decodeWav(readFileSync(recording), recording);
    const files = readdirSync(kept);
    expect(files).toHaveLength(expected.length);
    for (const { timeSeconds } of expected) {
      const name = files.find((file) => file.endsWith(`-${timeSeconds.toFixed(2)}s.wav`))!;
      const from = Math.max(0, Math.round((timeSeconds - 2) * 16_000));
      const cut = samples.subarray(from, Math.round((timeSeconds + 1) * 16_000));
      const alarm = decodeWav(readFileSync(path.join(kept, name)), name).samples;
      expect(Buffer.from(alarm.buffer).equals(Buffer.from(cut.slice().buffer))).toBe(true);
    }
  });

  it('takes another sample rate, and stops after so many seconds', async () => {
    const args = [
      'listen',
      model,
      '--recorder',
      playing(48_000),
      '--rate',
      '48000',
      '--seconds',
      '10',
      ...low,
    ];
    const { status, stdout } = await runCli(args);
    expect(status).toBe(0);
    const times = stdout === '' ? [] : eventsOf(stdout).map(({ timeSeconds }) => timeSeconds);
    for (const time of times) expect(time).toBeLessThanOrEqual(10);
  });

  it('runs a command that knows what was heard', async () => {
    const log = path.join(folder, 'log.txt');
    const command = `echo "$SEQKIT_WORD at $SEQKIT_TIME" >> "${log}"`;
    await runCli(['listen', model, '--recorder', playing(16_000), '--exec', command, ...low]);
    await expect
      .poll(() => (existsSync(log) ? readFileSync(log, 'utf8').trim().split('\n').sort() : []))
      .toEqual(expected.map(({ word, timeSeconds }) => `${word} at ${timeSeconds}`).sort());
  });

  it('says why a recorder failed', async () => {
    const { status, stderr } = await runCli(['listen', model, '--recorder', 'echo busy >&2; exit 4']);
    expect([status, stderr]).toEqual([1, expect.stringContaining('the recorder ended with status 4: busy')]);
  });
});

describe('listen, given what is no sound', () => {
  it('says that none came', async () => {
    const { status, stdout, stderr } = await runCli(['listen', model, '--recorder', 'true']);
    expect([status, stdout]).toEqual([1, '']);
    expect(stderr).toContain('error: No sound came through the recorder.');
  });

  it('refuses a WAV file, whose header is no sound', async () => {
    const { status, stderr } = await runCli(['listen', model, '--recorder', `cat "${recording}"`]);
    expect([status, stderr]).toEqual([
      1,
      expect.stringContaining('A WAV file comes through the recorder, expected raw 16-bit mono samples.'),
    ]);
  });

  it('says that alarms cannot be kept where there is a file', async () => {
    const args = ['listen', model, '--recorder', 'true', '--save-alarms', path.join(model, 'alarms')];
    const { status, stderr } = await runCli(args);
    expect([status, stderr]).toEqual([1, expect.stringContaining('Cannot make the folder')]);
  });
});

describe('raw sound', () => {
  it('is read wherever its bytes are cut', async () => {
    const bytes = Buffer.from([0, 0x40, 0, 0xc0, 0xff, 0x7f]);
    const samples: number[] = [];
    const cut = Readable.from([
      bytes.subarray(0, 1),
      bytes.subarray(1, 2),
      bytes.subarray(2, 5),
      bytes.subarray(5),
    ]);
    for await (const piece of rawSource(cut, 16_000).chunks) samples.push(...piece);
    expect(samples).toEqual([0.5, -0.5, 32767 / 32768]);
  });

  it('ends without an error where it is stopped', async () => {
    const source = rawSource(new PassThrough(), 16_000);
    setTimeout(() => source.stop(), 20);
    const pieces: Float32Array[] = [];
    for await (const piece of source.chunks) pieces.push(piece);
    expect(pieces).toEqual([]);
  });
});
