/** Does one task after the other, in the order they came, whether those before went well or not. */
export class InTurn {
  #last: Promise<unknown> = Promise.resolve();

  /** @returns what the task gives, once its turn has come */
  run<Result>(task: () => Result | Promise<Result>): Promise<Result> {
    const result = this.#last.then(task);
    this.#last = result.catch(() => {});
    return result;
  }

  /** Waits until nothing is left to do of what came so far. */
  async idle(): Promise<void> {
    await this.#last;
  }
}
