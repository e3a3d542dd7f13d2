import { SeqkitError } from '../../base/errors.js';
import { instanceOf, optionsSchema } from '../../base/schema/index.js';
import { CRF } from '../layers/crf.js';
import { rowSums } from '../layers/layer-activation.js';
import type { Ending } from '../layers/layer.js';
import { StepMask } from '../layers/step-mask.js';
import { sliceColumns, sliceRows, type Matrix } from '../program/program.js';
import type { Signal, Trace } from '../weights/trace.js';
import { Loss, type LossOperands, type LossTargets, type TracedLoss } from './loss.js';

export interface CRFLossOptions {
  /** The layer that ends the model: its transitions are trained. */
  layer: CRF;
}

const crfLossOptions = optionsSchema<CRFLossOptions>('CRFLoss', {
  layer: instanceOf(CRF, 'a CRF', () => 'Give the layer CRF that ends the model.'),
});

const PLAIN = { transposeA: false, transposeB: false, accumulate: false };

/**
 * Minus the logarithm of the probability of the right labels in a linear-chain conditional random field (Lafferty et al.
 * 2001), over all sequences of labels, by the forward algorithm; the gradient is exact, by forward and backward
 * (Rabiner 1989, section V.A for the scaling). The model ends with the layer `CRF`, whose output (N, T, K) are scores of
 * K labels. Targets are `labels`, (N, T): of each step a class from 0 to K - 1, anything at masked steps. Masked steps,
 * by `Masking` or `lengths`, are passed over wherever they stand. The loss is one number for each example, and so are
 * its sample weights.
 *
 * Scores of transitions beyond 80 are too large for float32. Weights of several losses scale the scores' gradients
 * alone.
 */
export class CRFLoss extends Loss {
  override readonly name = 'crf';
  override readonly targets: LossTargets = 'labels';
  override readonly passesOver = true;
  readonly #layer: CRF;

  constructor(options: CRFLossOptions) {
    super();
    this.#layer = crfLossOptions.parse(options).layer;
  }

  override options(): Readonly<Record<string, unknown>> {
    return { layer: this.#layer.name };
  }

  override toJSON(): Readonly<Record<string, unknown>> {
    return { name: this.name, ...this.options() };
  }

  override get takesLogits(): boolean {
    return true;
  }

  override fitting(ending: Ending, output: string): Loss {
    if (ending === undefined || ending === 'logits') return this;
    throw new SeqkitError(
      `The output "${output}" ends with ${ending}, so it gives probabilities; a CRF takes scores of any size.`,
      { code: 'usage', hint: 'Leave the activation out.' },
    );
  }

  override checkOutput({ time, steps, features, featureMask }: Signal): void {
    const K = this.#layer.scores?.[1].shape[0];
    if (time !== undefined && steps === undefined && !featureMask && features === K) return;
    throw new SeqkitError(
      K === undefined
        ? 'The CRF of this CRFLoss is no layer of the model.'
        : `The CRF has ${K} labels; the output has ${features} features${time === undefined ? ' and no time steps' : ''}.`,
      {
        code: 'bad-shape',
        hint: 'End the model with that CRF, behind Dense and a layer with returnSequences: true.',
      },
    );
  }

  override trace(trace: Trace, { output, targets, weights }: LossOperands): TracedLoss {
    const run = trace.builder.run.bind(trace.builder);
    const { matrix: scores } = output;
    const [T, N, K] = [output.time!, trace.batch, scores.cols];
    if (targets.cols !== T) {
      throw new SeqkitError(`The output has ${T} time steps, the targets have ${targets.cols}.`, {
        code: 'bad-shape',
        hint: 'Give a label for each time step, padded as the inputs are.',
      });
    }
    const at = (matrix: Matrix, t: number): Matrix => sliceRows(matrix, t * N, N);
    const filled = (rows: number, cols: number, value: number): Matrix => {
      const y = trace.temporary(rows, cols);
      run('fill', {}, { y }, { value });
      return y;
    };
    const times = (a: Matrix, b: Matrix): Matrix => {
      const y = trace.temporary(a.rows, a.cols);
      run('multiply', { a, b }, { y }, { accumulate: false });
      return y;
    };
    const byRows = (x: Matrix, scale: Matrix, divide = false): Matrix => {
      const y = trace.temporary(x.rows, x.cols);
      run('scaleRows', { x, scale }, { y }, { divide, accumulate: false });
      return y;
    };
    const exponential = (x: Matrix): Matrix => {
      const y = trace.temporary(x.rows, x.cols);
      run('activate', { x }, { y }, { activation: 'exponential' });
      return y;
    };
    const [transitions, start, end] = this.#layer.scores!.map((weight) => trace.weight(weight));
    const [P, first, last] = [transitions, start, end].map(exponential);
    const mask = output.mask ?? filled(T * N, 1, 1);
    const hold = new StepMask(trace, mask);

    // The right labels, time-major; softmax takes the largest score out of each step, from both sides of the loss.
    const index = trace.temporary(T * N, 1);
    for (let t = 0; t < T; t++) run('copy', { x: sliceColumns(targets, t, 1) }, { y: at(index, t) }, {});
    const right = trace.temporary(T * N, K);
    run('oneHot', { index }, { y: right }, {});
    const [emitted, surprise, unused] = [scores, index, scores].map((x) => trace.temporary(x.rows, x.cols));
    run('softmax', { x: scores }, { y: emitted }, {});
    run(
      'softmaxCrossEntropy',
      { logits: scores, targets: index, weights: mask },
      { dLogits: unused, losses: surprise },
      {},
    );

    // Forward. Slot t of what is carried stands before step t: p(label, all scores so far), the label of the last step
    // that counts, and 1 where no step has counted yet.
    const [forward, label] = [0, 1].map(() => trace.temporary((T + 1) * N, K));
    const unbegun = trace.temporary((T + 1) * N, 1);
    run('fill', {}, { y: at(forward, 0) }, { value: 0 });
    run('fill', {}, { y: at(label, 0) }, { value: 0 });
    run('fill', {}, { y: at(unbegun, 0) }, { value: 1 });
    const norms = trace.temporary(T * N, 1);
    for (let t = 0; t < T; t++) {
      const [before, next] = [at(forward, t), at(forward, t + 1)];
      const message = trace.temporary(N, K);
      run('gemm', { a: before, b: P }, { c: message }, PLAIN);
      run('gemm', { a: at(unbegun, t), b: first }, { c: message }, { ...PLAIN, accumulate: true });
      run('multiply', { a: message, b: at(emitted, t) }, { y: message }, { accumulate: false });
      run('copy', { x: rowSums(trace, message) }, { y: at(norms, t) }, {});
      run('scaleRows', { x: message, scale: at(norms, t) }, { y: next }, { divide: true, accumulate: false });
      hold.hold(t, before, next);
      run('copy', { x: at(right, t) }, { y: at(label, t + 1) }, {});
      hold.hold(t, at(label, t), at(label, t + 1));
      run('copy', { x: filled(N, 1, 0) }, { y: at(unbegun, t + 1) }, {});
      hold.hold(t, at(unbegun, t), at(unbegun, t + 1));
    }
    const none = at(unbegun, T);
    const ended = trace.temporary(N, 1);
    run('gemm', { a: at(forward, T), b: last }, { c: ended }, { ...PLAIN, transposeB: true });
    run('add', { a: ended, b: none }, { y: ended }, {});

    // The loss: log Z less the score of the right labels.
    const [beforeEach, labelBefore, unbegunBefore] = [forward, label, unbegun].map((x) =>
      sliceRows(x, 0, T * N),
    );
    const follows = trace.temporary(T * N, K);
    run('gemm', { a: labelBefore, b: transitions }, { c: follows }, PLAIN);
    run('gemm', { a: unbegunBefore, b: start }, { c: follows }, { ...PLAIN, accumulate: true });
    const steps = trace.temporary(T * N, 1);
    run('logarithm', { x: norms }, { y: steps }, {});
    run('subtract', { a: steps, b: rowSums(trace, times(follows, right)) }, { y: steps }, {});
    run('keepRows', { x: steps, weights: mask }, { y: steps }, {});
    run('add', { a: steps, b: surprise }, { y: steps }, {});
    const losses = trace.temporary(N, 1);
    run('logarithm', { x: ended }, { y: losses }, {});
    const lastScore = trace.temporary(N, 1);
    run('gemm', { a: at(label, T), b: end }, { c: lastScore }, { ...PLAIN, transposeB: true });
    run('subtract', { a: losses, b: lastScore }, { y: losses }, {});
    for (let t = 0; t < T; t++) run('add', { a: losses, b: at(steps, t) }, { y: losses }, {});
    run('multiply', { a: losses, b: weights }, { y: losses }, { accumulate: false });

    // Backward: what follows each step, scaled so that its product with `forward` is the posterior of the labels.
    const wanted = trace.temporary(T * N, 1);
    for (let t = 0; t < T; t++) run('copy', { x: weights }, { y: at(wanted, t) }, {});
    run('multiply', { a: wanted, b: mask }, { y: wanted }, { accumulate: false });
    const [gradient, following] = [0, 1].map(() => trace.temporary(T * N, K));
    let after = trace.temporary(N, K);
    run('gemm', { a: filled(N, 1, 1), b: last }, { c: after }, PLAIN);
    after = byRows(after, ended, true);
    for (let t = T - 1; t >= 0; t--) {
      const posterior = times(at(forward, t + 1), after);
      run('subtract', { a: posterior, b: at(right, t) }, { y: posterior }, {});
      const scale = at(wanted, t);
      run('scaleRows', { x: posterior, scale }, { y: at(gradient, t) }, { divide: false, accumulate: false });
      const [here, before] = [
        byRows(times(after, at(emitted, t)), at(norms, t), true),
        trace.temporary(N, K),
      ];
      run('scaleRows', { x: here, scale }, { y: at(following, t) }, { divide: false, accumulate: false });
      run('gemm', { a: here, b: P }, { c: before }, { ...PLAIN, transposeB: true });
      hold.hold(t, after, before);
      after = before;
    }

    // The weights: how often each transition is expected, less how often it is there.
    const minusRight = byRows(right, wanted);
    run('affine', { x: minusRight }, { y: minusRight }, { factor: -1, offset: 0 });
    const counted = (i: number, before: Matrix, there: Matrix, scale: Matrix): void => {
      const expected = trace.temporary(scale.rows, K);
      run('gemm', { a: before, b: following }, { c: expected }, { ...PLAIN, transposeA: true });
      const { matrix, accumulate } = trace.gradient(this.#layer.scores![i]);
      run('multiply', { a: expected, b: scale }, { y: matrix }, { accumulate });
      run(
        'gemm',
        { a: there, b: minusRight },
        { c: matrix },
        { ...PLAIN, transposeA: true, accumulate: true },
      );
    };
    counted(0, beforeEach, labelBefore, P);
    counted(1, unbegunBefore, unbegunBefore, first);
    const share = byRows(weights, ended, true);
    const expectedEnd = trace.temporary(1, K);
    run('gemm', { a: share, b: at(forward, T) }, { c: expectedEnd }, { ...PLAIN, transposeA: true });
    const { matrix: dEnd, accumulate } = trace.gradient(this.#layer.scores![2]);
    run('multiply', { a: expectedEnd, b: last }, { y: dEnd }, { accumulate });
    const minusWeights = trace.temporary(N, 1);
    run('affine', { x: weights }, { y: minusWeights }, { factor: -1, offset: 0 });
    run(
      'gemm',
      { a: minusWeights, b: at(label, T) },
      { c: dEnd },
      { ...PLAIN, transposeA: true, accumulate: true },
    );
    return { losses, gradient };
  }
}
