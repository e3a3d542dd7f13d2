import { storedSettings } from './detection/trigger-schema.js';
import type { TriggerPreset } from './detection/trigger-settings.js';
import { featuresHash } from './signal/feature-settings.js';
import { storedRecord, type TrainingRecord } from './training/training-record.js';

/** What a file of a trigger model says that it is. */
export const TRIGGER_KIND = 'TriggerModel';

/** What a file of a trigger model holds beside the network. */
export interface TriggerDescription {
  words: readonly string[];
  settings: TriggerPreset;
  trainedOn: TrainingRecord | undefined;
}

/** The description as it is saved. */
export function describeTrigger({ words, settings, trainedOn }: TriggerDescription): {
  kind: string;
  settings: Record<string, unknown>;
} {
  return {
    kind: TRIGGER_KIND,
    settings: {
      words,
      trainedOn: trainedOn && storedRecord(trainedOn),
      featuresHash: featuresHash(settings.features),
      ...storedSettings(settings),
    },
  };
}
