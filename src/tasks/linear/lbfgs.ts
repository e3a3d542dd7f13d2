/** A function to be made small: it gives its value at a point, and writes its gradient there. */
export type Objective = (point: Float64Array, gradient: Float64Array) => number;

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
  /** Whether the gradient is as small as was asked. */
  readonly converged: boolean;
}

/** How many steps back curvature is remembered. */
const MEMORY = 10;
/** Armijo's: a step must gain this share of what the slope promises. */
const SUFFICIENT = 1e-4;
/** Wolfe's: the slope after a step must be at most this share of the slope before it. */
const CURVATURE = 0.9;
const MAX_TRIALS = 40;

/**
 * The least value of a smooth function, by the limited-memory method of Broyden, Fletcher, Goldfarb and Shanno
 * (Liu and Nocedal 1989), with steps that meet Wolfe's weak conditions, found by bisection.
 * @param start where it begins; kept as it is
 */
export function minimize(objective: Objective, start: Float64Array, options: MinimizeOptions): Minimum {
  let point = start.slice();
  let gradient: Float64Array = new Float64Array(point.length);
  let value = objective(point, gradient);
  const steps: Float64Array[] = [];
  const changes: Float64Array[] = [];
  let iterations = 0;
  while (iterations < options.maxIterations && largest(gradient) > options.tolerance) {
    const direction = descent(gradient, steps, changes);
    const slope = dot(direction, gradient);
    const first = steps.length === 0 ? Math.min(1, 1 / Math.sqrt(dot(gradient, gradient))) : 1;
    const found = wolfeStep(objective, { point, value, slope, direction }, first);
    if (found === undefined) break;
    iterations++;
    const step = difference(found.point, point);
    const change = difference(found.gradient, gradient);
    if (dot(step, change) > 1e-14 * dot(change, change)) {
      steps.push(step);
      changes.push(change);
      if (steps.length > MEMORY) {
        steps.shift();
        changes.shift();
      }
    }
    ({ point, gradient, value } = found);
  }
  return { point, value, iterations, converged: largest(gradient) <= options.tolerance };
}

/** The direction of the two-loop recursion. */
function descent(
  gradient: Float64Array,
  steps: readonly Float64Array[],
  changes: readonly Float64Array[],
): Float64Array {
  const direction = gradient.map((g) => -g);
  const shares = new Float64Array(steps.length);
  for (let i = steps.length - 1; i >= 0; i--) {
    shares[i] = dot(steps[i], direction) / dot(steps[i], changes[i]);
    add(direction, changes[i], -shares[i]);
  }
  if (steps.length > 0) {
    const [step, change] = [steps[steps.length - 1], changes[changes.length - 1]];
    const scale = dot(step, change) / dot(change, change);
    for (let i = 0; i < direction.length; i++) direction[i] *= scale;
  }
  for (let i = 0; i < steps.length; i++) {
    const back = dot(changes[i], direction) / dot(steps[i], changes[i]);
    add(direction, steps[i], shares[i] - back);
  }
  return direction;
}

interface Ray {
  readonly point: Float64Array;
  readonly value: number;
  readonly slope: number;
  readonly direction: Float64Array;
}

/** A step along the direction, or undefined where rounding leaves none. */
function wolfeStep(objective: Objective, ray: Ray, first: number) {
  let [low, high, length] = [0, Infinity, first];
  const point = new Float64Array(ray.point.length);
  const gradient = new Float64Array(ray.point.length);
  for (let trial = 0; trial < MAX_TRIALS; trial++) {
    for (let i = 0; i < point.length; i++) point[i] = ray.point[i] + length * ray.direction[i];
    const value = objective(point, gradient);
    if (!(value <= ray.value + SUFFICIENT * length * ray.slope)) high = length;
    else if (dot(gradient, ray.direction) < CURVATURE * ray.slope) low = length;
    else return { point, gradient, value };
    length = high === Infinity ? 2 * low : (low + high) / 2;
  }
  return undefined;
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

function add(to: Float64Array, vector: Float64Array, scale: number): void {
  for (let i = 0; i < to.length; i++) to[i] += scale * vector[i];
}

function difference(a: Float64Array, b: Float64Array): Float64Array {
  const result = new Float64Array(a.length);
  for (let i = 0; i < a.length; i++) result[i] = a[i] - b[i];
  return result;
}
