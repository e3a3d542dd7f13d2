import type { StepTaken } from './divergence.js';
import type { CarriedBy, TrainingState } from './training-state.js';

/** What was done to a model in training since a known state. */
export type LoggedStep =
  | (StepTaken & { readonly kind: 'step'; readonly hyper: readonly number[]; readonly loss: number })
  | { readonly kind: 'reset'; readonly by: CarriedBy | undefined };

/** So many entries, or so many bytes of batches, and a new state is kept in place of them. */
const MAX_ENTRIES = 200;
const MAX_BYTES = 64 * 2 ** 20;

/**
 * What leads back to the moment before a step: a state every 200 steps, and what was done since. Weights
 * that turned to NaN say nothing of where it began, and a copy at every step would cost more.
 */
export class StepLog {
  #state: TrainingState | undefined;
  #logged: LoggedStep[] = [];
  #bytes = 0;

  /** To be called before a step. @param state asked for where a new one is to be kept */
  begin(state: () => TrainingState): void {
    if (this.#state && this.#logged.length < MAX_ENTRIES && this.#bytes < MAX_BYTES) return;
    this.#state = state();
    this.#logged = [];
    this.#bytes = 0;
  }

  /** To be called after a step whose loss was a number, and after a reset. */
  add(logged: LoggedStep): void {
    // Resets may come without end where a model is only used.
    if (this.#logged.length >= 2 * MAX_ENTRIES) this.clear();
    if (!this.#state) return;
    const last = this.#logged.findLast(({ kind }) => kind === 'step');
    this.#logged.push(logged);
    if (logged.kind !== 'step' || last?.kind !== 'step') return;
    // The batch before this one is held on account of the log alone.
    if (last.examples.inputs[0].data === logged.examples.inputs[0].data) return;
    const { inputs, targets } = last.examples;
    for (const { data } of [...inputs, ...targets]) this.#bytes += data.byteLength;
  }

  /** Forgets: the model was changed from outside. */
  clear(): void {
    this.#state = undefined;
    this.#logged = [];
    this.#bytes = 0;
  }

  /** The state kept, and what was done since. */
  get since(): { state: TrainingState; logged: readonly LoggedStep[] } | undefined {
    return this.#state && { state: this.#state, logged: this.#logged };
  }
}
