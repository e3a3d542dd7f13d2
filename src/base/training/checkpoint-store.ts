import { callback, fieldsOf, optionsSchema } from '../schema/index.js';
import { checkpointIntervalTable, type CheckpointInterval } from './checkpoint-clock.js';

/**
 * A place for the checkpoints of one training where there are no files, such as IndexedDB in a page: it holds the
 * last one.
 */
export interface CheckpointStore {
  /** What was written last; undefined where there is nothing to go on from. */
  read(): Promise<Uint8Array | undefined>;
  /** Takes it in place of what was there, whole or not at all. */
  write(bytes: Uint8Array): Promise<void>;
}

/** The schema of a `CheckpointStore`. */
export const checkpointStore = fieldsOf<CheckpointStore>('a store with the functions read and write', {
  read: callback<CheckpointStore['read']>(),
  write: callback<CheckpointStore['write']>(),
});

/** Where and how often a training is saved in a page, which has no files. */
export interface CheckpointStoreOptions extends CheckpointInterval {
  /** It holds the last checkpoint. What is there is written over where the run does not resume from it. */
  store: CheckpointStore;
}

/** The schema of `CheckpointStoreOptions`. */
export const checkpointStoreOptions = optionsSchema<CheckpointStoreOptions>('checkpoint', {
  store: checkpointStore,
  ...checkpointIntervalTable,
});

/** What a store's checkpoint is called in errors. */
export const STORED = 'The stored checkpoint';
