import * as fs from 'node:fs';
import { readWaveLayout, type RepairOption, type WaveLayout } from '../../audio/signal/riff.js';
import { WavReader } from '../../audio/signal/wav.js';
import { fileError, openFile } from '../../base/host/files.js';
import { readSound } from '../clips/sound-file.js';

/** Where the samples of a WAV file begin, if not far beyond this, is found without reading it. */
const START_BYTES = 1 << 20;

/** A recording that is read as it is listened to. */
export interface LongSound {
  /** Hz */
  readonly sampleRate: number;
  /** Samples in all. */
  readonly length: number;
  /** The samples in the order of time, in chunks of any length. */
  chunks(): Iterable<Float32Array>;
  /** What was lost of it, a line each; complete when all chunks are read. */
  readonly losses: readonly string[];
  /** What is odd about it but lost nothing, a line each; complete when all chunks are read. */
  readonly remarks: readonly string[];
}

/**
 * Opens a recording of any length. A WAV file takes the memory of a chunk of it; what goes through ffmpeg, and
 * a file whose samples do not begin within its first megabyte, is read whole.
 *
 * @throws SeqkitError as `readSound`; while reading, `bad-file`, or `file-access` where the file shrinks
 */
export function openLongSound(path: string, options: RepairOption = {}): LongSound {
  const layout = layoutOf(path, options);
  if (layout === undefined) {
    const { samples, sampleRate, losses, remarks } = readSound(path, options);
    const chunks = () => cutIntoSeconds(samples, sampleRate);
    return { sampleRate, length: samples.length, losses, remarks, chunks };
  }
  let descriptor = -1;
  const reader = new WavReader(layout, (from, to) => readBytes(descriptor, path, from, to), path, options);
  return {
    sampleRate: reader.sampleRate,
    length: reader.frames,
    losses: reader.losses,
    remarks: reader.remarks,
    *chunks() {
      descriptor = open(path);
      try {
        yield* reader.chunks();
      } finally {
        fs.closeSync(descriptor);
      }
    },
  };
}

/** Undefined where the start of the file does not tell. */
function layoutOf(path: string, options: RepairOption): WaveLayout | undefined {
  const descriptor = open(path);
  try {
    const stats = fs.fstatSync(descriptor);
    if (!stats.isFile()) return undefined;
    const start = readBytes(descriptor, path, 0, Math.min(stats.size, START_BYTES));
    const read = (from: number, to: number) => readBytes(descriptor, path, from, to);
    return readWaveLayout(start, path, { ...options, fileBytes: stats.size, read });
  } catch {
    // Whoever reads it whole says what is wrong.
    return undefined;
  } finally {
    fs.closeSync(descriptor);
  }
}

function open(path: string): number {
  try {
    return openFile(path);
  } catch (error) {
    throw fileError(error, `Cannot read a recording at ${path}`);
  }
}

function readBytes(descriptor: number, path: string, from: number, to: number): Uint8Array {
  const bytes = new Uint8Array(to - from);
  try {
    for (let at = 0; at < bytes.length;) {
      const count = fs.readSync(descriptor, bytes, at, bytes.length - at, from + at);
      if (count === 0) throw new Error(`it ended at byte ${from + at} while it was read`);
      at += count;
    }
  } catch (error) {
    throw fileError(error, `Cannot read a recording at ${path}`);
  }
  return bytes;
}

function* cutIntoSeconds(samples: Float32Array, sampleRate: number): Generator<Float32Array> {
  for (let at = 0; at < samples.length; at += sampleRate) yield samples.subarray(at, at + sampleRate);
}
