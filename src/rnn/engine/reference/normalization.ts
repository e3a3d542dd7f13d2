import type { ReferenceKernels } from './kernel.js';
import { fillWith, get, set, sumOf } from './view.js';

export const normalization: ReferenceKernels<'batchNorm' | 'batchNormInference' | 'batchNormBackward'> = {
  batchNorm(
    { x, gamma, beta, valid, runningMean, runningVariance },
    { y, mean, invStd, newMean, newVariance },
    settings,
  ) {
    const { epsilon } = settings;
    const weight = (r: number): number => get(valid, r % valid.rows, 0);
    const found = sumOf(x.rows, weight);
    // Of nothing the running statistics learn nothing.
    const [count, momentum] = found === 0 ? [1, 1] : [found, settings.momentum];
    for (let c = 0; c < x.cols; c++) {
      const average = sumOf(x.rows, (r) => weight(r) * get(x, r, c)) / count;
      const variance = sumOf(x.rows, (r) => weight(r) * (get(x, r, c) - average) ** 2) / count;
      set(mean, 0, c, average);
      set(invStd, 0, c, 1 / Math.sqrt(variance + epsilon));
      set(newMean, 0, c, momentum * get(runningMean, 0, c) + (1 - momentum) * average);
      set(newVariance, 0, c, momentum * get(runningVariance, 0, c) + (1 - momentum) * variance);
    }
    fillWith(y, (r, c) => {
      return get(gamma, 0, c) * (get(x, r, c) - get(mean, 0, c)) * get(invStd, 0, c) + get(beta, 0, c);
    });
  },

  batchNormInference({ x, gamma, beta, runningMean, runningVariance }, { y }, { epsilon }) {
    fillWith(y, (r, c) => {
      const scale = get(gamma, 0, c) / Math.sqrt(get(runningVariance, 0, c) + epsilon);
      return scale * (get(x, r, c) - get(runningMean, 0, c)) + get(beta, 0, c);
    });
  },

  batchNormBackward({ x, gamma, mean, invStd, valid, dy }, { dx, dGamma, dBeta }, { accumulate }) {
    const weight = (r: number): number => get(valid, r % valid.rows, 0);
    const count = sumOf(x.rows, weight) || 1;
    for (let c = 0; c < x.cols; c++) {
      const normalized = (r: number): number => (get(x, r, c) - get(mean, 0, c)) * get(invStd, 0, c);
      const sumDy = sumOf(x.rows, (r) => weight(r) * get(dy, r, c));
      const sumDyNormalized = sumOf(x.rows, (r) => weight(r) * get(dy, r, c) * normalized(r));
      set(dBeta, 0, c, (accumulate ? get(dBeta, 0, c) : 0) + sumDy);
      set(dGamma, 0, c, (accumulate ? get(dGamma, 0, c) : 0) + sumDyNormalized);
      const scale = get(gamma, 0, c) * get(invStd, 0, c);
      for (let r = 0; r < x.rows; r++) {
        const centred = get(dy, r, c) - sumDy / count - (normalized(r) * sumDyNormalized) / count;
        set(dx, r, c, weight(r) * scale * centred);
      }
    }
  },
};
