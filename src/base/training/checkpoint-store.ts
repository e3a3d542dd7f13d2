import { callback, fieldsOf } from '../schema/index.js';

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

/** What a store's checkpoint is called in errors. */
export const STORED = 'The stored checkpoint';
