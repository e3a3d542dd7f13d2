import type { LayerGraph } from '../../../rnn/graph/layer-graph.js';
import { LayerStack } from '../../../rnn/graph/layer-stack.js';
import { SeqkitError } from '../../../base/errors.js';
import { foldedInto } from './folding.js';
import type { Flow } from './flow.js';
import { writeLayer } from './layer-writers.js';
import type { Port } from './onnx-builder.js';
import { Writing, type CarriedPort, type WritingOptions } from './writing.js';

export interface OnnxGraphOptions extends Partial<WritingOptions> {
  /** The graph takes how many time steps of each sequence count, as whole numbers (N). @default false */
  readonly lengths?: boolean;
  /**
   * Writes what makes the one input of the network, such as the features of sound. The network's logits then come out as
   * `scores`, from 0 to 1.
   */
  readonly front?: (writing: Writing) => Flow;
  /** What the file tells of itself, as text by name. */
  readonly metadata?: Readonly<Record<string, string>>;
}

/** A written graph. */
export interface WrittenGraph {
  readonly bytes: Uint8Array;
  readonly inputs: readonly Port[];
  readonly outputs: readonly Port[];
  /** States that go in and come out. */
  readonly states: readonly CarriedPort[];
}

/** Layers whose outputs depend on how many time steps there are in all. */
const FIXES_TIME: ReadonlySet<string> = new Set(['Reshape', 'Flatten']);

/**
 * A built graph of layers as an ONNX file, as it predicts.
 * @throws SeqkitError `usage` for what ONNX cannot say, or a step model needs later time steps for
 */
export function writeOnnxGraph(graph: LayerGraph, options: OnnxGraphOptions = {}): WrittenGraph {
  const { step = false, int8 = false, lengths = false, front, metadata = {} } = options;
  const writing = new Writing({ step, int8 }, writeLayer);
  const { builder } = writing;
  const names = front ? ['scores'] : graph.outputNames.map(plain);
  for (const name of names) builder.reserve(name);
  const flows: Flow[] = front ? [front(writing)] : inputFlows(writing, graph);
  if (lengths) flows[0] = { ...flows[0], mask: lengthMask(writing, flows[0]) };
  const folded = foldedInto(graph);
  for (const node of graph.nodes) {
    const inputs = node.inputs.map((index) => flows[index]);
    const target = folded.get(node);
    flows.push(...(target === 'gone' ? inputs : writeLayer(writing, target ?? node.layer, inputs)));
  }
  graph.outputs.forEach((index, i) => {
    const { name: value, dims } = writing.dense(flows[index]);
    const name = front ? writing.op('Sigmoid', [value]) : value;
    builder.output(name, { name: names[i], type: 'float32', dims });
  });
  const states = new Set(writing.carried.flatMap(({ input, output }) => [input, output]));
  return {
    bytes: builder.bytes(metadata),
    inputs: builder.inputs.filter(({ name }) => !states.has(name)),
    outputs: builder.outputs.filter(({ name }) => !states.has(name)),
    states: writing.carried,
  };
}

/** A name that every language takes for one: letters, digits and underscores. */
function plain(name: string): string {
  return name.replaceAll(/[^\w]+/g, '_');
}

function inputFlows(writing: Writing, graph: LayerGraph): Flow[] {
  const { shapes } = graph;
  if (!shapes)
    throw new SeqkitError('The model has no weights yet.', {
      code: 'usage',
      hint: 'Call fit or build first.',
    });
  const isFixed = !writing.options.step && graph.layers.some(({ kind }) => FIXES_TIME.has(kind));
  const several = graph.inputs.length > 1;
  return graph.inputs.map((port, i): Flow => {
    const { time, steps, features } = shapes[i];
    const name = plain(port.name);
    writing.builder.reserve(name);
    const V = graph.tokensOf(i);
    const declared = graph instanceof LayerStack ? null : (port.shape[0] ?? null);
    const varying = several ? `T_${name}` : 'T';
    const T = isFixed ? time : writing.options.step ? varying : (declared ?? varying);
    if (V !== undefined) {
      const dims = ['N', T ?? varying];
      writing.builder.input({ name, type: 'int64', dims });
      return { name, dims, features: V, tokens: true };
    }
    const sequence = time === undefined ? [] : steps === undefined ? [T ?? varying] : [T ?? varying, steps];
    const dims = ['N', ...sequence, features];
    writing.builder.input({ name, type: 'float32', dims });
    return { name, dims, features };
  });
}

/** (N, T, 1): 1 up to each sequence's length. */
function lengthMask(writing: Writing, x: Flow): string {
  const { builder } = writing;
  const op = writing.op.bind(writing);
  const lengths = 'lengths';
  builder.reserve(lengths);
  builder.input({ name: lengths, type: 'int64', dims: [x.dims[0]] });
  const time = op('Gather', [op('Shape', [x.name]), builder.int(1)], { axis: 0 });
  const steps = op('Unsqueeze', [op('Range', [builder.int(0), time, builder.int(1)]), builder.ints(0)]);
  const counts = op('Less', [steps, op('Unsqueeze', [lengths, builder.ints(1)])]);
  return op('Unsqueeze', [op('Cast', [counts], { to: 1 }), builder.ints(2)]);
}
