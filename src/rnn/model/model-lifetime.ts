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
  /** How many callbacks of a training are awaited. */
  #callbacks = 0;
  /** Lets a training go on without the callback that it waits for. */
  readonly #releases = new Set<() => void>();

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

  /**
   * Runs a callback of a training and waits for what it returns, unless the end comes first: the callback may be
   * what waits for that.
   */
  async callBack(task: () => unknown): Promise<void> {
    this.#callbacks++;
    let release: () => void = () => undefined;
    try {
      const released = new Promise<void>((resolve) => (release = resolve));
      this.#releases.add(release);
      if (this.over) release();
      await Promise.race([task(), released]);
    } finally {
      this.#releases.delete(release);
      this.#callbacks--;
    }
  }

  /**
   * A task that changes the model.
   * @throws SeqkitError `usage` within a callback of a training: it would wait for the end of that, and that for it
   */
  async train<Result>(task: () => Promise<Result>): Promise<Result> {
    this.check();
    if (this.#callbacks > 0) {
      throw new SeqkitError('The model cannot be trained while a callback of its training runs.', {
        code: 'usage',
        hint: 'Await the training first; to end it early, give fit a signal.',
      });
    }
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
    for (const release of this.#releases) release();
    return this.#ended;
  }
}
