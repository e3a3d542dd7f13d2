import { collect, singleChunk, type ByteChunks } from '../../base/encoding/byte-chunks.js';
import {
  badNpy,
  floatReader,
  NPY_START_BYTES,
  npyHeaderPlace,
  parseNpyHeader,
  type NumpyShape,
} from '../../base/encoding/npy.js';
import { ByteCursor } from './byte-cursor.js';

/** More numbers than any vector has. */
const MAX_WIDTH = 1 << 16;

/** A matrix that comes a row at a time. */
export interface NumpyRows {
  readonly count: number;
  readonly width: number;
  /**
   * Puts the next row into `out`, shape `(width)`.
   * @throws SeqkitError `bad-file` where it is cut short or holds what is no finite number of 32 bits
   */
  next(out: Float32Array): Promise<void>;
  /** Throws where bytes are left over. */
  end(): Promise<void>;
  close(): Promise<void>;
}

/** Opens an .npy file. @throws SeqkitError `bad-file` where it is no matrix of floats */
export async function openNpy(chunks: ByteChunks, source: string): Promise<NumpyRows> {
  const cursor = new ByteCursor(chunks);
  try {
    if (!(await cursor.fill(NPY_START_BYTES))) throw badNpy(source, 'is cut short');
    const { begin, end } = npyHeaderPlace(cursor.view(NPY_START_BYTES), source);
    if (!(await cursor.fill(end))) throw badNpy(source, 'is cut short');
    const text = new TextDecoder('latin1').decode(cursor.take(end).subarray(begin));
    return await rowsOf(parseNpyHeader(text, source), cursor, source);
  } catch (error) {
    await cursor.close();
    throw error;
  }
}

/** The rows of an array whose bytes are there. @throws SeqkitError `bad-file` as `openNpy` */
export function numpyRows(array: NumpyShape, bytes: Uint8Array, source: string): Promise<NumpyRows> {
  return rowsOf(array, new ByteCursor(singleChunk(bytes)), source);
}

async function rowsOf(array: NumpyShape, cursor: ByteCursor, source: string): Promise<NumpyRows> {
  const { dtype, shape, fortranOrder } = array;
  const reader = floatReader(dtype);
  if (!reader)
    throw badNpy(source, `holds ${JSON.stringify(dtype)}, where floats of 16, 32 or 64 bits are read`);
  const [count, width] = shape;
  if (shape.length !== 2 || !(count >= 1) || !(width >= 1 && width <= MAX_WIDTH)) {
    throw badNpy(source, `has the shape (${shape.join(', ')}), where (words, numbers) is expected`);
  }
  const rowBytes = width * reader.size;
  let row = 0;
  const check = (out: Float32Array) => {
    const fault = out.findIndex((value) => !Number.isFinite(value));
    if (fault >= 0) throw badNpy(source, `holds ${out[fault]} in row ${row}, at place ${fault}`);
    row++;
  };
  const closing = { close: () => cursor.close() };
  if (fortranOrder) {
    const whole = await collect(rest(cursor));
    if (whole.length !== count * rowBytes) throw sizeFault(source, whole.length, count * rowBytes);
    const view = new DataView(whole.buffer, whole.byteOffset, whole.byteLength);
    return {
      ...{ count, width, ...closing },
      async next(out) {
        for (let i = 0; i < width; i++) out[i] = reader.read(view, (i * count + row) * reader.size);
        check(out);
      },
      end: async () => undefined,
    };
  }
  return {
    ...{ count, width, ...closing },
    async next(out) {
      if (cursor.ready < rowBytes && !(await cursor.fill(rowBytes))) {
        throw badNpy(source, `is cut short in row ${row} of ${count}`);
      }
      const bytes = cursor.take(rowBytes);
      if (dtype === '<f4') new Uint8Array(out.buffer, out.byteOffset, rowBytes).set(bytes);
      else {
        const view = new DataView(bytes.buffer, bytes.byteOffset, rowBytes);
        for (let i = 0; i < width; i++) out[i] = reader.read(view, i * reader.size);
      }
      check(out);
    },
    async end() {
      if (cursor.ready > 0 || (await cursor.fill(1))) {
        throw badNpy(source, `goes on after its ${count} rows`);
      }
    },
  };
}

async function* rest(cursor: ByteCursor): ByteChunks {
  do yield cursor.take(cursor.ready).slice();
  while (await cursor.fill(1));
}

function sizeFault(source: string, bytes: number, expected: number) {
  return badNpy(source, `has ${bytes} bytes of numbers, where its shape takes ${expected}`);
}
