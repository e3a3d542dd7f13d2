import type { Matrix } from './matrix.js';
import type { ActivationName, InputSlopeName, OutputSlopeName } from './activations.js';

export { activationNames, type ActivationName } from './activations.js';

/**
 * What each operation of a program means. Dimension letters: R rows, N batch, T time,
 * D input features, H units, V vocabulary or classes, F filters.
 *
 * Sequences are time-major inside: row t * N + n of a matrix (T * N, D) is time t of
 * example n. Operands are row-major matrices; an input may be a view with a row stride, an
 * output is always made of whole contiguous rows. `accumulate` adds to the output what
 * would else be written. An output may be the very view that an input is only where the
 * kernel says "in place". Everything that varies between runs is data, never a setting.
 */
export interface Kernels {
  /** c = op(a) op(b) [+ bias on every row] [+ c], op transposing where asked. */
  gemm: {
    inputs: { a: Matrix; b: Matrix; bias?: Matrix };
    outputs: { c: Matrix };
    settings: { transposeA: boolean; transposeB: boolean; accumulate: boolean };
  };
  /** total(1, C) = sum over rows of x(R, C) [+ total]. The gradient of a bias. */
  sumRows: { inputs: { x: Matrix }; outputs: { total: Matrix }; settings: { accumulate: boolean } };

  /** y = value everywhere. */
  fill: { inputs: Record<never, Matrix>; outputs: { y: Matrix }; settings: { value: number } };
  /** y = x. */
  copy: { inputs: { x: Matrix }; outputs: { y: Matrix }; settings: Record<never, never> };
  /** y(R, A + B) = a(R, A) and b(R, B) side by side [+ y]. */
  concatenate: {
    inputs: { a: Matrix; b: Matrix };
    outputs: { y: Matrix };
    settings: { accumulate: boolean };
  };
  /** y = a + b. In place on either. */
  add: { inputs: { a: Matrix; b: Matrix }; outputs: { y: Matrix }; settings: Record<never, never> };
  /** y = a - b. In place on either. */
  subtract: { inputs: { a: Matrix; b: Matrix }; outputs: { y: Matrix }; settings: Record<never, never> };
  /** y = a * b, element by element [+ y]. In place on either. */
  multiply: {
    inputs: { a: Matrix; b: Matrix };
    outputs: { y: Matrix };
    settings: { accumulate: boolean };
  };
  /** y = factor * x + offset. In place. */
  affine: { inputs: { x: Matrix }; outputs: { y: Matrix }; settings: { factor: number; offset: number } };
  /** y = x times factor(1, 1). In place. */
  scale: { inputs: { x: Matrix; factor: Matrix }; outputs: { y: Matrix }; settings: Record<never, never> };
  /** y = x held between -limit and limit. In place. */
  clip: { inputs: { x: Matrix }; outputs: { y: Matrix }; settings: { limit: number } };
  /** y = the natural logarithm of x, whose elements are above 0. In place. */
  logarithm: { inputs: { x: Matrix }; outputs: { y: Matrix }; settings: Record<never, never> };
  /** y = a / (sqrt(b) + epsilon). In place on either. */
  divideByRoot: {
    inputs: { a: Matrix; b: Matrix };
    outputs: { y: Matrix };
    settings: { epsilon: number };
  };
  /**
   * y(R, C) = x with row r times scale[r] of scale(R, 1), or divided by it, 0 where that is 0
   * [+ y]. In place.
   */
  scaleRows: {
    inputs: { x: Matrix; scale: Matrix };
    outputs: { y: Matrix };
    settings: { divide: boolean; accumulate: boolean };
  };
  /** y(R, 1) = valid[r mod N] where some element of row r of x(R, C) differs from value, else 0. */
  rowMask: {
    inputs: { x: Matrix; valid: Matrix };
    outputs: { y: Matrix };
    settings: { value: number };
  };
  /**
   * The row weights of a masked loss: y(R, 1) = weights * mask * (how many rows are valid) /
   * (how many the mask keeps). mask(R, 1) is 0 for padding too, where the weight may be anything;
   * all 0 where it keeps none.
   */
  maskWeights: {
    inputs: { weights: Matrix; mask: Matrix; valid: Matrix };
    outputs: { y: Matrix };
    settings: Record<never, never>;
  };
  /** y = f(x). In place. */
  activate: { inputs: { x: Matrix }; outputs: { y: Matrix }; settings: { activation: ActivationName } };
  /** dx = f'(x) * dy, f' worked out from y = f(x). In place on dy. */
  activateBackward: {
    inputs: { y: Matrix; dy: Matrix };
    outputs: { dx: Matrix };
    settings: { activation: OutputSlopeName };
  };
  /** The same for activations whose slope follows from x alone. In place on either. */
  activateInputBackward: {
    inputs: { x: Matrix; dy: Matrix };
    outputs: { dx: Matrix };
    settings: { activation: InputSlopeName };
  };

  /**
   * The pointwise half of an LSTM step. z(N, 4H) in the order i, f, g, o before activation:
   * i, f, o = r(z), g = a(z); c = f * previousC + i * g; squashed = a(c), which the backward pass
   * would else work out again; h = o * squashed. `gates` may be `z`.
   */
  lstmForward: {
    inputs: { z: Matrix; previousC: Matrix };
    outputs: { gates: Matrix; c: Matrix; squashed: Matrix; h: Matrix };
    settings: CellActivations;
  };
  /**
   * From dh and dc, the gradients of this step's h and c: dz(N, 4H) and the gradient of
   * previousC. `dz` may be `gates`, `dPreviousC` may be `dc`.
   */
  lstmBackward: {
    inputs: { gates: Matrix; previousC: Matrix; squashed: Matrix; dh: Matrix; dc: Matrix };
    outputs: { dz: Matrix; dPreviousC: Matrix };
    settings: CellActivations;
  };
  /**
   * The pointwise half of a GRU step, reset after the product. x(N, 3H) and recurrent(N, 3H)
   * in the order z, r, h: z, r = r(x + recurrent); candidate = a(x + r * recurrent);
   * h = z * previousH + (1 - z) * candidate. `gates` (z, r, candidate) may be `x`.
   */
  gruForward: {
    inputs: { x: Matrix; recurrent: Matrix; previousH: Matrix };
    outputs: { gates: Matrix; h: Matrix };
    settings: CellActivations;
  };
  /**
   * From dh: dx(N, 3H), dRecurrent(N, 3H), and [added to dPreviousH] z * dh. `dx` may be
   * `gates`, `dRecurrent` may be `recurrent`.
   */
  gruBackward: {
    inputs: { gates: Matrix; recurrent: Matrix; previousH: Matrix; dh: Matrix };
    outputs: { dx: Matrix; dRecurrent: Matrix; dPreviousH: Matrix };
    settings: CellActivations;
  };

  /** y(R, V) = 1 in column index[r] of row r of index(R, 1), else 0. */
  oneHot: { inputs: { index: Matrix }; outputs: { y: Matrix }; settings: Record<never, never> };
  /** y(R, D) = rows of table(V, D) named by index(R, 1) [+ bias on every row]. */
  gather: {
    inputs: { table: Matrix; index: Matrix; bias?: Matrix };
    outputs: { y: Matrix };
    settings: Record<never, never>;
  };
  /**
   * dTable(V, D) = for each v the sum of dy's rows order[offsets[v]] to
   * order[offsets[v + 1] - 1] [+ dTable]. order(R, 1): the positions sorted by token;
   * offsets(V + 1, 1): where each token's run begins in it.
   */
  gatherBackward: {
    inputs: { dy: Matrix; order: Matrix; offsets: Matrix };
    outputs: { dTable: Matrix };
    settings: { accumulate: boolean };
  };

  /**
   * y(To * N, F) = x(T * N, D) convolved over time with kernel(K * D, F) [+ bias]:
   * y[t] = sum over k of x[t * stride + k * dilation - padBefore] kernel[k], zero outside.
   */
  conv1d: {
    inputs: { x: Matrix; kernel: Matrix; bias?: Matrix };
    outputs: { y: Matrix };
    settings: Convolution;
  };
  /** dKernel(K * D, F) = the gradient of the kernel [+ dKernel]. */
  conv1dKernelGradient: {
    inputs: { x: Matrix; dy: Matrix };
    outputs: { dKernel: Matrix };
    settings: Convolution & { accumulate: boolean };
  };
  /** dx(T * N, D) = the gradient of the input. */
  conv1dInputGradient: {
    inputs: { dy: Matrix; kernel: Matrix };
    outputs: { dx: Matrix };
    settings: Convolution;
  };

  /**
   * Pooling over time: y(To * N, C)[t] = the largest, or the mean, of x[t * stride + k -
   * padBefore] over the taps k that fall inside. The dilation is 1.
   */
  pool1d: { inputs: { x: Matrix }; outputs: { y: Matrix }; settings: Convolution & { pooling: Pooling } };
  /** dx(T * N, C) from x and y of the forward pass; a largest element's first place takes its gradient. */
  pool1dBackward: {
    inputs: { x: Matrix; y: Matrix; dy: Matrix };
    outputs: { dx: Matrix };
    settings: Convolution & { pooling: Pooling };
  };

  // Over time and bands a row of features is B bands side by side, each of C channels.

  /**
   * y(To * N, Bo * F) = x(T * N, B * C) convolved over time and bands with kernel(K * Kb * C, F)
   * [+ bias(1, F) on every band]: y[t, b] = sum over k and j of x[t * stride + k * dilation - padBefore,
   * b * bandStride + j * bandDilation - bandPadBefore] kernel[k, j], zero outside.
   */
  conv2d: {
    inputs: { x: Matrix; kernel: Matrix; bias?: Matrix };
    outputs: { y: Matrix };
    settings: BandConvolution;
  };
  /** dKernel(K * Kb * C, F) = the gradient of the kernel [+ dKernel]. */
  conv2dKernelGradient: {
    inputs: { x: Matrix; dy: Matrix };
    outputs: { dKernel: Matrix };
    settings: BandConvolution & { accumulate: boolean };
  };
  /** dx(T * N, B * C) = the gradient of the input. */
  conv2dInputGradient: {
    inputs: { dy: Matrix; kernel: Matrix };
    outputs: { dx: Matrix };
    settings: BandConvolution;
  };
  /**
   * Pooling over time and bands: y(To * N, Bo * C)[t, b] = the largest, or the mean, of what of x(T * N, B * C)
   * falls into the window. The dilations are 1.
   */
  pool2d: {
    inputs: { x: Matrix };
    outputs: { y: Matrix };
    settings: BandConvolution & { pooling: Pooling };
  };
  /**
   * dx(T * N, B * C) from x and y of the forward pass; a largest element's first place, by time and
   * then by band, takes its gradient.
   */
  pool2dBackward: {
    inputs: { x: Matrix; y: Matrix; dy: Matrix };
    outputs: { dx: Matrix };
    settings: BandConvolution & { pooling: Pooling };
  };

  /** y = x, below 0 times slope, and at least `lowest`. In place. */
  leakyRelu: {
    inputs: { x: Matrix };
    outputs: { y: Matrix };
    settings: { slope: number; lowest: number };
  };
  /** dx = dy, times slope where y is below 0, and 0 where it is `lowest`. In place on dy. */
  leakyReluBackward: {
    inputs: { y: Matrix; dy: Matrix };
    outputs: { dx: Matrix };
    settings: { slope: number; lowest: number };
  };

  /**
   * Layer normalization (Ba et al. 2016) of each row of x(R, C): normalized = (x - mean) *
   * invStd with the biased variance, invStd(R, 1), y = gamma * normalized + beta.
   */
  layerNorm: {
    inputs: { x: Matrix; gamma: Matrix; beta: Matrix };
    outputs: { y: Matrix; normalized: Matrix; invStd: Matrix };
    settings: { epsilon: number };
  };
  /** dx(R, C) of it. In place on dy. */
  layerNormBackward: {
    inputs: { normalized: Matrix; invStd: Matrix; gamma: Matrix; dy: Matrix };
    outputs: { dx: Matrix };
    settings: Record<never, never>;
  };

  /**
   * Batch normalization in training (Ioffe and Szegedy 2015) over the rows of x(R, C), row r
   * weighted by valid[r mod N] (0 for padding, N a divisor of R): y = gamma * (x - mean) * invStd + beta with
   * the biased variance, and running = momentum * running + (1 - momentum) * batch.
   * The running statistics are read and written in place. Where no row counts, mean and variance are 0
   * and the running statistics stay.
   */
  batchNorm: {
    inputs: {
      x: Matrix;
      gamma: Matrix;
      beta: Matrix;
      valid: Matrix;
      runningMean: Matrix;
      runningVariance: Matrix;
    };
    outputs: { y: Matrix; mean: Matrix; invStd: Matrix; newMean: Matrix; newVariance: Matrix };
    settings: { epsilon: number; momentum: number };
  };
  /** y = gamma * (x - runningMean) / sqrt(runningVariance + epsilon) + beta. */
  batchNormInference: {
    inputs: { x: Matrix; gamma: Matrix; beta: Matrix; runningMean: Matrix; runningVariance: Matrix };
    outputs: { y: Matrix };
    settings: { epsilon: number };
  };
  /** The gradients of x, gamma and beta. Padding rows get dx = 0. In place on dy. */
  batchNormBackward: {
    inputs: { x: Matrix; gamma: Matrix; mean: Matrix; invStd: Matrix; valid: Matrix; dy: Matrix };
    outputs: { dx: Matrix; dGamma: Matrix; dBeta: Matrix };
    settings: { accumulate: boolean };
  };

  /**
   * Inverted dropout: y = x / (1 - rate) where the element's bits fall below 1 - rate, else
   * 0. keys(1, 6), each from 0 to 4095, seed the bits (see dropout-bits.ts), so forward and
   * backward, every engine and every thread count drop the same elements. In place.
   */
  dropout: {
    inputs: { x: Matrix; keys: Matrix };
    outputs: { y: Matrix };
    settings: { rate: number };
  };

  // The losses: a row of weight 0 gives 0 and the gradient 0, whatever stands in it.

  /** y(R, V) = softmax of each row of x. In place. */
  softmax: { inputs: { x: Matrix }; outputs: { y: Matrix }; settings: Record<never, never> };
  /**
   * losses(R, 1) = weights[r] * -log softmax(logits[r])[targets[r]], and
   * dLogits = weights[r] * (softmax - onehot). Weights carry the divisor. In place on logits.
   */
  softmaxCrossEntropy: {
    inputs: { logits: Matrix; targets: Matrix; weights: Matrix };
    outputs: { dLogits: Matrix; losses: Matrix };
    settings: Record<never, never>;
  };
  /**
   * The same for targets(R, V) that are shares of the classes: losses(R, 1) = weights[r] *
   * -sum(targets * log softmax(logits)). In place on logits.
   */
  denseCrossEntropy: {
    inputs: { logits: Matrix; targets: Matrix; weights: Matrix };
    outputs: { dLogits: Matrix; losses: Matrix };
    settings: Record<never, never>;
  };
  /**
   * Cross-entropy of probabilities p(R, C), each held 1e-7 away from 0 and 1 (the gradient is
   * 0 beyond): losses(R, 1) = weights[r] times -log p[target] for `sparse` targets(R, 1),
   * -sum(targets * log p) for `categorical`, and for `binary` the mean over C of
   * -targets * log p - (1 - targets) * log(1 - p).
   */
  probabilityCrossEntropy: {
    inputs: { p: Matrix; targets: Matrix; weights: Matrix };
    outputs: { dp: Matrix; losses: Matrix };
    settings: { targets: TargetKind };
  };
  /**
   * losses(R, 1) = weights[r] * the mean over C of the binary cross-entropy of
   * sigmoid(logits) with targets(R, C), and dLogits = weights[r] * (sigmoid - target) / C.
   * In place on logits.
   */
  sigmoidCrossEntropy: {
    inputs: { logits: Matrix; targets: Matrix; weights: Matrix };
    outputs: { dLogits: Matrix; losses: Matrix };
    settings: Record<never, never>;
  };
  /** losses(R, 1) = weights[r] * mean over C of (x - target)^2, dx = weights[r] * 2 (x - target) / C. */
  squaredError: {
    inputs: { x: Matrix; targets: Matrix; weights: Matrix };
    outputs: { dx: Matrix; losses: Matrix };
    settings: Record<never, never>;
  };

  /** losses(R, 1) = weights[r] * mean over C of |x - target|, dx = weights[r] * sign(x - target) / C. */
  absoluteError: {
    inputs: { x: Matrix; targets: Matrix; weights: Matrix };
    outputs: { dx: Matrix; losses: Matrix };
    settings: Record<never, never>;
  };
  /**
   * Huber's (1964): losses(R, 1) = weights[r] * mean over C of e^2 / 2 where |e| <= delta, else
   * delta (|e| - delta / 2), with e = x - target; dx = weights[r] * e held between -delta and delta, / C.
   */
  huberError: {
    inputs: { x: Matrix; targets: Matrix; weights: Matrix };
    outputs: { dx: Matrix; losses: Matrix };
    settings: { delta: number };
  };
  /**
   * losses(R, 1) = -weights[r] * the cosine of the angle between row r of x and of targets, and
   * its gradient; both 0 where either row is.
   */
  cosineError: {
    inputs: { x: Matrix; targets: Matrix; weights: Matrix };
    outputs: { dx: Matrix; losses: Matrix };
    settings: Record<never, never>;
  };
  /**
   * Connectionist temporal classification (Graves et al. 2006, equations 5 to 16). logits(T * N, V),
   * of which class 0 is the blank; targets(N, L): classes from 1 on, filled up with 0 behind;
   * mask(T * N, 1): 0 for time steps that do not count. losses(N, 1) = weights[n] * -log p(targets),
   * and dLogits. Where the steps that count are too few for the targets, the loss is infinite, or 0
   * with `zeroInfinity`, and the gradient 0. forward(T * N, 2L + 1) is memory to work in: what it
   * holds in the end is nobody's.
   */
  ctc: {
    inputs: { logits: Matrix; targets: Matrix; weights: Matrix; mask?: Matrix };
    outputs: { dLogits: Matrix; losses: Matrix; forward: Matrix };
    settings: { zeroInfinity: boolean };
  };
  /** y(R, C) = x, with 0 in the rows where weights(R, 1) is 0, whatever x holds there. In place. */
  keepRows: {
    inputs: { x: Matrix; weights: Matrix };
    outputs: { y: Matrix };
    settings: Record<never, never>;
  };

  /** total(1, 1) = the sum of all elements of x. */
  sum: { inputs: { x: Matrix }; outputs: { total: Matrix }; settings: Record<never, never> };
  /** total(1, 1) = the sum of the squares of all elements of x. */
  sumSquares: { inputs: { x: Matrix }; outputs: { total: Matrix }; settings: Record<never, never> };
  /** factor(1, 1) = min(1, maxNorm / sqrt(the sum of squares)). squares(P, 1): one sum a tensor. */
  clipFactor: { inputs: { squares: Matrix }; outputs: { factor: Matrix }; settings: { maxNorm: number } };
  /**
   * Adam (Kingma and Ba 2015, algorithm 1) with gradients scaled by factor(1, 1):
   * m = beta1 m + (1 - beta1) g; v = beta2 v + (1 - beta2) g^2;
   * value -= rate * (m / c1) / (sqrt(v / c2) + epsilon), where hyper(1, 3) holds the rate,
   * c1 = 1 - beta1^step and c2 = 1 - beta2^step. All outputs in place on their inputs.
   */
  adam: {
    inputs: { value: Matrix; gradient: Matrix; m: Matrix; v: Matrix; hyper: Matrix; factor: Matrix };
    outputs: { newValue: Matrix; newM: Matrix; newV: Matrix };
    settings: { beta1: number; beta2: number; epsilon: number };
  };
}

export type KernelName = keyof Kernels;
export type KernelInputs<Name extends KernelName> = Kernels[Name]['inputs'];
export type KernelOutputs<Name extends KernelName> = Kernels[Name]['outputs'];
export type KernelSettings<Name extends KernelName> = Kernels[Name]['settings'];

/** r and a in the cells' equations. */
export interface CellActivations {
  recurrentActivation: OutputSlopeName;
  activation: OutputSlopeName;
}

export const poolings = ['max', 'average'] as const;
export type Pooling = (typeof poolings)[number];

export const targetKinds = ['sparse', 'categorical', 'binary'] as const;
export type TargetKind = (typeof targetKinds)[number];

/** How near to 0 and 1 `probabilityCrossEntropy` lets a probability come: Keras's epsilon. */
export const MIN_PROBABILITY = 1e-7;

export interface Convolution {
  /** Batch N; x has time * batch rows, y has outputTime * batch. */
  batch: number;
  time: number;
  outputTime: number;
  /** Taps K; the kernel has kernelSize * D rows. */
  kernelSize: number;
  stride: number;
  dilation: number;
  padBefore: number;
}

/** A window over time, as `Convolution`, and over bands. */
export interface BandConvolution extends Convolution {
  /** B of x, and Bo of y. */
  bands: number;
  outputBands: number;
  bandKernelSize: number;
  bandStride: number;
  bandDilation: number;
  bandPadBefore: number;
}

/** How many 12-bit keys seed a dropout site. */
export const DROPOUT_KEY_COUNT = 6;
