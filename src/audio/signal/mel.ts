import { SeqkitError } from '../../base/errors.js';
import { choice, number, objectWith, optional, wholeNumber } from '../../base/schema/index.js';
import { sampleRateHz } from './samples.js';
import { frameLength } from './spectrogram.js';

/** One triangular filter: weights for the bins from `firstBin` on. */
export interface MelFilter {
  firstBin: number;
  weights: Float32Array;
}

const frequency = number({ min: 0 });
/** The Hz of more are no number that a double holds. */
const pitch = number({ min: 0, max: 700_000 });

/** Mel from Hz, as HTK has it: m = 2595 log10(1 + f / 700) (O'Shaughnessy 1987, p. 150). */
export function melFromHz(hz: number): number {
  return htkMel(frequency.parse(hz, 'melFromHz: hz'));
}

function htkMel(hz: number): number {
  return 2595 * Math.log10(1 + hz / 700);
}

/** Hz from mel, the inverse of {@link melFromHz}. */
export function hzFromMel(mel: number): number {
  return htkHz(pitch.parse(mel, 'hzFromMel: mel'));
}

function htkHz(mel: number): number {
  return 700 * (10 ** (mel / 2595) - 1);
}

/** Slaney's scale is linear up to this many Hz, by 3 mel for each 200 Hz, and logarithmic above. */
const SLANEY_BREAK_HZ = 1000;
const SLANEY_BREAK_MEL = 15;
const SLANEY_LOG_STEP = Math.log(6.4) / 27;

/** A scale of pitch: `htk`, or `slaney` as in his Auditory Toolbox (1998), librosa's default. */
export type MelScale = 'htk' | 'slaney';

function toMel(scale: MelScale, hz: number): number {
  if (scale === 'htk') return htkMel(hz);
  return hz < SLANEY_BREAK_HZ
    ? (hz * SLANEY_BREAK_MEL) / SLANEY_BREAK_HZ
    : SLANEY_BREAK_MEL + Math.log(hz / SLANEY_BREAK_HZ) / SLANEY_LOG_STEP;
}

function toHz(scale: MelScale, mel: number): number {
  if (scale === 'htk') return htkHz(mel);
  return mel < SLANEY_BREAK_MEL
    ? (mel * SLANEY_BREAK_HZ) / SLANEY_BREAK_MEL
    : SLANEY_BREAK_HZ * Math.exp(SLANEY_LOG_STEP * (mel - SLANEY_BREAK_MEL));
}

/** What mel filters are made for. */
export interface MelFilterOptions {
  bands: number;
  lowHz: number;
  highHz: number;
  sampleRate: number;
  frameSamples: number;
  /** @default 'htk' */
  scale?: MelScale;
}

/** Feature settings are such options, and hold more. */
const melFilterOptions = objectWith<MelFilterOptions>('options of mel filters', {
  bands: wholeNumber({ min: 1, max: 32_768 }),
  lowHz: frequency,
  highHz: frequency,
  sampleRate: sampleRateHz,
  frameSamples: frameLength,
  scale: optional(choice<MelScale>(['htk', 'slaney'])),
});

/**
 * Triangular filters, equally spaced and overlapping by half on the mel scale, each with a
 * peak of 1 (Davis and Mermelstein 1980; librosa's `htk=True, norm=None`). With the scale `slaney`
 * each has an area of 1 over the frequencies in Hz instead (librosa's defaults).
 *
 * @param options.bands number of filters
 * @param options.lowHz lower edge of the first filter
 * @param options.highHz upper edge of the last, at most half of `sampleRate`
 * @param options.frameSamples the length of the Fourier transform; bin k stands at k * sampleRate / frameSamples Hz
 * @throws SeqkitError `bad-value` where a filter would be so narrow that no bin falls into it
 */
export function melFilters(options: MelFilterOptions): MelFilter[] {
  const {
    bands,
    lowHz,
    highHz,
    sampleRate,
    frameSamples,
    scale = 'htk',
  } = melFilterOptions.parse(options, 'melFilters: options');
  if (!(lowHz >= 0 && lowHz < highHz && highHz <= sampleRate / 2)) {
    throw new SeqkitError(
      `Mel bands need 0 <= lowHz < highHz <= ${sampleRate / 2} Hz, not ${lowHz} to ${highHz}.`,
      { code: 'bad-value' },
    );
  }
  const low = toMel(scale, lowHz);
  const step = (toMel(scale, highHz) - low) / (bands + 1);
  const edge = (index: number) => toHz(scale, low + index * step);
  const binHz = sampleRate / frameSamples;
  return Array.from({ length: bands }, (_, band) => {
    const [left, peak, right] = [edge(band), edge(band + 1), edge(band + 2)];
    const firstBin = Math.floor(left / binHz) + 1;
    const lastBin = Math.min(Math.ceil(right / binHz) - 1, frameSamples / 2 - 1);
    if (lastBin < firstBin) {
      throw new SeqkitError(
        `Mel band ${band + 1} of ${bands} (${left.toFixed(0)} to ${right.toFixed(0)} Hz) holds no frequency bin.`,
        { code: 'bad-value', hint: 'Ask for fewer bands or longer frames.' },
      );
    }
    const weights = Float32Array.from({ length: lastBin - firstBin + 1 }, (_, i) => {
      const hz = (firstBin + i) * binHz;
      const height = scale === 'slaney' ? 2 / (right - left) : 1;
      return height * Math.min((hz - left) / (peak - left), (right - hz) / (right - peak));
    });
    return { firstBin, weights };
  });
}
