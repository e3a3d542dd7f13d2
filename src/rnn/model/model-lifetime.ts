import { disposedError } from '../../base/disposal.js';
import { SeqkitError } from '../../base/errors.js';
import { InTurn } from '../../base/in-turn.js';

/**
 * What of a model's work may run at once. Whatever trains goes in the order it was asked for, and so does whatever
 * only reads; a reader may come between two batches of a training.
 */
export class ModelLifetime {
  readonly #training = new InTurn();
  readonly #reading = new InTurn();
  #trains = 0;
  #ended: Promise<void> | undefined;

  /** Whether it is over, or about to be: a training stops after the batch in hand. */
  get over(): boolean {
    return this.#ended !== undefined;
  }

  /** @throws SeqkitError `usage` once it is over */
  check(): void {
    if (this.over) throw disposedError('The model');
  }

  /** @throws SeqkitError `usage` while something trains. @param what would change under its hands */
  checkIdle(what: string): void {
    this.check();
    if (this.#trains === 0) return;
    throw new SeqkitError(`${what} cannot be called while the model trains.`, {
      code: 'usage',
      hint: 'Await fit or trainOnBatch first.',
    });
  }

  /** A task that changes the model. */
  async train<Result>(task: () => Promise<Result>): Promise<Result> {
    this.check();
    this.#trains++;
    try {
      return await this.#training.run(() => {
        this.check();
        return task();
      });
    } finally {
      this.#trains--;
    }
  }

  /** A task that reads the model, or changes nothing but what its own kind carries from run to run. */
  read<Result>(task: () => Promise<Result>): Promise<Result> {
    this.check();
    return this.#reading.run(() => {
      this.check();
      return task();
    });
  }

  /** As `read`, for what belongs to a training that was begun before the end. */
  readOnBehalf<Result>(task: () => Promise<Result>): Promise<Result> {
    return this.#reading.run(task);
  }

  /** Ends it, once, after what is being done. */
  end(free: () => Promise<void>): Promise<void> {
    this.#ended ??= Promise.all([this.#training.idle(), this.#reading.idle()]).then(free);
    return this.#ended;
  }
}
