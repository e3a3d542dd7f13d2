/** Plays one sound at a time. */
export class SoundPlayer {
  #context: AudioContext | undefined;
  #source: AudioBufferSourceNode | undefined;
  /** On the context's clock. */
  #begun = 0;

  /** Plays samples from their start; what played before stops. @param onEnd where it came to its end, or was stopped */
  async play(samples: Float32Array, sampleRate: number, onEnd?: () => void): Promise<void> {
    this.stop();
    const context = (this.#context ??= new AudioContext());
    const buffer = context.createBuffer(1, samples.length, sampleRate);
    buffer.copyToChannel(Float32Array.from(samples), 0);
    const source = context.createBufferSource();
    source.buffer = buffer;
    source.connect(context.destination);
    source.onended = () => {
      source.disconnect();
      onEnd?.();
      if (this.#source !== source) return;
      this.#source = undefined;
      // Between sounds the audio thread has nothing to do.
      void context.suspend();
    };
    this.#source = source;
    // Before the context runs, so that `stop` reaches it meanwhile too.
    source.start();
    this.#begun = context.currentTime;
    await context.resume();
  }

  /** Of the sound, what has come out of the loudspeaker by now. */
  get seconds(): number {
    const context = this.#context;
    return context ? Math.max(0, context.currentTime - this.#begun - (context.outputLatency || 0)) : 0;
  }

  stop(): void {
    this.#source?.stop();
  }
}

/** The player of the page. */
export const player = new SoundPlayer();
