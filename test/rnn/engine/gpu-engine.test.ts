import { describe, expect, it } from 'vitest';
import { dropoutKeys } from '../../../src/rnn/program/dropout-bits.js';
import { createGpuEngine } from '../../../src/rnn/engine/gpu/gpu-engine.js';
import { ProgramBuilder } from '../../../src/rnn/program/program.js';
import { GpuExecutable } from '../../../src/rnn/engine/gpu/gpu-executable.js';
import { loadGpuJs } from '../../../src/rnn/engine/gpu/gpujs.js';
import { KeptBuffers } from '../../../src/rnn/engine/gpu/kept-buffers.js';
import { KernelCache } from '../../../src/rnn/engine/gpu/pipeline.js';
import { createReferenceSession } from '../../../src/rnn/engine/reference/reference-engine.js';
import { webGpuMissing } from '../../support/swiftshader.js';
import { describeBackends } from './gpu-comparison.js';

/** total = total + x, and y the new total: a kept buffer that two programs share. */
function counter(name: string) {
  const builder = new ProgramBuilder(name);
  const x = builder.declare('input', 'x', 1, 3);
  const total = builder.declare('state', 'total', 1, 3);
  builder.run('add', { a: total, b: x }, { y: total }, {});
  builder.run('copy', { x: total }, { y: builder.declare('output', 'y', 1, 3) }, {});
  return builder.finish();
}

describeBackends('the gpu engine', (backend) => {
  it('keeps state between runs, and shares it between programs', async () => {
    const session = await createGpuEngine({ backend }).createSession();
    const [first, second] = [session.compile(counter('first')), session.compile(counter('second'))];
    expect(Array.from(session.read('total'))).toEqual([0, 0, 0]);
    session.write('total', [1, 2, 3]);
    first.write('x', [10, 20, 30]);
    second.write('x', [100, 200, 300]);
    // Not awaited one by one: they must take turns all the same.
    await Promise.all([first.run(), second.run(), first.run()]);
    expect(Array.from(session.read('total'))).toEqual([121, 242, 363]);
    expect(Array.from(first.read('y'))).toEqual([121, 242, 363]);
    expect(Array.from(second.read('y'))).toEqual([111, 222, 333]);
    session.dispose();
  });

  it('says what ran', async () => {
    const session = await createGpuEngine({ backend }).createSession();
    const executable = session.compile(counter('first'));
    expect(executable.report).toBeUndefined();
    await executable.run();
    expect(executable.report).toMatchObject({ backend, calls: 2 });
    expect(executable.report!.fallbackReason === null).toBe(backend !== 'cpu');
    session.dispose();
  });

  it('drops the very elements that the reference drops', async () => {
    const builder = new ProgramBuilder('dropout');
    const [rows, cols] = [97, 1013];
    const x = builder.declare('input', 'x', rows, cols);
    const keys = builder.declare('input', 'keys', 1, 6);
    const y = builder.declare('output', 'y', rows, cols);
    builder.run('dropout', { x, keys }, { y }, { rate: 1 / 3 });
    const program = builder.finish();
    const reference = createReferenceSession().compile(program);
    const session = await createGpuEngine({ backend }).createSession();
    const executable = session.compile(program);
    for (const seed of [1, 2, 3]) {
      for (const one of [reference, executable]) {
        one.write('x', new Float32Array(rows * cols).fill(1));
        one.write('keys', dropoutKeys(seed, 0, seed));
      }
      reference.run();
      await executable.run();
      const kept = (values: ArrayLike<number>): string => Array.from(values, (v) => (v > 0 ? 1 : 0)).join('');
      expect(kept(executable.read('y')) === kept(reference.read('y'))).toBe(true);
    }
    session.dispose();
  });

  it('refuses values that do not fit', async () => {
    const session = await createGpuEngine({ backend }).createSession();
    const executable = session.compile(counter('first'));
    expect(() => executable.write('x', [1])).toThrow('"x" takes 3 numbers; 1 were given.');
    expect(() => session.write('total', [1])).toThrow('"total" takes 3 numbers; 1 were given.');
    expect(() => executable.read('z')).toThrow('the program "first" has no "z"');
    session.dispose();
  });
});

describe('the gpu engine', () => {
  it('refuses a kernel it does not have, by name, before anything runs', async () => {
    const session = await createGpuEngine({ backend: 'webasm' }).createSession();
    const { program } = { program: counter('odd') };
    const odd = {
      ...program,
      steps: [...program.steps, { ...program.steps[0], kernel: 'wavelet' as 'add' }],
    };
    expect(() => session.compile(odd)).toThrow(
      expect.objectContaining({
        code: 'engine',
        message: 'The gpu engine has no kernel for wavelet, which "odd" needs.',
      }),
    );
    session.dispose();
  });

  it('refuses webgl2 in Node, and says where it is', async () => {
    await expect(createGpuEngine({ backend: 'webgl2' }).createSession()).rejects.toMatchObject({
      code: 'engine',
      message: 'There is no WebGL2 here.',
      hint: "WebGL2 is for browsers; in Node take engine: 'gpu:webgpu'.",
    });
  });

  it('fails when gpu.js runs elsewhere than it was told', async () => {
    const gpuJs = await loadGpuJs();
    const gpu = new gpuJs.GPU({ mode: 'cpu' });
    const kept = new KeptBuffers();
    const executable = new GpuExecutable(
      counter('first'),
      kept,
      new KernelCache(gpu, false),
      gpuJs,
      'webasm',
    );
    executable.write('x', [1, 2, 3]);
    for (let run = 0; run < 2; run++) {
      await expect(executable.run()).rejects.toMatchObject({
        code: 'engine',
        message: expect.stringMatching(/to run "first" on webasm; gpu\.js ran it on cpu \(generic: /),
      });
    }
    expect(Array.from(kept.get('total'))).toEqual([0, 0, 0]);
    await gpu.destroy();
  });

  it.skipIf(webGpuMissing !== undefined)('fails on what a WebGPU device finds wrong', async () => {
    const session = await createGpuEngine({ backend: 'webgpu' }).createSession();
    const { device } = await session.gpuJs.WebGPUContext.acquire();
    const createBuffer = device.createBuffer.bind(device);
    // Buffers that no kernel may use: Dawn answers with zeros, and an error to those who ask.
    const copiesOnly = 0x4 | 0x8;
    const storage = 0x80;
    device.createBuffer = (settings) =>
      createBuffer(settings.usage & storage ? { ...settings, usage: copiesOnly } : settings);
    const executable = session.compile(counter('first'));
    executable.write('x', [1, 2, 3]);
    try {
      await expect(executable.run()).rejects.toMatchObject({
        code: 'engine',
        message: expect.stringMatching(/^gpu\.js could not run "first" on webgpu: .*usage/s),
      });
    } finally {
      device.createBuffer = createBuffer;
    }
    expect(Array.from(session.read('total'))).toEqual([0, 0, 0]);
    session.dispose();
  });

  it('wraps what gpu.js throws', async () => {
    const session = await createGpuEngine({ backend: 'webasm' }).createSession();
    const executable = session.compile(counter('first'));
    const { Module } = WebAssembly;
    try {
      WebAssembly.Module = class {
        constructor() {
          throw new Error('no memory today');
        }
      } as unknown as typeof WebAssembly.Module;
      await expect(executable.run()).rejects.toMatchObject({
        code: 'engine',
        message: 'gpu.js could not run "first" on webasm: no memory today',
      });
    } finally {
      WebAssembly.Module = Module;
    }
    session.dispose();
  });
});
