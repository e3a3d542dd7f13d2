import { openEngine } from '../../src/rnn/engine/choose.js';
import type { ConcreteEngine } from '../../src/rnn/engine/engine-names.js';
import type { Program } from '../../src/rnn/program/program.js';
import { runJob } from '../rnn/engine/gpu-jobs.js';

/** What a test asks of the page. */
export interface GpuPage {
  runJob: typeof runJob;
  /** One run of a program: every output and kept buffer after it. */
  runProgram(
    engine: ConcreteEngine,
    program: Program,
    values: Readonly<Record<string, number[]>>,
  ): Promise<Record<string, number[]>>;
  /** The device behind an engine. */
  describe(engine: ConcreteEngine): Promise<{ name: string; isSoftware: boolean }>;
}

const page: GpuPage = {
  runJob,
  async runProgram(engine, program, values) {
    const { session } = await openEngine(engine);
    const isKept = (kind: string): boolean => kind === 'parameter' || kind === 'state';
    for (const { name, kind } of program.buffers) {
      if (isKept(kind) && values[name]) session.write(name, values[name]);
    }
    const executable = await session.compile(program);
    for (const { name, kind } of program.buffers) {
      if (kind === 'input') executable.write(name, values[name]);
    }
    await executable.run();
    const made: Record<string, number[]> = {};
    for (const { name, kind } of program.buffers) {
      if (kind === 'output') made[name] = Array.from(executable.read(name));
      if (isKept(kind)) made[name] = Array.from(session.read(name));
    }
    session.dispose();
    return made;
  },
  async describe(engine) {
    const { session, device } = await openEngine(engine);
    session.dispose();
    return device;
  },
};

Object.assign(globalThis, { gpuPage: page });
