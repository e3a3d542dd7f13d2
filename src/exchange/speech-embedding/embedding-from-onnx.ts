import { EMBEDDING_LAYERS, EMBEDDING_WEIGHTS } from '../../audio/embedding/embedding-network.js';
import type { EmbeddingWeights } from '../../audio/embedding/embedding-file.js';
import type { SeqkitError } from '../../base/errors.js';
import { readOnnxGraph } from '../onnx/read/read-onnx-graph.js';
import type { OnnxGraph, OnnxNode, OnnxTensor } from '../onnx/read/graph.js';
import { otherNetwork } from './other-network.js';

/** How far a number of an attribute may be off, which files keep in 32 bits. */
const CLOSE = 1e-6;

/**
 * The weights of Google's speech embedding in an ONNX file of it, as openWakeWord's `embedding_model.onnx` is: held
 * against the network operation by operation, and laid as seqkit has them.
 * @param source what errors call the file
 * @throws SeqkitError `bad-file` where it is no such network, or is damaged
 */
export function embeddingFromOnnx(bytes: Uint8Array, source: string): EmbeddingWeights {
  const graph = readOnnxGraph(bytes, source);
  const wrong = (what: string): SeqkitError => otherNetwork(source, what);
  const nodes = graph.nodes.filter(({ opType }) => opType !== 'Reshape');
  const weights = new Map<string, Float32Array>();
  const shapes = new Map(EMBEDDING_WEIGHTS.map(({ name, shape }) => [name, shape]));
  let at = 0;
  let flowing = graph.nodes[0]?.outputs[0];
  const next = (opType: string): OnnxNode => {
    const node = nodes.at(at++);
    if (node?.opType !== opType) {
      throw wrong(`operation ${at} is ${node?.opType ?? 'missing'}, expected ${opType}`);
    }
    if (node.inputs[0] !== flowing) throw wrong(`operation ${at} does not follow the one before it`);
    flowing = node.outputs[0];
    return node;
  };
  const expect = (
    node: OnnxNode,
    attribute: string,
    wanted: readonly number[],
    fallback?: readonly number[],
  ): void => {
    const found = node.attributes.get(attribute) ?? fallback;
    const numbers = typeof found === 'number' ? [found] : found;
    const fits =
      Array.isArray(numbers) &&
      numbers.length === wanted.length &&
      wanted.every((value, i) => Math.abs(value - Number(numbers[i])) < CLOSE);
    if (!fits)
      throw wrong(
        `${attribute} of operation ${at}, ${node.opType}, is ${JSON.stringify(found)}, expected ${wanted.join(', ')}`,
      );
  };
  const tensor = (name: string | undefined, shape: readonly number[]): OnnxTensor => {
    const found = graph.initializers.get(name ?? '');
    if (String(found?.shape) !== String(shape)) {
      throw wrong(
        `weights of operation ${at} are (${found?.shape.join(', ') ?? 'missing'}), expected (${shape.join(', ')})`,
      );
    }
    return found!;
  };
  checkEnds(graph, wrong);
  for (const layer of EMBEDDING_LAYERS) {
    if (layer.kind === 'pooling') {
      const node = next('MaxPool');
      expect(node, 'kernel_shape', layer.size);
      expect(node, 'strides', layer.size, [1, 1]);
      expect(node, 'pads', [0, 0, 0, 0], [0, 0, 0, 0]);
      continue;
    }
    const {
      name,
      size: [time, bands],
      isLast,
    } = layer;
    const [, , channels, filters] = shapes.get(`${name}/kernel`)!;
    const node = next('Conv');
    const pad = (bands - 1) / 2;
    expect(node, 'kernel_shape', layer.size);
    expect(node, 'pads', [0, pad, 0, pad], [0, 0, 0, 0]);
    expect(node, 'strides', [1, 1], [1, 1]);
    expect(node, 'dilations', [1, 1], [1, 1]);
    expect(node, 'group', [1], [1]);
    const kernel = tensor(node.inputs[1], [filters, channels, time, bands]);
    weights.set(`${name}/kernel`, channelsLast(kernel));
    if (isLast) {
      if (node.inputs[2]) throw wrong('its last convolution has a bias');
      continue;
    }
    weights.set(`${name}/bias`, Float32Array.from(tensor(node.inputs[2], [filters]).data));
    expect(next('LeakyRelu'), 'alpha', [layer.slope], [0.01]);
    const floor = graph.initializers.get(next('Max').inputs[1] ?? '');
    if (floor?.data.length !== 1 || Math.abs(floor.data[0] - layer.least) > CLOSE) {
      throw wrong(`operation ${at} bounds by ${floor?.data[0] ?? 'nothing'}, expected ${layer.least}`);
    }
  }
  if (at < nodes.length) throw wrong(`${nodes.length - at} operations follow the last of it`);
  return weights;
}

function checkEnds({ nodes, inputs }: OnnxGraph, wrong: (what: string) => SeqkitError): void {
  const [first, last] = [nodes.at(0), nodes.at(-1)];
  if (first?.opType !== 'Reshape' || last?.opType !== 'Reshape' || first.inputs[0] !== inputs[0]?.name) {
    throw wrong('it does not take and give what that does');
  }
}

/** (F, C, time, bands) to (time, bands, C, F). */
function channelsLast({ data, shape: [filters, channels, time, bands] }: OnnxTensor): Float32Array {
  const taps = time * bands;
  return Float32Array.from(data, (_, i) => {
    const f = i % filters;
    const c = Math.floor(i / filters) % channels;
    const tap = Math.floor(i / filters / channels);
    return data[(f * channels + c) * taps + tap];
  });
}
