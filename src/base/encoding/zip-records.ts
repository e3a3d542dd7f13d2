// The records of a zip file, by their first four bytes (APPNOTE.TXT of PKWARE, 4.3).
const LOCAL_HEADER = 0x04034b50;
const CENTRAL_HEADER = 0x02014b50;
const END = 0x06054b50;
const END_64 = 0x06064b50;
const LOCATOR_64 = 0x07064b50;

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

/** Where the list of files is, or where a record of zip64 is that says so: 56 bytes, for `listOf64`. */
export type ListPlace = { readonly at: number; readonly bytes: number } | { readonly recordAt: number };

/** What the record at the end of an archive says. @param tail its last bytes @returns undefined where there is none */
export function listPlace(tail: DataView): ListPlace | undefined {
  let end = tail.byteLength - 22;
  while (end >= 0 && tail.getUint32(end, true) !== END) end--;
  if (end < 0) return undefined;
  const [bytes, at] = [tail.getUint32(end + 12, true), tail.getUint32(end + 16, true)];
  const isFull = at === 0xffffffff || bytes === 0xffffffff;
  const hasLocator = end >= 20 && tail.getUint32(end - 20, true) === LOCATOR_64;
  return isFull && hasLocator ? { recordAt: Number(tail.getBigUint64(end - 12, true)) } : { at, bytes };
}

/** The same of a record of zip64. @returns undefined where it is none */
export function listOf64(record: DataView): { at: number; bytes: number } | undefined {
  if (record.getUint32(0, true) !== END_64) return undefined;
  return { bytes: Number(record.getBigUint64(40, true)), at: Number(record.getBigUint64(48, true)) };
}

/** Bytes of the header before a member, without its name. */
export const HEADER_BYTES = 30;

/** Where the bytes of a member begin. @param header of it @returns undefined where it is none */
export function dataStart(header: DataView, { headerAt }: ZipMember): number | undefined {
  if (header.getUint32(0, true) !== LOCAL_HEADER) return undefined;
  return headerAt + HEADER_BYTES + header.getUint16(26, true) + header.getUint16(28, true);
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
