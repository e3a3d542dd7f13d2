import { graphBetween } from '../../rnn/graph/graph-between.js';
import type { LayerGraph } from '../../rnn/graph/layer-graph.js';
import { Concatenate } from '../../rnn/layers/concatenate.js';
import { Dense } from '../../rnn/layers/dense.js';
import { Dropout } from '../../rnn/layers/dropout.js';
import { GRU } from '../../rnn/layers/gru.js';
import { input } from '../../rnn/layers/input.js';
import { LSTM } from '../../rnn/layers/lstm.js';
import type { RegressorArchitecture } from './regressor-options.js';
import type { InputCounts } from './time-series.js';

/** Numbers of each step ahead: the value of one season before, and the known inputs of both steps. */
export function aheadWidth({ known }: InputCounts): number {
  return 1 + 2 * known;
}

/**
 * A recurrent layer over the past (N, L, 1 + K + O), then all steps of the horizon at once (N, H): from its last state,
 * and from what is known of each step and of the one a season before it (N, H (1 + 2K)), by a dense layer and, beside
 * it, in a line. It is the direct multi-horizon strategy (Wen et al. 2017, "A multi-horizon quantile recurrent
 * forecaster", with one output a step in place of quantiles).
 */
export function regressorGraph(
  { horizon, cell, units, dropout }: RegressorArchitecture,
  counts: InputCounts,
): LayerGraph {
  const Recurrent = cell === 'gru' ? GRU : LSTM;
  const past = input({ shape: [null, 1 + counts.known + counts.observed], name: 'past' });
  const ahead = input({ shape: [horizon * aheadWidth(counts)], name: 'ahead' });
  const read = new Recurrent({ units, name: 'reader' }).apply(past);
  const seen = new Concatenate({ name: 'seen' }).apply([read, ahead]);
  const thought = new Dropout({ rate: dropout, name: 'dropout' }).apply(
    new Dense({ units, activation: 'relu', name: 'thought' }).apply(seen),
  );
  const all = new Concatenate({ name: 'all' }).apply([thought, ahead]);
  const steps = new Dense({ units: horizon, name: 'steps' }).apply(all);
  return graphBetween([past, ahead], [steps]);
}
