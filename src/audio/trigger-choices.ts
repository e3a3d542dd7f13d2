import { SeqkitError } from '../base/errors.js';
import { triggerPreset, type TriggerPreset } from './detection/trigger-settings.js';
import { FEATURE_SETS } from './signal/feature-settings.js';
import type { TriggerModelOptions } from './trigger-options.js';

/** The words of a model, in order. @throws SeqkitError `usage` */
export function wordsOf({ word, words }: TriggerModelOptions): readonly string[] {
  if (words === undefined) return [word ?? 'activate'];
  if (word !== undefined || words.length === 0 || new Set(words).size < words.length) {
    throw new SeqkitError(
      word === undefined
        ? `The words of a model are different ones, at least one, not ${JSON.stringify(words)}.`
        : 'A model takes word or words, not both.',
      { code: 'usage' },
    );
  }
  return [...words];
}

/** A copy of the preset with what the options change. @throws SeqkitError `usage` for features that do not go with it */
export function presetFor(
  preset: TriggerPreset,
  words: readonly string[],
  { features, labelSteps, synthesis }: TriggerModelOptions,
): TriggerPreset {
  const { layers = 'standard' } = preset.network;
  const isHead = features === 'embedding' && layers === 'standard';
  const settings = structuredClone(isHead ? triggerPreset('embedding') : preset);
  const clashes =
    layers === 'embedding' ? (features ?? layers) !== layers : features === 'embedding' && !isHead;
  if (clashes) {
    throw new SeqkitError(`Features ${features} do not go with the preset ${layers}.`, {
      code: 'usage',
      hint: 'Leave out the one or the other.',
    });
  }
  if (features !== undefined && features !== 'embedding') settings.features = { ...FEATURE_SETS[features] };
  Object.assign(settings.synthesis, synthesis);
  if (labelSteps !== undefined) settings.labels.labelSteps = labelSteps;
  if (words.length > 1) settings.network.words = words.length;
  return settings;
}
