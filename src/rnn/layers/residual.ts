import type { Matrix } from '../program/program.js';
import { SeqkitError } from '../../base/errors.js';
import type { Random } from '../../base/math/random.js';
import { listOf, optionsSchema } from '../../base/schema/index.js';
import { buildInner, describeInner } from './inner-layer.js';
import { denseMatrix, inputFor, Layer, type LayerOptions } from './layer.js';
import { layerName, newLayer } from './layer-options.js';
import { copyOf } from './rearrangement.js';
import type { Signal, Trace, Traced } from '../weights/trace.js';
import type { Weight } from '../weights/weight.js';

export interface ResidualOptions {
  /** New layers, one after the other, that give as many steps and features as they take. */
  layers: readonly Layer[];
  name?: string;
}

const residualOptions = optionsSchema<ResidualOptions>('Residual', {
  layers: listOf(newLayer, { min: 1 }),
  name: layerName,
});

/** y = x + f(x) (He et al. 2016), f the layers inside: what they learn is the change. */
export class Residual extends Layer {
  readonly kind = 'Residual';
  readonly #layers: readonly Layer[];

  constructor(options: ResidualOptions) {
    super();
    const { layers, name = '' } = residualOptions.parse(options);
    this.name = name;
    this.#layers = layers;
  }

  override get depth(): number {
    return 1 + Math.max(...this.#layers.map(({ depth }) => depth));
  }

  options(): LayerOptions {
    return { layers: this.#layers.map(describeInner) };
  }

  override get innerLayers(): readonly Layer[] {
    return this.#layers;
  }

  get weights(): readonly Weight[] {
    return this.#layers.flatMap((layer) => [...layer.weights]);
  }

  override get stateful(): boolean {
    return this.#layers.some((layer) => layer.stateful);
  }

  override get needsWholeSequence(): boolean {
    return this.#layers.some((layer) => layer.needsWholeSequence);
  }

  protected create(features: number, random: Random): number {
    let size = features;
    this.#layers.forEach((layer, i) => {
      const name = `${this.name}/${layer.kind.toLowerCase()}_${i}`;
      size = buildInner(layer, name, size, { random, fork: name });
    });
    return size;
  }

  trace(trace: Trace, x: Signal): Traced {
    const { builder } = trace;
    const input = denseMatrix(this, x);
    const traced: Traced[] = [];
    let inner = x;
    for (const layer of this.#layers) {
      const next = layer.trace(trace, inputFor(trace, layer, inner));
      traced.push(next);
      inner = next.y;
    }
    if (inner.time !== x.time || inner.features !== x.features) {
      const shape = ({ time, features }: Signal): string =>
        `(${time === undefined ? '' : `${time}, `}${features})`;
      throw new SeqkitError(
        `The layers of "${this.name}" take ${shape(x)} and give ${shape(inner)}: they cannot be added up.`,
        { code: 'bad-shape' },
      );
    }
    const y = trace.temporary(input.rows, input.cols);
    builder.run('add', { a: input, b: inner.matrix }, { y }, {});
    return {
      y: { ...x, matrix: y },
      backward: (dy, wantsDx) => {
        // The layers overwrite what they are given.
        let gradient: Matrix | undefined = copyOf(trace, dy);
        for (let i = traced.length - 1; i >= 0 && gradient; i--) {
          const below = this.#layers.slice(0, i).some(({ weights }) => weights.some((w) => w.trainable));
          gradient = traced[i].backward(gradient, wantsDx || below);
        }
        if (!wantsDx || !gradient) return undefined;
        builder.run('add', { a: dy, b: gradient }, { y: dy }, {});
        return dy;
      },
    };
  }
}
