import { SeqkitError } from '../../base/errors.js';
import { isTypedArray, wrongValue } from '../../base/schema/index.js';
import { floatsOfPcm16 } from '../signal/pcm16.js';
import type { SampleFormat, SoundFormat } from './listen-options.js';

/** What a stream of sound may bring: samples, or the bytes of samples, cut anywhere. */
export type SoundChunk = Float32Array | Int16Array | Uint8Array | ArrayBuffer;

const SAMPLE_BYTES: Readonly<Record<SampleFormat, number>> = { pcm16: 2, float32: 4 };
const EXPECTED = 'a Uint8Array (such as a Buffer), an ArrayBuffer, a Float32Array or an Int16Array';

/** Makes one channel of sound of what a stream brings. What of a sample or a frame is still to come waits for it. */
export class SampleReader {
  readonly #format: SampleFormat | undefined;
  readonly #channels: number;
  /** Bytes of a sample that is not whole yet. */
  #bytes = new Uint8Array(0);
  /** Samples of a frame that is not whole yet. */
  #samples = new Float32Array(0);
  #begun = false;

  constructor({ format, channels = 1 }: SoundFormat = {}) {
    this.#format = format;
    this.#channels = channels;
  }

  /**
   * @returns one channel, full scale -1 to 1
   * @throws SeqkitError `bad-value` for what is no sound, samples of another format than was said, or a WAV file
   */
  read(chunk: unknown): Float32Array {
    return this.#mixed(this.#samplesOf(chunk));
  }

  #samplesOf(chunk: unknown): Float32Array {
    if (isTypedArray(chunk, 'Float32Array')) return this.#typed(chunk, 'float32');
    if (isTypedArray(chunk, 'Int16Array')) return floatsOfPcm16(this.#typed(chunk, 'pcm16'));
    // Also of another realm, or a Buffer.
    if (isTypedArray(chunk, 'Uint8Array')) return this.#decoded(chunk);
    if (Object.prototype.toString.call(chunk) === '[object ArrayBuffer]') {
      return this.#decoded(new Uint8Array(chunk as ArrayBuffer));
    }
    const hint =
      typeof chunk === 'string'
        ? 'Leave the encoding of the stream unset, so that it gives bytes.'
        : 'Bytes are read as the option format says.';
    throw wrongValue('listen: a chunk of the stream', EXPECTED, chunk, hint);
  }

  #typed<Samples extends Float32Array | Int16Array>(samples: Samples, format: SampleFormat): Samples {
    if (this.#format === undefined || this.#format === format) return samples;
    throw wrongValue(
      'listen: a chunk of the stream',
      this.#format === 'pcm16'
        ? 'bytes or an Int16Array, as format says'
        : 'bytes or a Float32Array, as format says',
      samples,
      'Leave format out: such arrays tell it themselves.',
    );
  }

  #decoded(given: Uint8Array): Float32Array {
    const bytes = joined(this.#bytes, given, Uint8Array);
    if (!this.#begun && bytes.length >= 4) {
      this.#begun = true;
      if (String.fromCharCode(...bytes.subarray(0, 4)) === 'RIFF') throw isWav();
    }
    const format = this.#format ?? 'pcm16';
    const size = SAMPLE_BYTES[format];
    const count = Math.floor(bytes.length / size);
    this.#bytes = bytes.slice(count * size);
    const view = new DataView(bytes.buffer, bytes.byteOffset);
    const samples = new Float32Array(count);
    for (let i = 0; i < count; i++) {
      samples[i] = format === 'pcm16' ? view.getInt16(2 * i, true) / 32_768 : view.getFloat32(4 * i, true);
    }
    return samples;
  }

  #mixed(given: Float32Array): Float32Array {
    const channels = this.#channels;
    if (channels === 1) return given;
    const samples = joined(this.#samples, given, Float32Array);
    const frames = Math.floor(samples.length / channels);
    this.#samples = samples.slice(frames * channels);
    const mono = new Float32Array(frames);
    for (let n = 0; n < frames; n++) {
      let sum = 0;
      for (let c = 0; c < channels; c++) sum += samples[n * channels + c];
      mono[n] = sum / channels;
    }
    return mono;
  }
}

function joined<Items extends Uint8Array | Float32Array>(
  before: Items,
  after: Items,
  Kind: new (length: number) => Items,
): Items {
  if (before.length === 0) return after;
  const all = new Kind(before.length + after.length);
  all.set(before);
  all.set(after, before.length);
  return all;
}

function isWav(): SeqkitError {
  return new SeqkitError('The stream begins as a WAV file does; expected samples alone.', {
    code: 'bad-value',
    hint: 'Give detect what decodeWav(bytes, name) makes of the file, or let the recorder write raw samples.',
  });
}
