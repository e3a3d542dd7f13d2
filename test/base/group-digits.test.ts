import { expect, it } from 'vitest';
import { groupDigits } from '../../src/base/math/group-digits.js';

it('writes whole numbers as the en-US locale does', () => {
  for (const value of [0, 7, 939, 1000, -1000, -999, 42195, 999_999, 1e6, 123_456_789, 2 ** 53 - 1]) {
    expect(groupDigits(value)).toBe(value.toLocaleString('en-US'));
  }
});
