import { spawn, type ChildProcess } from 'node:child_process';
import type { Readable } from 'node:stream';
import { SeqkitError } from '../../base/errors.js';
import { findProgram } from '../../base/host/programs.js';

/** Sound as it comes in. */
export interface SoundSource {
  /** Hz */
  readonly sampleRate: number;
  /** What records, for messages. */
  readonly name: string;
  /** Chunks of mono sound; ends when the source does or `stop` is called. */
  readonly chunks: AsyncIterable<Float32Array>;
  stop(): void;
}

export interface MicrophoneOptions {
  /** Hz @default 16000 */
  sampleRate?: number;
  /** A shell command that writes raw 16-bit little-endian mono sound at the sample rate to stdout. */
  recorder?: string;
  /** The recorder's name of a device. @default the system's */
  device?: string;
}

/**
 * Opens the microphone through sox or arecord, whichever is there, or through a command of the user's.
 *
 * @throws SeqkitError `engine` where there is no recorder; while reading, where it fails
 */
export function openMicrophone(options: MicrophoneOptions = {}): SoundSource {
  const { sampleRate = 16_000, recorder, device } = options;
  const { name, child } = recorder === undefined ? startRecorder(sampleRate, device) : startCommand(recorder);
  let stopped = false;
  return {
    sampleRate,
    name,
    chunks: chunksOf(child, name, () => stopped),
    stop: () => {
      stopped = true;
      child.kill();
    },
  };
}

/** Raw 16-bit little-endian mono sound from a stream such as stdin. */
export function rawSource(stream: Readable, sampleRate: number, name = 'stdin'): SoundSource {
  let isStopped = false;
  const stop = () => {
    isStopped = true;
    stream.destroy();
  };
  async function* bytes(): AsyncGenerator<Buffer> {
    try {
      yield* stream as AsyncIterable<Buffer>;
    } catch (error) {
      // Stopping ends the stream early, which it reports as a failure.
      if (!isStopped) throw error;
    }
  }
  return { sampleRate, name, chunks: fromPcm(bytes(), name), stop };
}

function startRecorder(
  sampleRate: number,
  device: string | undefined,
): { name: string; child: ChildProcess } {
  const name = findProgram('sox', 'arecord');
  const rate = `${sampleRate}`;
  if (name === 'sox') {
    const args = ['-q', '-d', '-t', 'raw', '-r', rate, '-e', 'signed', '-b', '16', '-L', '-c', '1', '-'];
    const env = device === undefined ? process.env : { ...process.env, AUDIODEV: device };
    return { name, child: spawn('sox', args, { env, stdio: ['ignore', 'pipe', 'pipe'] }) };
  }
  if (name === 'arecord') {
    const from = device === undefined ? [] : ['-D', device];
    const args = ['-q', '-t', 'raw', '-f', 'S16_LE', '-r', rate, '-c', '1', ...from];
    return { name, child: spawn('arecord', args, { stdio: ['ignore', 'pipe', 'pipe'] }) };
  }
  throw new SeqkitError('There is nothing to record with: neither sox nor arecord was found.', {
    code: 'engine',
    hint: 'Install one (Debian: apt-get install sox), or give --recorder a command that writes raw 16-bit mono sound.',
  });
}

/** What a command of the user's is called. */
const COMMAND = 'the recorder';

function startCommand(command: string): { name: string; child: ChildProcess } {
  return { name: COMMAND, child: spawn(command, { shell: true, stdio: ['ignore', 'pipe', 'pipe'] }) };
}

async function* chunksOf(
  child: ChildProcess,
  name: string,
  isStopped: () => boolean,
): AsyncGenerator<Float32Array> {
  let complaint = '';
  child.stderr!.on('data', (text: Buffer) => (complaint = (complaint + text.toString()).slice(-2000)));
  const ended = new Promise<number | null>((resolve) => {
    child.once('close', resolve);
    child.once('error', (error) => {
      complaint = error.message;
      resolve(1);
    });
  });
  try {
    yield* fromPcm(child.stdout!, name);
  } catch (error) {
    // Stopping it cuts the pipe.
    if (!isStopped()) throw error;
  } finally {
    child.kill();
  }
  const status = await ended;
  if (status === 0 || status === null || isStopped()) return;
  throw new SeqkitError(`${name} ended with status ${status}: ${complaint.trim().split('\n').at(-1) ?? ''}`, {
    code: 'engine',
    hint:
      name === COMMAND
        ? 'Run the command of --recorder by itself to see what it says.'
        : 'Check that a microphone is there and may be used, or name one with --device.',
  });
}

/**
 * Samples of -1 to 1 from 16-bit little-endian bytes, wherever the chunks are cut.
 * @throws SeqkitError `bad-file` where a WAV file comes, whose header would be taken for sound
 */
async function* fromPcm(stream: AsyncIterable<unknown>, name: string): AsyncGenerator<Float32Array> {
  let half: number | undefined;
  let isFirst = true;
  for await (const received of stream) {
    const chunk = received as Buffer;
    if (isFirst && /^(RIFF|RIFX|RF64)/.test(chunk.toString('latin1', 0, 4))) {
      throw new SeqkitError(`A WAV file comes through ${name}, expected raw 16-bit mono samples.`, {
        code: 'bad-file',
        hint: 'Hear a file with: seqkit detect <model> <file>, or take its header off: sox FILE -t raw -r 16000 -e signed -b 16 -c 1 -',
      });
    }
    isFirst = false;
    const bytes = half === undefined ? chunk : Buffer.concat([Buffer.of(half), chunk]);
    const count = bytes.length >> 1;
    half = bytes.length % 2 === 1 ? bytes[bytes.length - 1] : undefined;
    if (count === 0) continue;
    const samples = new Float32Array(count);
    for (let i = 0; i < count; i++) samples[i] = bytes.readInt16LE(2 * i) / 32768;
    yield samples;
  }
}
