import { SeqkitError } from '../../base/errors.js';
import type { Ending } from '../layers/layer.js';
import type { TargetKind } from '../program/kernels.js';
import type { Matrix } from '../program/program.js';
import type { Signal, Trace } from '../weights/trace.js';
import { checkFitsCrossentropy } from './fitting.js';
import { Loss, type LossOperands, type TracedLoss } from './loss.js';
import { scaled } from './scaled.js';

export interface CrossentropyOptions {
  /**
   * Whether the model gives logits; else it gives probabilities, and the loss takes those.
   * @default false where the output ends with softmax, sigmoid or hardSigmoid, else true
   */
  fromLogits?: boolean;
  /**
   * The share of each target that is spread evenly over all classes (Szegedy et al. 2016), from
   * 0 up to but without 1. @default 0
   */
  labelSmoothing?: number;
}

type Given = CrossentropyOptions & { name?: string };

/** The kernels of logits. */
const LOGIT_KERNELS = {
  sparse: 'softmaxCrossEntropy',
  categorical: 'denseCrossEntropy',
  binary: 'sigmoidCrossEntropy',
} as const satisfies Record<TargetKind, string>;

/** What the three cross-entropies have in common: logits or probabilities, and label smoothing. */
export abstract class Crossentropy extends Loss {
  /** What the kernels call the targets. */
  protected abstract readonly kind: TargetKind;
  abstract override readonly probabilities: 'softmax' | 'sigmoid';
  readonly #given: Given;

  /** @param given checked */
  constructor(given: Given) {
    super();
    this.#given = given;
  }

  get fromLogits(): boolean {
    return this.#given.fromLogits ?? true;
  }

  get labelSmoothing(): number {
    return this.#given.labelSmoothing ?? 0;
  }

  override get takesLogits(): boolean {
    return this.fromLogits;
  }

  override readonly passesOver = true;

  override options(): Readonly<Record<string, unknown>> {
    return { ...this.#given };
  }

  /** The same with other options. */
  protected abstract copyWith(given: Given): Loss;

  override fitting(ending: Ending, output: string): Loss {
    const { name, probabilities } = this;
    checkFitsCrossentropy({ name, probabilities, fromLogits: this.#given.fromLogits }, ending, output);
    if (ending === undefined || ending === 'logits') return this;
    return this.copyWith({ ...('name' in this.#given ? {} : { name }), ...this.#given, fromLogits: false });
  }

  override checkOutput({ steps, featureMask }: Signal): void {
    if (steps !== undefined && this.probabilities === 'softmax') {
      throw new SeqkitError(`${this.name} does not take (batch, time, steps, features).`, {
        code: 'bad-shape',
        hint: 'End with TimeDistributed of a layer that gives one row for each time step, such as Flatten.',
      });
    }
    if (featureMask && this.fromLogits) {
      throw new SeqkitError(
        `${this.name} would take features that stand for masked time steps for classes.`,
        {
          code: 'usage',
          hint: "End with Activation({ activation: 'softmax' }).",
        },
      );
    }
  }

  override trace(trace: Trace, { output, targets, weights }: LossOperands): TracedLoss {
    const { builder } = trace;
    const { kind, labelSmoothing: share } = this;
    const x = output.matrix;
    if (share === 0) return this.#entropy(trace, kind, x, targets, weights);
    const evenly = 1 / (kind === 'binary' ? 2 : x.cols);
    if (kind !== 'sparse') {
      const smooth = trace.temporary(targets.rows, targets.cols);
      builder.run('affine', { x: targets }, { y: smooth }, { factor: 1 - share, offset: share * evenly });
      return this.#entropy(trace, kind, x, smooth, weights);
    }
    // Classes are no shares: the loss of the classes, and of the even spread, in proportion.
    const even = trace.temporary(x.rows, x.cols);
    builder.run('fill', {}, { y: even }, { value: evenly });
    const main = this.#entropy(trace, kind, x, targets, scaled(trace, weights, 1 - share));
    const spread = this.#entropy(trace, 'categorical', x, even, scaled(trace, weights, share));
    builder.run('add', { a: main.losses, b: spread.losses }, { y: main.losses }, {});
    builder.run('add', { a: main.gradient, b: spread.gradient }, { y: main.gradient }, {});
    return main;
  }

  #entropy(trace: Trace, kind: TargetKind, x: Matrix, targets: Matrix, weights: Matrix): TracedLoss {
    const [losses, gradient] = [trace.temporary(x.rows, 1), trace.temporary(x.rows, x.cols)];
    if (!this.fromLogits) {
      const outputs = { dp: gradient, losses };
      trace.builder.run('probabilityCrossEntropy', { p: x, targets, weights }, outputs, { targets: kind });
      return { losses, gradient };
    }
    const outputs = { dLogits: gradient, losses };
    trace.builder.run(LOGIT_KERNELS[kind], { logits: x, targets, weights }, outputs, {});
    return { losses, gradient };
  }
}
