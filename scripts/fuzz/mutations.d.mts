/** One damaged copy of a file. */
export function mutate(
  bytes: Uint8Array,
  random: { integer(n: number): number },
  others: readonly Uint8Array[],
): Uint8Array;
