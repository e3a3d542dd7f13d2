import { DEFAULT_MEL_BANDS, type FeatureSettings } from '../../../audio/signal/feature-settings.js';
import { cosineTransform, FULL_SCALE } from '../../../audio/signal/features.js';
import { melFilters } from '../../../audio/signal/mel.js';
import { hannWindow } from '../../../audio/signal/spectrogram.js';
import type { Flow } from '../write/flow.js';
import type { Writing } from '../write/writing.js';
import { binsOf, writeMel, writeNormalized, writePowers, type Frames } from './write-spectrum.js';

/** Samples (N, S) to features (N, F, bands), as FeatureExtractor makes them: frame k begins at sample k * hopSamples. */
export function writeFeatures(writing: Writing, samples: string, settings: FeatureSettings): Flow {
  const { kind, conventions, bands, frameSamples, hopSamples } = settings;
  const window = hannWindow(frameSamples, conventions === 'librosa' ? 'periodic' : 'symmetric');
  const frames = { frameSamples, hopSamples, window };
  const features =
    kind === 'power-density'
      ? writeDensity(writing, samples, frames, settings)
      : writeLevels(writing, samples, frames, settings);
  return {
    name: writeNormalized(writing, features, settings),
    dims: ['N', 'frames', bands],
    features: bands,
  };
}

type OwnFrames = Omit<Frames, 'bins'>;

/** Of all bins, over the energy of the window; twice that but at both ends. */
function writeDensity(
  writing: Writing,
  samples: string,
  frames: OwnFrames,
  { frameSamples, sampleRate, densityHz = sampleRate }: FeatureSettings,
): string {
  const last = frameSamples / 2;
  const powers = writePowers(writing, samples, { ...frames, bins: [0, last] });
  const energy = Array.from(frames.window).reduce((sum, weight) => sum + weight ** 2, 0);
  const scale = FULL_SCALE ** 2 / (densityHz * energy);
  const scales = Float32Array.from({ length: last + 1 }, (_, k) => (k === 0 || k === last ? 1 : 2) * scale);
  return writing.op('Mul', [powers, writing.builder.floats('density', [last + 1], scales)]);
}

/** Logarithms of mel bands, or their discrete cosine transform. */
function writeLevels(
  writing: Writing,
  samples: string,
  frames: OwnFrames,
  settings: FeatureSettings,
): string {
  const { kind, conventions, bands, melBands = DEFAULT_MEL_BANDS, logOffset } = settings;
  const { lowHz, highHz, sampleRate, frameSamples } = settings;
  const decibels = conventions === 'librosa';
  const filters = melFilters({
    ...{ lowHz, highHz, sampleRate, frameSamples, scale: decibels ? 'slaney' : 'htk' },
    bands: kind === 'mfcc' ? melBands : bands,
  });
  const mel = writeMel(writing, writePowers(writing, samples, { ...frames, bins: binsOf(filters) }), filters);
  const least = writing.builder.scalar(logOffset);
  const levels = decibels
    ? writeDecibels(writing, writing.op('Max', [mel, least]))
    : writing.op('Log', [writing.op('Add', [mel, least])]);
  if (kind !== 'mfcc') return levels;
  const cosines = cosineTransform(bands, melBands);
  const turned = Float32Array.from(
    { length: cosines.length },
    (_, i) => cosines[(i % bands) * melBands + Math.floor(i / bands)],
  );
  return writing.op('MatMul', [levels, writing.builder.floats('cosines', [melBands, bands], turned)]);
}

/** 10 log10 x */
function writeDecibels(writing: Writing, x: string): string {
  return writing.op('Mul', [writing.op('Log', [x]), writing.builder.scalar(10 / Math.LN10)]);
}
