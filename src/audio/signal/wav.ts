import * as wavefile from 'wavefile';
import { SeqkitError } from '../../base/errors.js';
import { text } from '../../base/schema/index.js';
import { ChannelComparison } from './channels.js';
import {
  ADPCM_HEADER_BYTES,
  readWaveLayout,
  repairOption,
  WAVE_FORMATS,
  type RepairOption,
  type WaveLayout,
} from './riff.js';
import { fileBytes, signal } from './samples.js';

/** One channel of sound. */
export interface Waveform {
  /** Amplitudes, full scale is -1 to 1; shape (samples). */
  samples: Float32Array;
  /** Hz */
  sampleRate: number;
}

/** A recording as it was read. */
export interface DecodedWav extends Waveform {
  /** Of the file, before they were mixed down. */
  channels: number;
  bitsPerSample: number;
  /** What was lost, a line each; empty unless a damaged file was repaired. */
  losses: readonly string[];
  /** What is odd about it but lost nothing, a line each, such as channels that cancel, of which one was taken. */
  remarks: readonly string[];
}

const HEADER_BYTES = 46;
/**
 * Node loads wavefile's CommonJS build, where everything stands below `default`, bundlers its ES build, which has
 * no default.
 */
const { WaveFile }: Pick<typeof wavefile, 'WaveFile'> =
  (wavefile as unknown as Partial<Record<string, typeof wavefile>>)['default'] ?? wavefile;

/** Bytes of samples that wavefile is given at a time: it takes many times their memory. */
const BLOCK_BYTES = 1 << 18;
/** So many blocks tell whether channels cancel: a minute and a half of a CD's sound. */
const COMPARED_BLOCKS = 64;

/**
 * A WAV file that is decoded chunk by chunk and mixed down to one channel, the mean of all; where they cancel each
 * other, as of a cable that was wired wrongly, the strongest alone is taken.
 *
 * wavefile decodes the samples: PCM of 8 to 32 bits, float of 32 and 64, A-law, mu-law and
 * IMA ADPCM, in RIFF, RIFX and RF64 files. It takes a truncated file without a word and may
 * stumble over chunks that hold no sound, so it is given the samples, a block at a time, under
 * a plain header after {@link readWaveLayout} has held every size against the bytes present.
 */
export class WavReader {
  readonly #layout: WaveLayout;
  readonly #read: (from: number, to: number) => Uint8Array;
  readonly #name: string;
  readonly #repair: boolean;
  /** Samples per channel. */
  readonly frames: number;
  /** What was lost, a line each; complete when all chunks are read. */
  readonly losses: string[];
  /** What is odd about it but lost nothing, a line each; complete when all chunks are read. */
  readonly remarks: string[] = [];

  /**
   * @param read gives the bytes of the file from one offset up to another, all of which are there
   * @param name the file's name, for messages
   */
  constructor(
    layout: WaveLayout,
    read: (from: number, to: number) => Uint8Array,
    name: string,
    { repair = false }: RepairOption = {},
  ) {
    this.#layout = layout;
    this.#read = read;
    this.#name = name;
    this.#repair = repair;
    this.frames = frameCount(layout);
    this.losses = [...layout.losses];
  }

  get sampleRate(): number {
    return this.#layout.sampleRate;
  }

  /**
   * The samples in the order of time, in chunks of any length.
   * @throws SeqkitError `bad-file` with name, byte offset and cause
   */
  *chunks(): Generator<Float32Array> {
    const { channels } = this.#layout;
    const only = channels > 1 ? this.#channelToTake() : undefined;
    let at = 0;
    let bad = 0;
    for (const block of this.#blocks()) {
      const chunk = new Float32Array(Math.min(block.length / channels, this.frames - at));
      for (let i = 0; i < chunk.length; i++) {
        if (only === undefined) {
          let sum = 0;
          for (let c = 0; c < channels; c++) sum += block[i * channels + c];
          chunk[i] = sum / channels;
        } else chunk[i] = block[i * channels + only];
        // Asked of the float32 that is kept: a large float64 becomes infinite only there.
        if (Number.isFinite(chunk[i])) continue;
        if (!this.#repair) throw this.#notFinite(at + i, chunk[i]);
        chunk[i] = 0;
        bad++;
      }
      at += chunk.length;
      yield chunk;
    }
    if (bad > 0)
      this.losses.push(
        bad === 1
          ? '1 sample is no finite number; it is set to 0'
          : `${bad} samples are no finite numbers; they are set to 0`,
      );
  }

  #notFinite(frame: number, sample: number): SeqkitError {
    const { dataStart, blockAlign } = this.#layout;
    const offset = dataStart + frame * blockAlign;
    return new SeqkitError(`${this.#name}: byte ${offset}: a sample is ${sample}, expected a finite number`, {
      code: 'bad-file',
      hint: 'Record it again, or set such samples to 0 with repair: true.',
    });
  }

  /** The channel that is taken alone, told by some blocks from the first to the last; undefined where they are mixed. */
  #channelToTake(): number | undefined {
    const { channels, sampleRate } = this.#layout;
    const comparison = new ChannelComparison(channels, sampleRate);
    for (const block of this.#blocks(COMPARED_BLOCKS)) comparison.add(block);
    const choice = comparison.choice();
    if (choice === undefined) return undefined;
    const { channel, mixedDb } = choice;
    const left = mixedDb < -60 ? 'next to nothing' : `${(-mixedDb).toFixed(0)} dB less`;
    this.remarks.push(
      `its ${channels} channels cancel each other: mixed, ${left} would be left; channel ${channel + 1} alone is taken`,
    );
    return channel;
  }

  /**
   * The samples of all channels, interleaved, full scale -1 to 1, in chunks of whole frames.
   * @param max so many of the chunks, evenly spread
   */
  *#blocks(max = Infinity): Generator<Float64Array> {
    const { dataBytes, dataStart } = this.#layout;
    // A file that is one short ADPCM block is not filled up to the length that its header claims.
    const blockAlign = Math.min(this.#layout.blockAlign, dataBytes);
    const step = blockAlign * Math.max(1, Math.floor(BLOCK_BYTES / blockAlign));
    const skipped = Math.max(1, Math.ceil(dataBytes / step / max));
    for (let from = 0; from < dataBytes; from += skipped * step) {
      const bytes = this.#read(dataStart + from, dataStart + Math.min(from + step, dataBytes));
      let samples: Float64Array;
      try {
        samples = decodeSamples(bytes, { ...this.#layout, blockAlign });
      } catch (cause) {
        throw new SeqkitError(
          `${this.#name}: byte ${dataStart + from}: the samples could not be decoded: ${(cause as Error).message}`,
          { code: 'bad-file', cause },
        );
      }
      yield samples;
    }
  }
}

/**
 * Reads a WAV file and mixes it down to one channel; see `WavReader`. Channels that cancel are told in `remarks`.
 *
 * @param name the file's name, for messages
 * @param options.repair keeps what is readable of a damaged file; samples that are no numbers become 0
 * @throws SeqkitError `bad-file` with name, byte offset and cause
 */
export function decodeWav(bytes: Uint8Array, name: string, options: RepairOption = {}): DecodedWav {
  fileBytes.parse(bytes, 'decodeWav: bytes');
  text.parse(name, 'decodeWav: name');
  const { repair = false } = repairOption.parse(options);
  const layout = readWaveLayout(bytes, name, { repair });
  const reader = new WavReader(layout, (from, to) => bytes.subarray(from, to), name, { repair });
  let samples: Float32Array | undefined;
  let at = 0;
  for (const chunk of reader.chunks()) {
    // A short file is one chunk.
    if (chunk.length === reader.frames) samples = chunk;
    else (samples ??= new Float32Array(reader.frames)).set(chunk, at);
    at += chunk.length;
  }
  samples ??= new Float32Array(reader.frames);
  const { channels, sampleRate, bitsPerSample } = layout;
  const { losses, remarks } = reader;
  return { samples, sampleRate, channels, bitsPerSample, losses, remarks };
}

/**
 * Writes a waveform as a 16-bit PCM WAV file; what exceeds full scale is clipped.
 * @throws SeqkitError `bad-value` where a sample is no number
 */
export function encodeWav(waveform: Waveform): Uint8Array {
  const { samples, sampleRate } = signal.parse(waveform, 'encodeWav: waveform');
  const pcm = Int16Array.from(samples, (x) => Math.max(-32768, Math.min(32767, Math.round(32768 * x))));
  const wav = new WaveFile();
  wav.fromScratch(1, sampleRate, '16', pcm);
  return wav.toBuffer();
}

/** Samples per channel. */
function frameCount({ format, dataBytes, blockAlign, factFrames }: WaveLayout): number {
  const blocks = Math.floor(dataBytes / blockAlign);
  if (format !== WAVE_FORMATS.imaAdpcm) return blocks;
  const short = dataBytes % blockAlign;
  const frames = blocks * framesPerAdpcmBlock(blockAlign) + (short > 0 ? framesPerAdpcmBlock(short) : 0);
  return factFrames === undefined || factFrames === 0 ? frames : Math.min(frames, factFrames);
}

/** The first sample stands in the header of an ADPCM block; each byte after it holds two. */
function framesPerAdpcmBlock(bytes: number): number {
  return 2 * (bytes - ADPCM_HEADER_BYTES) + 1;
}

/** @param bytes of samples alone */
function decodeSamples(bytes: Uint8Array, layout: WaveLayout): Float64Array {
  const { format, bitsPerSample, blockAlign, channels } = layout;
  const wav = new WaveFile(plainFile(bytes, layout));
  if (format === WAVE_FORMATS.imaAdpcm) {
    wav.fromIMAADPCM();
    return scaled(withoutRepeats(wav.getSamples(true), blockAlign, bytes.length), 0, 2 ** -15);
  }
  if (format === WAVE_FORMATS.aLaw) wav.fromALaw();
  if (format === WAVE_FORMATS.muLaw) wav.fromMuLaw();
  // An odd number of bytes is padded, and wavefile takes the pad for a sample.
  const samples = wav.getSamples(true).subarray(0, (bytes.length / blockAlign) * channels);
  if (format === WAVE_FORMATS.float) return samples;
  if (format === WAVE_FORMATS.pcm && bitsPerSample <= 8) return scaled(samples, 128, 2 ** -7);
  // Narrower samples sit in the high bits of their bytes.
  const bits = format === WAVE_FORMATS.pcm ? 8 * Math.ceil(bitsPerSample / 8) : 16;
  return scaled(samples, 0, 2 ** -(bits - 1));
}

/** (sample - zero) * scale, in place: wavefile's array is nobody else's. */
function scaled(samples: Float64Array, zero: number, scale: number): Float64Array {
  for (let i = 0; i < samples.length; i++) samples[i] = (samples[i] - zero) * scale;
  return samples;
}

/** wavefile gives the first sample of each ADPCM block twice; this keeps one of them, in place. */
function withoutRepeats(samples: Float64Array, blockAlign: number, dataBytes: number): Float64Array {
  const perBlock = framesPerAdpcmBlock(blockAlign);
  const blocks = Math.ceil(dataBytes / blockAlign);
  for (let b = 0; b < blocks; b++) {
    const start = b * (perBlock + 1) + 1;
    samples.copyWithin(b * perBlock, start, start + perBlock);
  }
  return samples.subarray(0, blocks * perBlock);
}

/** The same samples under a header of two chunks, `fmt ` and `data`. */
function plainFile(bytes: Uint8Array, layout: WaveLayout): Uint8Array {
  const { bigEndian, format, channels, sampleRate, blockAlign } = layout;
  const dataBytes = bytes.length;
  const little = !bigEndian;
  // wavefile decodes an ADPCM block when it meets the next one: two bytes more make it decode the last,
  // which is filled up where it is short.
  const missing = (blockAlign - (dataBytes % blockAlign)) % blockAlign;
  const spareBytes = format === WAVE_FORMATS.imaAdpcm ? missing + 2 : dataBytes % 2;
  const file = new Uint8Array(HEADER_BYTES + dataBytes + spareBytes);
  const view = new DataView(file.buffer);
  const text = (at: number, value: string) => {
    for (let i = 0; i < value.length; i++) file[at + i] = value.charCodeAt(i);
  };
  const bits = format === WAVE_FORMATS.pcm ? 8 * Math.ceil(layout.bitsPerSample / 8) : layout.bitsPerSample;
  text(0, bigEndian ? 'RIFX' : 'RIFF');
  view.setUint32(4, file.length - 8, little);
  text(8, 'WAVEfmt ');
  view.setUint32(16, 18, little);
  view.setUint16(20, format, little);
  view.setUint16(22, channels, little);
  view.setUint32(24, sampleRate, little);
  view.setUint32(28, Math.min(sampleRate * blockAlign, 0xffffffff), little);
  view.setUint16(32, blockAlign, little);
  view.setUint16(34, bits, little);
  text(38, 'data');
  view.setUint32(42, file.length - HEADER_BYTES, little);
  file.set(bytes, HEADER_BYTES);
  return file;
}
