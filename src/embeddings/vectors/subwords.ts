/** How fastText cuts a word into subwords (Bojanowski et al. 2017). */
export interface SubwordShape {
  /** The shortest subword, in characters. */
  readonly minn: number;
  /** The longest subword, in characters; 0 for none. */
  readonly maxn: number;
  /** Subwords are told apart by their hash modulo this number. */
  readonly bucket: number;
}

const encoder = new TextEncoder();

/**
 * The buckets of a word's subwords: each run of `minn` to `maxn` characters of the word between `<`
 * and `>`, but neither of these marks alone. A bucket comes as often as subwords fall into it.
 */
export function subwordBuckets(word: string, { minn, maxn, bucket }: SubwordShape): number[] {
  if (bucket === 0 || maxn === 0) return [];
  const bytes = encoder.encode(`<${word}>`);
  const buckets: number[] = [];
  for (let start = 0; start < bytes.length; start++) {
    if (isContinuation(bytes[start])) continue;
    let end = start;
    for (let length = 1; length <= maxn && end < bytes.length; length++) {
      end++;
      while (end < bytes.length && isContinuation(bytes[end])) end++;
      const isMark = length === 1 && (start === 0 || end === bytes.length);
      if (length >= minn && !isMark) buckets.push(hashBytes(bytes, start, end) % bucket);
    }
  }
  return buckets;
}

/** Whether a byte of UTF-8 goes on with a character. */
function isContinuation(byte: number): boolean {
  return (byte & 0xc0) === 0x80;
}

/** FNV-1a over 32 bits, where bytes from 0x80 on count as negative numbers: as fastText has it. */
function hashBytes(bytes: Uint8Array, start: number, end: number): number {
  let hash = 2166136261;
  for (let at = start; at < end; at++) hash = Math.imul(hash ^ ((bytes[at] << 24) >> 24), 16777619);
  return hash >>> 0;
}

/** The vectors of fastText's subwords, which give a vector to words that it never saw. */
export class Subwords {
  /** @param rowOf the vector of a bucket */
  constructor(
    readonly shape: SubwordShape,
    readonly rowOf: (bucket: number) => Float32Array,
  ) {}

  /** Whether the word is long enough for a subword. */
  reaches(word: string): boolean {
    return subwordBuckets(word, this.shape).length > 0;
  }

  /**
   * The mean of the vectors of a word's subwords and, where it has one, of its own; in single
   * precision and in this order, as gensim and fastText add them.
   * @param sum its own vector, which the mean replaces, or zeros
   * @param own how many vectors `sum` holds already, 0 or 1
   */
  average(word: string, sum: Float32Array, own: 0 | 1): void {
    const buckets = subwordBuckets(word, this.shape);
    for (const bucket of buckets) {
      const row = this.rowOf(bucket);
      for (let i = 0; i < sum.length; i++) sum[i] += row[i];
    }
    const count = buckets.length + own;
    if (count > 0) for (let i = 0; i < sum.length; i++) sum[i] /= count;
  }
}
