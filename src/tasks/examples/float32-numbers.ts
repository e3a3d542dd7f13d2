import { numbersOf } from '../../base/schema/index.js';

/** Numbers that stay finite in 32 bits, which networks compute in. */
export const FLOAT32_NUMBER = {
  expected: 'a finite number, at most 3.4e38',
  takes: (value: number): boolean => Number.isFinite(Math.fround(value)),
};
/** Such numbers in an array of any kind. */
export const float32Numbers = numbersOf(FLOAT32_NUMBER);
