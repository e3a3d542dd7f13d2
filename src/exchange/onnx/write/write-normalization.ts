import type { Layer } from '../../../rnn/layers/layer.js';
import type { Flow } from './flow.js';
import { optionOf, weightOf, type LayerWriter, type Writing } from './writing.js';

/** y = x * factor + offset of each feature: what BatchNormalization and Standardize are after training. */
export interface Affine {
  readonly factor: Float64Array;
  readonly offset: Float64Array;
}

/** The fixed change of a layer that has one. */
export function affineOf(layer: Layer): Affine | undefined {
  const numbers = (part: string): ArrayLike<number> | undefined => weightOf(layer, part)?.get().data;
  if (layer.kind === 'BatchNormalization') {
    const epsilon = optionOf(layer.options(), 'epsilon', 1e-3);
    return affine(
      numbers('movingMean')!,
      numbers('movingVariance')!,
      epsilon,
      numbers('gamma'),
      numbers('beta'),
    );
  }
  if (layer.kind === 'Standardize') return affine(numbers('mean')!, numbers('variance')!, 0);
  return undefined;
}

function affine(
  mean: ArrayLike<number>,
  variance: ArrayLike<number>,
  epsilon: number,
  gamma?: ArrayLike<number>,
  beta?: ArrayLike<number>,
): Affine {
  const factor = Float64Array.from(mean, (_, d) => (gamma?.[d] ?? 1) / Math.sqrt(variance[d] + epsilon));
  const offset = factor.map((scale, d) => (beta?.[d] ?? 0) - mean[d] * scale);
  return { factor, offset };
}

export const writeAffine: LayerWriter = (writing, layer, [given]) => {
  const x = writing.dense(given);
  const { factor, offset } = affineOf(layer)!;
  const { name } = layer;
  const scaled = writing.op('Mul', [x.name, writing.weight(`${name}/factor`, [x.features], () => factor)]);
  const y = writing.op('Add', [scaled, writing.weight(`${name}/offset`, [x.features], () => offset)]);
  return [{ ...x, name: y }];
};

export const writeLayerNormalization: LayerWriter = (writing, layer, [given]) => {
  const x = writing.dense(given);
  const epsilon = optionOf(layer.options(), 'epsilon', 1e-3);
  const part = (name: string, otherwise: number): string =>
    writing.weight(`${layer.name}/${name}`, [x.features], () => {
      return weightOf(layer, name)?.get().data ?? new Float32Array(x.features).fill(otherwise);
    });
  const inputs = [x.name, part('gamma', 1), part('beta', 0)];
  return [
    { ...x, name: writing.op('LayerNormalization', inputs, { axis: -1, epsilon: { float: epsilon } }) },
  ];
};

/** Far below any norm that float32 tells from 0. */
const TINY = 1e-20;

export const writeUnitNormalization: LayerWriter = (writing, _layer, [given]) => {
  const x = writing.dense(given);
  const length = writing.op('ReduceL2', [x.name], { axes: [-1], keepdims: 1 });
  const divisor = writing.op('Max', [length, writing.builder.scalar(TINY)]);
  return [{ ...x, name: writing.op('Div', [x.name, divisor]) }];
};

/** Steps whose features are all one number are masked; the features stay. */
export const writeMasking: LayerWriter = (writing, layer, [given]) => {
  const x = writing.dense(given);
  writing.sequence(layer, x);
  return [{ ...x, mask: rowMask(writing, x, optionOf(layer.options(), 'maskValue', 0)) }];
};

function rowMask(writing: Writing, x: Flow, value: number): string {
  const alike = writing.op('Equal', [x.name, writing.builder.scalar(value)]);
  const differs = writing.op('Cast', [writing.op('Not', [alike])], { to: 1 });
  const mask = writing.op('ReduceMax', [differs], { axes: [-1], keepdims: 1 });
  return x.mask === undefined ? mask : writing.op('Mul', [mask, x.mask]);
}
