import { disposedError } from './disposal.js';
import { SeqkitError } from './errors.js';

/**
 * How long an object may be used: until it is disposed, and for one long piece of work at a time.
 * What holds memory or threads asks it before each thing that it does.
 */
export class Lifetime {
  readonly #what: string;
  #ended = false;
  #activity: string | undefined;
  #work: Promise<unknown> = Promise.resolve();

  /** @param what as it begins a sentence: `The text model` */
  constructor(what: string) {
    this.#what = what;
  }

  get ended(): boolean {
    return this.#ended;
  }

  /** @throws SeqkitError `usage` after the end */
  check(): void {
    if (this.#ended) throw disposedError(this.#what);
  }

  /** @throws SeqkitError `usage` after the end, and while other work goes on */
  checkIdle(activity: string): void {
    this.check();
    if (this.#activity === undefined) return;
    throw new SeqkitError(`${this.#what} is busy: ${activity} was called while ${this.#activity} goes on.`, {
      code: 'usage',
      hint: `Await ${this.#activity} first.`,
    });
  }

  /**
   * Does a piece of work that none other may overlap.
   * @param activity the method it is, such as `fit`
   * @throws SeqkitError `usage` where other work goes on; `stopped` where the end came meanwhile
   */
  async during<Result>(activity: string, work: () => Promise<Result>): Promise<Result> {
    this.checkIdle(activity);
    this.#activity = activity;
    const going = work();
    this.#work = going;
    try {
      const result = await going;
      if (this.#ended) throw this.#stopped(activity);
      return result;
    } catch (error) {
      // Whatever failed because what it needs is gone.
      throw this.#ended ? this.#stopped(activity) : error;
    } finally {
      this.#activity = undefined;
    }
  }

  /** Ends it. @returns what to wait for before memory is freed: the work that goes on, which should stop soon */
  async end(): Promise<void> {
    this.#ended = true;
    await this.#work.catch(() => undefined);
  }

  /** Ends it where no work can go on. */
  endNow(): void {
    this.#ended = true;
  }

  #stopped(activity: string): SeqkitError {
    return new SeqkitError(`${activity} ended early: ${lowered(this.#what)} was disposed.`, {
      code: 'stopped',
    });
  }
}

function lowered(sentence: string): string {
  return sentence.charAt(0).toLowerCase() + sentence.slice(1);
}
