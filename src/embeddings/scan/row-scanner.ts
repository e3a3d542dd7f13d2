/** Cosines of all rows with one vector as the kernels give them, and how far off they may be. */
export interface Scan {
  /** The most that each row's cosine can be, less `error`; shape `(count)`. Lasts until the next scan. */
  readonly scores: Float32Array;
  /** The largest score of each block of rows. */
  readonly maxima: Float32Array;
  readonly rowsPerBlock: number;
  /** How far a cosine may be above its score, or below it. */
  readonly error: number;
  /** Where given, how much farther below its score a row's cosine may be; half of it. */
  readonly errors: Float32Array | undefined;
}

/** What scores rows without reading all of them exactly. */
export interface RowScanner {
  /** Scores of the first `count` rows with a unit vector of shape `(width)`, and how far they may be off. */
  scan(unit: Float64Array, count: number): Scan;
  /** Ends its threads, if it has any. */
  end(): void;
}
