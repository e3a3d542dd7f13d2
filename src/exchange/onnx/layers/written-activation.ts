import { normalDistribution } from '../../../base/math/normal-distribution.js';
import { Activation } from '../../../rnn/layers/activation.js';
import type { ActivationName } from '../../../rnn/program/activations.js';
import type { OnnxNode } from '../read/graph.js';
import type { Importing, Operation } from './importing.js';
import type { Signal, Value } from './value.js';

/** So many operations may belong to an activation, among so many that follow. */
const [MOST_OPERATIONS, MOST_NODES] = [12, 64];

const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));

/** What operations do element by element. */
const FUNCTIONS: Readonly<Record<string, (a: number, b: number) => number>> = {
  Add: (a, b) => a + b,
  Sub: (a, b) => a - b,
  Mul: (a, b) => a * b,
  Div: (a, b) => a / b,
  Pow: (a, b) => a ** b,
  Erf: (a) => 2 * normalDistribution(a * Math.SQRT2) - 1,
  Sigmoid: sigmoid,
  Tanh: Math.tanh,
};

/** Activations that files write out: ONNX has no operator for them, or had none before opset 20. */
const WRITTEN = {
  gelu: (x) => x * normalDistribution(x),
  geluTanh: (x) => 0.5 * x * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3))),
  silu: (x) => x * sigmoid(x),
} as const satisfies Partial<Record<ActivationName, (x: number) => number>>;

/** Where functions are held against each other. Numbers of files are float32; the closest two are 5e-4 apart. */
const POINTS = Float64Array.from({ length: 33 }, (_, i) => (i - 16) * 0.31);
const CLOSE = 2e-6;

/**
 * An activation that is written out in several operations. Exporters order them differently, so what they come to is
 * computed at some points, and held against ours.
 * @param operation the first of them
 * @returns undefined where it is the beginning of something else
 */
export function writtenActivation(operation: Operation): Value[] | undefined {
  const { node, importing, inputs } = operation;
  const at = inputs.findIndex((value) => value?.kind === 'signal');
  const x = inputs[at];
  if (x?.kind !== 'signal') return undefined;
  const found = activationFrom(importing, node.inputs[at], x);
  if (!found?.nodes.has(node)) return undefined;
  for (const each of found.nodes) if (each !== node) importing.fused.set(each, node);
  return [operation.rows(x, () => new Activation({ activation: found.activation }), [])];
}

/** What an operation comes to at the points, and the operations that it depends on, itself among them. */
interface Reckoned {
  readonly values: Float64Array;
  readonly nodes: ReadonlySet<OnnxNode>;
}

function activationFrom(
  importing: Importing,
  name: string,
  x: Signal,
): { activation: keyof typeof WRITTEN; nodes: ReadonlySet<OnnxNode> } | undefined {
  const reckoned = new Map<string, Reckoned>([[name, { values: POINTS, nodes: new Set() }]]);
  const { nodes, reached } = importing;
  for (const node of nodes.slice(reached, reached + MOST_NODES)) {
    if (!Object.hasOwn(FUNCTIONS, node.opType) || !node.inputs.some((input) => reckoned.has(input))) continue;
    const parts = node.inputs.map((input) => reckoned.get(input) ?? numberOf(importing, input, x));
    if (parts.includes(undefined)) continue;
    const [a, b] = parts.map((part) => part!.values);
    const own: Reckoned = {
      values: POINTS.map((_, i) => FUNCTIONS[node.opType](a[i], b?.[i] ?? 0)),
      nodes: new Set([...parts.flatMap((part) => [...part!.nodes]), node]),
    };
    const activation = (Object.keys(WRITTEN) as (keyof typeof WRITTEN)[]).find((each) =>
      own.values.every((value, i) => Math.abs(value - WRITTEN[each](POINTS[i])) < CLOSE),
    );
    if (activation && isAlone(importing, own.nodes, node)) return { activation, nodes: own.nodes };
    reckoned.set(node.outputs[0], own);
    if (reckoned.size > MOST_OPERATIONS) return undefined;
  }
  return undefined;
}

/** A number that the file has, the same for all elements. */
function numberOf(importing: Importing, name: string, x: Signal): Reckoned | undefined {
  const tensor = importing.numbers(name);
  if (tensor?.data.length !== 1 || tensor.shape.length > x.axes.length) return undefined;
  return { values: POINTS.map(() => tensor.data[0]), nodes: new Set() };
}

/** Whether nothing else takes what the operations make on the way. */
function isAlone(importing: Importing, nodes: ReadonlySet<OnnxNode>, end: OnnxNode): boolean {
  return [...nodes].every((node) => {
    if (node === end) return true;
    const takers = importing.takers(node.outputs[0]);
    return takers.length > 0 && takers.every((taker) => nodes.has(taker));
  });
}
