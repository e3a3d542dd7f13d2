/** Vectors of buckets are kept in blocks of memory of about this many bytes. */
const BLOCK_BYTES = 1 << 24;

/**
 * The vectors of the buckets of subwords, in blocks that grow with what has come.
 * @param read puts the next bucket's vector into its row
 * @returns the vector of a bucket
 */
export async function bucketRows(
  count: number,
  width: number,
  read: (bucket: number, row: Float32Array) => Promise<void>,
): Promise<(bucket: number) => Float32Array> {
  const rowsPerBlock = Math.max(1, Math.floor(BLOCK_BYTES / (width * 4)));
  const blocks: Float32Array[] = [];
  const rowOf = (bucket: number) => {
    const start = (bucket % rowsPerBlock) * width;
    return blocks[Math.floor(bucket / rowsPerBlock)].subarray(start, start + width);
  };
  for (let bucket = 0; bucket < count; bucket++) {
    if (bucket % rowsPerBlock === 0) {
      blocks.push(new Float32Array(Math.min(rowsPerBlock, count - bucket) * width));
    }
    await read(bucket, rowOf(bucket));
  }
  return rowOf;
}
