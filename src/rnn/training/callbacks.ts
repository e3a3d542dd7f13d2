import type { FitCallback, FitOptions } from './fit-options.js';

/** Runs what the user gave, and waits for what it returns. */
type Awaited = (task: () => unknown) => Promise<void>;

/** The callbacks of one run of `fit`, called one after the other. */
export class FitCallbacks {
  readonly #callbacks: readonly FitCallback[];
  readonly #awaited: Awaited;

  constructor({ onBatch, onEpoch, callbacks = [] }: FitOptions, awaited: Awaited) {
    const plain: FitCallback = {
      ...(onBatch && { onBatchEnd: onBatch }),
      ...(onEpoch && { onEpochEnd: onEpoch }),
    };
    this.#callbacks = [plain, ...callbacks];
    this.#awaited = awaited;
  }

  /** Calls the method of this name, where a callback has one. */
  async call<Name extends keyof FitCallback>(
    name: Name,
    ...given: Parameters<NonNullable<FitCallback[Name]>>
  ): Promise<void> {
    for (const callback of this.#callbacks) {
      const method = callback[name] as ((...all: typeof given) => unknown) | undefined;
      if (method) await this.#awaited(() => method.apply(callback, given));
    }
  }
}
