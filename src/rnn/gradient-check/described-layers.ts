import type { LayerDescription } from '../graph/registry.js';

// The layers of the cases of gradcheck, as they are described in files.

/** N, T, D, H and V all differ, so that no transposed dimension can pass. */
export const [N, T, D, H, V] = [3, 4, 5, 6, 7];
export const UNITS = H;
export const returnSequences = true;

export const layer = (kind: string, options: object = {}): LayerDescription => ({
  kind,
  options: { ...options },
});
export const masking = layer('Masking');
export const dense = (options: object = {}): LayerDescription => layer('Dense', { units: UNITS, ...options });
export const recurrent = (kind: string, options: object = {}): LayerDescription =>
  layer(kind, { units: UNITS, returnSequences, ...options });
export const frozen = (description: LayerDescription): LayerDescription => ({
  ...description,
  trainable: false,
});
