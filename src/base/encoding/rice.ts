/**
 * Numbers in rising order as the gaps between them, each in a Golomb-Rice code (Rice 1979): what the gap holds of
 * 2^bits in unary, the rest in as many bits. Where numbers are spread evenly, so many bits and one and a half stand
 * for each.
 * @param numbers whole, from 0, each above the one before
 * @param bits from 1 to 30, the logarithm of a common gap
 */
export function encodeRice(numbers: ArrayLike<number>, bits: number): Uint8Array {
  const bytes: number[] = [];
  let filled = 8;
  const push = (bit: number): void => {
    if (filled === 8) {
      bytes.push(0);
      filled = 0;
    }
    bytes[bytes.length - 1] |= bit << filled++;
  };
  let last = -1;
  for (let i = 0; i < numbers.length; i++) {
    const gap = numbers[i] - last - 1;
    last = numbers[i];
    for (let n = Math.floor(gap / 2 ** bits); n > 0; n--) push(1);
    push(0);
    for (let bit = 0; bit < bits; bit++) push((gap >>> bit) & 1);
  }
  return Uint8Array.from(bytes);
}

/**
 * The numbers that `encodeRice` wrote.
 * @returns undefined where the bytes hold fewer or more of them, or one from `end` on
 */
export function decodeRice(
  bytes: Uint8Array,
  { bits, count, end }: { bits: number; count: number; end: number },
): Uint32Array | undefined {
  const numbers = new Uint32Array(count);
  const size = 8 * bytes.length;
  let at = 0;
  const next = (): number => (bytes[at >> 3] >> (at++ & 7)) & 1;
  let last = -1;
  for (let i = 0; i < count; i++) {
    let gap = 0;
    while (at < size && next() === 1) gap += 2 ** bits;
    if (at + bits > size) return undefined;
    for (let bit = 0; bit < bits; bit++) gap += next() * 2 ** bit;
    last += gap + 1;
    if (last >= end) return undefined;
    numbers[i] = last;
  }
  return size - at < 8 ? numbers : undefined;
}
