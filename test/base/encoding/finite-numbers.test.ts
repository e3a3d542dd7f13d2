import { describe, expect, it } from 'vitest';
import {
  faultyNumber,
  firstNotFinite,
  refuseFaultyNumbers,
} from '../../../src/base/encoding/finite-numbers.js';

describe('the first number that is not finite', () => {
  it.each([Float64Array, Float32Array])('is found anywhere in a %o', (Floats) => {
    for (const length of [1, 2, 3, 4, 5, 17, 16_384, 40_001]) {
      const values = new Floats(length).fill(-1.5);
      values[length - 1] = Floats === Float64Array ? Number.MAX_VALUE : 3.4028234663852886e38;
      expect(firstNotFinite(values)).toBe(-1);
      for (const place of new Set([0, length >> 1, length - 1])) {
        for (const fault of [NaN, Infinity, -Infinity]) {
          const faulty = values.slice();
          faulty[place] = fault;
          expect(firstNotFinite(faulty)).toBe(place);
        }
      }
    }
  });

  it('is found by its bits among those of 16 bits', () => {
    for (let bits = 0; bits < 0x10000; bits++) {
      const isFinite = ((bits >> 10) & 31) !== 31;
      if (firstNotFinite(Uint16Array.of(0, bits, 0)) !== (isFinite ? -1 : 1)) {
        expect.fail(`bits ${bits.toString(16)}`);
      }
    }
  });

  it('is told by its kind, and whole numbers have none', () => {
    const f16 = (bits: number) => faultyNumber({ dtype: 'F16', data: Uint16Array.of(bits) })?.value;
    expect([0x7c00, 0xfc00, 0x7c01, 0xfe00, 0x7bff].map(f16)).toEqual([
      ...['Infinity', '-Infinity', 'NaN', 'NaN', undefined],
    ]);
    expect(faultyNumber({ dtype: 'I32', data: Int32Array.of(0x7fc00000) })).toBeUndefined();
    const tensor = { dtype: 'F32', data: Float32Array.of(0, NaN) };
    expect(() => refuseFaultyNumbers('gru/kernel', tensor, 'a.safetensors')).toThrow(
      'a.safetensors: the tensor "gru/kernel" holds NaN at place 1',
    );
  });
});
