import { SeqkitError } from './errors.js';
import type { Random } from './random.js';

/** Fills a weight (rows, cols) at the start. */
export type Initializer = (rows: number, cols: number, random: Random) => Float64Array;

export const zeros: Initializer = (rows, cols) => new Float64Array(rows * cols);

export const ones: Initializer = (rows, cols) => new Float64Array(rows * cols).fill(1);

/** Every element the same. */
export const constant =
  (value: number): Initializer =>
  (rows, cols) =>
    new Float64Array(rows * cols).fill(value);

/** Uniform in +-sqrt(6 / (rows + cols)) (Glorot and Bengio 2010, equation 16). */
export const glorotUniform: Initializer = (rows, cols, random) => {
  const limit = Math.sqrt(6 / (rows + cols));
  return Float64Array.from({ length: rows * cols }, () => random.uniform(-limit, limit));
};

/** Normal with the same variance, 2 / (rows + cols). */
export const glorotNormal: Initializer = (rows, cols, random) =>
  normals(rows * cols, Math.sqrt(2 / (rows + cols)), random);

/** Uniform in +-sqrt(6 / rows): variance 2 / rows, for relu (He et al. 2015). */
export const heUniform: Initializer = (rows, cols, random) => {
  const limit = Math.sqrt(6 / rows);
  return Float64Array.from({ length: rows * cols }, () => random.uniform(-limit, limit));
};

/** Normal with variance 2 / rows, for relu (He et al. 2015, equation 10). */
export const heNormal: Initializer = (rows, cols, random) =>
  normals(rows * cols, Math.sqrt(2 / rows), random);

/** Uniform in +-0.05, Keras's default for embeddings. */
export const uniform: Initializer = (rows, cols, random) =>
  Float64Array.from({ length: rows * cols }, () => random.uniform(-0.05, 0.05));

/**
 * Orthonormal rows or columns, whichever are fewer (Saxe et al. 2014): a normal matrix
 * orthogonalized by Gram and Schmidt, twice for full precision.
 */
export const orthogonal: Initializer = (rows, cols, random) => {
  const count = Math.min(rows, cols);
  const length = Math.max(rows, cols);
  const basis: Float64Array[] = [];
  while (basis.length < count) {
    const vector = Float64Array.from({ length }, () => random.normal());
    for (let pass = 0; pass < 2; pass++) {
      for (const other of basis) {
        const overlap = dot(vector, other);
        for (let i = 0; i < length; i++) vector[i] -= overlap * other[i];
      }
    }
    const norm = Math.sqrt(dot(vector, vector));
    basis.push(vector.map((value) => value / norm));
  }
  const values = new Float64Array(rows * cols);
  for (let r = 0; r < rows; r++) {
    for (let c = 0; c < cols; c++) values[r * cols + c] = rows <= cols ? basis[r][c] : basis[c][r];
  }
  return values;
};

const initializers = {
  ...{ zeros, ones, uniform, glorotUniform, glorotNormal, heUniform, heNormal, orthogonal },
} satisfies Record<string, Initializer>;

/** Names that layers take, and model files keep. */
export type InitializerName = keyof typeof initializers;

/** @throws SeqkitError `usage` for a name that there is not */
export function initializerOf(name: InitializerName): Initializer {
  if (Object.hasOwn(initializers, name)) return initializers[name];
  throw new SeqkitError(`There is no initializer "${String(name)}".`, {
    code: 'usage',
    hint: `The initializers are ${Object.keys(initializers).join(', ')}.`,
  });
}

function normals(count: number, deviation: number, random: Random): Float64Array {
  return Float64Array.from({ length: count }, () => random.normal(0, deviation));
}

function dot(a: Float64Array, b: Float64Array): number {
  let total = 0;
  for (let i = 0; i < a.length; i++) total += a[i] * b[i];
  return total;
}
