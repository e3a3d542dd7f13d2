import { TRAINING_FORMAT } from '../training/training-format.js';

/** Bytes of a training's header that are enough to tell it by. */
export const TRAINING_START_BYTES = 1 << 14;

/**
 * Whether a safetensors file holds the training of word vectors.
 * @param start its first `TRAINING_START_BYTES`, or more
 */
export function looksLikeTraining(start: Uint8Array): boolean {
  const header = start.slice(8, TRAINING_START_BYTES);
  return new TextDecoder('latin1').decode(header).includes(`"${TRAINING_FORMAT}"`);
}
