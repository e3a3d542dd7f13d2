import {
  describeSession,
  type EngineName,
  type Executable,
  type Floats,
  type Session,
} from '../program/engine.js';
import { operands } from '../program/program.js';
import type { Program } from '../program/program.js';

/** An engine that might be the faster one for a job. */
export interface Candidate {
  /** As `--engine` takes it. */
  readonly name: string;
  /** What it computes on. */
  readonly device: string;
  readonly session: Session;
}

/** What `auto` chose for a job, and why. */
export interface AutoReport {
  /** As `--engine` takes it. */
  readonly engine: string;
  readonly device: string;
  /** Milliseconds a training step took on each engine that could be tried, the fastest first. */
  readonly stepMs: readonly { readonly engine: string; readonly device: string; readonly ms: number }[];
  /** Engines that were no candidates, or failed on this job, and why. */
  readonly ruledOut: readonly { readonly engine: string; readonly why: string }[];
  /** Set where nothing was tried: the training goes on from a state, on the engine that made it. */
  readonly resumed?: true;
}

export interface AutoOptions {
  /** Where everything runs that does not train, and training too until something else proves faster. */
  home: Candidate;
  /** Looks for other engines, once, when the first training step is at hand. */
  findRivals: () => Promise<{ rivals: Candidate[]; ruledOut: { engine: string; why: string }[] }>;
  /** Opens an engine by what `describeSession` says of it. */
  openAgain: (description: string) => Promise<Candidate>;
  onChoice?: ((report: AutoReport) => void) | undefined;
}

/** Steps timed on each engine, after one to warm up. */
const TIMED_STEPS = 5;
/** No engine is timed for longer than this, in milliseconds, once it is warm. */
const TIMING_MS = 1500;

/**
 * A session that finds the fastest engine for a job by trying: at the first run of a program
 * that trains, that very step runs a few times on each candidate, with the job's own numbers.
 * The weights and states are then put back as they were, and the job goes on where it was fastest.
 */
export class AutoSession implements Session {
  readonly #options: AutoOptions;
  readonly #executables = new Set<AutoExecutable>();
  readonly #kept = new Set<string>();
  #chosen: Candidate;
  #settled: Promise<void> | undefined;

  constructor(options: AutoOptions) {
    this.#options = options;
    this.#chosen = options.home;
  }

  get engine(): EngineName {
    return this.#chosen.session.engine;
  }

  get variant(): string | undefined {
    return this.#chosen.session.variant;
  }

  async compile(program: Program): Promise<Executable> {
    for (const { name, kind } of program.buffers) {
      if (kind === 'parameter' || kind === 'state') this.#kept.add(name);
    }
    const executable = new AutoExecutable(this, program, await this.#chosen.session.compile(program));
    this.#executables.add(executable);
    return executable;
  }

  has(name: string): boolean {
    return this.#chosen.session.has(name);
  }

  read(name: string): Floats {
    return this.#chosen.session.read(name);
  }

  write(name: string, values: ArrayLike<number>): void {
    this.#kept.add(name);
    this.#chosen.session.write(name, values);
  }

  dispose(): void {
    this.#chosen.session.dispose();
  }

  /** Drops an executable that is no longer needed. */
  forget(executable: AutoExecutable): void {
    this.#executables.delete(executable);
  }

  /** Whether a faster engine may still be found. */
  get isOpen(): boolean {
    return this.#settled === undefined;
  }

  /** Tries the engines on a training step, once. */
  settle(step: AutoExecutable): Promise<void> {
    this.#settled ??= this.#choose(step).catch((error: unknown) => {
      this.#settled = undefined;
      throw error;
    });
    return this.#settled;
  }

  /** Settles on one engine, before anything has trained, and tries no other. */
  async goOnWith(engine: string): Promise<void> {
    if (!this.isOpen) return;
    const { home, openAgain, onChoice } = this.#options;
    const best = describeSession(home.session) === engine ? home : await openAgain(engine);
    this.#settled = this.#moveTo(best, this.#readKept());
    await this.#settled;
    if (best !== home) home.session.dispose();
    onChoice?.({ engine: best.name, device: best.device, stepMs: [], ruledOut: [], resumed: true });
  }

  /** Weights and states, as they are now. */
  #readKept(): Map<string, Floats> {
    const { session } = this.#chosen;
    const names = [...this.#kept].filter((name) => session.has(name));
    return new Map(names.map((name) => [name, session.read(name)]));
  }

  /** @param ready programs that the other has compiled already */
  async #moveTo(
    best: Candidate,
    kept: ReadonlyMap<string, Floats>,
    ready: ReadonlyMap<AutoExecutable, Executable> = new Map(),
  ): Promise<void> {
    for (const [name, values] of kept) best.session.write(name, values);
    if (best === this.#chosen) return;
    const moves = new Map<AutoExecutable, Executable>();
    for (const executable of this.#executables) {
      const there = ready.get(executable) ?? (await best.session.compile(executable.program));
      moves.set(executable, there);
    }
    for (const [executable, there] of moves) executable.move(there);
    this.#chosen = best;
  }

  async #choose(step: AutoExecutable): Promise<void> {
    const { home, findRivals, onChoice } = this.#options;
    const { rivals, ruledOut } = await findRivals();
    const kept = this.#readKept();
    const candidates = rivals.length === 0 ? [] : [home, ...rivals];
    try {
      const trials = await this.#time(candidates, step, kept, ruledOut);
      const best = trials[0]?.candidate ?? home;
      await this.#moveTo(best, kept, new Map(trials.slice(0, 1).map((trial) => [step, trial.executable])));
      const stepMs = trials.map(({ candidate: { name, device }, ms }) => ({ engine: name, device, ms }));
      onChoice?.({ engine: best.name, device: best.device, stepMs, ruledOut });
    } catch (error) {
      // Its steps, as far as they came, are not to count.
      for (const [name, values] of kept) this.#chosen.session.write(name, values);
      throw error;
    } finally {
      for (const { session } of [home, ...rivals]) if (session !== this.#chosen.session) session.dispose();
    }
  }

  /** The step on each candidate, the fastest first. @throws what the home engine throws at it */
  async #time(
    candidates: readonly Candidate[],
    step: AutoExecutable,
    kept: ReadonlyMap<string, Floats>,
    ruledOut: { engine: string; why: string }[],
  ): Promise<Trial[]> {
    const trials: Trial[] = [];
    for (const candidate of candidates) {
      const isHome = candidate === this.#options.home;
      try {
        const executable = isHome ? step.running : await prepare(candidate, step, kept);
        trials.push({ candidate, executable, ms: await timeSteps(executable) });
      } catch (error) {
        if (isHome) throw error;
        ruledOut.push({ engine: candidate.name, why: (error as Error).message });
      }
    }
    return trials.sort((a, b) => a.ms - b.ms);
  }
}

/** A candidate at a job. */
interface Trial {
  readonly candidate: Candidate;
  readonly executable: Executable;
  /** Of one step. */
  readonly ms: number;
}

/** The step on a candidate, with the job's numbers. */
async function prepare(
  { session }: Candidate,
  { program, inputs }: AutoExecutable,
  kept: ReadonlyMap<string, Floats>,
): Promise<Executable> {
  for (const [name, values] of kept) session.write(name, values);
  const executable = await session.compile(program);
  for (const [name, values] of inputs) executable.write(name, values);
  return executable;
}

/** The median time of a step in milliseconds, after one to warm up. */
async function timeSteps(executable: Executable): Promise<number> {
  await executable.run();
  const times: number[] = [];
  const untilMs = performance.now() + TIMING_MS;
  while (times.length < TIMED_STEPS && (times.length === 0 || performance.now() < untilMs)) {
    const fromMs = performance.now();
    await executable.run();
    times.push(performance.now() - fromMs);
  }
  return times.sort((a, b) => a - b)[Math.floor(times.length / 2)];
}

/** A program that may yet move to another engine. */
class AutoExecutable implements Executable {
  /** What was written, while the program may move. */
  readonly inputs = new Map<string, Float64Array>();
  readonly #session: AutoSession;
  readonly #trains: boolean;
  #running: Executable;

  constructor(
    session: AutoSession,
    readonly program: Program,
    running: Executable,
  ) {
    this.#session = session;
    this.#running = running;
    this.#trains = program.steps.some((step) =>
      operands(step).outputs.some(({ buffer }) => buffer.kind === 'parameter'),
    );
  }

  /** Where it runs now. */
  get running(): Executable {
    return this.#running;
  }

  write(input: string, values: ArrayLike<number>): void {
    if (this.#session.isOpen) this.inputs.set(input, Float64Array.from(values));
    this.#running.write(input, values);
  }

  async run(): Promise<void> {
    if (this.#trains) await this.#session.settle(this);
    if (!this.#session.isOpen) this.inputs.clear();
    await this.#running.run();
  }

  read(output: string): Floats {
    return this.#running.read(output);
  }

  dispose(): void {
    this.#session.forget(this);
    this.#running.dispose();
  }

  /** Runs elsewhere from now on, with what was written so far. */
  move(executable: Executable): void {
    this.#running = executable;
    for (const [input, values] of this.inputs) executable.write(input, values);
  }
}
