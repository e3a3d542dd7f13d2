/**
 * Lets timers, signals and input have their turn now and then in a long computation: an engine
 * may never wait for anything, and promises alone do not let them in.
 */
export class EventLoopYielder {
  readonly #everyMs: number;
  #lastMs = performance.now();

  /** @param everyMs how often others get a turn, in milliseconds @default 100 */
  constructor(everyMs = 100) {
    this.#everyMs = everyMs;
  }

  /** Waits for the others where so long has passed since they had their turn. */
  async give(): Promise<void> {
    if (performance.now() - this.#lastMs < this.#everyMs) return;
    await new Promise((resolve) => setTimeout(resolve, 0));
    this.#lastMs = performance.now();
  }
}
