import { SeqkitError } from '../../base/errors.js';
import type { InputShape, LayerGraph } from '../graph/layer-graph.js';
import { sizeOf, type Tensor } from '../program/tensor.js';
import { batchSize } from './batch-size.js';
import type { Examples } from './examples.js';
import type { ProgramSize } from './model-programs.js';

/**
 * T and D of an input from a batch of it, or of a batch of one.
 * @throws SeqkitError `bad-shape` where it does not fit what the model takes
 */
export function inputShape(graph: LayerGraph, index: number, { shape }: Pick<Tensor, 'shape'>): InputShape {
  const tokens = graph.tokensOf(index) !== undefined;
  const port = graph.inputs[index];
  const wanted = tokens ? '(batch, time) of tokens' : '(batch, time, features) or (batch, features)';
  const fits = tokens ? shape.length === 2 : shape.length >= 2 && shape.length <= 4;
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
  const time = shape.length > 2 ? shape[1] : undefined;
  const features = shape[shape.length - 1];
  return shape.length > 3 ? { time, steps: shape[2], features } : { time, features };
}

/** The sizes of a program for batches of these examples. */
export function programSize(
  graph: LayerGraph,
  {
    inputs,
    lengths = [],
    targets = [],
  }: Pick<Examples, 'inputs'> & Partial<Pick<Examples, 'lengths' | 'targets'>>,
  batch: number,
): ProgramSize {
  batchSize.parse(batch, 'batchSize');
  const [first, ...others] = inputs.map((tensor, i): InputShape => {
    const shape = inputShape(graph, i, tensor);
    if (!lengths[i]) return shape;
    if (shape.time !== undefined) return { ...shape, masked: true };
    throw new SeqkitError('lengths are for inputs that are sequences, (batch, time, features) or tokens.', {
      code: 'bad-shape',
    });
  });
  const targetSizes = targets.map(({ shape }) => sizeOf(shape.slice(1)));
  return {
    ...{ batch, ...first },
    ...(others.length > 0 && { others }),
    ...(targetSizes.length > 0 && { targetSizes }),
  };
}
