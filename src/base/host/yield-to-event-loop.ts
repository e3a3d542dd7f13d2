/** A page shows a frame in so many milliseconds; whoever computes on its thread longer than that holds it up. */
export const FRAME_MS = 16;

/** Whether this thread shows a page, so that computing on it holds up what is seen and clicked. */
export function showsPage(): boolean {
  return typeof document !== 'undefined';
}

/** Waits until whatever is due has had its turn: timers, input, the next frame. */
export function giveTurn(): Promise<void> {
  // Browsers hold timers back that follow from each other, by 4 ms each; a message comes at once.
  if (showsPage() && typeof MessageChannel !== 'undefined') {
    return new Promise((resolve) => {
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = () => {
        port1.close();
        resolve();
      };
      port2.postMessage(undefined);
    });
  }
  return new Promise((resolve) => setTimeout(resolve, 0));
}

/**
 * Lets timers, signals and input have their turn now and then in a long computation: an engine
 * may never wait for anything, and promises alone do not let them in.
 */
export class EventLoopYielder {
  readonly #everyMs: number;
  /** When others had their turn. */
  #turnMs = performance.now();
  /** When it was last asked. */
  #askedMs = this.#turnMs;

  /**
   * @param everyMs how often others get a turn, in milliseconds; on the thread of a page, within a frame
   * @default 100
   */
  constructor(everyMs = 100) {
    this.#everyMs = everyMs;
  }

  /** Whether others should have their turn before as much is done as since it was last asked. */
  due(): boolean {
    const now = performance.now();
    const lastMs = now - this.#askedMs;
    this.#askedMs = now;
    const workedMs = now - this.#turnMs;
    return workedMs >= this.#everyMs || (showsPage() && workedMs + lastMs >= FRAME_MS);
  }

  /** Waits for the others where it is due. */
  async give(): Promise<void> {
    if (this.due()) await this.turn();
  }

  /** Waits for the others. */
  async turn(): Promise<void> {
    await giveTurn();
    this.#turnMs = this.#askedMs = performance.now();
  }
}

/** Says on the thread of a page which of many reports to show: one a frame. Elsewhere, all. */
export class FrameThrottle {
  #shownMs = -Infinity;

  /** @param isLast of a last one, which is always shown */
  due(isLast = false): boolean {
    if (!showsPage()) return true;
    const now = performance.now();
    if (!isLast && now - this.#shownMs < FRAME_MS) return false;
    this.#shownMs = now;
    return true;
  }
}
