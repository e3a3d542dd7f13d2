import { fromHalf } from '../../base/encoding/float16.js';

/** The vectors of a set, one a row, in whatever precision they are kept. */
export interface Rows {
  /** How many rows there are. */
  readonly count: number;
  /** How many numbers a row has. */
  readonly width: number;
  /** The length of each row; shape `(count)`. */
  readonly norms: Float32Array;
  /** Row `row` as floats, shape `(width)`, in memory of its own. */
  copy(row: number): Float32Array;
  /**
   * The cosine of a row with a unit vector, in double precision; 0 for a row of zeros.
   * @param unit shape `(width)`, of length 1
   */
  cosine(row: number, unit: Float64Array): number;
  /** The first `count` rows only, without copying. */
  first(count: number): Rows;
}

/** Rows kept as 32-bit floats, shape `(count, width)`. */
export class FloatRows implements Rows {
  readonly count: number;
  readonly norms: Float32Array;

  constructor(
    readonly data: Float32Array,
    readonly width: number,
    norms?: Float32Array,
  ) {
    this.count = data.length / width;
    this.norms = norms ?? measureRows(data, width, new Float32Array(this.count));
  }

  copy(row: number): Float32Array {
    // Of its own kind of memory, where this one may be shared between threads.
    return Float32Array.from(this.data.subarray(row * this.width, (row + 1) * this.width));
  }

  cosine(row: number, unit: Float64Array): number {
    const norm = this.norms[row];
    return norm > 0 ? dotFloats(this.data, row * this.width, unit) / norm : 0;
  }

  first(count: number): FloatRows {
    return new FloatRows(
      this.data.subarray(0, count * this.width),
      this.width,
      this.norms.subarray(0, count),
    );
  }
}

/** Rows kept as the bits of 16-bit floats, shape `(count, width)`. */
export class HalfRows implements Rows {
  readonly count: number;

  /** @param norms the length of each row as it is kept, shape `(count)` */
  constructor(
    readonly data: Uint16Array,
    readonly width: number,
    readonly norms: Float32Array,
  ) {
    this.count = norms.length;
  }

  copy(row: number): Float32Array {
    const floats = new Float32Array(this.width);
    const start = row * this.width;
    for (let i = 0; i < floats.length; i++) floats[i] = fromHalf(this.data[start + i]);
    return floats;
  }

  cosine(row: number, unit: Float64Array): number {
    const norm = this.norms[row];
    return norm > 0 ? dotFloats(this.copy(row), 0, unit) / norm : 0;
  }

  first(count: number): HalfRows {
    return new HalfRows(this.data.subarray(0, count * this.width), this.width, this.norms.subarray(0, count));
  }
}

/** Rows kept as whole numbers from -127 to 127, shape `(count, width)`, times a scale per row. */
export class Int8Rows implements Rows {
  readonly count: number;

  /**
   * @param scales shape `(count)`
   * @param norms the length of each row after scaling, shape `(count)`
   */
  constructor(
    readonly data: Int8Array,
    readonly width: number,
    readonly scales: Float32Array,
    readonly norms: Float32Array,
  ) {
    this.count = scales.length;
  }

  copy(row: number): Float32Array {
    const floats = new Float32Array(this.width);
    const start = row * this.width;
    for (let i = 0; i < floats.length; i++) floats[i] = this.data[start + i] * this.scales[row];
    return floats;
  }

  cosine(row: number, unit: Float64Array): number {
    const norm = this.norms[row];
    if (!(norm > 0)) return 0;
    return dotInts(this.data, row * this.width, unit) * (this.scales[row] / norm);
  }

  first(count: number): Int8Rows {
    return new Int8Rows(
      this.data.subarray(0, count * this.width),
      this.width,
      this.scales.subarray(0, count),
      this.norms.subarray(0, count),
    );
  }
}

/**
 * The length of each row.
 * @param data shape `(count, width)`
 * @param norms where they go, shape `(count)`
 */
export function measureRows<Norms extends Float32Array>(
  data: Float32Array,
  width: number,
  norms: Norms,
): Norms {
  for (let row = 0; row < norms.length; row++) {
    let sum = 0;
    for (let i = row * width; i < (row + 1) * width; i++) sum += data[i] * data[i];
    norms[row] = Math.sqrt(sum);
  }
  return norms;
}

// The two below are one function for two array types: apart, each is compiled for its own type.
// Four sums run side by side, since each addition waits for the one before it.

function dotFloats(data: Float32Array, start: number, unit: Float64Array): number {
  const { length } = unit;
  const whole = length - (length % 4);
  let [a, b, c, d] = [0, 0, 0, 0];
  for (let i = 0; i < whole; i += 4) {
    a += data[start + i] * unit[i];
    b += data[start + i + 1] * unit[i + 1];
    c += data[start + i + 2] * unit[i + 2];
    d += data[start + i + 3] * unit[i + 3];
  }
  for (let i = whole; i < length; i++) a += data[start + i] * unit[i];
  return a + b + (c + d);
}

function dotInts(data: Int8Array, start: number, unit: Float64Array): number {
  const { length } = unit;
  const whole = length - (length % 4);
  let [a, b, c, d] = [0, 0, 0, 0];
  for (let i = 0; i < whole; i += 4) {
    a += data[start + i] * unit[i];
    b += data[start + i + 1] * unit[i + 1];
    c += data[start + i + 2] * unit[i + 2];
    d += data[start + i + 3] * unit[i + 3];
  }
  for (let i = whole; i < length; i++) a += data[start + i] * unit[i];
  return a + b + (c + d);
}
