import { SeqkitError } from '../../base/errors.js';
import type { AbortSignalLike } from '../../base/abort-signal.js';
import { FrameThrottle } from '../../base/host/yield-to-event-loop.js';
import { abortSignal, callback, number, optional, optionsSchema } from '../../base/schema/index.js';
import { resample } from '../signal/resample.js';
import type { Waveform } from '../signal/wav.js';
import { addCapture, CAPTURE } from './capture-worklet.js';
import { microphoneWishes, type SoundLevel } from './listen-options.js';
import { checkPage, openMicrophone } from './microphone.js';
import { startContext } from './start-context.js';

export interface RecordClipOptions {
  /** How long, in seconds from 0.1 to 3600. */
  seconds: number;
  /** Of what is returned, in Hz, from 1,000 to 384,000. @default 16000, which models are trained at */
  sampleRate?: number;
  /** How loud it is, once a frame at most. */
  onLevel?: (level: SoundLevel) => void;
  /** Ends the recording early; what was recorded until then is returned. */
  signal?: AbortSignalLike;
  /** Wishes, such as `{ deviceId }`. @default sound that nobody cleaned */
  microphone?: Readonly<Record<string, unknown>>;
}

const recordClipOptions = optionsSchema<RecordClipOptions>('recordClip', {
  seconds: number({ min: 0.1, max: 3600 }),
  sampleRate: optional(number({ min: 1000, max: 384_000 })),
  onLevel: optional(callback<(level: SoundLevel) => void>()),
  signal: optional(abortSignal),
  microphone: optional(microphoneWishes),
});

/** Seconds of sound that the audio thread hands over at once. */
const CHUNK_SECONDS = 0.02;
/** A microphone that gives nothing for so long is gone. */
const LONGEST_SILENCE_MS = 3000;

/**
 * Records from the microphone of a page. Call it when the user has clicked. The recording begins with the first sample
 * that the microphone gives.
 *
 * @example
 * const take = await recordClip({ seconds: 2, onLevel: ({ peak }) => (meter.value = peak) });
 * const bytes = encodeWav(take);
 * @throws SeqkitError `permission` where the user refuses; `engine` where there is no microphone, or it is taken away
 */
export async function recordClip(options: RecordClipOptions): Promise<Waveform> {
  const { seconds, sampleRate = 16_000, onLevel, signal, microphone = {} } = recordClipOptions.parse(options);
  checkPage();
  const stream = await openMicrophone(microphone);
  let context: AudioContext | undefined;
  try {
    context = new AudioContext();
    await addCapture(context);
    await startContext(context, 'recordClip');
    const wanted = Math.round(seconds * context.sampleRate);
    const samples = await captured({ context, stream, wanted, onLevel, signal });
    return resample({ samples, sampleRate: context.sampleRate }, sampleRate);
  } finally {
    for (const track of stream.getTracks()) track.stop();
    await context?.close();
  }
}

interface Capture {
  readonly context: AudioContext;
  readonly stream: MediaStream;
  /** Samples. */
  readonly wanted: number;
  readonly onLevel: RecordClipOptions['onLevel'];
  readonly signal: AbortSignalLike | undefined;
}

async function captured({ context, stream, wanted, onLevel, signal }: Capture): Promise<Float32Array> {
  const chunk = Math.round(CHUNK_SECONDS * context.sampleRate);
  const node = new AudioWorkletNode(context, CAPTURE, { processorOptions: { chunk } });
  const source = context.createMediaStreamSource(stream);
  const samples = new Float32Array(wanted);
  const frames = new FrameThrottle();
  let at = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;
  try {
    await new Promise<void>((resolve, reject) => {
      const expect = (): void => {
        clearTimeout(timer);
        timer = setTimeout(() => reject(lostMicrophone()), LONGEST_SILENCE_MS);
      };
      expect();
      for (const track of stream.getTracks()) track.onended = () => reject(lostMicrophone());
      node.port.onmessage = ({ data }: MessageEvent<Float32Array>) => {
        const part = data.subarray(0, wanted - at);
        samples.set(part, at);
        at += part.length;
        if (at === wanted || signal?.aborted === true) resolve();
        else expect();
        // Last: what it throws ends no recording.
        if (onLevel && frames.due()) onLevel(levelOf(part));
      };
      source.connect(node);
      // What leads nowhere is not run: the node gives silence.
      node.connect(context.destination);
    });
  } finally {
    clearTimeout(timer);
    for (const track of stream.getTracks()) track.onended = null;
    node.port.onmessage = null;
    node.port.postMessage('over');
    node.disconnect();
    source.disconnect();
  }
  return at === wanted ? samples : samples.slice(0, at);
}

function levelOf(samples: Float32Array): SoundLevel {
  let [sum, peak] = [0, 0];
  for (const x of samples) {
    sum += x * x;
    peak = Math.max(peak, Math.abs(x));
  }
  return { rms: Math.sqrt(sum / Math.max(1, samples.length)), peak };
}

function lostMicrophone(): SeqkitError {
  return new SeqkitError('The microphone was taken away while it recorded.', {
    code: 'engine',
    hint: 'Connect it, and record again.',
  });
}
