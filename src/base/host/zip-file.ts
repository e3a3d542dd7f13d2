import * as fs from 'node:fs';
import { pipeline } from 'node:stream';
import { createInflateRaw } from 'node:zlib';
import { crc32 } from '../encoding/crc32.js';
import {
  dataStart,
  DEFLATED,
  HEADER_BYTES,
  listOf64,
  listPlace,
  membersIn,
  STORED,
  TAIL_BYTES,
  type ZipMember,
} from '../encoding/zip-records.js';
import { SeqkitError } from '../errors.js';
import { fileError } from './files.js';

/** No list of files is read that is longer: some hundred thousand names. */
const MAX_LIST_BYTES = 1 << 24;

/**
 * Opens the one file that a zip archive holds, or the one that is named; folders, hidden files and what macOS adds do
 * not count.
 * @param wanted its name, with or without its folders
 * @returns its name, and its bytes a chunk at a time, which are held against its size and checksum
 * @throws SeqkitError `file-access`; `bad-file` where the archive is damaged, holds none or several files, or has
 *   it encrypted or packed in another way than deflate
 */
export async function openZip(
  path: string,
  wanted?: string,
): Promise<{ name: string; chunks: AsyncIterable<Uint8Array> }> {
  const handle = await fs.promises.open(path, 'r').catch((error: unknown) => {
    throw fileError(error, `Cannot read the archive ${path}`);
  });
  try {
    const archive = new Archive(handle, (await handle.stat()).size, path);
    const member = archive.theOne(await archive.members(), wanted);
    const start = await archive.dataStart(member);
    return { name: member.name, chunks: unpack(path, member, start) };
  } catch (error) {
    throw fileError(error, `Cannot read the archive ${path}`);
  } finally {
    await handle.close();
  }
}

class Archive {
  constructor(
    readonly handle: fs.promises.FileHandle,
    readonly size: number,
    readonly path: string,
  ) {}

  async members(): Promise<ZipMember[]> {
    const { at, bytes } = await this.#list();
    if (bytes > MAX_LIST_BYTES) throw damaged(this.path, `its list of files takes ${bytes} bytes`);
    return membersIn(await this.#read(at, bytes));
  }

  /** Where the list of files is. */
  async #list(): Promise<{ at: number; bytes: number }> {
    const tailAt = Math.max(0, this.size - TAIL_BYTES);
    const place = listPlace(await this.#read(tailAt, this.size - tailAt));
    if (place === undefined) throw damaged(this.path, 'it has no list of files at its end: it is cut short');
    if ('at' in place) return place;
    const list = listOf64(await this.#read(place.recordAt, 56));
    if (list === undefined) throw damaged(this.path, 'its list of files is not where it says');
    return list;
  }

  /** @throws SeqkitError where there is none, or one of several would have to be chosen */
  theOne(members: readonly ZipMember[], wanted?: string): ZipMember {
    const files = members.filter(({ name }) => !/\/$|(^|\/)(\.|__MACOSX\/)/.test(name));
    if (files.length === 0) throw damaged(this.path, 'it lists no file');
    const whole = files.filter(({ name }) => name === wanted);
    const named = whole.length > 0 ? whole : files.filter(({ name }) => name.endsWith(`/${wanted}`));
    const found = wanted === undefined ? files : named;
    const [file] = found;
    const meant = found.length > 0 ? found : files;
    const few = meant.slice(0, 5).map(({ name }) => JSON.stringify(name));
    const more = meant.length > few.length ? ', ...' : '';
    if (found.length === 0) {
      throw new SeqkitError(
        `${this.path} is a zip archive that holds no ${JSON.stringify(wanted)}, but ${few.join(', ')}${more}.`,
        { code: 'bad-value', hint: 'Name one of these.' },
      );
    }
    if (found.length > 1) {
      throw new SeqkitError(
        `${this.path} is a zip archive of ${found.length} files${wanted === undefined ? '' : ` named ${JSON.stringify(wanted)}`}: ${few.join(', ')}${more}.`,
        {
          code: 'bad-file',
          hint: 'Say which is meant by its name (member), or unpack it.',
        },
      );
    }
    if (file.isEncrypted || ![STORED, DEFLATED].includes(file.method)) {
      const cause = file.isEncrypted ? 'encrypted' : `packed by method ${file.method}`;
      throw new SeqkitError(
        `${this.path} is a zip archive, and what it holds is ${cause}, which is not read.`,
        {
          code: 'bad-file',
          hint: 'Unpack it first (unzip).',
        },
      );
    }
    return file;
  }

  /** Where a member's bytes begin, behind a header of its own. */
  async dataStart(member: ZipMember): Promise<number> {
    const start = dataStart(await this.#read(member.headerAt, HEADER_BYTES), member);
    if (start === undefined || start + member.packedBytes > this.size) {
      throw damaged(this.path, 'its file is not where its list says');
    }
    return start;
  }

  async #read(at: number, bytes: number): Promise<DataView> {
    if (!(at >= 0 && at + bytes <= this.size)) throw damaged(this.path, 'it is cut short');
    const room = new Uint8Array(bytes);
    for (let done = 0; done < bytes;) {
      const { bytesRead } = await this.handle.read(room, done, bytes - done, at + done);
      if (bytesRead === 0) throw damaged(this.path, 'it is cut short');
      done += bytesRead;
    }
    return new DataView(room.buffer);
  }
}

async function* unpack(path: string, member: ZipMember, start: number): AsyncGenerator<Uint8Array> {
  const { method, packedBytes, bytes, crc } = member;
  if (bytes === 0) return;
  const packed = fs.createReadStream(path, { start, end: start + packedBytes - 1, highWaterMark: 1 << 20 });
  // The error comes out of the loop below.
  const unpacked =
    method === STORED ? packed : pipeline(packed, createInflateRaw({ chunkSize: 1 << 18 }), () => undefined);
  let [count, sum] = [0, 0];
  try {
    for await (const chunk of unpacked as AsyncIterable<Uint8Array>) {
      count += chunk.length;
      if (count > bytes) throw damaged(path, `its file is longer than the ${bytes} bytes that are listed`);
      sum = crc32(chunk, sum);
      yield chunk;
    }
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? '';
    if (code.startsWith('Z_')) throw damaged(path, `its data cannot be unpacked from byte ${count} on`);
    throw fileError(error, `Cannot read the archive ${path}`);
  } finally {
    packed.destroy();
  }
  if (count !== bytes) throw damaged(path, `its file has ${count} of ${bytes} bytes`);
  if (sum !== crc) throw damaged(path, 'its checksum is another');
}

function damaged(path: string, cause: string): SeqkitError {
  return new SeqkitError(`${path} is a damaged zip archive: ${cause}.`, {
    code: 'bad-file',
    hint: 'Copy or download it again.',
  });
}
