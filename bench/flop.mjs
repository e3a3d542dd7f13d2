/**
 * How many floating-point operations the rows of `against` take: those of their matrix products and
 * convolutions, 2 M N K each, where a product (M, K) x (K, N) multiplies and adds once for each of its
 * M N K triples. Activations, sums, losses and Adam are not counted.
 *
 * Back through y = x W go two more products as large: dW = x^T dy and dx = dy W^T. What comes in from
 * outside needs no dx. One-hot characters need no product at all: a row of W is copied, and a row of
 * dW added to.
 */

const gates = { lstm: 4, gru: 3, rnn: 1 };

/** `rows` rows of `from` features to `to`. */
const product = (rows, from, to) => 2 * rows * from * to;

/** Forward through recurrent layers over one-hot characters, and the logits, `rows` characters in all. */
function characters({ cell, layers, units, vocab = 65 }, rows) {
  const wide = gates[cell] * units;
  const recurrent = layers * product(rows, units, wide);
  const inputs = (layers - 1) * product(rows, units, wide);
  return recurrent + inputs + product(rows, units, vocab);
}

/** A training step of a character model. */
export function characterStepFlop(model, { batch = 50, seqLength = 50 } = {}) {
  return 3 * characters(model, batch * seqLength);
}

/** One character drawn. */
export function samplingFlop(model) {
  return characters(model, 1);
}

/** The trigger network of bench/trigger.mjs on clips of 10 s, forward alone or a training step. */
export function triggerFlop({ clips, training }) {
  const [frames, bands, taps, stride, filters, units] = [5511, 101, 15, 4, 196, 128];
  const rows = clips * (Math.floor((frames - taps) / stride) + 1);
  const gru = (features) => gruStepFlop({ features, units, rows });
  const convolution = product(rows, taps * bands, filters);
  const rest = gru(filters) + gru(units) + product(rows, units, 1);
  return training ? 2 * convolution + 3 * rest : convolution + rest;
}

/** One step of a GRU. */
export function gruStepFlop({ features, units, rows = 1 }) {
  return product(rows, features, gates.gru * units) + product(rows, units, gates.gru * units);
}
