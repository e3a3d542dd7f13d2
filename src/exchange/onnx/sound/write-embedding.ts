import type { FeatureSettings } from '../../../audio/signal/feature-settings.js';
import { EMBEDDING_SIZE, LEAD_FRAMES, LEAD_OUTPUTS } from '../../../audio/embedding/embedding-network.js';
import {
  embeddingMel,
  FRAME_SAMPLES,
  HOP_SAMPLES,
  LEAST_POWER,
} from '../../../audio/embedding/mel-frames.js';
import type { Layer } from '../../../rnn/layers/layer.js';
import type { Flow } from '../write/flow.js';
import type { Writing } from '../write/writing.js';
import { binsOf, writeMel, writeNormalized, writePowers } from './write-spectrum.js';

/**
 * Samples (N, S) at 16 kHz to speech embeddings (N, E, 96) in the range of the settings, as an EmbeddingStream makes
 * them.
 * @param layers of the network of the embedding, with its weights
 */
export function writeEmbedding(
  writing: Writing,
  samples: string,
  layers: readonly Layer[],
  settings: FeatureSettings,
): Flow {
  const { builder } = writing;
  const op = writing.op.bind(writing);
  const { window, filters, fullScale } = embeddingMel();
  const frames = { frameSamples: FRAME_SAMPLES, hopSamples: HOP_SAMPLES, window, bins: binsOf(filters) };
  const mel = writeMel(writing, writePowers(writing, samples, frames), filters, fullScale ** 2);
  const heard = op('Log', [op('Max', [mel, builder.scalar(LEAST_POWER)])]);
  const levels = op('Add', [op('Mul', [heard, builder.scalar(1 / Math.LN10)]), builder.scalar(2)]);
  const bands = filters.length;
  // Frames of zeros go before the first, and what sees them is no embedding.
  const padded = op('Pad', [levels, builder.ints(0, LEAD_FRAMES, 0, 0, 0, 0)]);
  let flow: Flow = { name: padded, dims: ['N', 'frames', bands], features: bands };
  for (const layer of layers) [flow] = writing.layer(writing, layer, [flow]);
  const [start, end, axis] = [LEAD_OUTPUTS, Number.MAX_SAFE_INTEGER, 1].map((n) => builder.ints(n));
  const embeddings = op('Slice', [flow.name, start, end, axis]);
  return {
    name: writeNormalized(writing, embeddings, settings),
    dims: ['N', 'embeddings', EMBEDDING_SIZE],
    features: EMBEDDING_SIZE,
  };
}
