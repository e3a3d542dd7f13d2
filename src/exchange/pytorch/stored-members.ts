import {
  dataStart,
  HEADER_BYTES,
  listOf64,
  listPlace,
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
  const view = (at: number, length: number): DataView => {
    if (!(at >= 0 && at + length <= bytes.length)) throw fail('its list of files is not where it says');
    return new DataView(bytes.buffer, bytes.byteOffset + at, length);
  };
  const tail = Math.min(bytes.length, TAIL_BYTES);
  const place = listPlace(view(bytes.length - tail, tail));
  if (place === undefined) throw fail('it has no list of files at its end: it is cut short');
  const list = 'at' in place ? place : listOf64(view(place.recordAt, 56));
  if (list === undefined) throw fail('its list of files is not where it says');
  return membersIn(view(list.at, list.bytes));
}

/** A view of a file's bytes, held against its checksum. */
function contents(bytes: Uint8Array, member: ZipMember, fail: (cause: string) => Error): Uint8Array {
  const { name, method, isEncrypted, headerAt, bytes: size, packedBytes, crc } = member;
  if (method !== STORED || isEncrypted || size !== packedBytes) {
    throw fail(`it has ${quoted(name)} packed, which PyTorch does not do`);
  }
  if (headerAt + HEADER_BYTES > bytes.length) throw fail(`${quoted(name)} lies beyond its end`);
  const header = new DataView(bytes.buffer, bytes.byteOffset + headerAt, HEADER_BYTES);
  const start = dataStart(header, member);
  if (start === undefined || start + size > bytes.length) {
    throw fail(`${quoted(name)} is not where its list says`);
  }
  const own = bytes.subarray(start, start + size);
  if (crc32(own) !== crc) throw fail(`${quoted(name)} has another checksum`);
  return own;
}
