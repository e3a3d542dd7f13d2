import { describe, expect, it } from 'vitest';
import { dropoutBits } from '../../../src/rnn/program/dropout-bits.js';
import type { SyncSession } from '../../../src/rnn/program/engine.js';
import { ProgramBuilder, sliceColumns } from '../../../src/rnn/program/program.js';
import type { Matrix, Program } from '../../../src/rnn/program/program.js';
import { createReferenceSession } from '../../../src/rnn/engine/reference/reference-engine.js';
import { canRun, compileKernels } from '../../../src/rnn/engine/wasm/kernel-module.js';
import type { Variant } from '../../../src/rnn/engine/wasm/kernel-module.js';
import { wasmEngine } from '../../../src/rnn/engine/wasm/wasm-engine.js';
import { WasmSession } from '../../../src/rnn/engine/wasm/wasm-session.js';
import { Random } from '../../../src/base/math/random.js';
import { relativeError } from '../../../src/rnn/gradient-check/gradient-check.js';
import { sameBytes, tolerance } from './wasm-comparison.js';

const open = async (variant: Variant): Promise<WasmSession> => new WasmSession(await compileKernels(variant));
const normals = (random: Random, size: number): Float32Array =>
  Float32Array.from({ length: size }, () => random.normal());

/**
 * A random chain of steps over many temporaries of different sizes, each used again within
 * a few steps: their memory is shared. The weights change in the middle.
 */
function randomProgram(seed: number): Program {
  const random = new Random(seed);
  const builder = new ProgramBuilder(`random ${seed}`);
  const widths = [3, 7, 13, 20];
  const R = 1 + random.integer(14);
  const weights = new Map<string, Matrix>();
  const weight = (rows: number, cols: number): Matrix => {
    const name = `w ${rows} ${cols}`;
    if (!weights.has(name)) weights.set(name, builder.declare('parameter', name, rows, cols));
    return weights.get(name)!;
  };
  let recent: Matrix[] = widths.map((cols, i) => builder.declare('input', `x${i}`, R, cols));
  for (let step = 0; step < 60; step++) {
    const a = recent[random.integer(recent.length)];
    const b = recent[random.integer(recent.length)];
    let y = builder.temporary(R, widths[random.integer(widths.length)]);
    switch (random.integer(5)) {
      case 0:
        builder.run('gemm', { a, b: weight(a.cols, y.cols) }, { c: y }, settings(false));
        builder.run('activate', { x: y }, { y }, { activation: 'tanh' });
        break;
      case 1:
        builder.run('gemm', { a, b: weight(y.cols, a.cols) }, { c: y }, settings(true));
        builder.run('activate', { x: y }, { y }, { activation: 'sigmoid' });
        break;
      case 2:
        if (a.cols + b.cols > 40) continue;
        y = builder.temporary(R, a.cols + b.cols);
        builder.run('concatenate', { a, b }, { y }, { accumulate: false });
        break;
      case 3: {
        const w = weight(a.cols, a.cols);
        builder.run('affine', { x: w }, { y: w }, { factor: 0.9, offset: 0.01 });
        y = builder.temporary(R, a.cols);
        builder.run('gemm', { a, b: w }, { c: y }, settings(false));
        builder.run('activate', { x: y }, { y }, { activation: 'tanh' });
        break;
      }
      default:
        y = builder.temporary(R, a.cols);
        builder.run('multiply', { a, b: a }, { y }, { accumulate: false });
    }
    recent = [y, ...recent].slice(0, 5);
  }
  recent.forEach((x, i) => {
    const y = builder.declare('output', `y${i}`, x.rows, x.cols);
    builder.run('copy', { x }, { y }, {});
  });
  return builder.finish();
}

const settings = (
  transposeB: boolean,
): { transposeA: boolean; transposeB: boolean; accumulate: boolean } => ({
  transposeA: false,
  transposeB,
  accumulate: false,
});

/** Fills all that a program reads, alike for a seed, and runs it so many times. */
function runOn(session: SyncSession, program: Program, runs: number): Map<string, ArrayLike<number>> {
  const random = new Random(99);
  const executable = session.compile(program);
  for (const { name, kind, size } of program.buffers) {
    const values = normals(random, size).map((x) => x / 2);
    if (kind === 'parameter') session.write(name, values);
    if (kind === 'input') executable.write(name, values);
  }
  for (let i = 0; i < runs; i++) executable.run();
  const results = new Map<string, ArrayLike<number>>();
  for (const { name, kind } of program.buffers) {
    if (kind === 'output') results.set(name, executable.read(name).slice());
    if (kind === 'parameter') results.set(name, session.read(name));
  }
  executable.dispose();
  return results;
}

/**
 * Products of few rows and of more, on whole weights and on columns of them, whose sums are of one
 * block and of two, with temporaries between them that could take the place of a packed copy;
 * and a convolution.
 */
function productsOf(rows: number): Program {
  const builder = new ProgramBuilder(`products of ${rows}`);
  const a = builder.declare('input', 'a', rows, 300);
  for (const cols of [1, 8, 9, 32, 33, 41, 70]) {
    const b = builder.declare('parameter', `b ${cols}`, 300, cols);
    const bias = builder.declare('parameter', `bias ${cols}`, 1, cols);
    const middle = builder.temporary(rows, cols);
    builder.run('gemm', { a, b, bias }, { c: middle }, settings(false));
    const square = builder.declare('parameter', `square ${cols}`, cols, cols + 5);
    const c = builder.declare('output', `c ${cols}`, rows, cols);
    const columns = sliceColumns(square, 5, cols);
    builder.run('gemm', { a: middle, b: columns }, { c }, settings(false));
    builder.run('gemm', { a: middle, b: columns, bias }, { c }, { ...settings(false), accumulate: true });
  }
  // A kernel that is no parameter, worked out in every run.
  const kernel = builder.temporary(300, 9);
  const twice = { factor: 2, offset: 0 };
  builder.run('affine', { x: builder.declare('parameter', 'kernel', 300, 9) }, { y: kernel }, twice);
  const oneTap = { batch: rows, time: 1, outputTime: 1, kernelSize: 1, stride: 1, dilation: 1, padBefore: 0 };
  builder.run('conv1d', { x: a, kernel }, { y: builder.declare('output', 'y', rows, 9) }, oneTap);
  return builder.finish();
}

const hasRelaxedSimd = await canRun('relaxed-simd');

for (const variant of ['simd', 'relaxed-simd'] as const) {
  const skipped = variant === 'relaxed-simd' && !hasRelaxedSimd;
  describe.skipIf(skipped)(`programs, ${variant}${skipped ? ' (this host has none)' : ''}`, () => {
    it('of random steps over shared memory give what reference gives', async () => {
      for (let seed = 0; seed < 25; seed++) {
        const program = randomProgram(seed);
        const expected = runOn(createReferenceSession(), program, 2);
        for (const [name, values] of runOn(await open(variant), program, 2)) {
          const error = relativeError([values], [expected.get(name)!]);
          expect(error, `${name} of program ${seed}`).toBeLessThan(tolerance);
        }
      }
    });

    it.each([1, 5, 7])('of %i rows give the same bytes where parameters are fixed', async (rows) => {
      const program = productsOf(rows);
      const free = await open(variant);
      const expected = runOn(free, program, 1);
      const reference = runOn(createReferenceSession(), program, 1);
      const session = await open(variant);
      // What memory held before must not matter.
      const before = session.compile(program);
      for (const { name, kind, size } of program.buffers) {
        if (kind === 'input') before.write(name, new Float32Array(size).fill(NaN));
        if (kind === 'parameter') session.write(name, expected.get(name)!);
      }
      before.run();
      before.dispose();
      const executable = session.compile(program, { fixedParameters: true });
      const random = new Random(99);
      for (const { name, kind, size } of program.buffers) {
        const values = normals(random, size).map((x) => x / 2);
        if (kind === 'input') executable.write(name, values);
      }
      for (let run = 0; run < 3; run++) {
        executable.run();
        for (const { name } of program.buffers.filter(({ kind }) => kind === 'output')) {
          const values = executable.read(name);
          expect(sameBytes(values, expected.get(name) as Float32Array), `${name}, run ${run}`).toBe(true);
          expect(relativeError([values], [reference.get(name)!]), name).toBeLessThan(tolerance);
        }
      }
    });

    it('give the same bytes each time', async () => {
      const program = randomProgram(3);
      // The first runs go through the host's quick compiler, later ones through its thorough one.
      const [first, again] = [await open(variant), await open(variant)];
      runOn(first, program, 3000);
      const a = runOn(first, program, 2) as Map<string, Float32Array>;
      const b = runOn(again, program, 2) as Map<string, Float32Array>;
      for (const [name, values] of a) expect(sameBytes(values, b.get(name)!), name).toBe(true);
    });
  });
}

describe('wasm session', () => {
  it('says which kernels run', async () => {
    const session = await wasmEngine.createSession();
    expect(session.engine).toBe('wasm');
    expect(session.variant).toBe(hasRelaxedSimd ? 'relaxed-simd' : 'simd');
  });

  it('shares kept buffers between programs, and keeps them through growth', async () => {
    const session = await wasmEngine.createSession();
    const counter = new ProgramBuilder('count');
    const total = counter.declare('state', 'total', 1, 3);
    counter.run('affine', { x: total }, { y: total }, { factor: 1, offset: 1 });
    const reader = new ProgramBuilder('read');
    const y = reader.declare('output', 'y', 1, 3);
    reader.run('copy', { x: reader.declare('state', 'total', 1, 3) }, { y }, {});
    const [count, read] = [session.compile(counter.finish()), session.compile(reader.finish())];
    expect([...session.read('total')]).toEqual([0, 0, 0]);
    session.write('total', [1, 2, 3]);
    count.run();
    read.run();
    const view = read.read('y');
    expect([...view]).toEqual([2, 3, 4]);
    expect(read.read('y')).toBe(view);

    const before = session.memoryBytes;
    session.write('large', new Float32Array(100_000));
    expect(session.memoryBytes).toBeGreaterThan(before);
    count.run();
    read.run();
    expect([...read.read('y')]).toEqual([3, 4, 5]);
    expect(session.has('large')).toBe(true);
    expect(session.has('small')).toBe(false);
  });

  it('takes no more memory from run to run, nor for programs that are disposed of', async () => {
    const session = await wasmEngine.createSession();
    const program = randomProgram(1);
    runOn(session, program, 1);
    const before = session.memoryBytes;
    runOn(session, program, 200);
    for (let i = 0; i < 20; i++) runOn(session, program, 1);
    expect(session.memoryBytes).toBe(before);
  });

  it('packs weights anew after they were written', async () => {
    const session = await wasmEngine.createSession();
    const builder = new ProgramBuilder('product');
    const w = builder.declare('parameter', 'w', 8, 8);
    const c = builder.declare('output', 'c', 8, 8);
    builder.run('gemm', { a: builder.declare('input', 'a', 8, 8), b: w }, { c }, settings(false));
    const executable = session.compile(builder.finish());
    executable.write(
      'a',
      Array.from({ length: 64 }, (_, i) => Number(i % 9 === 0)),
    );
    for (const value of [2, 3]) {
      session.write('w', new Float32Array(64).fill(value));
      executable.run();
      expect([...executable.read('c')]).toEqual(Array<number>(64).fill(value));
    }
  });

  it('refuses to change a parameter that is fixed', async () => {
    const session = await wasmEngine.createSession();
    const builder = new ProgramBuilder('product');
    const w = builder.declare('parameter', 'w', 8, 8);
    const y = builder.declare('output', 'y', 8, 8);
    builder.run('copy', { x: w }, { y }, {});
    session.compile(builder.finish(), { fixedParameters: true });
    expect(() => session.write('w', new Float32Array(64))).toThrow('"w" was fixed');
    builder.run('fill', {}, { y: w }, { value: 1 });
    expect(() => session.compile(builder.finish(), { fixedParameters: true })).toThrow(
      'the program "product" writes "w", which is to be fixed',
    );
  });

  it('drops the very elements that the bits say, beyond 2^24 too', async () => {
    const session = await wasmEngine.createSession();
    const size = 2 ** 24 + 1000;
    const keys = [5, 4095, 0, 77, 2048, 1234];
    const builder = new ProgramBuilder('dropout');
    const x = builder.declare('output', 'x', 1, size);
    builder.run('fill', {}, { y: x }, { value: 1 });
    builder.run('dropout', { x, keys: builder.declare('input', 'keys', 1, 6) }, { y: x }, { rate: 0.3 });
    const executable = session.compile(builder.finish());
    executable.write('keys', keys);
    executable.run();
    const y = executable.read('x');
    for (const start of [0, 12_345, 2 ** 24 - 500]) {
      for (let i = start; i < start + 1500; i++) {
        const kept = dropoutBits(i, keys) / 2 ** 24 < 1 - 0.3;
        expect(y[i]).toBe(kept ? Math.fround(1 / (1 - 0.3)) : 0);
      }
    }
    session.dispose();
  });

  it('keeps large logits finite and lets NaN through', async () => {
    const session = await wasmEngine.createSession();
    const builder = new ProgramBuilder('losses');
    const x = builder.declare('input', 'x', 3, 5);
    const y = builder.declare('output', 'y', 3, 5);
    builder.run('softmax', { x }, { y }, {});
    const dLogits = builder.declare('output', 'dLogits', 3, 5);
    const losses = builder.declare('output', 'losses', 3, 1);
    const targets = builder.declare('input', 'targets', 3, 1);
    const weights = builder.declare('input', 'weights', 3, 1);
    builder.run('softmaxCrossEntropy', { logits: x, targets, weights }, { dLogits, losses }, {});
    const executable = session.compile(builder.finish());
    executable.write('x', [1e4, -1e4, 0, 0, 0, 3e38, -3e38, 0, 0, 0, 1, NaN, 0, 0, 0]);
    executable.write('targets', [0, 0, 1]);
    executable.write('weights', [1, 1, 1]);
    executable.run();
    expect([...executable.read('y').subarray(0, 10)]).toEqual([1, 0, 0, 0, 0, 1, 0, 0, 0, 0]);
    expect([...executable.read('losses')]).toEqual([0, 0, NaN]);
    expect(executable.read('dLogits')[10]).toBe(NaN);
  });

  it('names what does not fit', async () => {
    const session = await wasmEngine.createSession();
    const builder = new ProgramBuilder('names');
    const y = builder.declare('output', 'y', 2, 2);
    builder.run('copy', { x: builder.declare('state', 's', 2, 2) }, { y }, {});
    const executable = session.compile(builder.finish());
    expect(() => executable.read('z')).toThrow('the program "names" has no input or output named "z"');
    expect(() => session.write('s', [1])).toThrow('"s" takes 4 numbers; 1 were given.');
    expect(() => session.read('t')).toThrow('no parameter or state is named "t"');
    const other = new ProgramBuilder('other');
    other.run('fill', {}, { y: other.declare('state', 's', 3, 3) }, { value: 0 });
    expect(() => session.compile(other.finish())).toThrow(
      '"s" holds 4 numbers; the program "other" needs 9.',
    );
    executable.dispose();
    expect(() => executable.run()).toThrow('disposed');
  });
});
