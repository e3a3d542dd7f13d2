import { describe, expect, it } from 'vitest';
import { fromHalf, toHalf } from '../../src/base/encoding/float16.js';

describe('16-bit floats', () => {
  it('are those of IEEE 754', () => {
    // Wikipedia's examples of binary16.
    expect([0x0001, 0x03ff, 0x0400, 0x3555, 0x3bff, 0x3c00, 0x3c01, 0x7bff, 0xc000].map(fromHalf)).toEqual([
      5.960464477539063e-8, 0.00006097555160522461, 0.00006103515625, 0.333251953125, 0.99951171875, 1,
      1.0009765625, 65504, -2,
    ]);
    expect([0x7c00, 0xfc00].map(fromHalf)).toEqual([Infinity, -Infinity]);
    expect(Object.is(fromHalf(0x8000), -0)).toBe(true);
    expect(fromHalf(0x7e00)).toBeNaN();
  });

  it('are rounded to the nearest, halfway to even', () => {
    for (let bits = 0; bits < 0x7bff; bits++) {
      const [low, high] = [fromHalf(bits), fromHalf(bits + 1)];
      const middle = (low + high) / 2;
      const tiny = (high - low) / 1024;
      const found = [low, middle - tiny, middle, middle + tiny, -low, -middle].map(toHalf);
      const even = bits % 2 === 0 ? bits : bits + 1;
      const expected = [bits, bits, even, bits + 1, bits | 0x8000, even | 0x8000];
      if (String(found) !== String(expected)) expect(found, `about ${low}`).toEqual(expected);
    }
    expect([65519, 65520, -1e9, NaN].map(toHalf)).toEqual([0x7bff, 0x7c00, 0xfc00, 0x7e00]);
  });
});
