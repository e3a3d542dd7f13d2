import { initializerName, initializerOf, type InitializerName } from '../weights/initializers.js';
import type { Random } from '../../base/math/random.js';
import { flag, optional, optionsSchema } from '../../base/schema/index.js';
import { Layer, type LayerOptions } from './layer.js';
import { layerName, size } from './layer-options.js';
import { maskRows } from './masking.js';
import { withActivityPenalty } from '../weights/activity.js';
import { constraint, type Constraint } from '../weights/constraint.js';
import { factorsOf, regularizer, type RegularizerOption } from '../weights/regularizer.js';
import type { Signal, Trace, Traced } from '../weights/trace.js';
import { startOf } from '../weights/deferred-initialization.js';
import { Weight } from '../weights/weight.js';

export interface EmbeddingOptions {
  /** V: tokens are whole numbers from 0 to V - 1. */
  inputDim: number;
  /** D, the length of each token's vector. */
  outputDim: number;
  /** Token 0 is padding: its time steps are masked for the layers after. @default false */
  maskZero?: boolean;
  /** @default 'uniform' */
  embeddingsInitializer?: InitializerName;
  embeddingsRegularizer?: RegularizerOption;
  /** Of the vectors given out. */
  activityRegularizer?: RegularizerOption;
  embeddingsConstraint?: Constraint;
  name?: string;
}

const embeddingOptions = optionsSchema<EmbeddingOptions>('Embedding', {
  inputDim: size,
  outputDim: size,
  maskZero: optional(flag),
  embeddingsInitializer: optional(initializerName),
  embeddingsRegularizer: optional(regularizer),
  activityRegularizer: optional(regularizer),
  embeddingsConstraint: optional(constraint),
  name: layerName,
});

/** A vector for each token: (N, T) to (N, T, D). Stands first. Weights: embeddings (V, D). */
export class Embedding extends Layer {
  readonly kind = 'Embedding';
  readonly #options: EmbeddingOptions;
  #table: Weight | undefined;

  constructor(options: EmbeddingOptions) {
    super();
    this.#options = embeddingOptions.parse(options);
    this.name = this.#options.name ?? '';
  }

  /** V. */
  get tokens(): number {
    return this.#options.inputDim;
  }

  options(): LayerOptions {
    return { ...this.#options };
  }

  get weights(): readonly Weight[] {
    return this.#table ? [this.#table] : [];
  }

  protected create(_features: number, random: Random): number {
    const { inputDim, outputDim, embeddingsInitializer = 'uniform' } = this.#options;
    const initialize = initializerOf(embeddingsInitializer);
    this.#table = new Weight(
      `${this.name}/embeddings`,
      [inputDim, outputDim],
      startOf(random, [inputDim, outputDim], () => initialize(inputDim, outputDim, random)),
      {
        ...factorsOf(this.#options.embeddingsRegularizer),
        constraint: this.#options.embeddingsConstraint,
      },
    );
    return outputDim;
  }

  trace(trace: Trace, x: Signal): Traced {
    const table = this.#table!;
    const y = trace.temporary(x.matrix.rows, table.cols);
    trace.builder.run('gather', { table: trace.weight(table), index: x.matrix }, { y }, {});
    const mask = this.#options.maskZero ? maskRows(trace, x, 0) : x.mask;
    const traced: Traced = {
      y: { matrix: y, time: x.time, features: table.cols, mask },
      backward(dy) {
        const { order, offsets } = trace.tokenOrder(x.matrix, table.rows);
        const { matrix: dTable, accumulate } = trace.gradient(table);
        trace.builder.run('gatherBackward', { dy, order, offsets }, { dTable }, { accumulate });
        return undefined;
      },
    };
    return withActivityPenalty(trace, traced, this.#options.activityRegularizer);
  }
}
