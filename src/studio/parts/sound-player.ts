/** Plays one sound at a time. */
export class SoundPlayer {
  #context: AudioContext | undefined;
  #source: AudioBufferSourceNode | undefined;

  /** Plays samples from their start; what played before stops. @param onEnd where it came to its end, or another took its place */
  async play(samples: Float32Array, sampleRate: number, onEnd: () => void): Promise<void> {
    this.stop();
    this.#context ??= new AudioContext();
    await this.#context.resume();
    const buffer = this.#context.createBuffer(1, samples.length, sampleRate);
    buffer.copyToChannel(Float32Array.from(samples), 0);
    const source = this.#context.createBufferSource();
    source.buffer = buffer;
    source.connect(this.#context.destination);
    source.onended = onEnd;
    this.#source = source;
    source.start();
  }

  stop(): void {
    this.#source?.stop();
    this.#source = undefined;
  }
}

/** The player of the page. */
export const player = new SoundPlayer();
