import type { FileSource } from '../base/source/file-source.js';
import { wrongKind } from '../base/encoding/wrong-kind.js';
import { SeqkitError } from '../base/errors.js';
import { listOf, optional, optionsSchema, parseStored, someText, text } from '../base/schema/index.js';
import type { ModelFile } from '../rnn/graph/model-file.js';
import type { ModelOptions } from '../rnn/model/model-options.js';
import type { Network } from '../rnn/model/network.js';
import { StackNetwork } from '../rnn/model/stack-network.js';
import { checkTogether, storedTriggerTable } from './detection/trigger-schema.js';
import { featuresHash } from './signal/feature-settings.js';
import type { TriggerPreset } from './detection/trigger-settings.js';
import { trainingRecord, type TrainingRecord } from './training/training-record.js';
import { TRIGGER_KIND, type TriggerDescription } from './trigger-description.js';
import { networkComplaint } from './trigger-network.js';

/** The description as it is saved. */
interface StoredDescription extends TriggerPreset {
  words?: string[];
  /** In place of `words` in models of before there could be several. */
  word?: string;
  trainedOn?: TrainingRecord;
  /** Models of before it was saved have none. */
  featuresHash?: string;
}

const description = optionsSchema<StoredDescription>('The description', {
  ...storedTriggerTable,
  words: optional(listOf(someText, { min: 1, max: 1000 })),
  word: optional(someText),
  trainedOn: optional(trainingRecord),
  featuresHash: optional(text),
});

/**
 * Reads a file of a trigger model. All that its description claims is held against bounds and against its tensors
 * before anything is made of it.
 * @param from its file's path, a URL, a Blob, or its bytes
 * @throws SeqkitError `file-access`, or `bad-file` where it holds something else, contradicts itself, or has feature
 *   settings other than those it was trained with
 */
export async function readTrigger(
  from: FileSource,
  options: Omit<ModelOptions, 'seed'>,
): Promise<TriggerDescription & { network: Network; seed: number }> {
  const { network, file, source } = await StackNetwork.open(from, options, TRIGGER_KIND);
  try {
    return { ...(await describedBy(file, source, network)), network, seed: file.seed };
  } catch (error) {
    await network.dispose();
    throw error;
  }
}

/** Of one example. */
function shapeOf({ shapes, features }: ModelFile): (number | undefined)[] {
  const [{ time, steps, features: own }] = shapes ?? [{ features }];
  return [time, ...(steps === undefined ? [] : [steps]), own];
}

async function describedBy(file: ModelFile, source: string, network: Network): Promise<TriggerDescription> {
  const fail = (complaint: string, hint = 'Take the file as it was, or train anew.'): never => {
    throw new SeqkitError(`${source} ${complaint}`, { code: 'bad-file', hint });
  };
  if (file.kind !== TRIGGER_KIND) {
    throw wrongKind(source, file.kind, TRIGGER_KIND);
  }
  const described = triggerOf(file.settings, source);
  const { settings, words } = described;
  const complaint = await networkComplaint(network, settings, words.length, shapeOf(file));
  if (complaint !== undefined) fail(`contradicts itself: ${complaint}`);
  return described;
}

/**
 * What a file keeps of a trigger model beside its network.
 * @param source what errors call the file
 * @throws SeqkitError `bad-file` where it contradicts itself
 */
export function triggerOf(kept: Record<string, unknown>, source: string): TriggerDescription {
  const fail = (complaint: string): never => {
    throw new SeqkitError(`${source} ${complaint}`, {
      code: 'bad-file',
      hint: 'Take the file as it was, or train anew.',
    });
  };
  const stored = parseStored(description, kept, 'The description', source);
  const { words: several, word = 'activate', trainedOn, featuresHash: hash, ...settings } = stored;
  const words = several ?? [word];
  if (new Set(words).size < words.length) fail('names a word twice.');
  const complaint = checkTogether(settings);
  if (complaint !== undefined) fail(`contradicts itself: ${complaint}`);
  if (hash !== undefined && hash !== featuresHash(settings.features)) {
    fail('holds other feature settings than it was trained with.');
  }
  return { words, settings, trainedOn };
}
