import { wrongValue, type Schema } from './schema.js';

const EXPECTED = 'an array of numbers';

/** A typed array of numbers: bigints are none. */
export function isTypedNumbers(value: unknown): value is ArrayLike<number> & ArrayBufferView {
  return (
    ArrayBuffer.isView(value) &&
    !(value instanceof DataView) &&
    !(value instanceof BigInt64Array) &&
    !(value instanceof BigUint64Array)
  );
}

/** Whether it is an array, or a typed one whose items are numbers. */
export function isNumberArray(value: unknown): value is ArrayLike<number> {
  return Array.isArray(value) || isTypedNumbers(value);
}

/**
 * Numbers in an array of any kind, as it is.
 * @param items which numbers they may be @default any, infinite ones and NaN too
 */
export function numbersOf(items?: {
  readonly expected: string;
  takes(value: number): boolean;
}): Schema<ArrayLike<number>> {
  const wanted = items === undefined ? EXPECTED : `${EXPECTED}, each ${items.expected}`;
  return {
    expected: wanted,
    parse(value, name) {
      if (!isNumberArray(value)) throw wrongValue(name, wanted, value);
      const plain = Array.isArray(value);
      if (!plain && !items) return value;
      for (let i = 0; i < value.length; i++) {
        const item: unknown = value[i];
        if (plain && typeof item !== 'number') {
          throw wrongValue(`${name}[${i}]`, items?.expected ?? 'a number', item);
        }
        if (items && !items.takes(item as number)) throw wrongValue(`${name}[${i}]`, items.expected, item);
      }
      return value;
    },
  };
}

/** Finite numbers in an array of any kind. */
export const finiteNumbers = numbersOf({ expected: 'a finite number', takes: Number.isFinite });
