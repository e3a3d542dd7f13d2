/** Thrown where bytes contradict the layout: what is wrong, as the end of a sentence. */
export class FlatFault extends Error {}

/**
 * A table of a FlatBuffers file (https://flatbuffers.dev/internals). The package flatbuffers reads what lies beyond the
 * end as if it were there. Here each offset and size is held against the bytes first: files come from strangers.
 */
export class FlatTable {
  readonly #view: DataView;
  readonly #at: number;
  readonly #fields: number;
  readonly #fieldCount: number;

  private constructor(view: DataView, at: number) {
    const fields = at - int32(view, at);
    const size = uint16(view, fields);
    if (size < 4 || size % 2 !== 0 || fields + size > view.byteLength) {
      throw new FlatFault(`the fields of the table at byte ${at} are not told`);
    }
    this.#view = view;
    this.#at = at;
    this.#fields = fields;
    this.#fieldCount = (size - 4) / 2;
  }

  /** The outermost table of a file. */
  static root(bytes: Uint8Array): FlatTable {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    return new FlatTable(view, uint32(view, 0));
  }

  int8(field: number, fallback = 0): number {
    const at = this.#place(field, 1);
    return at === undefined ? fallback : this.#view.getInt8(at);
  }

  uint8(field: number, fallback = 0): number {
    const at = this.#place(field, 1);
    return at === undefined ? fallback : this.#view.getUint8(at);
  }

  int32(field: number, fallback = 0): number {
    const at = this.#place(field, 4);
    return at === undefined ? fallback : this.#view.getInt32(at, true);
  }

  uint32(field: number, fallback = 0): number {
    const at = this.#place(field, 4);
    return at === undefined ? fallback : this.#view.getUint32(at, true);
  }

  float32(field: number, fallback = 0): number {
    const at = this.#place(field, 4);
    return at === undefined ? fallback : this.#view.getFloat32(at, true);
  }

  /** The table that a field points to. */
  table(field: number): FlatTable | undefined {
    const at = this.#pointed(field);
    return at === undefined ? undefined : new FlatTable(this.#view, at);
  }

  /** The tables of a list, none where there is no list. @param most so many there may be */
  tables(field: number, most: number): FlatTable[] {
    const { at, count } = this.#list(field, 4, most);
    return Array.from({ length: count }, (_, i) => {
      const entry = at + 4 * i;
      return new FlatTable(this.#view, entry + uint32(this.#view, entry));
    });
  }

  /** The whole numbers of a list. @param most so many there may be */
  int32s(field: number, most: number): number[] {
    const { at, count } = this.#list(field, 4, most);
    return Array.from({ length: count }, (_, i) => this.#view.getInt32(at + 4 * i, true));
  }

  /** The bytes of a list, not copied; undefined where there are none. */
  bytes(field: number): Uint8Array | undefined {
    const { at, count } = this.#list(field, 1, Infinity);
    return count === 0 ? undefined : new Uint8Array(this.#view.buffer, this.#view.byteOffset + at, count);
  }

  #list(field: number, itemBytes: number, most: number): { at: number; count: number } {
    const start = this.#pointed(field);
    if (start === undefined) return { at: 0, count: 0 };
    const count = uint32(this.#view, start);
    const at = start + 4;
    if (at + count * itemBytes > this.#view.byteLength) {
      throw new FlatFault(`a list at byte ${start} would have ${count} entries, more than the file holds`);
    }
    if (count > most)
      throw new FlatFault(`a list at byte ${start} has ${count} entries, expected ${most} at most`);
    return { at, count };
  }

  #pointed(field: number): number | undefined {
    const at = this.#place(field, 4);
    return at === undefined ? undefined : at + uint32(this.#view, at);
  }

  /** Where a field stands, undefined where the file leaves it out. */
  #place(field: number, bytes: number): number | undefined {
    const offset = field < this.#fieldCount ? uint16(this.#view, this.#fields + 4 + 2 * field) : 0;
    if (offset === 0) return undefined;
    return checked(this.#view, this.#at + offset, bytes);
  }
}

function checked(view: DataView, at: number, bytes: number): number {
  if (at >= 0 && at + bytes <= view.byteLength) return at;
  throw new FlatFault(`it points to byte ${at} of ${view.byteLength}`);
}

function uint16(view: DataView, at: number): number {
  return view.getUint16(checked(view, at, 2), true);
}

function uint32(view: DataView, at: number): number {
  return view.getUint32(checked(view, at, 4), true);
}

function int32(view: DataView, at: number): number {
  return view.getInt32(checked(view, at, 4), true);
}
