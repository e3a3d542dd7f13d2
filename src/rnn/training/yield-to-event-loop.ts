/** How often others get a turn, in milliseconds. */
const TURN_MS = 100;

/**
 * Lets timers, signals and input have their turn now and then in a long computation: an engine
 * may never wait for anything, and promises alone do not let them in.
 */
export class EventLoopYielder {
  #lastMs = performance.now();

  /** Waits for the others where a tenth of a second has passed since they had their turn. */
  async give(): Promise<void> {
    if (performance.now() - this.#lastMs < TURN_MS) return;
    await new Promise((resolve) => setTimeout(resolve, 0));
    this.#lastMs = performance.now();
  }
}
