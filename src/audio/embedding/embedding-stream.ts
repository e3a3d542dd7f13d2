import { disposedError, endByUsing } from '../../base/disposal.js';
import type { Network } from '../../rnn/model/network.js';
import type { Stepper } from '../../rnn/model/stepper.js';
import { SoundIntake } from '../signal/sound-intake.js';
import { appendSamples } from '../signal/append-samples.js';
import { StreamResampler } from '../signal/resample.js';
import {
  EMBEDDING_BANDS,
  EMBEDDING_SIZE,
  HOP_FRAMES,
  LEAD_FRAMES,
  LEAD_OUTPUTS,
  WINDOW_FRAMES,
} from './embedding-network.js';
import { embeddingStreams } from './known-streams.js';
import { QuietGate } from './quiet-gate.js';
import { EMBEDDING_RATE, FRAME_SAMPLES, HOP_SAMPLES, MelFrames } from './mel-frames.js';

/** Frames that go through the network at once where so many wait: of long sound, for speed. */
const PIECE_FRAMES = 128;

/** Embeddings of sound as it comes, in chunks of any length. */
export class EmbeddingStream {
  static {
    endByUsing(this);
  }

  /** Where the platform has the symbol. */
  declare readonly [Symbol.dispose]: () => void;

  readonly #network: Network;
  readonly #mel = new MelFrames();
  readonly #intake = new SoundIntake();
  readonly #resampler: StreamResampler | undefined;
  readonly #stepper: Stepper;
  /** Of pieces, made where the first has come. */
  #pieces: Stepper | undefined;
  #pending: Float32Array = new Float32Array(0);
  /** Frames that wait, (HOP_FRAMES, bands). */
  readonly #frames = new Float32Array(HOP_FRAMES * EMBEDDING_BANDS);
  #waiting = LEAD_FRAMES;
  #outputs = 0;
  /** Tells when the network may rest; undefined where it never does. */
  readonly #gate: QuietGate | undefined;
  /** The last frames, (WINDOW_FRAMES, bands), for the window that it wakes up in. */
  readonly #recent = new Float32Array(WINDOW_FRAMES * EMBEDDING_BANDS);
  /** Which is repeated while it rests. */
  #last: Float32Array = new Float32Array(EMBEDDING_SIZE);
  #rests = false;
  #disposed = false;

  /** Use `embedding.stream()`. */
  constructor(network: Network, sampleRate: number, voiceActivity: boolean) {
    embeddingStreams.add(this);
    this.#network = network;
    this.#stepper = network.stepper({ steps: HOP_FRAMES });
    if (voiceActivity) this.#gate = new QuietGate();
    if (sampleRate !== EMBEDDING_RATE) this.#resampler = new StreamResampler(sampleRate, EMBEDDING_RATE);
  }

  /** How many of the samples that came were no sound; silence was heard in their place. */
  get silencedSamples(): number {
    return this.#intake.silenced;
  }

  /**
   * @param samples shape (any), at the stream's sample rate: floats, full scale -1 to 1, or PCM of 16 bits
   * @returns the embeddings that they complete, (n, 96) row by row: n is 0 until 0.78 s have come, then one each 80 ms
   * @throws SeqkitError `bad-value` for samples of another kind; `usage` after `dispose`
   */
  push(samples: Float32Array | Int16Array): Float32Array {
    this.#needAlive();
    const sound = this.#intake.take(samples);
    return this.#hear(this.#resampler?.push(sound) ?? sound);
  }

  /** Ends the sound: gives the embeddings of the little that a resampler still held back. Call `reset` before other sound. */
  flush(): Float32Array {
    this.#needAlive();
    return this.#hear(this.#resampler?.flush() ?? new Float32Array(0));
  }

  /** Forgets all that it has heard. */
  reset(): void {
    this.#needAlive();
    this.#resampler?.reset();
    this.#intake.reset();
    this.#stepper.reset();
    this.#pending = new Float32Array(0);
    this.#frames.fill(0);
    this.#waiting = LEAD_FRAMES;
    this.#outputs = 0;
    this.#gate?.reset();
    this.#recent.fill(0);
    this.#rests = false;
  }

  /** Frees its memory. Every other method throws after it; a second time does nothing. */
  dispose(): void {
    if (this.#disposed) return;
    this.#disposed = true;
    this.#stepper.dispose();
    this.#pieces?.dispose();
  }

  #hear(sound: Float32Array): Float32Array {
    const samples = appendSamples(this.#pending, sound);
    const count =
      samples.length < FRAME_SAMPLES ? 0 : Math.floor((samples.length - FRAME_SAMPLES) / HOP_SAMPLES) + 1;
    const steps = Math.floor((this.#waiting + count) / HOP_FRAMES);
    const first = Math.max(0, LEAD_OUTPUTS - this.#outputs);
    const out = new Float32Array(Math.max(0, steps - first) * EMBEDDING_SIZE);
    let written = 0;
    const take = (outputs: ArrayLike<number>): void => {
      const skipped = Math.min(Math.max(0, LEAD_OUTPUTS - this.#outputs), outputs.length / EMBEDDING_SIZE);
      this.#outputs += outputs.length / EMBEDDING_SIZE;
      for (let i = skipped * EMBEDDING_SIZE; i < outputs.length; i++) out[written++] = outputs[i];
    };
    let frame = 0;
    while (frame < count) {
      if (this.#waiting === 0 && count - frame >= PIECE_FRAMES && this.#gate === undefined) {
        take(this.#piece(samples, frame));
        frame += PIECE_FRAMES;
        continue;
      }
      this.#mel.frame(samples, frame * HOP_SAMPLES, this.#frames, this.#waiting * EMBEDDING_BANDS);
      frame++;
      if (++this.#waiting < HOP_FRAMES) continue;
      this.#waiting = 0;
      take(this.#gate === undefined ? this.#stepper.step(this.#frames) : this.#watched(this.#gate));
    }
    this.#pending = samples.slice(count * HOP_SAMPLES);
    return out;
  }

  /** The embedding of the hop that is complete, or the last one again while it is quiet. */
  #watched(gate: QuietGate): ArrayLike<number> {
    const isQuiet = gate.isQuiet(this.#frames) && this.#outputs > LEAD_OUTPUTS;
    this.#recent.copyWithin(0, this.#frames.length);
    this.#recent.set(this.#frames, this.#recent.length - this.#frames.length);
    if (isQuiet) {
      this.#rests = true;
      return this.#last;
    }
    const outputs = this.#rests ? this.#wake() : this.#stepper.step(this.#frames);
    this.#rests = false;
    return (this.#last = Float32Array.from(outputs));
  }

  /** The embedding of the last window, as if the network had not rested: a window's own frames are all that it sees. */
  #wake(): ArrayLike<number> {
    this.#stepper.reset();
    const hop = new Float32Array(HOP_FRAMES * EMBEDDING_BANDS);
    const lead = LEAD_FRAMES * EMBEDDING_BANDS;
    hop.set(this.#recent.subarray(0, hop.length - lead), lead);
    let outputs = this.#stepper.step(hop);
    for (let at = hop.length - lead; at < this.#recent.length; at += hop.length) {
      outputs = this.#stepper.step(this.#recent.subarray(at, at + hop.length));
    }
    return outputs;
  }

  /** The same of many frames at once, with the same numbers: the state goes over and back. */
  #piece(samples: Float32Array, frame: number): ArrayLike<number> {
    this.#pieces ??= this.#network.stepper({ steps: PIECE_FRAMES });
    const frames = new Float32Array(PIECE_FRAMES * EMBEDDING_BANDS);
    for (let i = 0; i < PIECE_FRAMES; i++) {
      this.#mel.frame(samples, (frame + i) * HOP_SAMPLES, frames, i * EMBEDDING_BANDS);
    }
    this.#pieces.setState(this.#stepper.getState());
    const outputs = this.#pieces.step(frames).slice();
    this.#stepper.setState(this.#pieces.getState());
    return outputs;
  }

  #needAlive(): void {
    if (this.#disposed) throw disposedError('The stream');
  }
}
