/** The density of the standard normal distribution. */
export function normalDensity(x: number): number {
  return Math.exp(-0.5 * x * x) / Math.sqrt(2 * Math.PI);
}

/** From here on the tail is a continued fraction, below it a series. */
const TAIL_BEGINS = 3;

/**
 * The standard normal distribution: the share of it below x (Abramowitz and Stegun 1964, formulas
 * 26.2.11 and 26.2.14), to a few units in the last place.
 */
export function normalDistribution(x: number): number {
  if (Number.isNaN(x)) return NaN;
  if (Math.abs(x) < TAIL_BEGINS) {
    // density * (x + x^3 / 3 + x^5 / (3 * 5) + ...): terms of one sign.
    let [term, sum] = [x, x];
    for (let odd = 3; Math.abs(term) > 1e-18 * Math.abs(sum); odd += 2) {
      term *= (x * x) / odd;
      sum += term;
    }
    return 0.5 + normalDensity(x) * sum;
  }
  const far = Math.abs(x);
  // 1 / (x + 1 / (x + 2 / (x + 3 / ...))), from the inside out.
  let fraction = far;
  for (let k = 120; k >= 1; k--) fraction = far + k / fraction;
  const tail = normalDensity(far) / fraction;
  return x < 0 ? tail : 1 - tail;
}
