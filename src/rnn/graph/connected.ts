import { SeqkitError } from '../../base/errors.js';
import { shown } from '../../base/schema/index.js';
import type { Layer } from '../layers/layer.js';
import type { Connected, Signal } from '../weights/trace.js';
import { Weight } from '../weights/weight.js';

/**
 * Holds what a layer, perhaps of one's own, gives against what the graph needs.
 * @throws SeqkitError `usage` that names the layer and the part
 */
export function checkConnected(layer: Layer, connected: Connected): Connected {
  const refuse = (part: string, wanted: string, found: unknown): never => {
    throw new SeqkitError(
      `The layer "${layer.name}" (${layer.kind}): ${part} must be ${wanted}, not ${shown(found)}.`,
      { code: 'usage' },
    );
  };
  const weights: unknown = layer.weights;
  if (!Array.isArray(weights) || !weights.every((weight) => weight instanceof Weight)) {
    refuse('weights', 'an array of Weights', weights);
  }
  const { outputs, backward } = (connected ?? {}) as {
    outputs?: readonly (Partial<Signal> | undefined)[];
    backward?: unknown;
  };
  if (typeof backward !== 'function') refuse('backward', 'a function', backward);
  if (!Array.isArray(outputs) || outputs.length !== layer.outputs) {
    refuse('what it gives', `${layer.outputs} signals`, outputs);
  }
  for (const signal of outputs as readonly (Partial<Signal> | undefined)[]) {
    const { matrix, features } = signal ?? {};
    if (typeof matrix?.rows !== 'number' || typeof matrix.cols !== 'number') {
      refuse('y', 'a signal { matrix, time, features }', signal);
    }
    if (!Number.isSafeInteger(features) || features! < 1) {
      refuse('features of y', 'a whole number of at least 1', features);
    }
  }
  return connected;
}
