/** jsfive, which comes without types, by the part of it that is used. */
declare module 'jsfive' {
  export class Group {
    readonly keys: readonly string[];
    readonly attrs: Readonly<Record<string, unknown>>;
    get(path: string): unknown;
    /** What reads the values of an attribute: so many of a type, from a place on. */
    readonly _dataobjects: {
      _attr_value: (type: unknown, bytes: ArrayBuffer, count: number, offset: number) => unknown;
    };
  }
  export class Dataset {
    readonly shape: readonly number[];
    readonly dtype: unknown;
    readonly value: unknown;
  }
  export class File extends Group {
    constructor(bytes: ArrayBuffer, name?: string);
  }
}
