import { SeqkitError } from '../base/errors.js';
import { Sequential, type SequentialOptions } from '../rnn/model/sequential.js';
import { featuresHash } from './signal/feature-settings.js';
import type { TriggerPreset } from './detection/trigger-settings.js';
import type { TrainingRecord } from './training/trigger-training.js';

const KIND = 'TriggerModel';

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
    kind: KIND,
    settings: { words, trainedOn, featuresHash: featuresHash(settings.features), ...settings },
  };
}

/**
 * Reads a file of a trigger model.
 * @param from a file's path, or its bytes
 * @throws SeqkitError `file-access`, or `bad-file` where it holds something else, or feature settings
 *   other than those it was trained with
 */
export async function readTrigger(
  from: string | Uint8Array,
  options: Omit<SequentialOptions, 'seed'>,
): Promise<TriggerDescription & { network: Sequential; seed: number }> {
  const { model: network, file } = await Sequential.open(from, options);
  const source = typeof from === 'string' ? from : 'The model';
  if (file.kind !== KIND) {
    throw new SeqkitError(`${source} holds a ${file.kind}, expected a ${KIND}.`, {
      code: 'bad-file',
      hint: 'Train one with: seqkit train-trigger <clips>',
    });
  }
  const {
    words,
    word,
    trainedOn,
    featuresHash: hash,
    ...settings
  } = file.settings as unknown as TriggerPreset & {
    words?: string[];
    /** In place of `words` in models of before there could be several. */
    word?: string;
    trainedOn?: TrainingRecord;
    /** Models of before it was saved have none. */
    featuresHash?: string;
  };
  if (hash !== undefined && hash !== featuresHash(settings.features)) {
    throw new SeqkitError(`${source} holds other feature settings than it was trained with.`, {
      code: 'bad-file',
      hint: 'Its description was changed or damaged: take the file as it was, or train anew.',
    });
  }
  return { words: words ?? [word ?? ''], settings, trainedOn, network, seed: file.seed };
}
