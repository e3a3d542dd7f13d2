import { isSequence, type Flow } from './flow.js';
import { optionOf, type LayerWriter, type Writing } from './writing.js';

/** The steps that count in every one of the inputs that has a mask. */
function commonMask(writing: Writing, inputs: readonly Flow[]): string | undefined {
  const masks = inputs.map(({ mask }) => mask).filter((mask) => mask !== undefined);
  return masks.length === 0 ? undefined : masks.reduce((a, b) => writing.op('Mul', [a, b]));
}

/** Element by element, in order. */
function elementwise(combine: (writing: Writing, names: readonly string[]) => string): LayerWriter {
  return (writing, _layer, given) => {
    const inputs = given.map((x) => writing.dense(x));
    const name = combine(
      writing,
      inputs.map((x) => x.name),
    );
    return [{ ...inputs[0], name, mask: commonMask(writing, inputs) }];
  };
}

const folded =
  (opType: string) =>
  (writing: Writing, names: readonly string[]): string =>
    names.reduce((a, b) => writing.op(opType, [a, b]));

export const writeAdd = elementwise(folded('Add'));
export const writeSubtract = elementwise(folded('Sub'));
export const writeMultiply = elementwise(folded('Mul'));
export const writeAverage = elementwise((writing, names) =>
  writing.op('Mul', [folded('Add')(writing, names), writing.builder.scalar(1 / names.length)]),
);
export const writeAbsoluteDifference = elementwise((writing, names) =>
  writing.op('Abs', [folded('Sub')(writing, names)]),
);

export const writeConcatenate: LayerWriter = (writing, layer, given) => {
  const inputs = given.map((x) => writing.dense(x));
  const axis = optionOf<number>(layer.options(), 'axis', -1);
  const [first] = inputs;
  const name = (at: number): string =>
    writing.op(
      'Concat',
      inputs.map((x) => x.name),
      { axis: at },
    );
  if (axis === 1 && isSequence(first)) {
    const times = inputs.map(({ dims }) => dims[1]);
    const time = times.every((size) => typeof size === 'number')
      ? times.reduce((a, b) => a + b, 0)
      : `T_${layer.name}`;
    const dims = [first.dims[0], time, first.features];
    return [{ name: name(1), dims, features: first.features, mask: joinedMasks(writing, inputs) }];
  }
  const features = inputs.reduce((total, x) => total + x.features, 0);
  const dims = [...first.dims.slice(0, -1), features];
  return [{ name: name(-1), dims, features, mask: commonMask(writing, inputs) }];
};

/** Masks one after the other in time; of an input without one all steps count. */
function joinedMasks(writing: Writing, inputs: readonly Flow[]): string | undefined {
  if (inputs.every(({ mask }) => mask === undefined)) return undefined;
  const { builder } = writing;
  const parts = inputs.map(({ name, mask }) => {
    if (mask !== undefined) return mask;
    const [start, end, axis] = [0, 1, 2].map((n) => builder.ints(n));
    const shape = writing.op('Shape', [writing.op('Slice', [name, start, end, axis])]);
    return writing.op('Expand', [builder.scalar(1), shape]);
  });
  return writing.op('Concat', parts, { axis: 1 });
}

/** Products of two inputs, example by example. */
export const writeDot: LayerWriter = (writing, layer, given) => {
  const op = writing.op.bind(writing);
  const inputs = given.map((x) => writing.dense(x));
  const axes = layer.options()['axes'] as readonly [number, number];
  const [a, b] = inputs.map((x, i) => summed(writing, x, axes[i]));
  const N = a.dims[0];
  if (!isSequence(a)) {
    const products = op('Mul', [a.name, b.name]);
    const name = op('ReduceSum', [products, writing.builder.ints(1)], { keepdims: 1 });
    return [{ name, dims: [N, 1], features: 1 }];
  }
  const turn = (x: Flow, turned: boolean): string =>
    turned ? op('Transpose', [x.name], { perm: [0, 2, 1] }) : x.name;
  const name = op('MatMul', [turn(a, axes[0] === 1), turn(b, axes[1] === 2)]);
  const [rows, cols] = [a.dims[axes[0] === 1 ? 2 : 1], b.dims[axes[1] === 1 ? 2 : 1]];
  const y = { name, dims: [N, rows, cols], features: Number(cols) };
  return [{ ...y, ...productMasks(writing, [a, b], axes) }];
};

/** An input with what is masked along the axis of the sum at 0. */
function summed(writing: Writing, x: Flow, axis: number): Flow {
  const overTime = axis === 1 && isSequence(x);
  const mask = overTime ? x.mask : x.featureMask;
  if (mask === undefined) return x;
  return { ...x, name: writing.op('Mul', [x.name, mask]) };
}

/** What of the product is padding: rows from masked steps of the one, columns from those of the other. */
function productMasks(
  writing: Writing,
  [a, b]: readonly Flow[],
  axes: readonly [number, number],
): Pick<Flow, 'mask' | 'featureMask'> {
  const op = writing.op.bind(writing);
  /** (N, size) along the axis that is left. */
  const left = (x: Flow, axis: number): string | undefined => {
    if (axis === 2)
      return x.mask === undefined ? undefined : op('Squeeze', [x.mask, writing.builder.ints(2)]);
    if (x.featureMask === undefined) return undefined;
    return op('ReduceMax', [x.featureMask], { axes: [1], keepdims: 0 });
  };
  const [rows, cols] = [left(a, axes[0]), left(b, axes[1])];
  return {
    mask: rows === undefined ? undefined : op('Unsqueeze', [rows, writing.builder.ints(2)]),
    featureMask: cols === undefined ? undefined : op('Unsqueeze', [cols, writing.builder.ints(1)]),
  };
}
