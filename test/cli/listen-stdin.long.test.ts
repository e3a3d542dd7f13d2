import { spawn, spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'; // prettier-ignore
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { chime } from '../../src/audio/signal/chime.js';
import { resample } from '../../src/audio/signal/resample.js';
import type { TriggerEvent } from '../../src/audio/detection/stream-events.js';
import { decodeWav } from '../../src/audio/signal/wav.js';
import { repositoryFile } from '../support/clip-files.js';
import { tinyModel } from '../support/tiny-model.js';

const folder = mkdtempSync(path.join(tmpdir(), 'seqkit-stdin-'));
const model = path.join(folder, 'model.safetensors');
const recording = decodeWav(readFileSync(repositoryFile('data/demo/recording.wav')), 'recording.wav');
const program = [repositoryFile('dist/cli/main.js'), 'listen', model, '--stdin', '--threshold', '0.02'];
let expected: TriggerEvent[];

/** Raw 16-bit little-endian sound. */
function pcm(samples: Float32Array): Buffer {
  const bytes = Buffer.alloc(2 * samples.length);
  samples.forEach((x, i) =>
    bytes.writeInt16LE(Math.max(-32768, Math.min(32767, Math.round(x * 32768))), 2 * i),
  );
  return bytes;
}

beforeAll(async () => {
  const tiny = await tinyModel();
  await tiny.save(model);
  expected = await tiny.detect(recording, { threshold: 0.02 });
  expect(expected.length).toBeGreaterThan(0);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Runs `seqkit listen` as a process of its own, with sound on its stdin in pieces of an odd length. */
async function listen(args: string[], sound: Buffer, env: NodeJS.ProcessEnv = process.env) {
  const child = spawn(process.execPath, [...program, ...args], { env });
  const printed = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].on('data', (text: Buffer) => (printed[name] += text.toString()));
  }
  for (let at = 0; at < sound.length; at += 4095) child.stdin.write(sound.subarray(at, at + 4095));
  child.stdin.end();
  const status = await new Promise<number | null>((resolve) => child.on('close', resolve));
  return { status, ...printed };
}
const eventsOf = (stdout: string) => stdout.trim().split('\n').map((line) => JSON.parse(line) as TriggerEvent); // prettier-ignore

describe('listen --stdin, a process of its own', () => {
  it('prints a line of JSON for each event, runs a command and keeps the sound', async () => {
    const [log, kept] = [path.join(folder, 'log.txt'), path.join(folder, 'kept')];
    const args = ['--json', '--exec', `echo "$SEQKIT_WORD $SEQKIT_TIME" >> "${log}"`, '--save-alarms', kept];
    const { status, stdout, stderr } = await listen(args, pcm(recording.samples));
    expect(status, stderr).toBe(0);
    expect(eventsOf(stdout)).toEqual(expected);
    expect(readFileSync(log, 'utf8').trim().split('\n').sort()).toEqual(
      expected.map(({ word, timeSeconds }) => `${word} ${timeSeconds}`).sort(),
    );
    const files = readdirSync(kept);
    expect(files).toHaveLength(expected.length);
    for (const file of files) {
      const { samples } = decodeWav(readFileSync(path.join(kept, file)), file);
      expect(samples.length).toBeGreaterThan(16_000);
      expect(samples.length).toBeLessThanOrEqual(3 * 16_000);
    }
  });

  it('takes another rate: the times are the same to a step', async () => {
    const { samples } = resample(recording, 44_100);
    const { status, stdout } = await listen(['--json', '--rate', '44100'], pcm(samples));
    expect(status).toBe(0);
    const events = eventsOf(stdout);
    expect(Math.abs(events.length - expected.length)).toBeLessThanOrEqual(1);
    expect(Math.abs(events[0].timeSeconds - expected[0].timeSeconds)).toBeLessThan(0.031);
  });

  it('chimes through the player that is there, or rings the bell', async () => {
    const bare = path.join(folder, 'bare');
    mkdirSync(bare);
    const silent = await listen(['--chime'], pcm(recording.samples), { ...process.env, PATH: bare });
    expect(silent.stderr.split('\x07')).toHaveLength(expected.length + 1);
    // A player that keeps what it is given.
    const [bin, played] = [path.join(folder, 'bin'), path.join(folder, 'played.wav')];
    mkdirSync(bin);
    const player = path.join(bin, 'aplay');
    writeFileSync(player, `#!/bin/sh\n/bin/cat > "${played}"\n`);
    chmodSync(player, 0o755);
    const loud = await listen(['--chime'], pcm(recording.samples), { ...process.env, PATH: bin });
    expect(loud.status).toBe(0);
    expect(loud.stderr).not.toContain('\x07');
    expect(existsSync(played)).toBe(true);
    const sound = decodeWav(readFileSync(played), 'played.wav');
    expect(sound.sampleRate).toBe(44_100);
    const notes = chime(44_100);
    expect(sound.samples.length).toBe(notes.length);
    // As 16 bits hold it.
    sound.samples.forEach((x, i) => expect(Math.abs(x - notes[i])).toBeLessThan(1 / 32_000));
  });

  it('ends well when it is interrupted', async () => {
    const child = spawn(process.execPath, [...program, '--json']);
    child.stdin.write(pcm(recording.samples.subarray(0, 16_000)));
    await new Promise((resolve) => child.stderr.once('data', resolve));
    child.kill('SIGINT');
    expect(await new Promise((resolve) => child.on('close', resolve))).toBe(0);
  });

  it('says so where the model is not there', () => {
    const args = [program[0], 'listen', path.join(folder, 'none'), '--stdin'];
    const { status, stderr } = spawnSync(process.execPath, args, { input: '', encoding: 'utf8' });
    expect([status, stderr]).toEqual([1, expect.stringContaining('none')]);
  });
});
