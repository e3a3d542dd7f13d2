import { isPlainObject, optionsSchema, someText, type Schema } from '../../base/schema/index.js';
import { checkpointIntervalTable, type CheckpointInterval } from '../../base/training/checkpoint-clock.js';
import {
  checkpointStoreOptions,
  STORED,
  type CheckpointStore,
  type CheckpointStoreOptions,
} from '../../base/training/checkpoint-store.js';

/** Where and how often `fit` saves all that it needs to go on. */
export interface CheckpointOptions extends CheckpointInterval {
  /**
   * A file, replaced in one step each time, so that the last good one is always there. It opens as
   * a model too.
   */
  path: string;
}

/** A training is saved to a file, which needs Node, or to a store. */
export type CheckpointChoice = CheckpointOptions | CheckpointStoreOptions;

const fileOptions = optionsSchema<CheckpointOptions>('checkpoint', {
  path: someText,
  ...checkpointIntervalTable,
});

/** The schema of a `CheckpointChoice`. */
export const checkpointChoice: Schema<CheckpointChoice> = {
  expected: fileOptions.expected,
  parse: (value, name) =>
    (isPlainObject(value) && 'store' in value ? checkpointStoreOptions : fileOptions).parse(value, name),
};

/** Where it is saved. */
export const placeOf = (chosen: CheckpointChoice): string | CheckpointStore =>
  'store' in chosen ? chosen.store : chosen.path;

/** What that is called in errors. */
export const placeName = (chosen: CheckpointChoice): string => ('store' in chosen ? STORED : chosen.path);
