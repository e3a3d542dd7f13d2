import { InTurn } from '../../base/in-turn.js';
import type { LayerGraph } from '../graph/layer-graph.js';
import type { Executable, Session } from '../program/engine.js';
import { portName } from '../weights/trace.js';
import type { Examples } from './examples.js';
import { predictProgram, type ModelProgram, type ProgramSize, type SizedModel } from './forward-program.js';
import { KeptStates } from './kept-states.js';
import { PreparedPrograms, type Prepared } from './prepared-programs.js';
import type { CarriedBy } from './training-state.js';

/** Some of the examples: those whose numbers stand in `indices` from `start` on, `count` of them. */
export interface BatchOfExamples {
  readonly indices: ArrayLike<number>;
  readonly start: number;
  readonly count: number;
}

/** What a batch came to, of one output. */
export interface PredictedRows {
  readonly rows: ArrayLike<number>;
  readonly output: ModelProgram['output'];
}

/** Runs programs of one model on one session, one batch after the other; training has more of them: see `Trainer`. */
export class ProgramRunner {
  readonly graph: LayerGraph;
  readonly session: Session;
  /** From the filling of a program's inputs to the reading of its outputs nothing else may come between. */
  readonly batches = new InTurn();
  readonly programs: PreparedPrograms;
  readonly states: KeptStates;

  constructor(graph: LayerGraph, session: Session) {
    this.graph = graph;
    this.session = session;
    this.programs = new PreparedPrograms(graph, session);
    this.states = new KeptStates(session, graph);
  }

  /** Another with what this one keeps, on a session that has the weights; this one is to be disposed of. */
  movedTo(session: Session): ProgramRunner {
    const moved = new ProgramRunner(this.graph, session);
    moved.states.write(this.states.read());
    return moved;
  }

  /** Whether it computes on the thread that calls it, or on one that shares the work with it. */
  get isHere(): boolean {
    return this.session.engine !== 'gpu' && !this.session.isApart;
  }

  /** @param begun whether steps were taken before */
  prepare(
    kind: string,
    size: ProgramSize,
    make: (model: SizedModel) => ModelProgram,
    begun = false,
  ): Promise<Prepared> {
    return this.programs.get(kind, size, make, ({ program }) => this.states.note(program, begun));
  }

  /**
   * Hands over the output rows of one batch, time-major, with T and F, of each output.
   * @param take reads them at once: they are views, and the next batch writes over them
   */
  predict(
    size: ProgramSize,
    examples: Examples,
    { indices, start, count }: BatchOfExamples,
    take: (outputs: readonly PredictedRows[]) => void,
  ): Promise<void> {
    return this.batches.run(async () => {
      const prepared = await this.prepare('predict', size, (model) => predictProgram(model));
      const { model, executable, feeder } = prepared;
      feeder.fill(examples, indices, start, count);
      await executable.run();
      take(rowsOf(model, executable));
    });
  }

  /** Sets carried states to zero: all, or those of one program. */
  resetStates(by?: CarriedBy): void {
    this.states.zero({ carriedBy: by });
  }

  dispose(): void {
    this.session.dispose();
  }
}

function rowsOf({ outputs }: ModelProgram, executable: Executable): PredictedRows[] {
  return outputs.map((output, i) => ({ rows: executable.read(portName('y', i)), output }));
}
