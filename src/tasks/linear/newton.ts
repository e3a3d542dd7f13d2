/** A convex function to be made small, which remembers where it was last evaluated. */
export interface ConvexObjective {
  /** Its value at a point; writes its gradient there. */
  evaluate(point: Float64Array, gradient: Float64Array): number;
  /** The Hessian where it was last evaluated, times a vector. */
  curve(vector: Float64Array, product: Float64Array): void;
}

/** When to end. */
export interface MinimizeOptions {
  /** Ends once no component of the gradient is larger. */
  readonly tolerance: number;
  readonly maxIterations: number;
}

/** Where it ended. */
export interface Minimum {
  readonly point: Float64Array;
  readonly value: number;
  readonly iterations: number;
  /** Whether the gradient is as small as was asked, or as rounding lets it become. */
  readonly converged: boolean;
  /** The largest component of the gradient that is left. */
  readonly slope: number;
}

/** Armijo's: a step must gain this share of what the slope promises. */
const SUFFICIENT = 1e-4;
const MAX_HALVINGS = 40;
/** A gradient so much smaller than the first is what rounding makes of none: where no step gains, and anywhere. */
const [NO_GAIN, ROUNDED] = [1e-7, 1e-14];
/** Values that differ by less, of their size, are the same but for rounding. */
const ROUNDING = 1e-13;
/** A step's equations are solved to this share of the gradient at first, and the better the smaller it gets. */
const FIRST_SHARE = 0.1;
const MAX_PRODUCTS = 250;

/**
 * The least value of a convex function by Newton's method, each step by conjugate gradients as far as is worth it (Dembo
 * and Steihaug 1983), and halved until it gains enough. Of many weights it goes through far fewer vectors than a
 * quasi-Newton method does.
 * @param start where it begins; kept as it is
 */
export function minimize(
  objective: ConvexObjective,
  start: Float64Array,
  { tolerance, maxIterations }: MinimizeOptions,
): Minimum {
  let point = start.slice();
  let trial = new Float64Array(point.length);
  const gradient = new Float64Array(point.length);
  const direction = new Float64Array(point.length);
  const solver = new ConjugateGradients(point.length);
  let value = objective.evaluate(point, gradient);
  const firstNorm = Math.sqrt(dot(gradient, gradient));
  const firstSlope = largest(gradient);
  let iterations = 0;
  for (; iterations < maxIterations && largest(gradient) > tolerance; iterations++) {
    const norm = Math.sqrt(dot(gradient, gradient));
    solver.solve(objective, gradient, direction, Math.min(FIRST_SHARE, Math.sqrt(norm / firstNorm)) * norm);
    const slope = dot(direction, gradient);
    let [length, halvings] = [1, 0];
    let next: number;
    for (;;) {
      for (let i = 0; i < point.length; i++) trial[i] = point[i] + length * direction[i];
      next = objective.evaluate(trial, gradient);
      if (next <= value + SUFFICIENT * length * slope) break;
      // Close to the minimum the value tells steps apart no longer; the gradient does.
      const isLevel = Math.abs(next - value) <= ROUNDING * Math.abs(value);
      if (isLevel && dot(gradient, gradient) < norm * norm) break;
      if (++halvings > MAX_HALVINGS) break;
      length /= 2;
    }
    // Rounding leaves no step that gains: it is as good as it gets.
    if (halvings > MAX_HALVINGS) {
      value = objective.evaluate(point, gradient);
      break;
    }
    [point, trial, value] = [trial, point, next];
  }
  const slope = largest(gradient);
  const least = Math.max(tolerance, (iterations < maxIterations ? NO_GAIN : ROUNDED) * firstSlope);
  return { point, value, iterations, converged: slope <= least, slope };
}

/** Solves the equations of a step, with vectors that it uses again. */
class ConjugateGradients {
  readonly #residual: Float64Array;
  readonly #conjugate: Float64Array;
  readonly #product: Float64Array;

  constructor(length: number) {
    this.#residual = new Float64Array(length);
    this.#conjugate = new Float64Array(length);
    this.#product = new Float64Array(length);
  }

  /**
   * Hessian times solution = -gradient.
   * @param solution where it goes
   * @param precision how long the residual may be
   */
  solve(objective: ConvexObjective, gradient: Float64Array, solution: Float64Array, precision: number): void {
    const [residual, conjugate, product] = [this.#residual, this.#conjugate, this.#product];
    solution.fill(0);
    for (let i = 0; i < residual.length; i++) residual[i] = conjugate[i] = -gradient[i];
    let squared = dot(residual, residual);
    for (let n = 0; n < MAX_PRODUCTS && Math.sqrt(squared) > precision; n++) {
      objective.curve(conjugate, product);
      const curvature = dot(conjugate, product);
      // Flat, as far as can be told: along what was found so far.
      if (!(curvature > 1e-16 * dot(conjugate, conjugate))) {
        if (n === 0) solution.set(conjugate);
        return;
      }
      const share = squared / curvature;
      for (let i = 0; i < solution.length; i++) {
        solution[i] += share * conjugate[i];
        residual[i] -= share * product[i];
      }
      const before = squared;
      squared = dot(residual, residual);
      for (let i = 0; i < conjugate.length; i++) {
        conjugate[i] = residual[i] + (squared / before) * conjugate[i];
      }
    }
  }
}

function largest(vector: Float64Array): number {
  let max = 0;
  for (let i = 0; i < vector.length; i++) max = Math.max(max, Math.abs(vector[i]));
  return max;
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i];
  return sum;
}
