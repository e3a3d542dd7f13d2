import { detectorSettings, stepsPerSecond, stepTiming } from '../../audio/detection/trigger-settings.js';
import { DEFAULT_MEL_BANDS } from '../../audio/signal/feature-settings.js';
import { melFilters } from '../../audio/signal/mel.js';
import { readTrigger } from '../../audio/trigger-file.js';
import { SeqkitError } from '../../base/errors.js';
import type { ExportedModel } from '../source/exported-model.js';
import { literal } from './code/code-part.js';
import { soundCode } from './code/sound-code.js';
import { networkConstants, type Front } from './front.js';
import type { PackedWeights } from './packed-weights.js';

/** A detector of trigger words. @throws SeqkitError `usage` for one over the speech embedding */
export async function detectorFront(
  bytes: Uint8Array,
  { graph, source }: ExportedModel,
  weights: PackedWeights,
): Promise<Front> {
  const { words, settings, network } = await readTrigger(bytes, { engine: 'wasm', threads: 1 });
  await network.dispose();
  const { features, firing } = settings;
  if (features.kind === 'embedding') {
    throw new SeqkitError(`${source} hears by the speech embedding, which is a network of 5 MB by itself.`, {
      code: 'usage',
      hint: 'Train it with the features log-mel, export it to openWakeWord, or make a page of it: seqkit export-page.',
    });
  }
  const rate = stepsPerSecond(settings);
  const { threshold, thresholds, ...steps } = detectorSettings(firing, rate, words);
  const { kernelFrames, strideFrames } = settings.network;
  const { firstStepMs } = stepTiming(settings, kernelFrames);
  const fires = {
    ...steps,
    thresholds: thresholds ?? words.map(() => threshold),
    ...{ kernelFrames, strideFrames, firstStepSeconds: firstStepMs / 1000, stepsPerSecond: rate },
  };
  const isPower = Number.isInteger(Math.log2(features.frameSamples));
  const isMel = features.kind !== 'power-density';
  return {
    title: `a detector of ${words.length === 1 ? 'a word' : `${words.length} words`}`,
    example: [
      `const detector = model.detector(); // of sound at ${features.sampleRate} Hz`,
      'for (const { word, timeSeconds } of detector.push(samples)) wake(word);',
    ],
    parts: soundCode,
    needs: [
      'predict',
      'detector',
      isPower ? 'fastTransform' : 'plainTransform',
      ...(isMel ? ['mel'] : ['density']),
    ],
    constants: [
      `const WORDS = ${literal(words)};`,
      `const FEATURES = ${literal(features)};`,
      `const FIRING = ${literal(fires)};`,
      ...(isMel ? filterConstants(features, weights) : []),
      ...networkConstants(graph, weights),
    ],
    exported: ['detector', 'predict', 'words: WORDS'],
  };
}

/** Where each mel filter begins, how many bins it has, and what they count. */
function filterConstants(
  {
    kind,
    bands,
    melBands = DEFAULT_MEL_BANDS,
    ...features
  }: Parameters<typeof melFilters>[0] & {
    kind: string;
    melBands?: number;
    conventions?: string;
  },
  weights: PackedWeights,
): string[] {
  const { lowHz, highHz, sampleRate, frameSamples, conventions } = features;
  const filters = melFilters({
    ...{ lowHz, highHz, sampleRate, frameSamples },
    bands: kind === 'mfcc' ? melBands : bands,
    scale: conventions === 'librosa' ? 'slaney' : 'htk',
  });
  const all = filters.flatMap((filter) => [...filter.weights]);
  return [
    `const FILTERS = ${literal(filters.map((filter) => [filter.firstBin, filter.weights.length]))};`,
    `const FILTER_WEIGHTS = ${weights.add('mel filters', all.length, all)};`,
  ];
}
