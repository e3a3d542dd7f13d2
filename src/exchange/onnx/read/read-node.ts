import { quoted } from '../../../base/schema/index.js';
import { AttributeProto_AttributeType, type AttributeProto, type NodeProto } from '../schema/onnx-pb.js';
import { damaged, unread } from './damage.js';
import type { OnnxAttribute, OnnxNode } from './graph.js';
import { readTensor } from './read-tensor.js';

const Type = AttributeProto_AttributeType;

/** More than any operator has. */
const MAX_ATTRIBUTES = 1000;

/** @throws SeqkitError `bad-file` for attributes that are no numbers, texts or tensors */
export function readNode(proto: NodeProto, source: string): OnnxNode {
  const { opType, name } = proto;
  const called = name === '' ? `the node ${quoted(opType)}` : `the node ${quoted(name)} (${quoted(opType)})`;
  if (opType === '') throw damaged(source, `${called} says no operator`);
  if (proto.attribute.length > MAX_ATTRIBUTES) {
    throw damaged(source, `${called} has ${proto.attribute.length} attributes`);
  }
  const attributes = new Map<string, OnnxAttribute>();
  for (const attribute of proto.attribute) {
    if (attributes.has(attribute.name)) {
      throw damaged(source, `${called} has the attribute ${quoted(attribute.name)} twice`);
    }
    attributes.set(attribute.name, readAttribute(attribute, called, source));
  }
  // One spelling of ONNX's own domain.
  const domain = proto.domain === 'ai.onnx' ? '' : proto.domain;
  return { opType, domain, name, inputs: proto.input, outputs: proto.output, attributes };
}

function readAttribute(proto: AttributeProto, called: string, source: string): OnnxAttribute {
  switch (typeOf(proto)) {
    case Type.FLOAT:
      return proto.f;
    case Type.INT:
      return Number(proto.i);
    case Type.STRING:
      return text(proto.s);
    case Type.FLOATS:
      return proto.floats;
    case Type.INTS:
      return proto.ints.map(Number);
    case Type.STRINGS:
      return proto.strings.map(text);
    case Type.TENSOR:
      if (proto.t) return readTensor(proto.t, proto.t.name || proto.name, source);
      throw damaged(source, `${called} has no tensor in its attribute ${quoted(proto.name)}`);
    case Type.GRAPH:
      throw unread(
        source,
        `has ${called} with a graph of its own`,
        'Export the network without conditions and loops, such as torch.onnx.export of a model in eval mode.',
      );
    default:
      throw unread(
        source,
        `has ${called} with the attribute ${quoted(proto.name)} of the type ${proto.type}`,
        'Export it without sparse tensors and functions.',
      );
  }
}

/** Files of the first layouts leave the type out. */
function typeOf(proto: AttributeProto): AttributeProto_AttributeType {
  if (proto.refAttrName !== '') return Type.TYPE_PROTO;
  if (proto.type !== Type.UNDEFINED) return proto.type;
  if (proto.t) return Type.TENSOR;
  if (proto.g.length > 0) return Type.GRAPH;
  if (proto.floats.length > 0) return Type.FLOATS;
  if (proto.ints.length > 0) return Type.INTS;
  if (proto.strings.length > 0) return Type.STRINGS;
  if (proto.s.length > 0) return Type.STRING;
  return proto.i === 0n ? Type.FLOAT : Type.INT;
}

const decoder = new TextDecoder();

function text(bytes: Uint8Array): string {
  return decoder.decode(bytes);
}
