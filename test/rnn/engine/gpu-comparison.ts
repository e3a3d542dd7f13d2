import { describe, expect } from 'vitest';
import type { Executable, Session } from '../../../src/rnn/program/engine.js';
import type { GpuBackend } from '../../../src/rnn/engine/gpu/gpu-backend.js';
import { createGpuEngine } from '../../../src/rnn/engine/gpu/gpu-engine.js';
import type { GpuRunReport } from '../../../src/rnn/engine/gpu/gpu-executable.js';
import type { KernelName, KernelSettings } from '../../../src/rnn/program/kernels.js';
import { ProgramBuilder, type Matrix, type Program } from '../../../src/rnn/program/program.js';
import { createReferenceSession } from '../../../src/rnn/engine/reference/reference-engine.js';
import { Random } from '../../../src/base/math/random.js';
import { relativeError } from '../../../src/rnn/gradient-check/gradient-check.js';
import { webGpuMissing } from '../../support/swiftshader.js';

/** The backends that need no GPU. */
export const softBackends: readonly GpuBackend[] = ['webasm', 'cpu'];

/**
 * The same tests on every gpu.js backend that Node can have; `webgpu` is skipped under a title
 * that says why where it is not to be had.
 */
export function describeBackends(
  title: string,
  body: (backend: GpuBackend) => void,
  soft = softBackends,
): void {
  for (const backend of soft) describe(`${title} on gpu.js ${backend}`, () => body(backend));
  if (webGpuMissing === undefined) describe(`${title} on gpu.js webgpu`, () => body('webgpu'));
  else describe.skip(`${title} on gpu.js webgpu (${webGpuMissing})`, () => body('webgpu'));
}

/** What a run is fed: inputs, and kept buffers before the first run. */
export type Values = Readonly<Record<string, ArrayLike<number>>>;

/**
 * Runs a program on the reference engine and on a gpu backend from the same values, `runs`
 * times, and expects every output and every kept buffer to agree after each run.
 */
export async function expectSameAsReference(
  program: Program,
  values: Values,
  options: { backend: GpuBackend; tolerance: number; runs?: number; between?: (run: number) => Values },
): Promise<GpuRunReport> {
  const { backend, tolerance, runs = 1, between = () => ({}) } = options;
  const reference = createReferenceSession();
  const session = await createGpuEngine({ backend }).createSession();
  try {
    fill(program, reference, undefined, values);
    fill(program, session, undefined, values);
    const expected = reference.compile(program);
    const actual = session.compile(program);
    fill(program, reference, expected, values);
    fill(program, session, actual, values);
    for (let run = 0; run < runs; run++) {
      fill(program, reference, expected, between(run));
      fill(program, session, actual, between(run));
      expected.run();
      await actual.run();
      for (const { name, kind } of program.buffers) {
        if (kind === 'temporary' || kind === 'input') continue;
        const [a, b] = kind === 'output' ? [actual, expected] : [session, reference];
        const error = relativeError([a.read(name)], [b.read(name)]);
        expect(error, `${name} after run ${run + 1} on ${backend}`).toBeLessThanOrEqual(tolerance);
      }
    }
    return actual.report!;
  } finally {
    session.dispose();
  }
}

/** Before there is an executable the kept buffers are written, with one the inputs. */
function fill(program: Program, session: Session, executable: Executable | undefined, values: Values): void {
  for (const { name, kind } of program.buffers) {
    if (values[name] === undefined) continue;
    if (kind === 'input') executable?.write(name, values[name]);
    else if (executable === undefined) session.write(name, values[name]);
  }
}

/** An operand of a kernel under test: its shape, its numbers, and how it stands in its buffer. */
export interface Operand {
  rows: number;
  cols: number;
  /** Columns of the buffer left and right of the operand: an input seen through a stride. */
  margin?: number;
  /** @default normal numbers */
  values?: (random: Random, index: number) => number;
}

export interface KernelCase<Name extends KernelName> {
  kernel: Name;
  inputs: Record<string, Operand>;
  outputs: Record<string, Operand>;
  settings: KernelSettings<Name>;
  /** Outputs that are the very view of an input: output name to input name. */
  inPlace?: Record<string, string>;
  /** Outputs that are memory to work in: what they hold in the end is not compared. */
  workspace?: readonly string[];
}

/** One kernel as a program on state buffers, and random numbers for all of them. */
export function kernelProgram<Name extends KernelName>(
  test: KernelCase<Name>,
  seed: number,
): { program: Program; values: Values } {
  const random = new Random(seed);
  const builder = new ProgramBuilder(test.kernel);
  const values: Record<string, Float32Array> = {};
  const declare = (name: string, operand: Operand): Matrix => {
    const { rows, cols, margin = 0, values: draw = (r) => r.normal() } = operand;
    const whole = builder.declare('state', name, rows, cols + 2 * margin);
    values[name] = Float32Array.from({ length: whole.buffer.size }, (_, i) => draw(random, i));
    return { ...whole, offset: margin, cols };
  };
  const inputs: Record<string, Matrix> = {};
  for (const [name, operand] of Object.entries(test.inputs)) inputs[name] = declare(name, operand);
  const outputs: Record<string, Matrix> = {};
  for (const [name, operand] of Object.entries(test.outputs)) {
    const shared = test.inPlace?.[name];
    if (test.workspace?.includes(name)) {
      outputs[name] = builder.temporary(operand.rows, operand.cols);
      continue;
    }
    outputs[name] = shared === undefined ? declare(`${name} out`, operand) : inputs[shared];
  }
  builder.run(test.kernel, inputs, outputs as never, test.settings);
  return { program: builder.finish(), values };
}
