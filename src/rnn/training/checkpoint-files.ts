import { SeqkitError } from '../../base/errors.js';
import { STORED, type CheckpointStore } from '../../base/training/checkpoint-store.js';
import { fileBytes } from '../../base/schema/index.js';
import type { Weight } from '../weights/weight.js';
import { decodeModel, type ModelDescription } from '../graph/model-file.js';
import {
  checkSameRun,
  decodeCheckpoint,
  encodeCheckpoint,
  readDescription,
  type Checkpoint,
  type RunDescription,
} from './checkpoint.js';

/** Writes and opens the checkpoints of one model: files, which need Node, or what a store holds. */
export class CheckpointFiles {
  readonly #model: ModelDescription;
  readonly #weights: readonly Weight[];

  /** @param model what the files are for those who open them as models */
  constructor(model: ModelDescription, weights: readonly Weight[]) {
    this.#model = model;
    this.#weights = weights;
  }

  /** Writes a checkpoint whole or not at all, in place of the one that is there. */
  async save(path: string | CheckpointStore, checkpoint: Checkpoint): Promise<void> {
    const bytes = encodeCheckpoint(this.#model, this.#weights, checkpoint);
    if (typeof path !== 'string') return path.write(bytes);
    const { writeFileAtomic } = await import('../../base/host/files.js');
    await writeFileAtomic(path, bytes, { force: true });
  }

  /**
   * The checkpoint to go on from, or undefined where there is no file and one may be written.
   * What writers that were killed left half done beside it is removed. What a store holds is written over where it is
   * not resumed from.
   * @param options.run what the run is that would go on
   * @throws SeqkitError `file-exists` where a file is there without `resume`; `usage` where it
   *   belongs to another run; `bad-file` where it is none
   */
  async open(
    path: string | CheckpointStore,
    { resume, run }: { resume: boolean; run: RunDescription },
  ): Promise<Checkpoint | undefined> {
    if (typeof path !== 'string') {
      const bytes = resume ? await read(path) : undefined;
      return bytes && this.#decode(bytes, STORED, run);
    }
    const { checkWritable, fileExists, removeLeftovers } = await import('../../base/host/files.js');
    const { readModelBytes } = await import('../../base/host/model-bytes.js');
    checkWritable(path, { force: true });
    removeLeftovers(path);
    if (!fileExists(path)) return undefined;
    if (!resume) {
      throw new SeqkitError(`${path} is there already.`, {
        code: 'file-exists',
        hint: 'Ask to resume from it, remove it, or give another path.',
      });
    }
    return this.#decode(readModelBytes(path, 'a checkpoint'), path, run);
  }

  /**
   * What is saved there, of one run or another; undefined where there is nothing.
   * @param isWanted whether it is of a run that is looked for, else undefined is given
   * @throws SeqkitError `bad-file` where it is none, or what is wanted is damaged
   */
  async peek(
    path: string | CheckpointStore,
    isWanted: (run: RunDescription) => boolean,
  ): Promise<Checkpoint | undefined> {
    const [bytes, name] = typeof path === 'string' ? [await bytesOf(path), path] : [await read(path), STORED];
    if (bytes === undefined) return undefined;
    const file = decodeModel(bytes, name);
    if (!isWanted(readDescription(file, name).run)) return undefined;
    return decodeCheckpoint(file, this.#weights, name);
  }

  #decode(bytes: Uint8Array, name: string, run: RunDescription): Checkpoint {
    const file = decodeModel(bytes, name);
    checkSameRun(readDescription(file, name).run, run, name);
    return decodeCheckpoint(file, this.#weights, name);
  }
}

async function read(store: CheckpointStore): Promise<Uint8Array | undefined> {
  // Stores of some libraries say null where they have nothing.
  const bytes = (await store.read()) ?? undefined;
  return bytes === undefined ? undefined : fileBytes.parse(bytes, 'What the store of checkpoints read');
}

async function bytesOf(path: string): Promise<Uint8Array | undefined> {
  const { fileExists } = await import('../../base/host/files.js');
  const { readModelBytes } = await import('../../base/host/model-bytes.js');
  return fileExists(path) ? readModelBytes(path, 'a checkpoint') : undefined;
}
