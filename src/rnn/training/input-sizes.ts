import { SeqkitError } from '../errors.js';
import type { InputShape, LayerGraph } from '../layers/layer-graph.js';
import { toTensor, type Tensor, type TensorLike } from '../tensor.js';
import type { ProgramSize } from './model-programs.js';

/** What a model of several inputs or outputs takes: one for each, in their order. */
export type Several = TensorLike | readonly TensorLike[];

/**
 * Tensors for so many inputs or outputs.
 * @throws SeqkitError `usage` where as many were not given
 */
export function toTensors(values: Several, count: number, what: string): Tensor[] {
  if (count === 1) return [toTensor(values as TensorLike)];
  if (!Array.isArray(values) || values.length !== count) {
    const given = Array.isArray(values) ? values.length : 'one Tensor';
    throw new SeqkitError(`The model has ${count} ${what}; ${given} came.`, {
      code: 'usage',
      hint: `Give an array with one Tensor for each of the ${what}.`,
    });
  }
  return (values as readonly TensorLike[]).map(toTensor);
}

/**
 * T and D of an input from a batch of it, or of a batch of one.
 * @throws SeqkitError `bad-shape` where it does not fit what the model takes
 */
export function inputShape(graph: LayerGraph, index: number, { shape }: Pick<Tensor, 'shape'>): InputShape {
  const tokens = graph.tokensOf(index) !== undefined;
  const port = graph.inputs[index];
  const wanted = tokens ? '(batch, time) of tokens' : '(batch, time, features) or (batch, features)';
  const fits = tokens ? shape.length === 2 : shape.length === 2 || shape.length === 3;
  if (!fits || shape.some((size) => size === 0)) {
    throw new SeqkitError(
      `The input has shape (${shape.join(', ')}); the model takes ${wanted}, none of them 0.`,
      { code: 'bad-shape' },
    );
  }
  const own = shape.slice(1);
  const agrees =
    own.length === port.shape.length && port.shape.every((size, i) => size === null || size === own[i]);
  if (port.shape.length > 0 && !agrees) {
    throw new SeqkitError(
      `The input "${port.name}" takes (batch, ${port.shape.map((size) => size ?? 'any').join(', ')}); it got (${shape.join(', ')}).`,
      { code: 'bad-shape' },
    );
  }
  if (tokens) return { time: shape[1], features: 1 };
  return { time: shape.length === 3 ? shape[1] : undefined, features: shape[shape.length - 1] };
}

/** The sizes of a program for batches of these inputs. */
export function programSize(graph: LayerGraph, inputs: readonly Tensor[], batch: number): ProgramSize {
  if (!Number.isInteger(batch) || batch < 1) {
    throw new SeqkitError(`batchSize must be a whole number of at least 1, not ${batch}.`, {
      code: 'bad-value',
    });
  }
  const [first, ...others] = inputs.map((tensor, i) => inputShape(graph, i, tensor));
  return { batch, ...first, ...(others.length > 0 && { others }) };
}
