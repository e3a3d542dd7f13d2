/** How vectors are to be searched. */
export interface SearchOptions {
  /**
   * Keep rows of 8-bit numbers beside those of 32-bit floats, for a quarter more memory: a search
   * reads a quarter of the bytes, and scores exactly what may be among the answers, which stay the
   * same. @default false
   */
  readonly int8Search?: boolean;
  /** How many threads search many vectors at once. @default what the machine runs, at most 8 */
  readonly threads?: number;
}
