import {
  END,
  END_64,
  LOCAL_HEADER,
  LOCATOR_64,
  membersIn,
  STORED,
  TAIL_BYTES,
  type ZipMember,
} from '../../base/encoding/zip-records.js';
import { crc32 } from '../../base/encoding/crc32.js';
import { quoted } from '../../base/schema/index.js';

/**
 * The files of an archive in memory that packs nothing, zip64 too, by their names.
 * @param fail makes the error for one that is damaged
 */
export function storedMembers(
  bytes: Uint8Array,
  fail: (cause: string) => Error,
): ReadonlyMap<string, () => Uint8Array> {
  const members = new Map<string, () => Uint8Array>();
  for (const member of listed(bytes, fail)) {
    if (members.has(member.name)) throw fail(`it holds ${quoted(member.name)} twice`);
    members.set(member.name, () => contents(bytes, member, fail));
  }
  return members;
}

/** Names of the files of an archive in memory; none where it is damaged. */
export function memberNames(bytes: Uint8Array): readonly string[] {
  try {
    return listed(bytes, (cause) => new Error(cause)).map(({ name }) => name);
  } catch {
    return [];
  }
}

function listed(bytes: Uint8Array, fail: (cause: string) => Error): ZipMember[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const first = Math.max(0, bytes.length - TAIL_BYTES);
  let end = bytes.length - 22;
  while (end >= first && view.getUint32(end, true) !== END) end--;
  if (end < first) throw fail('it has no list of files at its end: it is cut short');
  let [length, at] = [view.getUint32(end + 12, true), view.getUint32(end + 16, true)];
  if (end >= 20 && view.getUint32(end - 20, true) === LOCATOR_64) {
    const record = Number(view.getBigUint64(end - 12, true));
    if (record + 56 > bytes.length || view.getUint32(record, true) !== END_64) {
      throw fail('its list of files is not where it says');
    }
    [length, at] = [
      Number(view.getBigUint64(record + 40, true)),
      Number(view.getBigUint64(record + 48, true)),
    ];
  }
  if (at + length > bytes.length) throw fail('its list of files is not where it says');
  return membersIn(new DataView(bytes.buffer, bytes.byteOffset + at, length));
}

/** A view of a file's bytes, held against its checksum. */
function contents(bytes: Uint8Array, member: ZipMember, fail: (cause: string) => Error): Uint8Array {
  const { name, method, isEncrypted, headerAt, bytes: size, packedBytes, crc } = member;
  if (method !== STORED || isEncrypted || size !== packedBytes) {
    throw fail(`it has ${quoted(name)} packed, which PyTorch does not do`);
  }
  if (headerAt + 30 > bytes.length) throw fail(`${quoted(name)} lies beyond its end`);
  const header = new DataView(bytes.buffer, bytes.byteOffset + headerAt, 30);
  const start = headerAt + 30 + header.getUint16(26, true) + header.getUint16(28, true);
  if (header.getUint32(0, true) !== LOCAL_HEADER || start + size > bytes.length) {
    throw fail(`${quoted(name)} is not where its list says`);
  }
  const own = bytes.subarray(start, start + size);
  if (crc32(own) !== crc) throw fail(`${quoted(name)} has another checksum`);
  return own;
}
