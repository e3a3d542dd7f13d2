import { graphBetween } from '../../rnn/graph/graph-between.js';
import type { LayerGraph } from '../../rnn/graph/layer-graph.js';
import { Bidirectional } from '../../rnn/layers/bidirectional.js';
import { Concatenate } from '../../rnn/layers/concatenate.js';
import { CRF } from '../../rnn/layers/crf.js';
import { Dense } from '../../rnn/layers/dense.js';
import { Dropout } from '../../rnn/layers/dropout.js';
import { Embedding } from '../../rnn/layers/embedding.js';
import { GRU } from '../../rnn/layers/gru.js';
import { input } from '../../rnn/layers/input.js';
import { LSTM } from '../../rnn/layers/lstm.js';
import type { TaggerArchitecture } from './tagger-options.js';
import type { FeatureTable } from './token-features.js';

/**
 * A bidirectional recurrent layer over what is seen of each token, then a score for each label (Huang et al. 2015):
 * words, endings and shapes (N, T) each to (N, T, K).
 */
export function taggerGraph(
  { cell, units, embeddingDim, dropout, crf }: TaggerArchitecture,
  tables: readonly FeatureTable[],
  labels: number,
): LayerGraph {
  const Recurrent = cell === 'gru' ? GRU : LSTM;
  const inputs = tables.map(({ feature }) => input({ shape: [null], name: `${feature}s` }));
  const seen = tables.map(({ feature, size }, i) => {
    const outputDim = feature === 'word' ? embeddingDim : Math.ceil(embeddingDim / 2);
    return new Embedding({ inputDim: size, outputDim, maskZero: true, name: feature }).apply(inputs[i]);
  });
  const token = new Concatenate({ name: 'token' }).apply(seen);
  const read = new Bidirectional({
    layer: new Recurrent({ units, returnSequences: true }),
    name: 'reader',
  }).apply(new Dropout({ rate: dropout, name: 'token dropout' }).apply(token));
  const scores = new Dense({ units: labels, name: 'scores' }).apply(
    new Dropout({ rate: dropout, name: 'reader dropout' }).apply(read),
  );
  return graphBetween(inputs, [crf ? new CRF({ name: 'crf' }).apply(scores) : scores]);
}
