import { SeqkitError } from '../errors.js';

/**
 * What a pickle makes of a class or function that it names. Nothing is run: the name stands here, with what it would
 * have been called with and the state that it would have been given.
 */
export class PickledObject {
  /** Given by BUILD: often a dict of attributes. */
  state: unknown = undefined;
  /** What it would have been given key by key, as a dict of a class of its own is. */
  items: Map<unknown, unknown> | undefined;

  constructor(
    /** Module and name, such as `numpy.dtype`. */
    readonly name: string,
    readonly args: readonly unknown[],
  ) {}
}

/** A class or function by its name alone. */
export class PickledName {
  constructor(readonly name: string) {}
}

/** What stands outside of the pickle, by what the pickle says of it. */
export class PickledReference {
  constructor(readonly id: unknown) {}
}

/** Whether bytes begin as a pickle of protocol 2 to 5 does. */
export function looksPickled(start: Uint8Array): boolean {
  return start[0] === 0x80 && start[1] >= 2 && start[1] <= 5;
}

const STOP = 0x2e;
const MARK = Symbol('mark');

/**
 * Reads a pickle of protocol 2 to 5 (Python's pickletools lists the operations), as data: dicts come as `Map`, lists and
 * tuples as arrays, sets as `Set`, bytes and the byte strings of Python 2 as `Uint8Array`, whole numbers beyond 53 bits
 * as bigint. No class is made and no function called; see `PickledObject`. Time and memory grow with the bytes alone.
 * @param source what to call the file in errors
 * @param refuse makes the error for a class or function that the pickle may not name @default any may be named
 * @returns what the pickle holds, and how many bytes it takes
 * @throws SeqkitError `bad-file` where it is damaged or uses what only a program can answer
 */
export function readPickle(
  bytes: Uint8Array,
  source: string,
  refuse?: (name: string) => SeqkitError | undefined,
): { value: unknown; end: number } {
  const reader = new PickleReader(bytes, source, refuse);
  return { value: reader.read(), end: reader.at };
}

class PickleReader {
  at = 0;
  readonly #stack: unknown[] = [];
  readonly #memo = new Map<number, unknown>();
  readonly #view: DataView;
  readonly #utf8 = new TextDecoder('utf-8', { ignoreBOM: true });

  constructor(
    readonly bytes: Uint8Array,
    readonly source: string,
    readonly refuse?: (name: string) => SeqkitError | undefined,
  ) {
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  read(): unknown {
    for (;;) {
      const operation = this.bytes[this.#skip(1)];
      if (operation === STOP) return this.#pop();
      this.#run(operation);
    }
  }

  #run(operation: number): void {
    const stack = this.#stack;
    switch (operation) {
      case 0x80: // PROTO
        this.#skip(1);
        return;
      case 0x95: // FRAME
        this.#skip(8);
        return;
      case 0x28:
        stack.push(MARK);
        return;
      case 0x30: // POP
        stack.pop();
        return;
      case 0x31: // POP_MARK
        this.#toMark();
        return;
      case 0x32: // DUP
        stack.push(this.#top());
        return;
      case 0x4e:
        stack.push(null);
        return;
      case 0x88:
      case 0x89:
        stack.push(operation === 0x88);
        return;
      case 0x4a: // BININT
        stack.push(this.#view.getInt32(this.#skip(4), true));
        return;
      case 0x4b: // BININT1
        stack.push(this.bytes[this.#skip(1)]);
        return;
      case 0x4d: // BININT2
        stack.push(this.#view.getUint16(this.#skip(2), true));
        return;
      case 0x8a: // LONG1
        stack.push(this.#long(this.bytes[this.#skip(1)]));
        return;
      case 0x47: // BINFLOAT, high byte first
        stack.push(this.#view.getFloat64(this.#skip(8)));
        return;
      case 0x55: // SHORT_BINSTRING
      case 0x43: // SHORT_BINBYTES
        stack.push(this.#take(this.bytes[this.#skip(1)]));
        return;
      case 0x54: // BINSTRING
      case 0x42: // BINBYTES
        stack.push(this.#take(this.#view.getUint32(this.#skip(4), true)));
        return;
      case 0x8e: // BINBYTES8
      case 0x96: // BYTEARRAY8
        stack.push(this.#take(this.#length8()));
        return;
      case 0x8c: // SHORT_BINUNICODE
        stack.push(this.#utf8.decode(this.#take(this.bytes[this.#skip(1)])));
        return;
      case 0x58: // BINUNICODE
        stack.push(this.#utf8.decode(this.#take(this.#view.getUint32(this.#skip(4), true))));
        return;
      case 0x8d: // BINUNICODE8
        stack.push(this.#utf8.decode(this.#take(this.#length8())));
        return;
      case 0x5d: // EMPTY_LIST
      case 0x29: // EMPTY_TUPLE
        stack.push([]);
        return;
      case 0x7d: // EMPTY_DICT
        stack.push(new Map());
        return;
      case 0x8f: // EMPTY_SET
        stack.push(new Set());
        return;
      case 0x61: // APPEND
        this.#append([this.#pop()]);
        return;
      case 0x65: // APPENDS
        this.#append(this.#toMark());
        return;
      case 0x73: {
        // SETITEM
        const value = this.#pop();
        this.#setItems([this.#pop(), value]);
        return;
      }
      case 0x75: // SETITEMS
        this.#setItems(this.#toMark());
        return;
      case 0x90: {
        // ADDITEMS
        const items = this.#toMark();
        const set = this.#top();
        if (set instanceof Set) for (const item of items) set.add(item);
        return;
      }
      case 0x91: // FROZENSET
        stack.push(new Set(this.#toMark()));
        return;
      case 0x74: // TUPLE
        stack.push(this.#toMark());
        return;
      case 0x85: // TUPLE1
      case 0x86:
      case 0x87: {
        const count = operation - 0x84;
        if (stack.length < count) throw this.#damaged('takes more than there is');
        stack.push(stack.splice(stack.length - count));
        return;
      }
      case 0x71: // BINPUT
        this.#memo.set(this.bytes[this.#skip(1)], this.#top());
        return;
      case 0x72: // LONG_BINPUT
        this.#memo.set(this.#view.getUint32(this.#skip(4), true), this.#top());
        return;
      case 0x94: // MEMOIZE
        this.#memo.set(this.#memo.size, this.#top());
        return;
      case 0x68: // BINGET
        stack.push(this.#recalled(this.bytes[this.#skip(1)]));
        return;
      case 0x6a: // LONG_BINGET
        stack.push(this.#recalled(this.#view.getUint32(this.#skip(4), true)));
        return;
      case 0x63: // GLOBAL
        stack.push(this.#named(this.#line(), this.#line()));
        return;
      case 0x93: {
        // STACK_GLOBAL
        const name = this.#pop();
        const module = this.#pop();
        if (typeof name !== 'string' || typeof module !== 'string') throw this.#damaged('names no class');
        stack.push(this.#named(module, name));
        return;
      }
      case 0x51: // BINPERSID
        stack.push(new PickledReference(this.#pop()));
        return;
      case 0x52: // REDUCE
      case 0x81: {
        // NEWOBJ
        const args = this.#pop();
        this.#make(this.#pop(), args);
        return;
      }
      case 0x92: {
        // NEWOBJ_EX
        // What it would be called with by name stays out: a copy for each would grow beyond the bytes.
        this.#pop();
        const args = this.#pop();
        this.#make(this.#pop(), args);
        return;
      }
      case 0x62: {
        // BUILD
        const state = this.#pop();
        const built = this.#top();
        if (built instanceof PickledObject) built.state = state;
        return;
      }
    }
    const hex = operation.toString(16).padStart(2, '0');
    throw this.#damaged(`has the operation 0x${hex}, which is not read`);
  }

  #named(module: string, name: string): PickledName {
    const whole = `${module}.${name}`;
    const refused = this.refuse?.(whole);
    if (refused) throw refused;
    return new PickledName(whole);
  }

  #make(made: unknown, args: unknown): void {
    if (!(made instanceof PickledName)) throw this.#damaged('makes an object of what is no class');
    this.#stack.push(new PickledObject(made.name, Array.isArray(args) ? (args as unknown[]) : []));
  }

  /** Lists take items; what a class of its own would do with them stays out. */
  #append(items: readonly unknown[]): void {
    const list = this.#top();
    if (Array.isArray(list)) for (const item of items) list.push(item);
  }

  #setItems(items: readonly unknown[]): void {
    if (items.length % 2 === 1) throw this.#damaged('gives a key without its value');
    const top = this.#top();
    const map = top instanceof PickledObject ? (top.items ??= new Map()) : top;
    if (!(map instanceof Map)) return;
    for (let i = 0; i < items.length; i += 2) map.set(items[i], items[i + 1]);
  }

  #recalled(key: number): unknown {
    if (!this.#memo.has(key)) throw this.#damaged(`recalls the value ${key}, which was not kept`);
    return this.#memo.get(key);
  }

  #top(): unknown {
    if (this.#stack.length === 0) throw this.#damaged('takes more than there is');
    const top = this.#stack[this.#stack.length - 1];
    if (top === MARK) throw this.#damaged('takes a mark for a value');
    return top;
  }

  #pop(): unknown {
    const top = this.#top();
    this.#stack.pop();
    return top;
  }

  #toMark(): unknown[] {
    const at = this.#stack.lastIndexOf(MARK);
    if (at < 0) throw this.#damaged('has no mark where one is needed');
    const items = this.#stack.splice(at);
    items.shift();
    return items;
  }

  /** A whole number of so many bytes, low byte first, in two's complement. */
  #long(count: number): number | bigint {
    const taken = this.#take(count);
    let value = 0n;
    for (let i = count - 1; i >= 0; i--) value = (value << 8n) | BigInt(taken[i]);
    const signed = BigInt.asIntN(Math.max(1, count * 8), value);
    return Number.isSafeInteger(Number(signed)) ? Number(signed) : signed;
  }

  #length8(): number {
    return Number(this.#view.getBigUint64(this.#skip(8), true));
  }

  #line(): string {
    const end = this.bytes.indexOf(0x0a, this.at);
    if (end < 0 || end - this.at > 1000) throw this.#damaged('names a class without an end');
    const line = this.#utf8.decode(this.bytes.subarray(this.at, end));
    this.at = end + 1;
    return line;
  }

  #take(count: number): Uint8Array {
    const start = this.#skip(count);
    return this.bytes.subarray(start, start + count);
  }

  /** Passes over bytes, and says where they began. */
  #skip(count: number): number {
    const start = this.at;
    if (start + count > this.bytes.length) throw this.#damaged('ends before it is finished: it is cut short');
    this.at = start + count;
    return start;
  }

  #damaged(cause: string): SeqkitError {
    return new SeqkitError(`${this.source}: the pickle ${cause}, at byte ${this.at}.`, {
      code: 'bad-file',
      hint: 'Copy or download it again.',
    });
  }
}
