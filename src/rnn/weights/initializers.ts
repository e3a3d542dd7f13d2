import { choice } from '../../base/schema/index.js';
import { orthonormalizing } from './orthonormal-rows.js';
import type { Random } from '../../base/math/random.js';
import { finished, type StartInTurns } from './start-in-turns.js';

/**
 * Fills a weight (rows, cols) at the start.
 * @param taps K of a convolution's kernel (K, D, F), rows K * D: each of its inputs reaches
 *   K * F outputs @default 1
 */
export type Initializer = (rows: number, cols: number, random: Random, taps?: number) => Float64Array;

export const zeros: Initializer = (rows, cols) => new Float64Array(rows * cols);

export const ones: Initializer = (rows, cols) => new Float64Array(rows * cols).fill(1);

/** Every element the same. */
export const constant =
  (value: number): Initializer =>
  (rows, cols) =>
    new Float64Array(rows * cols).fill(value);

/** Uniform in +-sqrt(6 / (rows + cols * taps)) (Glorot and Bengio 2010, equation 16; Keras's fans). */
export const glorotUniform: Initializer = (rows, cols, random, taps = 1) =>
  uniforms(rows * cols, Math.sqrt(6 / (rows + cols * taps)), random);

/** Normal with the same variance, 2 / (rows + cols * taps). */
export const glorotNormal: Initializer = (rows, cols, random, taps = 1) =>
  normals(rows * cols, Math.sqrt(2 / (rows + cols * taps)), random);

/** Uniform in +-sqrt(6 / rows): variance 2 / rows, for relu (He et al. 2015). */
export const heUniform: Initializer = (rows, cols, random) =>
  uniforms(rows * cols, Math.sqrt(6 / rows), random);

/** Normal with variance 2 / rows, for relu (He et al. 2015, equation 10). */
export const heNormal: Initializer = (rows, cols, random) =>
  normals(rows * cols, Math.sqrt(2 / rows), random);

/** Uniform in +-0.05, Keras's default for embeddings. */
export const uniform: Initializer = (rows, cols, random) => uniforms(rows * cols, 0.05, random);

/** Orthonormal rows or columns, whichever are fewer (Saxe et al. 2014): a normal matrix orthogonalized. */
export const orthogonal: Initializer = (rows, cols, random) => finished(orthogonalLater(rows, cols, random));

/** As `orthogonal`: all random numbers are drawn at once, and the rest, which takes long, is done with pauses. */
export function orthogonalLater(rows: number, cols: number, random: Random): StartInTurns {
  const length = Math.max(rows, cols);
  const basis = Array.from({ length: Math.min(rows, cols) }, () => normals(length, 1, random));
  return orthogonalized(basis, rows, cols);
}

function* orthogonalized(basis: readonly Float64Array[], rows: number, cols: number): StartInTurns {
  yield* orthonormalizing(basis);
  const values = new Float64Array(rows * cols);
  for (let r = 0; r < rows; r++) {
    if (rows <= cols) values.set(basis[r], r * cols);
    else for (let c = 0; c < cols; c++) values[r * cols + c] = basis[c][r];
  }
  return values;
}

const initializers = {
  ...{ zeros, ones, uniform, glorotUniform, glorotNormal, heUniform, heNormal, orthogonal },
} satisfies Record<string, Initializer>;

/** Names that layers take, and model files keep. */
export type InitializerName = keyof typeof initializers;

/** The schema of an initializer's name. */
export const initializerName = choice(Object.keys(initializers) as InitializerName[]);

/** @throws SeqkitError `bad-value` for a name that there is not */
export function initializerOf(name: InitializerName): Initializer {
  return initializers[initializerName.parse(name, 'An initializer')];
}

function normals(count: number, deviation: number, random: Random): Float64Array {
  const values = new Float64Array(count);
  for (let i = 0; i < count; i++) values[i] = random.normal(0, deviation);
  return values;
}

function uniforms(count: number, limit: number, random: Random): Float64Array {
  const values = new Float64Array(count);
  for (let i = 0; i < count; i++) values[i] = random.uniform(-limit, limit);
  return values;
}
