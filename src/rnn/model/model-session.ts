import { Random } from '../../base/math/random.js';
import { openSession } from '../engine/choose.js';
import type { InputShape, LayerGraph } from '../graph/layer-graph.js';
import type { ProgramSize } from '../training/model-programs.js';
import { Trainer } from '../training/trainer.js';
import type { ModelOptions } from './model-options.js';

/** The weights of a model in the memory of an engine, from the first batch, `build` or `load` on. */
export class ModelSession {
  readonly #graph: LayerGraph;
  readonly #options: ModelOptions;
  #trainer: Promise<Trainer> | undefined;

  /** @param options.seed of weights that are still to be made @default 0 */
  constructor(graph: LayerGraph, options: ModelOptions) {
    this.#graph = graph;
    this.#options = options;
  }

  /** What trains and asks the weights; undefined before there are any. */
  get trainer(): Promise<Trainer> | undefined {
    return this.#trainer;
  }

  /** Makes the weights, where none are, for inputs of a size, and hands them to the engine, once. */
  open(size: ProgramSize): Promise<Trainer> {
    if (!this.#graph.shapes) {
      const shapes: InputShape[] = [size, ...(size.others ?? [])];
      this.#graph.build(
        shapes.map(({ time, steps, features }) => ({ time, steps, features })),
        new Random(this.#options.seed ?? 0).fork('weights'),
      );
    }
    return this.attach();
  }

  /** Hands weights that are made to the engine, once. */
  attach(): Promise<Trainer> {
    const { engine = 'auto', threads, onEngine, seed = 0 } = this.#options;
    this.#trainer ??= openSession(engine, { threads, onChoice: onEngine }).then((session) => {
      for (const weight of this.#graph.weights) weight.attach(session);
      return new Trainer(this.#graph, session, seed);
    });
    return this.#trainer;
  }

  /** Frees the memory of the engine. */
  async dispose(): Promise<void> {
    // One that could not be had left nothing to free.
    const trainer = await this.#trainer?.catch(() => undefined);
    trainer?.dispose();
    for (const weight of this.#graph.weights) weight.end();
  }
}
