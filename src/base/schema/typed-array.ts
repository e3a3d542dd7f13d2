import { schemaOf, type Schema } from './schema.js';

/** The typed arrays that are asked for by name. */
interface TypedArrays {
  Uint8Array: Uint8Array;
  Int16Array: Int16Array;
  Float32Array: Float32Array;
}

const makers = { Uint8Array, Int16Array, Float32Array } as const;

/** Whether a value is a typed array of a kind. One of another realm, a frame's or a test runner's, is one too. */
export function isTypedArray<Kind extends keyof TypedArrays>(
  value: unknown,
  kind: Kind,
): value is TypedArrays[Kind] {
  // The quick way first: streams ask for every frame.
  if (value instanceof makers[kind]) return true;
  return ArrayBuffer.isView(value) && Object.prototype.toString.call(value) === `[object ${kind}]`;
}

/** A typed array of a kind, whatever its numbers. A Node `Buffer` is a `Uint8Array`. */
export function typedArray<Kind extends keyof TypedArrays>(
  kind: Kind,
  hint?: (value: unknown) => string | undefined,
): Schema<TypedArrays[Kind]> {
  return schemaOf(`a ${kind}`, (value) => isTypedArray(value, kind), hint);
}
