import { giveTurn, showsPage } from '../../base/host/yield-to-event-loop.js';
import type { LayerGraph } from '../graph/layer-graph.js';
import type { Executable, Session } from '../program/engine.js';
import type { BatchFeeder } from './batch-feeder.js';
import type { ModelProgram, ProgramSize, SizedModel } from './model-programs.js';

/** A program made ready with what feeds it. */
export interface Prepared {
  readonly model: ModelProgram;
  readonly executable: Executable;
  readonly feeder: BatchFeeder;
}

/** The programs of one model on one session, each traced and compiled once for each size of batch. */
export class PreparedPrograms {
  readonly #graph: LayerGraph;
  readonly #session: Session;
  readonly #prepared = new Map<string, Prepared>();

  constructor(graph: LayerGraph, session: Session) {
    this.#graph = graph;
    this.#session = session;
  }

  /**
   * @param kind which program it is: with the size it makes the key
   * @param make traces it, where it is not ready yet
   * @param onNew is told of it then
   */
  async get(
    kind: string,
    size: ProgramSize,
    make: (model: SizedModel) => ModelProgram,
    onNew: (model: ModelProgram) => void,
  ): Promise<Prepared> {
    const { batch, time, steps, features, masked, others, targetSizes } = size;
    const sizes = [batch, time, steps, features, masked, JSON.stringify(others), targetSizes?.join()];
    const key = [kind, ...sizes].join(' ');
    const ready = this.#prepared.get(key);
    if (ready) return ready;
    const model = make({ graph: this.#graph, size });
    // Either takes long for a large model.
    if (showsPage()) await giveTurn();
    const { BatchFeeder: Feeder } = await import('./batch-feeder.js');
    const executable = await this.#session.compile(model.program);
    const prepared = { model, executable, feeder: new Feeder(model, executable) };
    this.#prepared.set(key, prepared);
    onNew(model);
    return prepared;
  }

  /** Drops them all: they were made with a loss or an optimizer that is no more. */
  clear(): void {
    for (const { executable } of this.#prepared.values()) executable.dispose();
    this.#prepared.clear();
  }
}
