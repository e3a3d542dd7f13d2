import { disposedError, endByUsing } from '../../base/disposal.js';
import { noEmbedding } from './no-embedding.js';
import { flag, optional, optionsSchema } from '../../base/schema/index.js';
import { readSource, type FileSource } from '../../base/source/file-source.js';
import type { Network } from '../../rnn/model/network.js';
import { sampleRateHz, soundSamples } from '../signal/samples.js';
import {
  embeddingFile,
  decodeEmbedding,
  embeddingHash,
  encodeEmbedding,
  type EmbeddingFile,
} from './embedding-file.js';
import { embeddingPaths } from './embedding-paths.js';
import { EMBEDDING_SIZE, embeddingNetwork, HOP_FRAMES, WINDOW_FRAMES } from './embedding-network.js';
import { EmbeddingStream } from './embedding-stream.js';
import { EMBEDDING_RATE, FRAME_SAMPLES, HOP_SAMPLES } from './mel-frames.js';

/** Embeddings of a stretch of sound. */
export interface Embeddings {
  /** How many there are, one each 80 ms. */
  readonly frames: number;
  /** Numbers of each: 96. */
  readonly size: number;
  /** (frames, size), row by row. */
  readonly data: Float32Array;
  /** Seconds from one to the next: 0.08. */
  readonly hopSeconds: number;
  /** Seconds of sound that each sees: the first ends so long after the start. 0.782 */
  readonly windowSeconds: number;
}

export interface EmbeddingStreamOptions {
  /** Of the sound that comes, Hz. @default 16000 */
  sampleRate?: number;
  /**
   * Whether the network rests while nothing rises above the noise of the room: the last embedding is repeated then. Those
   * of other sound stay as they are. @default false
   */
  voiceActivity?: boolean;
}

const streamOptions = optionsSchema<EmbeddingStreamOptions>('stream', {
  sampleRate: optional(sampleRateHz),
  voiceActivity: optional(flag),
});

/** Seconds from one embedding to the next. */
export const EMBEDDING_HOP_SECONDS = (HOP_FRAMES * HOP_SAMPLES) / EMBEDDING_RATE;
/** Seconds of sound that an embedding sees. */
export const EMBEDDING_WINDOW_SECONDS = ((WINDOW_FRAMES - 1) * HOP_SAMPLES + FRAME_SAMPLES) / EMBEDDING_RATE;

/**
 * A pretrained network that says what speech sounds like, 96 numbers each 80 ms, in the shape of Google's
 * speech_embedding (Lin et al. 2020). Models built upon it learn a word from few recordings. One that seqkit trained
 * comes along; Google's weights, which are better, do not.
 */
export class SpeechEmbedding {
  static {
    endByUsing(this);
  }

  /** Where the platform has the symbols. */
  declare readonly [Symbol.dispose]: () => void;
  declare readonly [Symbol.asyncDispose]: () => Promise<void>;

  /** 16 hexadecimal digits that tell it from others: models say by it which they need. */
  readonly hash: string;
  /** Where it comes from, and under which licence. */
  readonly notice: string;
  readonly #file: EmbeddingFile;
  readonly #network: Network;
  /** That `embed` works with. */
  #own: EmbeddingStream | undefined;
  #disposed = false;

  private constructor(file: EmbeddingFile, network: Network) {
    this.#file = file;
    this.#network = network;
    this.hash = embeddingHash(file.weights);
    this.notice = file.notice;
  }

  /**
   * Opens an embedding that `seqkit add-embedding` wrote.
   * @param from its file's path, a URL, a Blob, or its bytes
   * @throws SeqkitError `file-access`, or `bad-file` where it holds something else
   */
  static async load(from: FileSource): Promise<SpeechEmbedding> {
    const { bytes, name } = await readSource(from, 'load: from', {
      name: 'The speech embedding',
      kind: 'a speech embedding',
      isModel: true,
    });
    return SpeechEmbedding.of(decodeEmbedding(bytes, name));
  }

  /**
   * Google's embedding, where `seqkit add-embedding` put it into the user's data folder; else the one that comes with
   * seqkit.
   * @throws SeqkitError `file-access` in a page: load it from its URL there
   */
  static async default(): Promise<SpeechEmbedding> {
    const path = await SpeechEmbedding.defaultPath();
    if (path === undefined) throw noEmbedding('There is no speech embedding at hand.');
    return SpeechEmbedding.load(path);
  }

  /** Where that file is; undefined in a page. */
  static async defaultPath(): Promise<string | undefined> {
    const [path] = await embeddingPaths();
    return path;
  }

  /**
   * An embedding of weights that the caller has.
   * @param file.weights Float32Arrays by name: `conv0/kernel` (time, bands, channels, filters), `conv0/bias`, and so on
   * @throws SeqkitError `bad-value` where one is missing, of another size, or holds what is no number
   */
  static async of(file: EmbeddingFile): Promise<SpeechEmbedding> {
    const { weights, notice } = embeddingFile.parse(file, 'of: file');
    return new SpeechEmbedding({ weights, notice }, await embeddingNetwork(weights));
  }

  /**
   * Embeddings of a whole recording.
   * @param samples shape (samples): floats, full scale -1 to 1
   * @param sampleRate Hz
   * @returns none where the sound is shorter than 0.782 s
   * @throws SeqkitError `bad-value` where a sample is no sound; `usage` after `dispose`
   */
  embed(samples: Float32Array, sampleRate: number = EMBEDDING_RATE): Embeddings {
    this.#needAlive();
    soundSamples.parse(samples, 'embed: samples');
    sampleRateHz.parse(sampleRate, 'embed: sampleRate');
    const data =
      sampleRate === EMBEDDING_RATE ? this.#embedWhole(samples) : this.#resampled(samples, sampleRate);
    return {
      frames: data.length / EMBEDDING_SIZE,
      size: EMBEDDING_SIZE,
      data,
      hopSeconds: EMBEDDING_HOP_SECONDS,
      windowSeconds: EMBEDDING_WINDOW_SECONDS,
    };
  }

  /** Embeddings of sound as it comes. Several may listen at once; each holds a copy of the weights. */
  stream(options: EmbeddingStreamOptions = {}): EmbeddingStream {
    this.#needAlive();
    const { sampleRate = EMBEDDING_RATE, voiceActivity = false } = streamOptions.parse(options);
    return new EmbeddingStream(this.#network, sampleRate, voiceActivity);
  }

  /** The embedding as the bytes of one safetensors file, in 16-bit floats. */
  toBytes(): Uint8Array {
    this.#needAlive();
    return encodeEmbedding(this.#file);
  }

  /** What it is made of, for a thread that makes it anew with `of`. */
  get file(): EmbeddingFile {
    return this.#file;
  }

  /** Frees its memory; streams go on. Every other method throws after it. */
  async dispose(): Promise<void> {
    if (this.#disposed) return;
    this.#disposed = true;
    this.#own?.dispose();
    await this.#network.dispose();
  }

  #embedWhole(samples: Float32Array): Float32Array {
    this.#own ??= this.stream();
    this.#own.reset();
    return this.#own.push(samples);
  }

  #resampled(samples: Float32Array, sampleRate: number): Float32Array {
    const stream = this.stream({ sampleRate });
    try {
      const [first, rest] = [stream.push(samples), stream.flush()];
      const all = new Float32Array(first.length + rest.length);
      all.set(first);
      all.set(rest, first.length);
      return all;
    } finally {
      stream.dispose();
    }
  }

  #needAlive(): void {
    if (this.#disposed) throw disposedError('The embedding');
  }
}
