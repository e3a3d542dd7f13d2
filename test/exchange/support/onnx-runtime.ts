import { createRequire } from 'node:module';
import type * as Runtime from 'onnxruntime-web';

const require = createRequire(import.meta.url);

/** onnxruntime on WebAssembly, which runs in Node too. */
export const ort = require('onnxruntime-web') as typeof Runtime;
ort.env.logLevel = 'error';
ort.env.wasm.numThreads = 1;

export interface Numbers {
  readonly data: ArrayLike<number>;
  readonly shape: readonly number[];
}

/** Opens a file in the runtime. */
export async function runtimeOf(
  bytes: Uint8Array,
): Promise<(feeds: Record<string, Numbers>) => Promise<Record<string, Numbers>>> {
  const session = await ort.InferenceSession.create(bytes, { logSeverityLevel: 3 });
  const types = new Map(session.inputMetadata.map((input) => [input.name, input.isTensor ? input.type : '']));
  return async (feeds) => {
    const tensors = Object.entries(feeds).map(([name, { data, shape }]) => {
      const type = types.get(name) === 'int64' || types.get(name) === 'int32' ? types.get(name)! : 'float32';
      const numbers =
        type === 'int64'
          ? BigInt64Array.from(Array.from(data), BigInt)
          : type === 'int32'
            ? Int32Array.from(data)
            : Float32Array.from(data);
      return [name, new ort.Tensor(type as 'int32', numbers as never, [...shape])] as const;
    });
    const results = await session.run(Object.fromEntries(tensors));
    return Object.fromEntries(
      Object.entries(results).map(([name, tensor]) => [
        name,
        { data: tensor.data as Float32Array, shape: tensor.dims },
      ]),
    );
  };
}

/** The largest difference of any two numbers, NaN where one of them is none. */
export function largestDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  if (a.length !== b.length) return Infinity;
  let largest = 0;
  for (let i = 0; i < a.length; i++) {
    const difference = Math.abs(a[i] - b[i]);
    if (!(difference <= largest)) largest = difference;
  }
  return largest;
}
