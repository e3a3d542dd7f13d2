import { Loss } from 'seqkit/rnn';

/** The mean over the features of log(cosh(e)), e = output - target: near 0 like e^2 / 2, far from it like |e|. */
export class LogCosh extends Loss {
  name = 'logCosh';

  trace(trace, { output, targets, weights }) {
    const run = trace.builder.run.bind(trace.builder);
    const x = output.matrix;
    const [error, soft, gradient] = [0, 1, 2].map(() => trace.temporary(x.rows, x.cols));
    const [share, losses] = [trace.temporary(x.cols, 1), trace.temporary(x.rows, 1)];
    const product = { transposeA: false, transposeB: false, accumulate: false };

    // Forward: log(cosh(e)) = softplus(2 e) - e - log 2.
    run('subtract', { a: x, b: targets }, { y: error }, {});
    run('affine', { x: error }, { y: soft }, { factor: 2, offset: 0 });
    run('activate', { x: soft }, { y: soft }, { activation: 'softplus' });
    run('subtract', { a: soft, b: error }, { y: soft }, {});
    run('affine', { x: soft }, { y: soft }, { factor: 1, offset: -Math.log(2) });
    // The mean of each row is its product with a column of 1 / F. Then its weight.
    run('fill', {}, { y: share }, { value: 1 / x.cols });
    run('gemm', { a: soft, b: share }, { c: losses }, product);
    run('multiply', { a: losses, b: weights }, { y: losses }, { accumulate: false });

    // Backward: tanh(e) / F, times the weight of the row.
    run('activate', { x: error }, { y: gradient }, { activation: 'tanh' });
    run('affine', { x: gradient }, { y: gradient }, { factor: 1 / x.cols, offset: 0 });
    run('scaleRows', { x: gradient, scale: weights }, { y: gradient }, { divide: false, accumulate: false });
    return { losses, gradient };
  }
}
