/** How far two rows of numbers go together. */
export interface Correlation {
  /** From -1 to 1; NaN where one of the rows does not vary. */
  readonly statistic: number;
  /** How likely one so far from 0 is by chance, either way (Student's t test); NaN under three numbers. */
  readonly pvalue: number;
}

/** Pearson's correlation of two rows of one length. */
export function pearson(a: readonly number[], b: readonly number[]): Correlation {
  const count = a.length;
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / count;
  const [meanA, meanB] = [mean(a), mean(b)];
  let [ab, aa, bb] = [0, 0, 0];
  for (let i = 0; i < count; i++) {
    ab += (a[i] - meanA) * (b[i] - meanB);
    aa += (a[i] - meanA) ** 2;
    bb += (b[i] - meanB) ** 2;
  }
  const statistic = aa > 0 && bb > 0 ? Math.max(-1, Math.min(1, ab / Math.sqrt(aa * bb))) : NaN;
  const freedom = count - 2;
  // The tail of t is the incomplete beta function of freedom / (freedom + t^2), which is 1 - r^2.
  const pvalue = freedom < 1 ? NaN : incompleteBeta(freedom / 2, 0.5, 1 - statistic ** 2);
  return { statistic, pvalue };
}

/** Spearman's correlation: Pearson's of the ranks, where equal numbers share the mean of theirs. */
export function spearman(a: readonly number[], b: readonly number[]): Correlation {
  return pearson(ranks(a), ranks(b));
}

function ranks(values: readonly number[]): number[] {
  const order = Array.from(values.keys()).sort((i, j) => values[i] - values[j]);
  const found = new Array<number>(values.length);
  for (let start = 0; start < order.length;) {
    let end = start + 1;
    while (end < order.length && values[order[end]] === values[order[start]]) end++;
    for (let place = start; place < end; place++) found[order[place]] = (start + 1 + end) / 2;
    start = end;
  }
  return found;
}

/** The regularized incomplete beta function, by its continued fraction (Abramowitz and Stegun 26.5.8). */
function incompleteBeta(a: number, b: number, x: number): number {
  if (Number.isNaN(x)) return NaN;
  if (x <= 0) return 0;
  if (x >= 1) return 1;
  // The fraction converges fast on this side; the function is symmetric in the other.
  if (x > (a + 1) / (a + b + 2)) return 1 - incompleteBeta(b, a, 1 - x);
  const front = Math.exp(logGamma(a + b) - logGamma(a) - logGamma(b) + a * Math.log(x) + b * Math.log1p(-x));
  // From the innermost term outwards; 500 terms are far more than double precision needs here.
  let fraction = 1;
  for (let m = 250; m >= 0; m--) {
    const even = m === 0 ? 0 : (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m));
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    fraction = 1 + odd / fraction;
    if (m > 0) fraction = 1 + even / fraction;
  }
  return front / (a * fraction);
}

/** The logarithm of the gamma function for positive numbers, by Stirling's series. */
function logGamma(x: number): number {
  // The series is for large numbers: gamma(x) = gamma(x + n) / (x (x + 1) ... (x + n - 1)).
  let shift = 0;
  while (x < 12) shift += Math.log(x++);
  const inverse = 1 / (x * x);
  const series = (1 / 12 - inverse * (1 / 360 - inverse * (1 / 1260 - inverse / 1680))) / x;
  return (x - 0.5) * Math.log(x) - x + Math.log(2 * Math.PI) / 2 + series - shift;
}
