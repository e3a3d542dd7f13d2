import { beforeAll, describe, expect, it } from 'vitest';
import type { ActivationName } from '../../../src/rnn/program/kernels.js';
import { ProgramBuilder } from '../../../src/rnn/program/program.js';
import { canRun, compileKernels, instantiateKernels } from '../../../src/rnn/engine/wasm/kernel-module.js';
import type { CompiledKernels } from '../../../src/rnn/engine/wasm/kernel-module.js';
import { LinearMemory } from '../../../src/rnn/engine/wasm/linear-memory.js';
import { Random } from '../../../src/base/math/random.js';
import { sameBytes, WasmRig } from './wasm-comparison.js';

/** Every 4,093rd float there is, and those near 0, where the functions bend. */
const floats = ((): Float32Array => {
  const everywhere = Int32Array.from({ length: Math.floor(2 ** 32 / 4093) }, (_, i) => i * 4093);
  const random = new Random(5);
  const near = Float32Array.from(
    { length: 500_000 },
    (_, i) => random.uniform(-1, 1) * [0.5, 2, 12, 105][i % 4],
  );
  const edges = Float32Array.of(
    ...[0, -0, Infinity, -Infinity, NaN, 1e-45, -1e-45, 1.1754943e-38, 3e38, -3e38, 1e4, -1e4],
    // Where exp leaves the floats, and where it becomes denormal and 0.
    ...[88.72283, 88.72284, -87.33655, -103.97, -103.98],
  );
  return concatenate([edges, new Float32Array(everywhere.buffer), near]);
})();

function concatenate(parts: Float32Array[]): Float32Array {
  const whole = new Float32Array(parts.reduce((total, part) => total + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** The distance between a float and the true value, in units of the float's last place. */
function ulps(actual: number, truth: number): number {
  if (Number.isNaN(truth)) return Number.isNaN(actual) ? 0 : Infinity;
  const nearest = Math.fround(truth);
  if (Object.is(actual, nearest)) return 0;
  if (!Number.isFinite(nearest) || !Number.isFinite(actual)) return Infinity;
  const exponent = Math.max(Math.floor(Math.log2(Math.abs(nearest))), -126);
  return Math.abs(actual - truth) / 2 ** (exponent - 23);
}

function worst(results: Float32Array, truth: (x: number) => number): { ulps: number; x: number } {
  const found = { ulps: 0, x: 0 };
  results.forEach((y, i) => {
    const error = ulps(y, truth(floats[i]));
    if (error > found.ulps) Object.assign(found, { ulps: error, x: floats[i] });
  });
  return found;
}

const sigmoid = (x: number): number => (x < 0 ? Math.exp(x) / (1 + Math.exp(x)) : 1 / (1 + Math.exp(-x)));

const hasRelaxedSimd = await canRun('relaxed-simd');

for (const variant of ['simd', 'relaxed-simd'] as const) {
  const skipped = variant === 'relaxed-simd' && !hasRelaxedSimd;
  describe.skipIf(skipped)(`exponentials, ${variant}${skipped ? ' (this host has none)' : ''}`, () => {
    let compiled: CompiledKernels;
    beforeAll(async () => {
      compiled = await compileKernels(variant);
    });

    function activate(activation: ActivationName): Float32Array {
      const builder = new ProgramBuilder(activation);
      const x = builder.declare('state', 'x', 1, floats.length);
      builder.run('activate', { x }, { y: x }, { activation });
      const rig = new WasmRig(builder.finish(), compiled);
      rig.write(new Map([['x', floats]]));
      rig.executable.run();
      return rig.read('x');
    }

    it('exp is within 1.1 ulp', () => {
      const memory = new LinearMemory();
      const address = memory.allocate(floats.length * 4);
      memory.floats.set(floats, address / 4);
      const { exports } = instantiateKernels(compiled, memory.memory);
      exports.exponentials(address, address, floats.length, 0);
      const results = memory.floats.slice(address / 4, address / 4 + floats.length);
      expect(worst(results, Math.exp).ulps).toBeLessThan(1.1);
    });

    it('tanh is within 2 ulp and odd', () => {
      const results = activate('tanh');
      expect(worst(results, Math.tanh).ulps).toBeLessThan(2);
      expect(sameBytes(results.slice(0, 2), Float32Array.of(0, -0))).toBe(true);
    });

    it('sigmoid is within 3 ulp', () => {
      expect(worst(activate('sigmoid'), sigmoid).ulps).toBeLessThan(3);
    });

    it('the others are exact', () => {
      expect(worst(activate('relu'), (x) => Math.max(0, x)).ulps).toBe(0);
      expect(worst(activate('linear'), (x) => x).ulps).toBe(0);
    });
  });
}
