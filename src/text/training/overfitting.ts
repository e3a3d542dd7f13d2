/** So many epochs in a row without a lower held-out loss, and it is said. */
const RISING_EPOCHS = 3;

/** Held-out losses that rise while the training loss falls: the model learns the text by heart. */
export interface Overfitting {
  /** The epoch with the lowest held-out loss, from 1. */
  readonly bestEpoch: number;
  /** Its loss, in nats. */
  readonly bestLoss: number;
  /** Epochs since. */
  readonly epochs: number;
  /** The loss of the last of them. */
  readonly loss: number;
}

/**
 * Tells whether the held-out loss has risen for some epochs.
 * @param heldOutLoss of each epoch so far
 * @returns undefined where it has not
 */
export function overfitting(heldOutLoss: readonly number[]): Overfitting | undefined {
  const bestLoss = Math.min(...heldOutLoss);
  const best = heldOutLoss.indexOf(bestLoss);
  const epochs = heldOutLoss.length - 1 - best;
  if (best < 0 || epochs < RISING_EPOCHS) return undefined;
  return { bestEpoch: best + 1, bestLoss, epochs, loss: heldOutLoss.at(-1)! };
}
