/**
 * The share of each word in the noise: its count to the power `exponent`, over the sum of all
 * (Mikolov et al. 2013).
 */
export function noiseShares(counts: ArrayLike<number>, exponent: number): Float64Array {
  const shares = Float64Array.from(counts, (count) => count ** exponent);
  const sum = shares.reduce((total, share) => total + share, 0);
  return shares.map((share) => share / sum);
}

/**
 * An alias table (Walker 1977, built as in Vose 1991), from which a draw takes one look: take a
 * row at random; below its threshold it is the answer, else its alias is.
 * @param shares of the rows, with the sum 1
 * @returns threshold (as a share of 2^32) and alias by row, shape `(rows, 2)`
 */
export function aliasTable(shares: Float64Array): Uint32Array {
  const count = shares.length;
  const table = new Uint32Array(2 * count);
  const left = shares.map((share) => share * count);
  const small: number[] = [];
  const large: number[] = [];
  left.forEach((share, row) => (share < 1 ? small : large).push(row));
  while (small.length > 0 && large.length > 0) {
    const row = small.pop()!;
    const donor = large[large.length - 1];
    setEntry(table, row, left[row], donor);
    left[donor] -= 1 - left[row];
    if (left[donor] < 1) small.push(large.pop()!);
  }
  // What is left over has a share of 1 but for rounding.
  for (const row of [...small, ...large]) setEntry(table, row, 1, row);
  return table;
}

function setEntry(table: Uint32Array, row: number, share: number, alias: number): void {
  table[2 * row] = Math.min(0xffffffff, Math.round(share * 2 ** 32));
  table[2 * row + 1] = alias;
}

/**
 * How surely each word is kept when frequent words are subsampled, as a share of 2^32 - 1, by the
 * formula of word2vec's program, which is gensim's: with t = sample * total and a count of n,
 * (sqrt(n / t) + 1) * t / n, at most 1.
 * @param sample 0 keeps all words; from 1 on it is a count, up to which words are kept whole, and
 *   t is that times (3 + sqrt(5)) / 2
 */
export function keepShares(counts: ArrayLike<number>, sample: number): Uint32Array {
  let total = 0;
  for (let i = 0; i < counts.length; i++) total += counts[i];
  const threshold =
    sample === 0 ? total : sample < 1 ? sample * total : Math.trunc((sample * (3 + Math.sqrt(5))) / 2);
  return Uint32Array.from(counts, (count) => {
    const share = (Math.sqrt(count / threshold) + 1) * (threshold / count);
    return Math.min(1, share) * (2 ** 32 - 1);
  });
}
