/** FNV-1a in 32 bits over UTF-8 with each byte taken as a signed number, in BigInt: fastText's hash. */
export function hashOf(text: string): number {
  const mask = (1n << 32n) - 1n;
  let hash = 0x811c9dc5n;
  for (const byte of new TextEncoder().encode(text)) {
    const signed = BigInt(byte >= 128 ? byte - 256 : byte);
    hash = ((hash ^ (signed & mask)) * 0x01000193n) & mask;
  }
  return Number(hash);
}
