import { SeqkitError } from '../../../base/errors.js';
import { fileBeside, IS_NODE } from '../../../base/host/platform.js';
import type { Thread, ThreadModule } from '../../../base/host/thread.js';
import { startThread } from '../../../base/host/threads.js';
import type { Executable, Session } from '../../program/engine.js';
import type { Program } from '../../program/program.js';
import type { EngineAnswer, EngineRequest, NumbersByName } from './engine-thread.js';
import type { SessionPlan } from './session-plan.js';

const engineThread: ThreadModule = {
  name: 'engine',
  url: () => (IS_NODE ? fileBeside(import.meta.url, './engine-thread.js') : undefined),
};

/** What a run, or the compiling of a program, has changed. */
type Changes = Extract<EngineAnswer, { kept: unknown }>;

/** Who waits for an answer, and how many writes came before the question. */
interface Waiting {
  readonly writes: number;
  readonly resolve: (changes: Changes) => void;
  readonly reject: (error: unknown) => void;
}

/** Ends the threads of sessions that nobody holds any more. */
const abandoned = new FinalizationRegistry<Thread>((thread) => thread.terminate());

/**
 * The wasm engine in a thread of its own, so that the caller's is free: a page's, say. Programs go there once, inputs
 * with each run; what a run has changed comes back with its end, so that it can be read at once. The numbers are those
 * of the engine on the caller's thread.
 */
export class WorkerSession implements Session {
  readonly engine = 'wasm';
  readonly isApart = true;
  readonly variant: string | undefined;
  readonly #line: Line;
  #programs = 0;

  private constructor(line: Line, variant: string | undefined) {
    this.#line = line;
    this.variant = variant;
    abandoned.register(this, line.thread, this);
  }

  /**
   * @throws SeqkitError `engine` where no thread can start here
   */
  static async open(plan: SessionPlan): Promise<WorkerSession> {
    const line = new Line(startThread(engineThread, plan));
    try {
      return new WorkerSession(line, await line.variant);
    } catch (error) {
      line.thread.terminate();
      throw error;
    }
  }

  async compile(program: Program): Promise<Executable> {
    const id = this.#programs++;
    await this.#line.ask({ ask: 'compile', id, program });
    return new WorkerExecutable(program, id, this.#line);
  }

  has(name: string): boolean {
    return this.#line.kept.has(name);
  }

  read(name: string): Float32Array {
    return this.#line.find(name).slice();
  }

  write(name: string, values: ArrayLike<number>): void {
    const size = this.#line.kept.get(name)?.length ?? values.length;
    if (values.length !== size) throw wrongSize(name, size, values.length);
    this.#line.write(name, Float32Array.from(values));
  }

  dispose(): void {
    abandoned.unregister(this);
    this.#line.thread.terminate();
  }
}

/** The line to the thread, and what is known of its parameters and states. */
class Line {
  readonly thread: Thread;
  /** Which kernels run there. */
  readonly variant: Promise<string | undefined>;
  readonly kept = new Map<string, Float32Array<ArrayBuffer>>();
  readonly #waiting: Waiting[] = [];
  /** How many writes came so far, and which was the last of each name. */
  #writes = 0;
  readonly #written = new Map<string, number>();
  #failure: SeqkitError | undefined;

  constructor(thread: Thread) {
    this.thread = thread;
    this.variant = new Promise((resolve, reject) => {
      thread.onMessage((message) => {
        const answer = message as EngineAnswer;
        if ('variant' in answer) resolve(answer.variant);
        else this.#settle(answer);
        // It waits for questions, which is no reason for a process to stay.
        if (this.#waiting.length === 0) thread.unref();
      });
      thread.onError((cause) => {
        this.#failure ??= new SeqkitError(`The worker that trains ended: ${cause.message}.`, {
          code: 'engine',
          hint: 'What was saved so far stands. Without worker: true the engine runs where it is called from.',
          cause,
        });
        reject(this.#failure);
        for (const { reject: fail } of this.#waiting.splice(0)) fail(this.#failure);
      });
    });
  }

  find(name: string): Float32Array {
    const values = this.kept.get(name);
    if (values === undefined) throw new RangeError(`no parameter or state is named "${name}"`);
    return values;
  }

  write(name: string, values: Float32Array<ArrayBuffer>): void {
    this.kept.set(name, values);
    this.#written.set(name, ++this.#writes);
    this.thread.post({ ask: 'write', name, values } satisfies EngineRequest);
  }

  ask(request: EngineRequest, transfer: readonly ArrayBuffer[] = []): Promise<Changes> {
    if (this.#failure) return Promise.reject(this.#failure);
    return new Promise((resolve, reject) => {
      this.#waiting.push({ writes: this.#writes, resolve, reject });
      this.thread.ref();
      this.thread.post(request, transfer);
    });
  }

  #settle(answer: Exclude<EngineAnswer, { variant: unknown }>): void {
    const waiting = this.#waiting.shift()!;
    if ('failure' in answer) {
      const { message, code = 'engine', hint } = answer.failure;
      return waiting.reject(new SeqkitError(message, { code, ...(hint !== undefined && { hint }) }));
    }
    for (const [name, values] of answer.kept) {
      // What was written while the thread was at it comes there after it.
      if ((this.#written.get(name) ?? 0) <= waiting.writes) this.kept.set(name, values);
    }
    waiting.resolve(answer);
  }
}

/** A program in the thread. */
class WorkerExecutable implements Executable {
  readonly #program: Program;
  readonly #id: number;
  readonly #line: Line;
  /** Written since the last run. */
  #inputs = new Map<string, Float32Array<ArrayBuffer>>();
  #outputs: NumbersByName = new Map();

  constructor(program: Program, id: number, line: Line) {
    this.#program = program;
    this.#id = id;
    this.#line = line;
  }

  write(input: string, values: ArrayLike<number>): void {
    const size = this.#sizeOf(input);
    if (values.length !== size) throw wrongSize(input, size, values.length);
    this.#inputs.set(input, Float32Array.from(values));
  }

  async run(): Promise<void> {
    const inputs = this.#inputs;
    this.#inputs = new Map();
    const request: EngineRequest = { ask: 'run', id: this.#id, inputs };
    const { outputs } = await this.#line.ask(
      request,
      [...inputs.values()].map(({ buffer }) => buffer),
    );
    this.#outputs = outputs;
  }

  read(output: string): Float32Array {
    return this.#outputs.get(output) ?? new Float32Array(this.#sizeOf(output));
  }

  dispose(): void {
    this.#line.thread.post({ ask: 'release', id: this.#id } satisfies EngineRequest);
  }

  #sizeOf(port: string): number {
    const found = this.#program.buffers.find(
      ({ name, kind }) => name === port && (kind === 'input' || kind === 'output'),
    );
    if (found) return found.size;
    throw new RangeError(`the program "${this.#program.name}" has no input or output named "${port}"`);
  }
}

function wrongSize(name: string, size: number, given: number): SeqkitError {
  return new SeqkitError(`"${name}" takes ${size} numbers; ${given} were given.`, { code: 'bad-shape' });
}
