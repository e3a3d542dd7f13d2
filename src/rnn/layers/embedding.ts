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
import type { Vectors } from '../../base/math/vectors.js';
import {
  vectorTable,
  type EmbeddingFromVectorsOptions,
  type VectorCoverage,
  type WordTokens,
} from './vector-table.js';
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

/** A vector for each token: (N, T) to (N, T, D). Stands at an input. Weights: embeddings (V, D). */
export class Embedding extends Layer {
  readonly kind = 'Embedding';
  /** Of a layer from `fromVectors` how many words had a vector; not kept in files. */
  coverage: VectorCoverage | undefined;
  readonly #options: EmbeddingOptions;
  /** What the table starts at, where it is not drawn. */
  #start: Float64Array | undefined;
  #table: Weight | undefined;

  constructor(options: EmbeddingOptions) {
    super();
    this.#options = embeddingOptions.parse(options);
    this.name = this.#options.name ?? '';
  }

  /**
   * A layer whose table starts at known vectors, such as `KeyedVectors`: of each word of the vocabulary its
   * vector, of a word that has none zeros or small numbers. `coverage` tells how many had one.
   * @param vocabulary the word of each token in order, '' for one that is none such as padding; or the token of each word, as
   *   `Tokenizer.wordIndex`. Tokens without a word get zeros
   * @throws SeqkitError `bad-value` for what are no vectors, no vocabulary, or a token given to two words
   *
   * @example
   * const layer = Embedding.fromVectors(vectors, tokenizer.wordIndex, { maskZero: true });
   */
  static fromVectors(
    vectors: Vectors,
    vocabulary: WordTokens,
    options?: EmbeddingFromVectorsOptions,
  ): Embedding {
    const { table, coverage, ...rest } = vectorTable(vectors, vocabulary, options);
    const { inputDim, outputDim, trainable, ...more } = rest;
    const layer = new Embedding({ ...more, inputDim, outputDim });
    layer.#start = table;
    layer.coverage = coverage;
    layer.trainable = trainable;
    return layer;
  }

  /** V. */
  override get tokens(): number {
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
      startOf(random, [inputDim, outputDim], () => this.#start ?? initialize(inputDim, outputDim, random)),
      {
        ...factorsOf(this.#options.embeddingsRegularizer),
        constraint: this.#options.embeddingsConstraint,
      },
    );
    this.#start = undefined;
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
