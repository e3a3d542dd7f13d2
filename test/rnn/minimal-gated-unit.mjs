import { cellWeights, Recurrent, sliceColumns } from 'seqkit/rnn';

/**
 * The minimal gated unit (Zhou et al. 2016, equations 9 to 11), a GRU with one gate. With
 * x' = x W + b, in the order f, h:
 *
 *     f = sigmoid(x' + h' U_f)    candidate = tanh(x' + (f * h') U_h)
 *     h = (1 - f) * h' + f * candidate
 */
class MinimalGatedCell {
  gates = 2;
  states = ['h'];

  constructor(options) {
    this.options = options;
    this.units = options.units;
    // What a step keeps for its way back: f, f * h', the candidate.
    this.tapeColumns = [this.units, this.units, this.units];
  }

  get weights() {
    return [this.kernel, this.recurrentKernel, this.bias];
  }

  create(layerName, features, random) {
    const sizes = { features, units: this.units, gates: 2, biasShape: [2 * this.units] };
    Object.assign(this, cellWeights(layerName, sizes, this.options, random));
  }

  inputBias(trace) {
    return trace.weight(this.bias);
  }

  /** f's and the candidate's columns. */
  parts(matrix) {
    return [sliceColumns(matrix, 0, this.units), sliceColumns(matrix, this.units, this.units)];
  }

  forward(trace, { projected, tape: [f, kept, candidate], previous: [before], recurrentInput, next: [h] }) {
    const run = trace.builder.run.bind(trace.builder);
    const [xf, xh] = this.parts(projected);
    const [Uf, Uh] = this.parts(trace.weight(this.recurrentKernel));
    const added = { transposeA: false, transposeB: false, accumulate: true };
    run('copy', { x: xf }, { y: f }, {});
    run('gemm', { a: recurrentInput, b: Uf }, { c: f }, added);
    run('activate', { x: f }, { y: f }, { activation: 'sigmoid' });
    run('multiply', { a: f, b: recurrentInput }, { y: kept }, { accumulate: false });
    run('copy', { x: xh }, { y: candidate }, {});
    run('gemm', { a: kept, b: Uh }, { c: candidate }, added);
    run('activate', { x: candidate }, { y: candidate }, { activation: 'tanh' });
    // h = h' + f * (candidate - h')
    run('subtract', { a: candidate, b: before }, { y: h }, {});
    run('multiply', { a: f, b: h }, { y: h }, { accumulate: false });
    run('add', { a: h, b: before }, { y: h }, {});
  }

  backward(trace, step) {
    const run = trace.builder.run.bind(trace.builder);
    const { projected, tape, previous, recurrentInput, dNext, dPrevious, dRecurrentInput } = step;
    const [[f, , candidate], [before], [dh], [dBefore]] = [tape, previous, dNext, dPrevious];
    const [Uf, Uh] = this.parts(trace.weight(this.recurrentKernel));
    const transposed = (accumulate) => ({ transposeA: false, transposeB: true, accumulate });
    const [df, dKept, dCandidate] = tape.map(({ rows, cols }) => trace.temporary(rows, cols));
    run('multiply', { a: dh, b: f }, { y: dCandidate }, { accumulate: false });
    run('subtract', { a: dh, b: dCandidate }, { y: df }, {}); // dh * (1 - f), for a moment
    run('add', { a: dBefore, b: df }, { y: dBefore }, {});
    run('activateBackward', { y: candidate, dy: dCandidate }, { dx: dCandidate }, { activation: 'tanh' });
    run('gemm', { a: dCandidate, b: Uh }, { c: dKept }, transposed(false));
    run('multiply', { a: dKept, b: f }, { y: dRecurrentInput }, { accumulate: true });
    run('subtract', { a: candidate, b: before }, { y: df }, {});
    run('multiply', { a: dh, b: df }, { y: df }, { accumulate: false });
    run('multiply', { a: dKept, b: recurrentInput }, { y: df }, { accumulate: true });
    run('activateBackward', { y: f, dy: df }, { dx: df }, { activation: 'sigmoid' });
    run('gemm', { a: df, b: Uf }, { c: dRecurrentInput }, transposed(true));
    run('concatenate', { a: df, b: dCandidate }, { y: projected }, { accumulate: false });
  }

  accumulate(trace, { dProjected, tape: [, kept], recurrentInput }) {
    const run = trace.builder.run.bind(trace.builder);
    const [df, dh] = this.parts(dProjected);
    const [dUf, dUh] = [0, 1].map(() => trace.temporary(this.units, this.units));
    const product = { transposeA: true, transposeB: false, accumulate: false };
    run('gemm', { a: recurrentInput, b: df }, { c: dUf }, product);
    run('gemm', { a: kept, b: dh }, { c: dUh }, product);
    const { matrix, accumulate } = trace.gradient(this.recurrentKernel);
    run('concatenate', { a: dUf, b: dUh }, { y: matrix }, { accumulate });
    const bias = trace.gradient(this.bias);
    run('sumRows', { x: dProjected }, { total: bias.matrix }, { accumulate: bias.accumulate });
  }
}

/** (N, T, D) to (N, T, H), or (N, H) for the last step alone. */
export class MGU extends Recurrent {
  kind = 'MGU';

  constructor(options) {
    super(new MinimalGatedCell(options), options, options);
    this.given = options;
  }

  copyWith(changes) {
    return new MGU({ ...this.given, ...changes });
  }
}
