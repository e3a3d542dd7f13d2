import { Layer, sliceColumns, Weight } from 'seqkit/rnn';

/**
 * The gated linear unit (Dauphin et al. 2017): y = (x W + b) * sigmoid(x V + c), at every time step
 * where there are any. Weights: kernel (D, 2F), which is W and V side by side, and bias (2F).
 */
export class GatedLinearUnit extends Layer {
  kind = 'GatedLinearUnit';
  weights = [];

  /** @param options { units, name }: units is F */
  constructor(options) {
    super();
    this.given = options;
    this.name = options.name ?? '';
  }

  /** What the constructor was given, for the model file. */
  options() {
    return this.given;
  }

  /** Makes the weights for D features; returns how many features come out. */
  create(features, random) {
    const { units } = this.given;
    const limit = Math.sqrt(6 / (features + units));
    const start = Float64Array.from({ length: features * 2 * units }, () => random.uniform(-limit, limit));
    this.weights = [
      new Weight(`${this.name}/kernel`, [features, 2 * units], start),
      new Weight(`${this.name}/bias`, [2 * units], new Float64Array(2 * units)),
    ];
    return units;
  }

  trace(trace, x) {
    const run = trace.builder.run.bind(trace.builder);
    const { units } = this.given;
    const [kernel, bias] = this.weights;
    const rows = x.matrix.rows;
    const product = (transposeA, transposeB, accumulate) => ({ transposeA, transposeB, accumulate });

    // Forward: z = x W + b, (R, 2F); y = a * sigmoid(g), where z is a and g side by side.
    const z = trace.temporary(rows, 2 * units);
    const [share, y] = [trace.temporary(rows, units), trace.temporary(rows, units)];
    const [a, g] = [sliceColumns(z, 0, units), sliceColumns(z, units, units)];
    const W = trace.weight(kernel);
    run('gemm', { a: x.matrix, b: W, bias: trace.weight(bias) }, { c: z }, product(false, false, false));
    run('activate', { x: g }, { y: share }, { activation: 'sigmoid' });
    run('multiply', { a, b: share }, { y }, { accumulate: false });

    return {
      y: { matrix: y, time: x.time, features: units, mask: x.mask },
      // Backward: from the gradient of y to those of the weights and of x.
      backward(dy, wantsDx) {
        const [da, dg] = [trace.temporary(rows, units), trace.temporary(rows, units)];
        const dz = trace.temporary(rows, 2 * units);
        run('multiply', { a: dy, b: share }, { y: da }, { accumulate: false });
        run('multiply', { a: dy, b: a }, { y: dg }, { accumulate: false });
        run('activateBackward', { y: share, dy: dg }, { dx: dg }, { activation: 'sigmoid' });
        run('concatenate', { a: da, b: dg }, { y: dz }, { accumulate: false });
        // A layer that is used twice adds the gradients of both uses.
        const dW = trace.gradient(kernel);
        run('gemm', { a: x.matrix, b: dz }, { c: dW.matrix }, product(true, false, dW.accumulate));
        const db = trace.gradient(bias);
        run('sumRows', { x: dz }, { total: db.matrix }, { accumulate: db.accumulate });
        if (!wantsDx) return undefined;
        const dx = trace.temporary(rows, x.matrix.cols);
        run('gemm', { a: dz, b: W }, { c: dx }, product(false, true, false));
        return dx;
      },
    };
  }
}
