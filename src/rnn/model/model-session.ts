import { Random } from '../../base/math/random.js';
import { EventLoopYielder, showsPage } from '../../base/host/yield-to-event-loop.js';
import type * as Engines from '../engine/choose.js';
import type { Session, SyncSession } from '../program/engine.js';
import { SeqkitError } from '../../base/errors.js';
import type { InputShape, LayerGraph } from '../graph/layer-graph.js';
import type { ProgramSize } from '../training/forward-program.js';
import { ProgramRunner } from '../training/program-runner.js';
import type { ModelOptions } from './model-options.js';

/** The weights of a model in the memory of an engine, from the first batch, `build` or `load` on. */
export class ModelSession {
  readonly #graph: LayerGraph;
  readonly #options: ModelOptions;
  #runner: Promise<ProgramRunner> | undefined;
  /** While weights are made in turns with what a page does besides. */
  #opening: Promise<ProgramRunner> | undefined;
  /** Whether the engine is to run in a worker. */
  #worker = false;
  /** Loaded with the first session: what makes a model, and runs none, goes without. */
  #openStreaming: (typeof Engines)['openStreamingSession'] | undefined;

  /** @param options.seed of weights that are still to be made @default 0 */
  constructor(graph: LayerGraph, options: ModelOptions) {
    this.#graph = graph;
    this.#options = options;
  }

  /** What runs the weights; undefined before there are any. */
  get runner(): Promise<ProgramRunner> | undefined {
    return this.#runner;
  }

  /** Makes the weights, where none are, for inputs of a size, and hands them to the engine, once. */
  open(size: ProgramSize): Promise<ProgramRunner> {
    if (this.#graph.shapes) return this.attach();
    const shapes = [size, ...(size.others ?? [])].map(({ time, steps, features }): InputShape => ({
      time,
      steps,
      features,
    }));
    const random = new Random(this.#options.seed ?? 0).fork('weights');
    if (showsPage()) {
      this.#opening ??= this.#openInTurns(shapes, random).finally(() => (this.#opening = undefined));
      return this.#opening;
    }
    this.#graph.build(shapes, random);
    return this.attach();
  }

  async #openInTurns(shapes: readonly InputShape[], random: Random): Promise<ProgramRunner> {
    const eventLoop = new EventLoopYielder();
    const turn = (): Promise<void> => eventLoop.give();
    await eventLoop.turn();
    await this.#graph.buildInTurns(shapes, random, turn);
    for (const weight of this.#graph.weights) await weight.finishStart(turn);
    return this.attach();
  }

  /** Hands weights that are made to the engine, once. */
  attach(): Promise<ProgramRunner> {
    const { engine = 'auto', threads, onEngine } = this.#options;
    const worker = this.#worker;
    this.#runner ??= this.#open(engine, { threads, onChoice: onEngine, worker }).then(
      (session) => {
        for (const weight of this.#graph.weights) weight.attach(session);
        return new ProgramRunner(this.#graph, session);
      },
      (error: unknown) => {
        // It may be had without a worker.
        if (worker) this.#runner = undefined;
        this.#worker = false;
        throw error;
      },
    );
    return this.#runner;
  }

  async #open(...[engine, options]: Parameters<typeof Engines.openSession>): Promise<Session> {
    const { openSession, openStreamingSession } = await import('../engine/choose.js');
    this.#openStreaming = openStreamingSession;
    return openSession(engine, options);
  }

  /**
   * A session whose programs run at once, for one step at a time.
   * @throws SeqkitError `engine` while the engine is being loaded
   */
  openStreaming(): SyncSession {
    if (this.#openStreaming) return this.#openStreaming(this.#options.engine ?? 'auto');
    throw new SeqkitError('The engine is not ready yet.', {
      code: 'engine',
      hint: 'Await fit, build or load first.',
    });
  }

  /**
   * From now on the engine runs in a worker, with all that it has; on a GPU it stays, which is beside the thread as it
   * is. Nothing else may be asked of it meanwhile.
   * @param onMove is told what runs the weights from now on, while what ran them is still there
   * @throws SeqkitError `engine` where no worker can start; `usage` for an engine that does not run in one
   */
  async useWorker(onMove: (runner: ProgramRunner) => void): Promise<void> {
    if (this.#worker) return;
    const runner = await this.#runner;
    if (runner?.isHere) {
      const { engine = 'auto', threads } = this.#options;
      const session = await this.#open(engine, { threads, worker: true });
      for (const weight of this.#graph.weights) weight.move(session);
      const moved = runner.movedTo(session);
      onMove(moved);
      this.#runner = Promise.resolve(moved);
      runner.dispose();
    }
    this.#worker = runner === undefined || runner.isHere;
  }

  /** Frees the memory of the engine. */
  async dispose(): Promise<void> {
    await this.#opening?.catch(() => undefined);
    // One that could not be had left nothing to free.
    const runner = await this.#runner?.catch(() => undefined);
    runner?.dispose();
    for (const weight of this.#graph.weights) weight.end();
  }
}
