/** With fewer examples none is held back. */
export const HOLD_BACK_FROM = 10;
const SHARE = 0.2;
/** Steps of the golden ratio are spread evenly, and in step with no order that examples may have. */
const GOLDEN = (Math.sqrt(5) - 1) / 2;

/** About a fifth of the examples is held back to test on, where there are ten or more. */
export function holdBack<Example>(examples: readonly Example[]): { train: Example[]; test: Example[] } {
  if (examples.length < HOLD_BACK_FROM) return { train: [...examples], test: [] };
  const isTest = (_: Example, i: number): boolean => ((i + 1) * GOLDEN) % 1 < SHARE;
  return { train: examples.filter((each, i) => !isTest(each, i)), test: examples.filter(isTest) };
}
