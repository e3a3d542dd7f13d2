import { SeqkitError } from '../../base/errors.js';
import { quoted } from '../../base/schema/index.js';
import type { Layer } from '../../rnn/layers/layer.js';

/** An array of a layer. */
export interface TfjsWeight {
  /** Behind the layer's own name, such as `kernel` or `forward_lstm/bias`. */
  readonly name: string;
  readonly shape: readonly number[];
  readonly data: ArrayLike<number>;
}

/** A layer as `model.json` has it. */
export interface TfjsLayer {
  readonly className: string;
  /** Without its name. */
  readonly config: Readonly<Record<string, unknown>>;
  readonly weights?: readonly TfjsWeight[];
  /** What comes out: the states too, where they are asked for. @default 1 */
  readonly outputs?: number;
}

/** What flows from layer to layer: an output of one use of a layer. */
export interface TfjsFlow {
  readonly layer: string;
  /** Which use of the layer, from 0. */
  readonly use: number;
  readonly output: number;
  /**
   * Whether a mask goes with it: `turned` behind a walk back, whose steps stand in the order of the walk. TensorFlow.js
   * leaves the mask as it was.
   */
  readonly mask: TfjsMask;
}

export type TfjsMask = 'none' | 'in order' | 'turned';

/** @throws SeqkitError `usage` for what TensorFlow.js's layers cannot say */
export function refuseTfjs(layer: Layer, why: string, hint: string): never {
  throw new SeqkitError(
    `The layer ${quoted(layer.name)} (${layer.kind}) cannot go to TensorFlow.js: it ${why}.`,
    { code: 'usage', hint },
  );
}

interface Placed {
  readonly name: string;
  readonly layer: TfjsLayer;
  /** Of each use what it takes. */
  readonly uses: (readonly TfjsFlow[])[];
}

/** Layers of TensorFlow.js and what each takes from which. */
export class TfjsGraph {
  readonly #placed: Placed[] = [];
  readonly #known = new Map<unknown, Map<string, Placed>>();
  readonly #names = new Set<string>();

  /** What goes in. */
  input(wanted: string, shape: readonly (number | null)[], dtype: 'float32' | 'int32'): TfjsFlow {
    const config = { batch_input_shape: [...shape], dtype, sparse: false };
    const { name } = this.#place(wanted, { className: 'InputLayer', config });
    return { layer: name, use: 0, output: 0, mask: 'none' };
  }

  /**
   * A use of a layer, which is made at the first.
   * @param owner whose layer it is: what is used twice has its weights once
   * @param part tells layers of one owner apart
   * @param mask what goes on with what comes out
   */
  apply(
    owner: Layer,
    part: string,
    make: () => TfjsLayer,
    inputs: readonly TfjsFlow[],
    mask: TfjsMask = 'none',
  ): TfjsFlow[] {
    const known = this.#known.get(owner) ?? new Map<string, Placed>();
    this.#known.set(owner, known);
    // Layers inside others have no name.
    const own = owner.name === '' ? owner.kind.toLowerCase() : owner.name;
    const wanted = part === '' ? own : `${own}_${part}`;
    const placed = known.get(part) ?? this.#place(wanted, make());
    known.set(part, placed);
    const use = placed.uses.push(inputs) - 1;
    return Array.from({ length: placed.layer.outputs ?? 1 }, (_, output) => ({
      ...{ layer: placed.name, use, output },
      // States have none.
      mask: output === 0 ? mask : 'none',
    }));
  }

  #place(wanted: string, layer: TfjsLayer): Placed {
    // A slash would be taken for the end of a name.
    const plain = wanted.replaceAll(/[^\w.-]+/g, '_').replace(/^[^A-Za-z0-9]/, 'layer$&');
    let name = plain;
    for (let i = 1; this.#names.has(name); i++) name = `${plain}_${i}`;
    this.#names.add(name);
    const placed = { name, layer, uses: [] };
    this.#placed.push(placed);
    return placed;
  }

  /** Every array, by its full name. */
  get weights(): TfjsWeight[] {
    return this.#placed.flatMap(({ name, layer }) =>
      (layer.weights ?? []).map((weight) => ({ ...weight, name: `${name}/${weight.name}` })),
    );
  }

  /** The configuration: of a sequential model where each layer takes what the one before gives, else of a functional one. */
  config(inputs: readonly TfjsFlow[], outputs: readonly TfjsFlow[]): Record<string, unknown> {
    const isChain =
      outputs.length === 1 &&
      outputs[0].layer === this.#placed.at(-1)?.name &&
      this.#placed.every(
        ({ layer, uses }, i) =>
          (layer.outputs ?? 1) === 1 &&
          (i === 0 ||
            (uses.length === 1 && uses[0].length === 1 && uses[0][0].layer === this.#placed[i - 1].name)),
      );
    const layers = this.#placed.map(({ name, layer, uses }) => ({
      class_name: layer.className,
      config: { name, trainable: true, ...layer.config },
      ...(!isChain && {
        name,
        inbound_nodes: uses.map((use) => use.map((flow) => [...placeOf(flow), {}])),
      }),
    }));
    if (isChain) return { class_name: 'Sequential', config: { name: 'seqkit', layers } };
    const ends = { input_layers: inputs.map(placeOf), output_layers: outputs.map(placeOf) };
    return { class_name: 'Model', config: { name: 'seqkit', layers, ...ends } };
  }
}

const placeOf = ({ layer, use, output }: TfjsFlow): [string, number, number] => [layer, use, output];
