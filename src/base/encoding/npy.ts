import { SeqkitError } from '../errors.js';
import { fromHalf } from './float16.js';

/** An array of numbers as NumPy has them: what its header says. */
export interface NumpyShape {
  /** Such as `<f4`: byte order, kind, bytes of a number. */
  readonly dtype: string;
  readonly shape: readonly number[];
  /** Whether the first axis varies fastest. */
  readonly fortranOrder: boolean;
}

const MAGIC = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59];

/** No header is longer; NumPy's own reader stops at 10,000 characters. */
const MAX_HEADER_BYTES = 1 << 14;

/** What a header is padded to, so that the numbers are aligned. */
const ALIGNMENT = 64;

/** Whether bytes begin as an .npy file does. */
export function looksLikeNpy(start: Uint8Array): boolean {
  return MAGIC.every((byte, i) => start[i] === byte);
}

/** How many bytes of an .npy file tell how long its header is. */
export const NPY_START_BYTES = 12;

/**
 * Where the header's text begins and ends, from the first 12 bytes (NumPy's `numpy.lib.format`, versions 1 to 3).
 * @throws SeqkitError `bad-file` for another version
 */
export function npyHeaderPlace(start: Uint8Array, source: string): { begin: number; end: number } {
  const version = start[6];
  if (!(version >= 1 && version <= 3))
    throw badNpy(source, `is of version ${version}, where 1 to 3 are read`);
  const view = new DataView(start.buffer, start.byteOffset);
  const [begin, length] = version === 1 ? [10, view.getUint16(8, true)] : [12, view.getUint32(8, true)];
  if (length > MAX_HEADER_BYTES) throw badNpy(source, `has a header of ${length} bytes`);
  return { begin, end: begin + length };
}

/** @param text the header, a dict of Python's @throws SeqkitError `bad-file` */
export function parseNpyHeader(text: string, source: string): NumpyShape {
  const dtype = /'descr'\s*:\s*'([^']*)'/.exec(text)?.[1];
  const order = /'fortran_order'\s*:\s*(True|False)/.exec(text)?.[1];
  const shape = /'shape'\s*:\s*\(([\d\s,L]*)\)/.exec(text)?.[1];
  if (dtype === undefined || order === undefined || shape === undefined) {
    throw badNpy(source, 'has a header that names no dtype, order and shape of plain numbers');
  }
  const sizes = shape.split(',').map((size) => size.replace('L', '').trim());
  return {
    dtype,
    shape: sizes.filter((size) => size !== '').map(Number),
    fortranOrder: order === 'True',
  };
}

/** The bytes before the numbers of an .npy file, of version 1. */
export function npyHeader({ dtype, shape, fortranOrder }: NumpyShape): Uint8Array {
  const sizes = shape.length === 1 ? `${shape[0]},` : shape.join(', ');
  const order = fortranOrder ? 'True' : 'False';
  const text = `{'descr': '${dtype}', 'fortran_order': ${order}, 'shape': (${sizes}), }`;
  const length = Math.ceil((10 + text.length + 1) / ALIGNMENT) * ALIGNMENT - 10;
  const bytes = new Uint8Array(10 + length);
  bytes.set([...MAGIC, 1, 0, length & 0xff, length >> 8]);
  bytes.set(new TextEncoder().encode(`${text.padEnd(length - 1)}\n`), 10);
  return bytes;
}

/** Reads numbers of a floating dtype. */
export interface FloatReader {
  /** Bytes of a number. */
  readonly size: number;
  read(view: DataView, at: number): number;
}

/** @returns what reads numbers of this dtype, or undefined where it is no float of 16, 32 or 64 bits */
export function floatReader(dtype: string): FloatReader | undefined {
  const isLittle = dtype[0] !== '>';
  switch (/^[<>=]f([248])$/.exec(dtype)?.[1]) {
    case '2':
      return { size: 2, read: (view, at) => fromHalf(view.getUint16(at, isLittle)) };
    case '4':
      return { size: 4, read: (view, at) => view.getFloat32(at, isLittle) };
    case '8':
      return { size: 8, read: (view, at) => view.getFloat64(at, isLittle) };
    default:
      return undefined;
  }
}

export function badNpy(source: string, cause: string): SeqkitError {
  return new SeqkitError(`${source} is an array of NumPy that ${cause}.`, {
    code: 'bad-file',
    hint: 'Save it again: numpy.save(path, vectors.astype("float32")).',
  });
}
