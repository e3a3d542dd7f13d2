import { SeqkitError } from '../errors.js';
import type { Random } from '../random.js';
import { Embedding } from './embedding.js';
import type { Layer } from './layer.js';
import { OneHot } from './one-hot.js';
import type { Weight } from './weight.js';

/** Layers one after the other, named and built. */
export class LayerStack {
  readonly layers: readonly Layer[];
  #features: number | undefined;

  constructor(layers: readonly Layer[]) {
    if (layers.length === 0) throw new SeqkitError('A model needs at least one layer.', { code: 'usage' });
    this.layers = layers;
    this.#nameLayers();
    layers.slice(1).forEach((layer) => {
      if (layer instanceof Embedding || layer instanceof OneHot) {
        throw new SeqkitError(`"${layer.name}" takes tokens, so it can only be the first layer.`, {
          code: 'usage',
        });
      }
    });
  }

  /** V, where the model begins with tokens. */
  get tokens(): number | undefined {
    const [first] = this.layers;
    return first instanceof Embedding || first instanceof OneHot ? first.tokens : undefined;
  }

  /** Whether some layer carries state from batch to batch. */
  get stateful(): boolean {
    return this.layers.some((layer) => layer.stateful);
  }

  get weights(): Weight[] {
    return this.layers.flatMap((layer) => [...layer.weights]);
  }

  /** D, once built. */
  get features(): number | undefined {
    return this.#features;
  }

  /** Makes all weights, each layer's from random numbers of its own. */
  build(features: number, random: Random): void {
    let size = features;
    for (const layer of this.layers) size = layer.build(size, random.fork(layer.name));
    this.#features = features;
  }

  /** Keras's names: `lstm`, `lstm_1`, in the order of the layers. */
  #nameLayers(): void {
    const taken = new Set<string>();
    for (const { name } of this.layers) {
      if (name !== '' && taken.has(name)) {
        throw new SeqkitError(`Two layers are named "${name}".`, { code: 'usage' });
      }
      taken.add(name);
    }
    for (const layer of this.layers) {
      if (layer.name !== '') continue;
      const base = layer.kind.toLowerCase();
      let name = base;
      for (let i = 1; taken.has(name); i++) name = `${base}_${i}`;
      layer.name = name;
      taken.add(name);
    }
  }
}
