import { decodeBase64 } from './base64.js';

/** Bytes that our own build packed: by DEFLATE, then as base64. */
export interface PackedBytes {
  /** How many they are. */
  readonly bytes: number;
  readonly packed: string;
}

/** Base lengths of the length codes from 257 on, and how many bits are added to each (RFC 1951, 3.2.5). */
const LENGTHS = [3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115];
LENGTHS.push(131, 163, 195, 227, 258);
const LENGTH_BITS = [0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0];

/** The order in which the lengths of the code of code lengths stand (3.2.7). */
const ORDER = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];

/** A canonical prefix code (3.2.2). */
interface Code {
  /** Bits of its longest symbol. */
  readonly longest: number;
  /** For so many bits to come, the symbol that they begin with, times 16, plus its length. */
  readonly table: Uint16Array;
}

function codeOf(lengths: Uint8Array): Code {
  const longest = lengths.reduce((most, length) => Math.max(most, length), 1);
  const table = new Uint16Array(1 << longest);
  let code = 0;
  for (let length = 1; length <= longest; length++, code <<= 1) {
    for (let symbol = lengths.indexOf(length); symbol >= 0; symbol = lengths.indexOf(length, symbol + 1)) {
      // Codes begin with their highest bit, which comes first.
      let bits = 0;
      for (let i = 0; i < length; i++) bits |= ((code >> i) & 1) << (length - 1 - i);
      for (; bits < table.length; bits += 1 << length) table[bits] = (symbol << 4) | length;
      code++;
    }
  }
  return { longest, table };
}

/**
 * Unpacks what our own build packed (DEFLATE, RFC 1951). In place of `DecompressionStream`, which an AudioWorklet does
 * not have.
 */
export function inflate({ bytes, packed }: PackedBytes): Uint8Array<ArrayBuffer> {
  const source = decodeBase64(packed);
  const out = new Uint8Array(bytes);
  let written = 0;
  let at = 0;
  let held = 0;
  let holds = 0;
  const need = (count: number): void => {
    for (; holds < count; holds += 8) held |= source[at++] << holds;
  };
  const bits = (count: number): number => {
    need(count);
    const value = held & ((1 << count) - 1);
    held >>>= count;
    holds -= count;
    return value;
  };
  const next = ({ longest, table }: Code): number => {
    need(longest);
    const found = table[held & (table.length - 1)];
    held >>>= found & 15;
    holds -= found & 15;
    return found >> 4;
  };
  const copyBlock = (literals: Code, distances: Code): void => {
    for (;;) {
      const symbol = next(literals);
      if (symbol === 256) return;
      if (symbol < 256) {
        out[written++] = symbol;
        continue;
      }
      const length = LENGTHS[symbol - 257] + bits(LENGTH_BITS[symbol - 257]);
      const far = next(distances);
      const more = far < 4 ? 0 : (far >> 1) - 1;
      const distance = (far < 4 ? far : (2 + (far & 1)) << more) + 1 + bits(more);
      for (const end = written + length; written < end; written++) out[written] = out[written - distance];
    }
  };
  for (let isLast = 0; isLast === 0;) {
    isLast = bits(1);
    const kind = bits(2);
    if (kind === 0) {
      at -= holds >> 3;
      held = holds = 0;
      const length = source[at] | (source[at + 1] << 8);
      out.set(source.subarray(at + 4, at + 4 + length), written);
      written += length;
      at += 4 + length;
    } else if (kind === 1) {
      const fixed = Uint8Array.from({ length: 288 }, (_, i) => (i < 144 ? 8 : i < 256 ? 9 : i < 280 ? 7 : 8));
      copyBlock(codeOf(fixed), codeOf(new Uint8Array(30).fill(5)));
    } else {
      const [literals, distances, codes] = [bits(5) + 257, bits(5) + 1, bits(4) + 4];
      const own = new Uint8Array(19);
      for (let i = 0; i < codes; i++) own[ORDER[i]] = bits(3);
      const code = codeOf(own);
      const lengths = new Uint8Array(literals + distances);
      for (let i = 0; i < lengths.length;) {
        const symbol = next(code);
        if (symbol < 16) lengths[i++] = symbol;
        else {
          const repeated = symbol === 16 ? lengths[i - 1] : 0;
          const times = symbol === 16 ? 3 + bits(2) : symbol === 17 ? 3 + bits(3) : 11 + bits(7);
          lengths.fill(repeated, i, (i += times));
        }
      }
      copyBlock(codeOf(lengths.subarray(0, literals)), codeOf(lengths.subarray(literals)));
    }
  }
  return out;
}
