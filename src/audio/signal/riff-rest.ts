/** What stands behind the samples of a WAV file and may be sound. */
export interface WaveRest {
  /** Offset in the file. */
  at: number;
  /** Another WAV file, another chunk of samples, or bytes that belong to no chunk. */
  kind: 'file' | 'samples' | 'bytes';
  /** How many bytes of it there are. */
  bytes: number;
}

/** A stretch of a file, of which all bytes are there. */
export type ReadBytes = (from: number, to: number) => Uint8Array;

/** So many are walked; what follows them counts as bytes. */
const MOST_CHUNKS = 10_000;
const FILE_IDS = ['RIFF', 'RIFX', 'RF64'];
/** Chunks of no sound, whose size need not be right for that. */
const SILENT_IDS =
  /^(LIST|id3 |ID3|TAG|APET|bext|cue |smpl|fact|JUNK|junk|PAD |_PMX|iXML|acid|inst|plst|PEAK|DISP|afsp|LGWV|aXML|axml|chna|minf|elm1|regn|umid|ltxt|adtl)/;
/** Looked at as many bytes at a time. */
const BLOCK_BYTES = 1 << 16;

/**
 * Walks the chunks behind the samples of a WAV file.
 *
 * @param read gives the bytes of the file
 * @param from where the samples end
 * @param to where the file ends
 * @param littleEndian how sizes are written
 * @returns the first thing that may be sound; undefined where there is none
 */
export function restOfWave(
  read: ReadBytes,
  from: number,
  to: number,
  littleEndian: boolean,
): WaveRest | undefined {
  // Samples of an odd number of bytes are padded, but not by every writer.
  let at = from + (from % 2 === 1 && !startsChunk(read, from, to) ? 1 : 0);
  for (let chunks = 0; at + 8 <= to && chunks < MOST_CHUNKS; chunks++) {
    const header = read(at, Math.min(at + 12, to));
    const id = String.fromCharCode(...header.subarray(0, 4));
    const size = new DataView(header.buffer, header.byteOffset).getUint32(4, littleEndian);
    if (FILE_IDS.includes(id)) return { at, kind: 'file', bytes: to - at };
    if (id === 'data' && size > 0) return { at, kind: 'samples', bytes: Math.min(size, to - at - 8) };
    if (!/^[ -~]{4}$/.test(id) || size > to - at - 8) {
      if (SILENT_IDS.test(id)) return undefined;
      break;
    }
    at += 8 + size + (size % 2);
  }
  return at < to && !isZero(read, at, to) ? { at, kind: 'bytes', bytes: to - at } : undefined;
}

function startsChunk(read: ReadBytes, at: number, to: number): boolean {
  return at + 8 <= to && /^[A-Za-z][ -~]{3}$/.test(String.fromCharCode(...read(at, at + 4)));
}

function isZero(read: ReadBytes, from: number, to: number): boolean {
  for (let at = from; at < to; at += BLOCK_BYTES) {
    if (!read(at, Math.min(at + BLOCK_BYTES, to)).every((byte) => byte === 0)) return false;
  }
  return true;
}
