// The records of a zip file, by their first four bytes (APPNOTE.TXT of PKWARE, 4.3).
export const LOCAL_HEADER = 0x04034b50;
const CENTRAL_HEADER = 0x02014b50;
export const END = 0x06054b50;
export const END_64 = 0x06064b50;
export const LOCATOR_64 = 0x07064b50;

/** The end record is followed by a comment of 64 KiB at most, and has the locator of zip64 before it. */
export const TAIL_BYTES = (1 << 16) + 64;

/** Ways in which a member is packed. */
export const [STORED, DEFLATED] = [0, 8];

/** A file in an archive, as the list at its end has it. */
export interface ZipMember {
  readonly name: string;
  readonly method: number;
  readonly isEncrypted: boolean;
  readonly crc: number;
  readonly packedBytes: number;
  readonly bytes: number;
  readonly headerAt: number;
}

/** The members of a list. */
export function membersIn(list: DataView): ZipMember[] {
  const members: ZipMember[] = [];
  for (let start = 0; start + 46 <= list.byteLength && list.getUint32(start, true) === CENTRAL_HEADER;) {
    const [nameBytes, extraBytes, commentBytes] = [28, 30, 32].map((i) => list.getUint16(start + i, true));
    const end = start + 46 + nameBytes + extraBytes + commentBytes;
    if (end > list.byteLength) break;
    members.push(memberAt(list, start, nameBytes, extraBytes));
    start = end;
  }
  return members;
}

function memberAt(list: DataView, start: number, nameBytes: number, extraBytes: number): ZipMember {
  const u16 = (at: number) => list.getUint16(start + at, true);
  const u32 = (at: number) => list.getUint32(start + at, true);
  const name = new TextDecoder().decode(new Uint8Array(list.buffer, list.byteOffset + start + 46, nameBytes));
  // Sizes and places beyond 32 bits stand in the extra field of zip64, in this order, where the usual ones are full.
  const wide = { bytes: u32(24), packedBytes: u32(20), headerAt: u32(42) };
  let at = start + 46 + nameBytes;
  for (const end = at + extraBytes; at + 4 <= end; at += 4 + list.getUint16(at + 2, true)) {
    if (list.getUint16(at, true) !== 1) continue;
    const fieldEnd = Math.min(end, at + 4 + list.getUint16(at + 2, true));
    let value = at + 4;
    for (const key of ['bytes', 'packedBytes', 'headerAt'] as const) {
      if (wide[key] !== 0xffffffff || value + 8 > fieldEnd) continue;
      wide[key] = Number(list.getBigUint64(value, true));
      value += 8;
    }
    break;
  }
  return { name, method: u16(10), isEncrypted: (u16(8) & 1) === 1, crc: u32(16), ...wide };
}
