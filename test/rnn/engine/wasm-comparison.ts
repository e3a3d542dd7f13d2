import { expect } from 'vitest';
import type { KernelName, KernelSettings, Kernels } from '../../../src/rnn/program/kernels.js';
import { ProgramBuilder, sliceRows } from '../../../src/rnn/program/program.js';
import type { BufferKind, Matrix, Program } from '../../../src/rnn/program/program.js';
import { createReferenceSession } from '../../../src/rnn/engine/reference/reference-engine.js';
import { instantiateKernels } from '../../../src/rnn/engine/wasm/kernel-module.js';
import type { CompiledKernels } from '../../../src/rnn/engine/wasm/kernel-module.js';
import { LinearMemory } from '../../../src/rnn/engine/wasm/linear-memory.js';
import { WasmExecutable } from '../../../src/rnn/engine/wasm/wasm-executable.js';
import { Random } from '../../../src/base/math/random.js';
import { relativeError } from '../../../src/rnn/gradient-check/gradient-check.js';

/** Float32 against the reference's float64; see the conventions on tolerances. */
export const tolerance = 1e-5;

/** An operand of a kernel under test. Around it, in the same buffer, stands what nobody may touch. */
export interface Operand {
  rows: number;
  cols: number;
  /** Columns of NaN on either side: a view with a stride. For inputs. @default 0 */
  margin?: number;
  /** @default normal numbers */
  draw?: (random: Random, index: number) => number;
  /** @default state */
  kind?: BufferKind;
}

export interface KernelCase<Name extends KernelName = KernelName> {
  title: string;
  inputs: Record<keyof Kernels[Name]['inputs'], Operand | undefined>;
  outputs: Record<keyof Kernels[Name]['outputs'], Operand>;
  settings: KernelSettings<Name>;
  /** Outputs that are the very view of an input: output name to input name. */
  inPlace?: Partial<Record<keyof Kernels[Name]['outputs'], keyof Kernels[Name]['inputs']>>;
  /** Outputs that are memory to work in: what they hold in the end is not compared. */
  workspace?: readonly (keyof Kernels[Name]['outputs'])[];
}

export type Values = Map<string, Float32Array>;

/** Stands before and behind every output. */
const guard = 12345.5;

interface KernelProgram {
  program: Program;
  values: Values;
  outputs: Matrix[];
}

export function kernelProgram(kernel: KernelName, test: KernelCase, seed: number): KernelProgram {
  const random = new Random(seed);
  const builder = new ProgramBuilder(test.title);
  const values: Values = new Map();
  const inputs: Record<string, Matrix> = {};
  const outputs: Record<string, Matrix> = {};

  for (const [name, operand] of Object.entries<Operand | undefined>(test.inputs)) {
    if (operand === undefined) continue;
    const { rows, cols, margin = 0, kind = 'state' } = operand;
    const width = cols + 2 * margin;
    const whole = builder.declare(kind, name, rows, width);
    const written = Object.values(test.inPlace ?? {}).includes(name);
    if (margin > 0 && written) throw new Error(`${name} is written in place: no margin`);
    const draw = operand.draw ?? ((r: Random): number => r.normal());
    const data = new Float32Array(whole.buffer.size).fill(NaN);
    for (let i = 0; i < rows * cols; i++) {
      data[Math.floor(i / cols) * width + margin + (i % cols)] = draw(random, i);
    }
    values.set(name, data);
    inputs[name] = { ...whole, offset: margin, cols };
  }
  for (const [name, operand] of Object.entries<Operand>(test.outputs)) {
    const shared = (test.inPlace as Record<string, string> | undefined)?.[name];
    if (shared !== undefined) {
      outputs[name] = inputs[shared];
      continue;
    }
    const { rows, cols } = operand;
    if ((test.workspace as readonly string[] | undefined)?.includes(name)) {
      outputs[name] = builder.temporary(rows, cols);
      continue;
    }
    const whole = builder.declare('state', `${name} out`, rows + 2, cols);
    const data = new Float32Array(whole.buffer.size).fill(guard);
    for (let i = cols; i < cols * (rows + 1); i++) data[i] = random.normal();
    values.set(`${name} out`, data);
    outputs[name] = sliceRows(whole, 1, rows);
  }
  builder.run(kernel, inputs, outputs as never, test.settings);
  const compared = Object.values(outputs).filter(({ buffer }) => buffer.kind !== 'temporary');
  return { program: builder.finish(), values, outputs: compared };
}

/** A program in a memory of its own. */
export class WasmRig {
  readonly executable: WasmExecutable;
  readonly #memory = new LinearMemory();
  readonly #kernels;
  readonly #kept = new Map<string, { address: number; size: number }>();

  constructor(program: Program, compiled: CompiledKernels) {
    this.#kernels = instantiateKernels(compiled, this.#memory.memory);
    for (const { name, kind, size } of program.buffers) {
      if (kind !== 'parameter' && kind !== 'state') continue;
      this.#kept.set(name, { address: this.#memory.allocate(size * 4), size });
    }
    this.executable = new WasmExecutable(
      program,
      this.#memory,
      this.#kernels,
      (buffer) => this.#kept.get(buffer.name)!.address,
    );
  }

  write(values: Values): void {
    for (const [name, data] of values) {
      const kept = this.#kept.get(name);
      if (kept) this.#memory.floats.set(data, kept.address / 4);
      else this.executable.write(name, data);
    }
  }

  read(name: string): Float32Array {
    const { address, size } = this.#kept.get(name)!;
    return this.#memory.floats.slice(address / 4, address / 4 + size);
  }

  /** Runs every command in so many pieces, one after the other, as threads would. */
  runInPieces(pieces: number): void {
    const { start, end } = this.executable.list;
    const words = new Int32Array(this.#memory.memory.buffer);
    for (let command = start; command < end; command += words[command / 4 + 1]) {
      const units = words[command / 4 + 2];
      for (let piece = 0; piece < pieces; piece++) {
        const first = Math.floor((units * piece) / pieces);
        const last = Math.floor((units * (piece + 1)) / pieces);
        if (first < last) this.#kernels.exports.runUnits(command, first, last);
      }
    }
  }
}

/**
 * Runs one kernel on both engines from the same numbers. Expects the outputs to agree, all
 * around them to be untouched, and work done in pieces to give the same bytes.
 */
export function expectSameAsReference(
  kernel: KernelName,
  test: KernelCase,
  seed: number,
  compiled: CompiledKernels,
): void {
  const { program, values, outputs } = kernelProgram(kernel, test, seed);
  const reference = createReferenceSession();
  for (const [name, data] of values) reference.write(name, data);
  reference.compile(program).run();

  const rig = new WasmRig(program, compiled);
  rig.write(values);
  rig.executable.run();
  const title = `${kernel} ${test.title}`;
  const results = new Map(outputs.map(({ buffer }) => [buffer.name, rig.read(buffer.name)]));
  for (const { buffer, offset, rows, cols } of outputs) {
    const actual = results.get(buffer.name)!;
    const expected = reference.read(buffer.name).slice(offset, offset + rows * cols);
    const error = relativeError([actual.slice(offset, offset + rows * cols)], [expected]);
    expect(error, `${title}: ${buffer.name}`).toBeLessThan(tolerance);
    const around = [...actual.slice(0, offset), ...actual.slice(offset + rows * cols)];
    expect(
      around.every((x) => x === guard),
      `${title}: around ${buffer.name}`,
    ).toBe(true);
  }
  for (const [name, data] of values) {
    if (!results.has(name))
      expect(sameBytes(rig.read(name), data), `${title}: ${name} is an input`).toBe(true);
  }

  rig.write(values);
  rig.runInPieces(3);
  for (const [name, data] of results) {
    expect(sameBytes(rig.read(name), data), `${title}: ${name} in pieces`).toBe(true);
  }
}

export function sameBytes(a: Float32Array, b: Float32Array): boolean {
  const bits = (x: Float32Array): Int32Array => new Int32Array(x.buffer, x.byteOffset, x.length);
  const [x, y] = [bits(a), bits(b)];
  return x.length === y.length && x.every((word, i) => word === y[i]);
}
