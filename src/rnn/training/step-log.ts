import type { StepTaken } from './divergence.js';
import type { CarriedBy, TrainingState } from './training-state.js';

/** What was done to a model in training since a known state. */
export type Deed =
  | (StepTaken & { readonly kind: 'step'; readonly hyper: readonly number[]; readonly loss: number })
  | { readonly kind: 'reset'; readonly by: CarriedBy | '' };

/** So many deeds, or so many bytes of batches, and a new state is kept in place of them. */
const [mostDeeds, mostBytes] = [200, 64 * 2 ** 20];

/**
 * The way back to the moment before a step: a state every 200 steps, and what was done since. Weights
 * that turned to NaN say nothing of where it began, and a copy at every step would cost more.
 */
export class Trail {
  #state: TrainingState | undefined;
  #deeds: Deed[] = [];
  #bytes = 0;

  /** To be called before a step. @param state asked for where a new one is to be kept */
  begin(state: () => TrainingState): void {
    if (this.#state && this.#deeds.length < mostDeeds && this.#bytes < mostBytes) return;
    this.#state = state();
    this.#deeds = [];
    this.#bytes = 0;
  }

  /** To be called after a step whose loss was a number, and after a reset. */
  add(deed: Deed): void {
    // Resets may come without end where a model is only used.
    if (this.#deeds.length >= 2 * mostDeeds) this.clear();
    if (!this.#state) return;
    const last = this.#deeds.findLast(({ kind }) => kind === 'step');
    this.#deeds.push(deed);
    if (deed.kind !== 'step' || last?.kind !== 'step') return;
    // The batch before this one is held on account of the trail alone.
    if (last.examples.inputs[0].data === deed.examples.inputs[0].data) return;
    const { inputs, targets } = last.examples;
    for (const { data } of [...inputs, ...targets]) this.#bytes += data.byteLength;
  }

  /** Forgets: the model was changed from outside. */
  clear(): void {
    this.#state = undefined;
    this.#deeds = [];
    this.#bytes = 0;
  }

  /** The state kept, and what was done since. */
  get since(): { state: TrainingState; deeds: readonly Deed[] } | undefined {
    return this.#state && { state: this.#state, deeds: this.#deeds };
  }
}
