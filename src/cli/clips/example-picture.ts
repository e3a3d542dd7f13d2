import { delayed, exampleFeatures, wordEnds } from '../../audio/examples/example-mixer.js';
import { SpeechEmbedding } from '../../audio/embedding/speech-embedding.js';
import { wordLabels } from '../../audio/mixing/labels.js';
import { resample } from '../../audio/signal/resample.js';
import type { Mixture } from '../../audio/mixing/synthesis.js';
import type { TriggerModel } from '../../audio/trigger-model.js';
import { labelSettings, labelTiming, type TriggerPreset } from '../../audio/detection/trigger-settings.js';
import type { ClipPlot } from '../../report/clip-plot.js';

/** What is drawn of a mixed example. */
export interface ExampleView {
  title: string;
  mixture: Mixture;
  /** Hz, of the mixture. */
  sampleRate: number;
  words: readonly string[];
  preset: TriggerPreset;
  /** Draws its output beside the labels, both by its own settings. */
  model?: TriggerModel | undefined;
}

/** Waveform, spectrogram, labels and output of a mixed example, to be drawn. */
export async function examplePlot({ title, mixture, sampleRate, ...view }: ExampleView): Promise<ClipPlot> {
  const { model } = view;
  const preset = model?.settings ?? view.preset;
  const words = model?.words ?? view.words;
  const { kind, bands } = preset.features;
  const { samples } = resample({ samples: mixture.samples, sampleRate }, preset.features.sampleRate);
  const embedding = kind === 'embedding' ? await SpeechEmbedding.default() : undefined;
  const features = exampleFeatures(preset, embedding).extract(samples);
  const frames = features.length / bands;
  const timing = labelTiming(preset, frames);
  const { labels } = wordLabels(
    delayed(wordEnds(mixture.placed, words), preset),
    timing,
    labelSettings(preset),
  );
  const logits = await model?.logits(features, frames);
  const column = (values: Float32Array, word: number) =>
    Float32Array.from({ length: timing.steps }, (_, step) => values[step * words.length + word]);
  return {
    title,
    seconds: mixture.samples.length / sampleRate,
    samples: mixture.samples,
    // Powers are drawn as their logarithms.
    features: kind === 'power-density' ? features.map((power) => Math.log(power + 1e-6)) : features,
    bands,
    bandsTitle: { 'log-mel': 'mel band', mfcc: 'MFCC', 'power-density': 'bin', embedding: 'number' }[kind],
    segments: mixture.placed.map((clip) => ({
      label: clip.name.replaceAll(/[^+ ]*\//g, '').replaceAll(/\.\w+\b/g, ''),
      isWord: clip.kind === 'activate',
      startSeconds: clip.startSeconds,
      endSeconds: clip.speechEndSeconds,
    })),
    words: words.map((label, word) => ({
      label,
      target: column(labels, word),
      ...(logits && { output: column(logits, word).map((logit) => 1 / (1 + Math.exp(-logit))) }),
    })),
    firstStepSeconds: timing.firstStepMs / 1000,
    stepsPerSecond: timing.stepsPerSecond,
  };
}
