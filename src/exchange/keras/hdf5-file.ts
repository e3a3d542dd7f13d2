import { Dataset, File, Group } from 'jsfive';
import { SeqkitError } from '../../base/errors.js';
import { quoted } from '../../base/schema/index.js';
import { damaged } from './damage.js';

/** An array of a file. */
export interface StoredArray {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

/** The most numbers of one array. */
const MAX_NUMBERS = 2 ** 28;

/** What deflate makes of one byte at most. */
const MAX_RATIO = 1032;

/** More axes than any weight has. */
const MAX_AXES = 8;

/** The first bytes of every HDF5 file. */
const SIGNATURE = Uint8Array.of(0x89, 0x48, 0x44, 0x46, 0x0d, 0x0a, 0x1a, 0x0a);

/** Whether bytes begin as HDF5. */
export function looksLikeHdf5(start: Uint8Array): boolean {
  return SIGNATURE.every((byte, i) => start[i] === byte);
}

/** An HDF5 file: groups, text attributes and arrays of floats, by paths. What lies in other files is never opened. */
export class Hdf5File {
  readonly #root: Group;
  readonly #source: string;
  readonly #size: number;

  /** @throws SeqkitError `bad-file` for what is none */
  constructor(bytes: Uint8Array, source: string) {
    this.#source = source;
    this.#size = bytes.length;
    // A buffer that begins with the file and ends with it.
    const own = bytes.slice().buffer;
    this.#root = this.#reading('its groups', () => new File(own, 'keras.h5'));
  }

  /** Whether there is a group at a path. */
  has(path: string): boolean {
    return this.#reading(path, () => this.#find(path) instanceof Group);
  }

  /** Names in a group, in the order of the file. */
  names(path: string): readonly string[] {
    return this.#reading(path, () => [...this.#group(path).keys]);
  }

  /** A text attribute of a group, or undefined. */
  text(path: string, name: string): string | undefined {
    return this.#reading(path, () => {
      const attrs = this.#attributes(path);
      const value = Object.hasOwn(attrs, name) ? attrs[name] : undefined;
      const one = Array.isArray(value) && value.length === 1 ? (value[0] as unknown) : value;
      return typeof one === 'string' ? withoutPadding(one) : undefined;
    });
  }

  /** A list of texts, which Keras cuts into several attributes where it is long; undefined where there is none. */
  texts(path: string, name: string): string[] | undefined {
    return this.#reading(path, () => {
      const attrs = this.#attributes(path);
      if (Object.hasOwn(attrs, name)) return this.#list(attrs[name], name);
      const all: string[] = [];
      for (let i = 0; Object.hasOwn(attrs, `${name}${i}`); i++)
        all.push(...this.#list(attrs[`${name}${i}`], name));
      return Object.hasOwn(attrs, `${name}0`) ? all : undefined;
    });
  }

  #list(value: unknown, name: string): string[] {
    // An empty list has no type of its own.
    const items: unknown[] =
      Array.isArray(value) || ArrayBuffer.isView(value) ? Array.from(value as unknown[]) : [value];
    if (!items.every((item) => typeof item === 'string')) {
      if (items.length === 0) return [];
      throw damaged(this.#source, `the attribute ${quoted(name)} holds no names`);
    }
    return items.map(withoutPadding);
  }

  /** An array of floats. @throws SeqkitError `bad-file` where there is none, or a number in it is not finite */
  array(path: string): StoredArray {
    return this.#reading(path, () => {
      const found = this.#find(path);
      if (!(found instanceof Dataset)) throw damaged(this.#source, `there is no array ${quoted(path)}`);
      const shape = Array.from(found.shape);
      if (shape.length > MAX_AXES) throw damaged(this.#source, `${quoted(path)} has ${shape.length} axes`);
      const count = shape.reduce((product, size) => product * size, 1);
      if (!(count <= MAX_NUMBERS && count <= MAX_RATIO * this.#size)) {
        throw damaged(this.#source, `${quoted(path)} claims ${count} numbers, more than the file can hold`);
      }
      if (typeof found.dtype !== 'string' || !/^[<>|]?f[248]$/.test(found.dtype)) {
        throw damaged(this.#source, `${quoted(path)} holds no floats`);
      }
      const value = found.value as ArrayLike<number>;
      const data = Float32Array.from(value);
      if (data.length !== count)
        throw damaged(this.#source, `${quoted(path)} holds ${data.length} numbers of ${count}`);
      if (!data.every(Number.isFinite))
        throw damaged(this.#source, `${quoted(path)} holds a number that is not finite`);
      return { shape, data };
    });
  }

  /** The attributes of a group, none with more values than the file has bytes: the package would go on reading. */
  #attributes(path: string): Group['attrs'] {
    const group = this.#group(path);
    const objects = group._dataobjects;
    const read = objects._attr_value;
    objects._attr_value = (type, bytes, count, offset) => {
      if (!(count <= bytes.byteLength)) throw new Error(`an attribute claims ${count} values`);
      return read.call(objects, type, bytes, count, offset);
    };
    try {
      return group.attrs;
    } finally {
      objects._attr_value = read;
    }
  }

  #group(path: string): Group {
    const found = this.#find(path);
    if (found instanceof Group) return found;
    throw damaged(this.#source, `there is no group ${quoted(path)}`);
  }

  /** One step at a time, so that no part of a name is taken for more than it is. */
  #find(path: string): unknown {
    let at: unknown = this.#root;
    for (const part of path.split('/').filter((name) => name !== '')) {
      if (!(at instanceof Group) || !at.keys.includes(part)) return undefined;
      at = at.get(part);
    }
    return at;
  }

  #reading<Result>(what: string, read: () => Result): Result {
    try {
      return read();
    } catch (error) {
      if (error instanceof SeqkitError) throw error;
      // The package throws texts too.
      const reason = error instanceof Error ? error.message : String(error);
      throw damaged(this.#source, `${quoted(what)} cannot be read (${reason})`, error);
    }
  }
}

/** Texts of a fixed length are filled up with zeros. */
function withoutPadding(text: string): string {
  const end = text.indexOf('\0');
  return end < 0 ? text : text.slice(0, end);
}
