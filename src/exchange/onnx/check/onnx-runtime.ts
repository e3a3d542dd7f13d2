import { schemaOf, type Schema } from '../../../base/schema/index.js';
import type { Sample } from './sample.js';

/** A tensor of onnxruntime, by the part of it that is used. */
export interface RuntimeTensor {
  readonly data: ArrayLike<unknown>;
  readonly dims: readonly number[];
}

/** onnxruntime-node or onnxruntime-web, by the part of them that is used. */
export interface OnnxRuntime {
  readonly InferenceSession: {
    create(
      bytes: Uint8Array,
      options?: object,
    ): Promise<{
      run(feeds: never): Promise<Record<string, RuntimeTensor>>;
    }>;
  };
  readonly Tensor: new (type: never, data: never, dims: never) => RuntimeTensor;
}

export const onnxRuntime: Schema<OnnxRuntime> = schemaOf<OnnxRuntime>(
  'the module onnxruntime-node or onnxruntime-web',
  (value) => {
    const { InferenceSession, Tensor } = (value ?? {}) as Partial<OnnxRuntime>;
    return typeof InferenceSession?.create === 'function' && typeof Tensor === 'function';
  },
);

/** A file that is open: numbers in by the names of its inputs, numbers out by the names of its outputs. */
export type OpenOnnx = (feeds: Readonly<Record<string, Sample>>) => Promise<Record<string, Sample>>;

/** @param wholeInputs names of inputs that take whole numbers */
export async function openOnnx(
  { InferenceSession, Tensor }: OnnxRuntime,
  bytes: Uint8Array,
  wholeInputs: ReadonlySet<string>,
): Promise<OpenOnnx> {
  const session = await InferenceSession.create(bytes, { logSeverityLevel: 3 });
  const tensorOf = (name: string, { data, shape }: Sample): RuntimeTensor => {
    const whole = wholeInputs.has(name);
    const numbers = whole ? BigInt64Array.from(data, BigInt) : data;
    return new Tensor((whole ? 'int64' : 'float32') as never, numbers as never, [...shape] as never);
  };
  return async (feeds) => {
    const tensors = Object.entries(feeds).map(([name, sample]) => [name, tensorOf(name, sample)]);
    const results = await session.run(Object.fromEntries(tensors) as never);
    return Object.fromEntries(
      Object.entries(results).map(([name, { data, dims }]) => [
        name,
        { data: Float32Array.from(data as ArrayLike<number>), shape: dims },
      ]),
    );
  };
}
