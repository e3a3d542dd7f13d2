import { LayerNormalization } from '../../../rnn/layers/layer-normalization.js';
import type { OnnxNode, OnnxTensor } from '../read/graph.js';
import { placed } from './features.js';
import { featuresOf, isNumbers, type Importing, type Operation } from './importing.js';
import type { Signal, Value } from './value.js';

/** What normalization over features is written as, once its weights and bound are found. */
interface Written {
  /** All of its operations but the first. */
  readonly nodes: readonly OnnxNode[];
  readonly epsilon: number;
  readonly gamma: OnnxTensor['data'] | undefined;
  readonly beta: OnnxTensor['data'] | undefined;
}

/**
 * Layer normalization as files of before opset 17 write it, which have no operator for it: d = x - mean(x), then
 * d / sqrt(mean(d^2) + epsilon) * gamma + beta.
 * @param operation a ReduceMean
 * @returns undefined where it is the beginning of something else
 */
export function writtenNormalization(operation: Operation): Value[] | undefined {
  const [x] = operation.inputs;
  // Of both directions the features are one row here, and two in the file.
  if (x?.kind !== 'signal' || x.axes.at(-1) !== 'D' || x.axes.includes('both')) return undefined;
  const features = featuresOf(x);
  const written = features === null ? undefined : writtenAs(operation, x, features);
  if (features === null || written === undefined) return undefined;
  const { nodes, epsilon, gamma, beta } = written;
  for (const node of nodes) operation.importing.fused.set(node, operation.node);
  const make = () =>
    new LayerNormalization({ epsilon, scale: gamma !== undefined, center: beta !== undefined });
  const arrays = [gamma, beta].flatMap((weights) => (weights === undefined ? [] : [placed(x, weights)]));
  return [operation.rows(x, make, arrays)];
}

function writtenAs({ node: first, importing }: Operation, x: Signal, features: number): Written | undefined {
  const rank = x.axes.length;
  const [mean] = first.outputs;
  const centering = importing.onlyTaker(mean);
  if (!isMeanOfRows(importing, first, rank) || centering?.opType !== 'Sub') return undefined;
  if (centering.inputs.join() !== [first.inputs[0], mean].join()) return undefined;
  const [centered] = centering.outputs;
  const takers = importing.takers(centered);
  const [power, division] = ['Pow,Mul', 'Div'].map((kinds) =>
    takers.find(({ opType }) => kinds.split(',').includes(opType)),
  );
  if (takers.length !== 2 || !power || !division || !isSquare(importing, power, centered)) return undefined;
  const variance = importing.onlyTaker(power.outputs[0]);
  if (!variance || !isMeanOfRows(importing, variance, rank)) return undefined;
  const bounding = importing.onlyTaker(variance.outputs[0]);
  const bound = bounding && numbersBeside(importing, bounding, 'Add', variance.outputs[0])?.data;
  const root = bounding && importing.onlyTaker(bounding.outputs[0]);
  if (bound?.length !== 1 || root?.opType !== 'Sqrt' || importing.onlyTaker(root.outputs[0]) !== division)
    return undefined;
  if (division.inputs.join() !== [centered, root.outputs[0]].join()) return undefined;
  const nodes = [centering, power, variance, bounding!, root, division];
  const after = (opType: string): OnnxTensor['data'] | undefined => {
    const [output] = nodes.at(-1)!.outputs;
    const next = importing.onlyTaker(output);
    const weights = next && numbersBeside(importing, next, opType, output);
    // As many numbers could be of the time steps.
    if (weights?.data.length !== features || weights.shape.at(-1) !== features) return undefined;
    nodes.push(next!);
    return weights.data;
  };
  const gamma = after('Mul');
  return { nodes, epsilon: bound[0], gamma, beta: after('Add') };
}

function isMeanOfRows(importing: Importing, node: OnnxNode, rank: number): boolean {
  if (node.opType !== 'ReduceMean' || (node.attributes.get('keepdims') ?? 1) !== 1) return false;
  const attribute = node.attributes.get('axes');
  const given = isNumbers(attribute) ? attribute : importing.numbers(node.inputs[1] ?? '')?.data;
  return given?.length === 1 && (given[0] === -1 || given[0] === rank - 1);
}

function isSquare(importing: Importing, { opType, inputs }: OnnxNode, of: string): boolean {
  if (opType === 'Mul') return inputs.every((name) => name === of);
  const power = importing.numbers(inputs[1] ?? '')?.data;
  return inputs[0] === of && power?.length === 1 && power[0] === 2;
}

/** The numbers that an operation takes beside a value. */
function numbersBeside(
  importing: Importing,
  { opType, inputs }: OnnxNode,
  wanted: string,
  value: string,
): OnnxTensor | undefined {
  const others = inputs.filter((name) => name !== value);
  return opType === wanted && others.length === 1 ? importing.numbers(others[0]) : undefined;
}
