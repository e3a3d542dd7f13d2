// Batch normalization of each channel over batch, time and bands (Ioffe and Szegedy 2015): what the convolutions of the
// speech embedding are trained with, and then folded into.

import { denseMatrix, Layer } from '../../dist/rnn/layers/layer.js';
import { Weight } from '../../dist/rnn/index.js';

const [MOMENTUM, EPSILON] = [0.99, 1e-3];

/** (N, T, B * C) to the same; weights gamma, beta, running mean and variance, each (C). For whole batches alone. */
export class ChannelNormalization extends Layer {
  kind = 'ChannelNormalization';
  #weights = [];

  constructor(channels) {
    super();
    this.channels = channels;
  }

  options() {
    return { channels: this.channels };
  }

  get weights() {
    return this.#weights;
  }

  create(features) {
    const make = (name, value, trainable) =>
      new Weight(`${this.name}/${name}`, [this.channels], new Float64Array(this.channels).fill(value), {
        trainable,
      });
    this.#weights = [
      make('gamma', 1, true),
      make('beta', 0, true),
      make('mean', 0, false),
      make('variance', 1, false),
    ];
    return features;
  }

  trace(trace, x) {
    const { builder } = trace;
    const { channels } = this;
    const [gammaWeight, betaWeight] = this.#weights;
    const [gamma, beta, runningMean, runningVariance] = this.#weights.map((weight) => trace.weight(weight));
    // Each band of a step is a row.
    const byBand = (matrix) => {
      const rows = (matrix.rows * matrix.cols) / channels;
      return { ...matrix, rows, cols: channels, rowStride: channels };
    };
    const given = denseMatrix(this, x);
    const output = trace.temporary(given.rows, given.cols);
    const [input, y] = [byBand(given), byBand(output)];
    if (!trace.training) {
      builder.run(
        'batchNormInference',
        { x: input, gamma, runningVariance, beta, runningMean },
        { y },
        { epsilon: EPSILON },
      );
      return { y: { ...x, matrix: output }, backward: (dy) => dy };
    }
    const valid = trace.temporary(input.rows, 1);
    builder.run('fill', {}, { y: valid }, { value: 1 });
    const [mean, invStd] = [trace.temporary(1, channels), trace.temporary(1, channels)];
    builder.run(
      'batchNorm',
      { x: input, gamma, beta, valid, runningMean, runningVariance },
      { y, mean, invStd, newMean: runningMean, newVariance: runningVariance },
      { momentum: MOMENTUM, epsilon: EPSILON },
    );
    return {
      y: { ...x, matrix: output },
      backward(dy) {
        const [ofGamma, ofBeta] = [gammaWeight, betaWeight].map((weight) => trace.gradient(weight));
        const d = byBand(dy);
        builder.run(
          'batchNormBackward',
          { x: input, gamma, mean, invStd, valid, dy: d },
          { dx: d, dGamma: ofGamma.matrix, dBeta: ofBeta.matrix },
          { accumulate: ofGamma.accumulate },
        );
        return dy;
      },
    };
  }

  /** Kernel (..., F) and bias (F) of the convolution before it that give the same by themselves. */
  folded(kernel, bias) {
    const [gamma, beta, mean, variance] = this.getWeights().map(({ data }) => data);
    const F = this.channels;
    const factor = Float64Array.from(gamma, (g, f) => g / Math.sqrt(variance[f] + EPSILON));
    return [kernel.map((w, i) => w * factor[i % F]), bias.map((b, f) => (b - mean[f]) * factor[f] + beta[f])];
  }
}
