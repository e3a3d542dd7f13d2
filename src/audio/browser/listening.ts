import { SeqkitError } from '../../base/errors.js';
import { FrameThrottle } from '../../base/host/yield-to-event-loop.js';
import type { TriggerStream } from '../detection/trigger-stream.js';
import { CAPTURE } from './capture-worklet.js';
import { thresholdsByWord } from '../detection/trigger-settings.js';
import type { ListenInPageOptions, ListeningState } from './listen-options.js';
import { openMicrophone } from './microphone.js';
import { setThresholds } from './set-thresholds.js';

/** Seconds of sound that the audio thread hands over at once. */
const CHUNK_SECONDS = 0.03;

/** What `listen` has opened. */
interface ListeningParts {
  /** Has the capturing script. */
  readonly context: AudioContext;
  readonly microphone: MediaStream;
  readonly streams: readonly TriggerStream[];
  readonly release: () => Promise<void>;
}

/** Made by `listen`: hears until it is stopped. */
export class Listening {
  readonly #options: ListenInPageOptions;
  readonly #context: AudioContext;
  readonly #streams: readonly TriggerStream[];
  /** Frees what was loaded for it. */
  readonly #release: () => Promise<void>;
  readonly #capture: AudioWorkletNode;
  readonly #frames = new FrameThrottle();
  /** Samples so far. */
  #heard = 0;
  readonly #loudness = { sum: 0, count: 0, peak: 0 };
  #microphone: { stream: MediaStream; node: MediaStreamAudioSourceNode } | undefined;
  #state: ListeningState = 'listening';
  /** That is being opened anew. */
  #opening: Promise<void> | undefined;
  #stopping: Promise<void> | undefined;

  /** Use `listen`, which opens what it is given. */
  constructor(options: ListenInPageOptions, given: object) {
    const parts = given as ListeningParts;
    const { context } = parts;
    this.#options = options;
    this.#context = context;
    this.#streams = parts.streams;
    this.#release = parts.release;
    const chunk = Math.round(CHUNK_SECONDS * context.sampleRate);
    this.#capture = new AudioWorkletNode(context, CAPTURE, { processorOptions: { chunk } });
    this.#capture.port.onmessage = ({ data }: MessageEvent<Float32Array>) => this.#hear(data);
    // What leads nowhere is not run: the node gives silence.
    this.#capture.connect(context.destination);
    this.#connect(parts.microphone);
    globalThis.document.addEventListener('visibilitychange', this.#onVisibility);
    globalThis.navigator.mediaDevices.addEventListener('devicechange', this.#onDevices);
    this.#options.onState?.('listening');
    this.#onVisibility();
  }

  get state(): ListeningState {
    return this.#state;
  }

  /** Of the sound that it hears, Hz. */
  get sampleRate(): number {
    return this.#context.sampleRate;
  }

  /**
   * Fires at another smoothed score from now on; the models keep their own.
   * @param threshold of all words, or by word; words that are not named keep theirs
   * @throws SeqkitError `bad-value` for one out of range; `usage` for a word that no model has, and after `stop`
   */
  setThreshold(threshold: number | Readonly<Record<string, number>>): void {
    setThresholds(this.#streams, thresholdsByWord.parse(threshold, 'setThreshold'));
  }

  /** Lets go of the microphone, the audio thread and what was loaded. A second time does nothing. */
  stop(): Promise<void> {
    this.#stopping ??= this.#stop();
    return this.#stopping;
  }

  async #stop(): Promise<void> {
    this.#turn('stopped');
    globalThis.document.removeEventListener('visibilitychange', this.#onVisibility);
    globalThis.navigator.mediaDevices.removeEventListener('devicechange', this.#onDevices);
    this.#disconnect();
    this.#capture.port.onmessage = null;
    this.#capture.port.postMessage('over');
    this.#capture.disconnect();
    for (const stream of this.#streams) stream.dispose();
    await this.#context.close();
    await this.#release();
    await this.#opening;
  }

  #hear(samples: Float32Array): void {
    if (this.#state === 'stopped') return;
    this.#tellLevel(samples);
    const { onTrigger, onSound } = this.#options;
    const timeSeconds = this.#heard / this.sampleRate;
    this.#heard += samples.length;
    try {
      onSound?.({ samples, sampleRate: this.sampleRate, timeSeconds });
      if (this.#stopping) return;
      for (const [model, stream] of this.#streams.entries()) {
        for (const event of stream.push(samples)) {
          onTrigger?.({ ...event, model });
          // The page may have stopped it there.
          if (this.#stopping) return;
        }
      }
    } catch (error) {
      void this.stop();
      this.#tell(error);
    }
  }

  #tellLevel(samples: Float32Array): void {
    const { onLevel } = this.#options;
    if (onLevel === undefined) return;
    const loudness = this.#loudness;
    for (const x of samples) {
      loudness.sum += x * x;
      loudness.peak = Math.max(loudness.peak, Math.abs(x));
    }
    loudness.count += samples.length;
    if (!this.#frames.due()) return;
    onLevel({ rms: Math.sqrt(loudness.sum / loudness.count), peak: loudness.peak });
    Object.assign(loudness, { sum: 0, count: 0, peak: 0 });
  }

  #connect(stream: MediaStream): void {
    const node = this.#context.createMediaStreamSource(stream);
    node.connect(this.#capture);
    this.#microphone = { stream, node };
    for (const track of stream.getAudioTracks()) track.onended = () => this.#lose();
  }

  #disconnect(): void {
    const { stream, node } = this.#microphone ?? {};
    this.#microphone = undefined;
    node?.disconnect();
    for (const track of stream?.getTracks() ?? []) {
      track.onended = null;
      track.stop();
    }
  }

  /** The microphone was taken away: takes the one that is there now, or waits until there is one. */
  #lose(): void {
    if (this.#state === 'stopped') return;
    this.#disconnect();
    this.#turn('lost');
    this.#reopen(true);
  }

  #reopen(tellsFailure: boolean): void {
    this.#opening ??= this.#open(tellsFailure).finally(() => (this.#opening = undefined));
  }

  async #open(tellsFailure: boolean): Promise<void> {
    try {
      const stream = await openMicrophone(this.#options.microphone ?? {});
      if (this.#stopping) return stream.getTracks().forEach((track) => track.stop());
      this.#connect(stream);
      this.#turn('listening');
      this.#onVisibility();
    } catch (cause) {
      if (!tellsFailure || this.#stopping) return;
      this.#tell(
        new SeqkitError(`The microphone was lost. ${(cause as Error).message}`, {
          code: (cause as SeqkitError).code,
          hint: 'It listens again as soon as there is one; stop ends that.',
          cause,
        }),
      );
    }
  }

  readonly #onDevices = (): void => {
    if (this.#state === 'lost') this.#reopen(false);
  };

  readonly #onVisibility = (): void => {
    if (this.#state === 'stopped' || this.#state === 'lost') return;
    const isPaused = globalThis.document.hidden && this.#options.pauseWhenHidden === true;
    // Phones suspend what is hidden by themselves, and leave it to the page to go on.
    const change = isPaused ? this.#context.suspend() : this.#context.resume();
    change.catch((error: unknown) => this.#stopping === undefined && this.#tell(error));
    this.#turn(isPaused ? 'paused' : 'listening');
  };

  #turn(state: ListeningState): void {
    if (this.#state === state || this.#state === 'stopped') return;
    this.#state = state;
    this.#options.onState?.(state);
  }

  #tell(error: unknown): void {
    const told =
      error instanceof SeqkitError
        ? error
        : new SeqkitError(`Listening failed: ${(error as Error).message}`, { code: 'engine', cause: error });
    if (this.#options.onError) this.#options.onError(told);
    else setTimeout(() => throwOn(told));
  }
}

function throwOn(error: unknown): never {
  throw error;
}
