import { fromBinary } from '@bufbuild/protobuf';
import { fileBytes, quoted, someText } from '../../../base/schema/index.js';
import { dataTypeOf } from '../schema/data-types.js';
import {
  ModelProtoSchema,
  type GraphProto,
  type ModelProto,
  type ValueInfoProto,
} from '../schema/onnx-pb.js';
import { damaged, unread } from './damage.js';
import type { OnnxGraph, OnnxNode, OnnxTensor, OnnxValue } from './graph.js';
import { readNode } from './read-node.js';
import { readTensor } from './read-tensor.js';

/** Sets of operators may bring new meanings; up to here they are known. */
const NEWEST_OPSET = 26;

/**
 * Reads an ONNX file (https://onnx.ai/onnx/repo-docs/IR.html): its operations, weights, inputs and outputs, checked.
 * Weights of 16 and 64 bits come as float32. Nothing is run, and no other file is opened.
 * @param bytes of the file
 * @param source what errors call it, such as its path
 * @throws SeqkitError `bad-file` where it is damaged or no ONNX file, keeps weights in other files, or holds graphs
 *   inside nodes (`If`, `Loop`, `Scan`), sparse tensors or functions
 */
export function readOnnxGraph(bytes: Uint8Array | ArrayBuffer, source = 'The model'): OnnxGraph {
  const checked = fileBytes.parse(bytes, 'readOnnxGraph: bytes');
  someText.parse(source, 'readOnnxGraph: source');
  const model = decode(checked, source);
  if (!model.graph) throw damaged(source, 'it holds no graph');
  return graphOf(model, model.graph, source);
}

/**
 * Whether bytes begin as an ONNX file: a version of the layout, then what wrote it, operator sets or the graph.
 * @param start at least the first 16 bytes
 */
export function looksLikeOnnx(start: Uint8Array): boolean {
  // Field 1 as a varint (the version, below 128), then field 2, 3, 4, 6, 7, 8 or 14 with a length, or 5 as a varint.
  return start[0] === 0x08 && start[1] > 0 && start[1] < 64 && NEXT_TAGS.has(start[2]);
}

const NEXT_TAGS: ReadonlySet<number | undefined> = new Set([0x12, 0x1a, 0x22, 0x28, 0x32, 0x3a, 0x42, 0x72]);

function decode(bytes: Uint8Array, source: string): ModelProto {
  try {
    return fromBinary(ModelProtoSchema, bytes, { readUnknownFields: false });
  } catch (cause) {
    throw damaged(source, `its fields cannot be told apart (${(cause as Error).message})`);
  }
}

function graphOf(model: ModelProto, graph: GraphProto, source: string): OnnxGraph {
  if (graph.sparseInitializer.length > 0) {
    throw unread(source, 'has sparse weights', 'Export them as dense ones.');
  }
  const opsets = opsetsOf(model, source);
  const initializers = new Map<string, OnnxTensor>();
  for (const proto of graph.initializer) {
    if (initializers.has(proto.name)) throw damaged(source, `it has the weight ${quoted(proto.name)} twice`);
    initializers.set(proto.name, readTensor(proto, proto.name, source));
  }
  const inputs = graph.input
    .map((value) => valueOf(value, source))
    .filter(({ name }) => !initializers.has(name));
  const nodes = graph.node.map((node) => readNode(node, source));
  const outputs = graph.output.map((value) => valueOf(value, source));
  checkOrder({ nodes, initializers, inputs, outputs }, source);
  return {
    irVersion: Number(model.irVersion),
    opsets,
    producer: model.producerName,
    metadata: new Map(model.metadataProps.map(({ key, value }) => [key, value])),
    ...{ nodes, initializers, inputs, outputs },
  };
}

function opsetsOf({ opsetImport }: ModelProto, source: string): Map<string, number> {
  const opsets = new Map<string, number>();
  for (const { domain, version } of opsetImport) {
    opsets.set(domain === 'ai.onnx' ? '' : domain, Number(version));
  }
  const own = opsets.get('');
  if (own === undefined || own < 1) throw damaged(source, 'it does not say which operators it uses');
  if (own > NEWEST_OPSET) {
    throw unread(
      source,
      `uses version ${own} of ONNX's operators`,
      `Export it with opset ${NEWEST_OPSET} or less.`,
    );
  }
  return opsets;
}

function valueOf({ name, type }: ValueInfoProto, source: string): OnnxValue {
  if (name === '') throw damaged(source, 'it has an input or output without a name');
  if (type?.value.case !== 'tensorType') return { name, type: undefined, shape: undefined };
  const { elemType, shape } = type.value.value;
  const sizes = shape?.dim.map(({ value }) => {
    if (value.case === 'dimParam') return value.value;
    return value.case === 'dimValue' && value.value >= 0n ? Number(value.value) : null;
  });
  return { name, type: dataTypeOf(elemType), shape: sizes };
}

/** Every name is made once, before it is taken. */
function checkOrder(
  { nodes, initializers, inputs, outputs }: Pick<OnnxGraph, 'nodes' | 'initializers' | 'inputs' | 'outputs'>,
  source: string,
): void {
  const known = new Set<string>(initializers.keys());
  const make = (name: string): void => {
    if (known.has(name)) throw damaged(source, `${quoted(name)} is made twice`);
    known.add(name);
  };
  const take = (name: string, taker: OnnxNode | undefined): void => {
    if (known.has(name)) return;
    const who = taker ? `the node ${quoted(taker.name || taker.opType)} takes` : 'it gives out';
    throw damaged(source, `${who} ${quoted(name)}, which nothing before it makes`);
  };
  for (const { name } of inputs) make(name);
  for (const node of nodes) {
    for (const name of node.inputs) if (name !== '') take(name, node);
    for (const name of node.outputs) if (name !== '') make(name);
  }
  for (const { name } of outputs) take(name, undefined);
}
