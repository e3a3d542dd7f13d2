import { SeqkitError } from '../../base/errors.js';
import type { Random } from '../../base/math/random.js';
import { listOf, optionsSchema } from '../../base/schema/index.js';
import { buildInner, describeInner } from './inner-layer.js';
import { inputFor, Layer, type Ending, type LayerOptions } from './layer.js';
import { layerName, newLayer, size } from './layer-options.js';
import { biasBackward } from '../weights/projection.js';
import type { Signal, Trace, Traced } from '../weights/trace.js';
import { startOf } from '../weights/deferred-initialization.js';
import { Weight } from '../weights/weight.js';

export interface TiedEmbeddingOptions {
  /** V: tokens are whole numbers from 0 to V - 1. */
  inputDim: number;
  /** D, the length of each token's vector. */
  outputDim: number;
  /** New layers, one after the other, from vectors (N, T, D) to as many features. */
  layers: readonly Layer[];
  name?: string;
}

const tiedEmbeddingOptions = optionsSchema<TiedEmbeddingOptions>('TiedEmbedding', {
  inputDim: size,
  outputDim: size,
  layers: listOf(newLayer, { min: 1 }),
  name: layerName,
});

/**
 * One table of vectors for tokens that go in and for those that come out (Press and Wolf 2017):
 * y = f(sqrt(D) E[x]) E^T + b, f the layers inside, (N, T) to logits (N, T, V). The factor brings
 * vectors of the size that suits the product to the size that suits an input, as in Vaswani et al.
 * 2017. Stands first. Weights: embeddings (V, D), those of the layers inside, bias (V).
 */
export class TiedEmbedding extends Layer {
  readonly kind = 'TiedEmbedding';
  readonly #inputDim: number;
  readonly #outputDim: number;
  readonly #layers: readonly Layer[];
  #table: Weight | undefined;
  #bias: Weight | undefined;

  constructor(options: TiedEmbeddingOptions) {
    super();
    const { inputDim, outputDim, layers, name = '' } = tiedEmbeddingOptions.parse(options);
    this.name = name;
    this.#inputDim = inputDim;
    this.#outputDim = outputDim;
    this.#layers = layers;
  }

  /** V. */
  override get tokens(): number {
    return this.#inputDim;
  }

  override get depth(): number {
    return 1 + Math.max(...this.#layers.map(({ depth }) => depth));
  }

  options(): LayerOptions {
    return {
      inputDim: this.#inputDim,
      outputDim: this.#outputDim,
      layers: this.#layers.map(describeInner),
    };
  }

  override get innerLayers(): readonly Layer[] {
    return this.#layers;
  }

  override ending(): Ending {
    return 'logits';
  }

  get weights(): readonly Weight[] {
    const inner = this.#layers.flatMap((layer) => [...layer.weights]);
    return this.#table && this.#bias ? [this.#table, ...inner, this.#bias] : [];
  }

  override get stateful(): boolean {
    return this.#layers.some((layer) => layer.stateful);
  }

  override get needsWholeSequence(): boolean {
    return this.#layers.some((layer) => layer.needsWholeSequence);
  }

  protected create(_features: number, random: Random): number {
    const [V, D] = [this.#inputDim, this.#outputDim];
    // Rows of norm 1: a hidden vector of ordinary size then gives logits of ordinary size.
    const draw = (): number => random.normal(0, 1 / Math.sqrt(D));
    const values = startOf(random, [V, D], () => Float64Array.from({ length: V * D }, draw));
    this.#table = new Weight(`${this.name}/embeddings`, [V, D], values);
    let features = D;
    this.#layers.forEach((layer, i) => {
      const name = `${this.name}/${layer.kind.toLowerCase()}_${i}`;
      features = buildInner(layer, name, features, { random, fork: name });
    });
    if (features !== D) {
      throw new SeqkitError(
        `The layers of "${this.name}" give ${features} features; their product with vectors of ${D} needs as many.`,
        { code: 'bad-shape' },
      );
    }
    this.#bias = new Weight(
      `${this.name}/bias`,
      [V],
      startOf(random, [V], () => new Float64Array(V)),
    );
    return V;
  }

  trace(trace: Trace, x: Signal): Traced {
    const { builder } = trace;
    const [table, bias] = [this.#table!, this.#bias!];
    const scale = { factor: Math.sqrt(table.cols), offset: 0 };
    const vectors = trace.temporary(x.matrix.rows, table.cols);
    builder.run('gather', { table: trace.weight(table), index: x.matrix }, { y: vectors }, {});
    builder.run('affine', { x: vectors }, { y: vectors }, scale);
    const traced: Traced[] = [];
    let inner: Signal = { matrix: vectors, time: x.time, features: table.cols, mask: x.mask };
    for (const layer of this.#layers) {
      const next = layer.trace(trace, inputFor(trace, layer, inner));
      traced.push(next);
      inner = next.y;
    }
    const y = trace.temporary(inner.matrix.rows, table.rows);
    builder.run(
      'gemm',
      { a: inner.matrix, b: trace.weight(table), bias: trace.weight(bias) },
      { c: y },
      { transposeA: false, transposeB: true, accumulate: false },
    );
    return {
      y: { matrix: y, time: inner.time, features: table.rows, mask: inner.mask },
      backward: (dy) => {
        biasBackward(trace, bias, dy);
        const output = trace.gradient(table);
        builder.run(
          'gemm',
          { a: dy, b: inner.matrix },
          { c: output.matrix },
          { transposeA: true, transposeB: false, accumulate: output.accumulate },
        );
        const dInner = trace.temporary(inner.matrix.rows, table.cols);
        builder.run(
          'gemm',
          { a: dy, b: trace.weight(table) },
          { c: dInner },
          { transposeA: false, transposeB: false, accumulate: false },
        );
        let gradient = dInner;
        for (const { backward } of traced.toReversed()) gradient = backward(gradient, true)!;
        builder.run('affine', { x: gradient }, { y: gradient }, scale);
        const { order, offsets } = trace.tokenOrder(x.matrix, table.rows);
        const input = trace.gradient(table);
        builder.run(
          'gatherBackward',
          { dy: gradient, order, offsets },
          { dTable: input.matrix },
          { accumulate: input.accumulate },
        );
        return undefined;
      },
    };
  }
}
