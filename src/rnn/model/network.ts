import type { EngineChoice } from '../engine/engine-names.js';
import { endByUsing } from '../../base/disposal.js';
import { choice, someText } from '../../base/schema/index.js';
import type { LayerGraph } from '../graph/layer-graph.js';
import { encodeModel } from '../graph/model-file.js';
import type { Layer } from '../layers/layer.js';
import { sizeOf, type Tensor } from '../program/tensor.js';
import type { Several } from '../training/examples.js';
import { knownNetworks } from './known-models.js';
import { ModelLifetime } from './model-lifetime.js';
import {
  bytesOptions,
  modelOptions,
  predictOptions,
  saveOptions,
  stepperOptions,
  type ModelOptions,
  type PredictOptions,
  type SaveOptions,
} from './model-options.js';
import { ModelSession } from './model-session.js';
import { descriptionOf, needBuilt, type NetworkParts } from './network-parts.js';
import { Stepper } from './stepper.js';

/** Reaches into a network. */
let reach: (network: Network) => NetworkParts;

/** What a network is made of, for those that do more with it. */
export function partsOf(network: Network): NetworkParts {
  return reach(network);
}

/**
 * Layers with their weights in an engine: what predicts, steps and is saved. A `Model` trains besides. What only
 * listens or writes is no more than this, so that its page loads no names of losses, metrics and optimizers.
 */
export class Network {
  readonly seed: number;
  readonly engine: EngineChoice;
  readonly threads: number | undefined;
  /** What the user should know about the file it came from. */
  notes: readonly string[] = [];
  readonly #parts: NetworkParts;
  /** As `dispose`, at the end of a block of `using`, where the platform has it. */
  declare readonly [Symbol.dispose]: () => void;
  declare readonly [Symbol.asyncDispose]: () => Promise<void>;

  static {
    endByUsing(this);
    reach = (network) => network.#parts;
  }

  /** @param of its layers; or another network, of which this one is a further view, with its weights and its life */
  constructor(of: LayerGraph | Network, options?: ModelOptions) {
    knownNetworks.add(this);
    if (of instanceof Network) {
      this.seed = of.seed;
      this.engine = of.engine;
      this.threads = of.threads;
      this.notes = of.notes;
      this.#parts = of.#parts;
      return;
    }
    const checked = (modelOptions[this.kind] ?? modelOptions['Model'])!.parse(options);
    this.seed = checked.seed ?? 0;
    this.engine = checked.engine ?? 'auto';
    this.threads = checked.threads;
    const [session, lifetime] = [new ModelSession(of, checked), new ModelLifetime()];
    this.#parts = { graph: of, session, lifetime, seed: this.seed };
  }

  get layers(): readonly Layer[] {
    return this.#parts.graph.layers;
  }

  /** What a file of it is called. */
  protected get kind(): string {
    return 'Model';
  }

  /**
   * Makes the weights before the first batch does.
   * @param shapes one example's of each input: (T, D) for sequences, (D) for rows, (T) for tokens
   */
  async build(...shapes: (readonly number[])[]): Promise<void> {
    this.#parts.lifetime.check();
    const { sizeOfShapes } = await import('./model-sizes.js');
    this.#parts.lifetime.check();
    await this.#parts.session.open(sizeOfShapes(this.#parts.graph, shapes));
  }

  /** How many numbers are trained. @throws SeqkitError `usage` before the weights are made */
  countParameters(): number {
    needBuilt(this.#parts);
    return this.#parts.graph.weights
      .filter((weight) => weight.trainable)
      .reduce((total, weight) => total + sizeOf(weight.shape), 0);
  }

  /**
   * A layer by its name, which its options or the model gave.
   * @throws SeqkitError `bad-value` for a name that no layer has: the nearest one is in the hint
   */
  layer(name: string): Layer {
    const names = this.#parts.graph.layers.map((layer) => layer.name);
    return this.#parts.graph.layers[names.indexOf(choice(names).parse(name, 'The name of a layer'))];
  }

  /** The outputs: (N, T, F), or (N, F) where the last layer has no time axis. Of several, the first. */
  async predict(x: Several, options?: PredictOptions): Promise<Tensor> {
    return (await this.predictAll(x, options))[0];
  }

  /** As `predict`, all outputs in their order. */
  async predictAll(x: Several, options?: PredictOptions): Promise<Tensor[]> {
    this.#parts.lifetime.check();
    const { lengths, batchSize } = predictOptions.parse(options);
    return this.#parts.lifetime.read(async () => {
      const { predictExamples } = await import('./model-prediction.js');
      return predictExamples(this.#parts.graph, this.#parts.session, { x, lengths }, batchSize);
    });
  }

  /**
   * The model one time step at a call, at once, with its own state and a copy of the weights.
   * @param options.batch sequences side by side @default 1
   * @param options.steps time steps at a call; of layers with strides a multiple of them @default 1
   * @throws SeqkitError `usage` before the model is built, fitted or loaded
   */
  stepper(options?: { batch?: number; steps?: number }): Stepper {
    const { batch = 1, steps = 1 } = stepperOptions.parse(options);
    needBuilt(this.#parts);
    const { graph, session } = this.#parts;
    return new Stepper(graph, () => session.openStreaming(), batch, steps);
  }

  /** The model as a file's bytes. */
  toBytes(options?: Omit<SaveOptions, 'force'>): Uint8Array {
    const checked = bytesOptions.parse(options);
    needBuilt(this.#parts);
    return encodeModel(descriptionOf(this.#parts, this.kind, checked), this.#parts.graph.weights);
  }

  /** Writes the model to a file, whole or not at all. @throws SeqkitError `file-exists` without `force` */
  async save(path: string, options?: SaveOptions): Promise<void> {
    someText.parse(path, 'save: path');
    const { force = false, ...described } = saveOptions.parse(options);
    const bytes = this.toBytes(described);
    const { writeFileAtomic } = await import('../../base/host/files.js');
    await writeFileAtomic(path, bytes, { force });
  }

  /**
   * Frees the memory of the engine. A training that runs stops after the batch in hand, as by its `signal`; what
   * waited for its turn is refused, and so is every later call.
   */
  dispose(): Promise<void> {
    return this.#parts.lifetime.end(() => this.#parts.session.dispose());
  }
}
