import { STORED } from '../../base/training/checkpoint-store.js';
import type { Sequential } from '../../rnn/model/sequential.js';
import type { Checkpoint, RunDescription } from '../../rnn/training/checkpoint.js';
import type { ModelSettings, RunKeeper } from './text-checkpoints.js';
import type { TextStoreOptions } from './text-options.js';

/** A store that holds the last checkpoint of one run; metrics are for files alone. */
export class TextStore implements RunKeeper {
  readonly #model: Sequential;
  readonly #store: TextStoreOptions['store'];
  readonly #run: RunDescription;

  private constructor(model: Sequential, { store }: TextStoreOptions, run: RunDescription) {
    this.#model = model;
    this.#store = store;
    this.#run = run;
  }

  /** Opens the store, and the checkpoint to go on from. @throws SeqkitError as `CheckpointFiles.open` does */
  static async open(
    model: Sequential,
    options: TextStoreOptions,
    { resume, run }: { resume: boolean; run: RunDescription },
  ): Promise<{ checkpoints: TextStore; found: (Checkpoint & { path: string }) | undefined }> {
    const found = await model.checkpoints().open(options.store, { resume, run });
    return { checkpoints: new TextStore(model, options, run), found: found && { ...found, path: STORED } };
  }

  async save(
    _step: number,
    _heldOutLoss: number | undefined,
    checkpoint: Omit<Checkpoint, 'run'>,
    settings: ModelSettings,
  ): Promise<undefined> {
    await this.#model.checkpoints(settings).save(this.#store, { ...checkpoint, run: this.#run });
  }

  async note(): Promise<void> {}
}
