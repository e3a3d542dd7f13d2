import { SeqkitError } from '../../base/errors.js';
import {
  isTypedArray,
  objectWith,
  schemaOf,
  typedArray,
  wrongValue,
  type Schema,
} from '../../base/schema/index.js';

/**
 * No sample of sound is beyond this: 60 dB over full scale, which no converter and no mix in floats comes near. What
 * is beyond it is a broken driver's, or of 16 bits without having been divided by 32768, and its square would soon
 * be infinite.
 */
export const MAX_AMPLITUDE = 1000;

/** Hz: what WAV files may have. */
export const sampleRateHz: Schema<number> = schemaOf(
  'a whole number of hertz from 1000 to 768000',
  (value) => Number.isSafeInteger(value) && (value as number) >= 1000 && (value as number) <= 768_000,
);

/** Samples of a signal: finite numbers of any size. */
export const finiteSamples: Schema<Float32Array> = samplesUpTo(Infinity);

/** Samples of sound as floats, of full scale 1: finite numbers, none beyond {@link MAX_AMPLITUDE}. */
export const soundSamples: Schema<Float32Array> = samplesUpTo(MAX_AMPLITUDE);

/** One channel of a signal with its sample rate; it may hold more, as a decoded file does. */
export const signal = objectWith<{ samples: Float32Array; sampleRate: number }>('a waveform', {
  samples: finiteSamples,
  sampleRate: sampleRateHz,
});

/** The bytes of a file. */
export const fileBytes = typedArray('Uint8Array', (value) =>
  value instanceof ArrayBuffer ? 'Give new Uint8Array(buffer).' : undefined,
);

/** What helps whoever gave something else than samples; also where those of 16 bits are taken. */
export function samplesHint(value: unknown): string | undefined {
  if (isTypedArray(value, 'Int16Array')) {
    return 'Those of 16 bits become floats by Float32Array.from(samples, (x) => x / 32768).';
  }
  if (isTypedArray(value, 'Uint8Array') || value instanceof ArrayBuffer) {
    return (
      'Of bytes with samples of 16 bits make new Int16Array(new Uint8Array(bytes).buffer); ' +
      'those of a WAV file are decoded by decodeWav(bytes, name).'
    );
  }
  if (Array.isArray(value) && value.some((channel) => isTypedArray(channel, 'Float32Array'))) {
    return 'Give one channel, such as the first of them.';
  }
  if (Array.isArray(value) || ArrayBuffer.isView(value)) {
    return 'Make floats of them, full scale from -1 to 1: Float32Array.from(samples).';
  }
  const hasChannels =
    typeof value === 'object' && value !== null && 'getChannelData' in value && 'numberOfChannels' in value;
  return hasChannels ? 'Give one of its channels: buffer.getChannelData(0).' : undefined;
}

function samplesUpTo(max: number): Schema<Float32Array> {
  const expected = 'a Float32Array of samples';
  return {
    expected,
    parse(value, name) {
      if (!isTypedArray(value, 'Float32Array')) throw wrongValue(name, expected, value, samplesHint(value));
      const at = firstBeyond(value, max);
      if (at >= 0) throw noSound(`${name}[${at}]`, value[at], max);
      return value;
    },
  };
}

/** The place of the first sample that is no number, or beyond a bound; -1 where there is none. */
function firstBeyond(samples: Float32Array, max: number): number {
  const bound = Math.min(max, 3.5e38);
  for (let i = 0; i < samples.length; i++) if (!(Math.abs(samples[i]) <= bound)) return i;
  return -1;
}

function noSound(name: string, sample: number, max: number): SeqkitError {
  const expected = max === Infinity ? 'a finite number' : `a finite number, at most ${max} either way`;
  return new SeqkitError(`${name} must be ${expected}, not ${sample}.`, {
    code: 'bad-value',
    hint: Number.isFinite(sample)
      ? 'Full scale is 1: those of 16 bits are divided by 32768.'
      : 'Set what is no number to 0, as decodeWav does with repair: true.',
  });
}
