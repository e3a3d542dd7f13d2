import { readSource, type FileSource } from '../../base/source/file-source.js';
import { SeqkitError } from '../../base/errors.js';
import { quoted } from '../../base/schema/index.js';
import { LayerGraph, type InputShape } from '../graph/layer-graph.js';
import type { Layer } from '../layers/layer.js';
import { LayerStack } from '../graph/layer-stack.js';
import { describeLayer, makeLayer, prepareLayers, type OwnLayers } from '../graph/registry.js';
import { NoStart } from '../weights/deferred-initialization.js';
import { decodeModel, storedWeight, type ModelFile } from '../graph/model-file.js';
import type { VerifyOptions } from '../../base/encoding/content-digest.js';

/** What a model file says of layers and how they hang together. */
export function describeArchitecture(
  graph: LayerGraph,
): Pick<ModelFile, 'layers' | 'features' | 'shapes' | 'graph'> {
  const { layers, inputs, nodes, outputs, shapes } = graph;
  const description = {
    inputs: [...inputs],
    nodes: nodes.map((node) => ({ layer: layers.indexOf(node.layer), inputs: [...node.inputs] })),
    outputs: [...outputs],
  };
  return {
    layers: layers.map(describeLayer),
    features: graph.features!,
    shapes: shapes!.map(({ time, steps, features }) => ({
      ...(time !== undefined && { time }),
      ...(steps !== undefined && { steps }),
      features,
    })),
    graph: graph instanceof LayerStack ? undefined : description,
  };
}

/**
 * The layers of a model file that `readModelFile` gave, with its weights.
 * @throws SeqkitError `bad-file` where the file contradicts itself
 */
export function restoreGraph(file: ModelFile, source: string, own?: OwnLayers): LayerGraph {
  const layers = file.layers.map((layer) => makeLayer(layer, own));
  const graph = blaming(source, () => build(file, layers, source));
  for (const weight of graph.weights) weight.set(storedWeight(file, weight, source));
  refuseLeft(file, graph, source);
  return graph;
}

/** Arrays of a checkpoint's training. */
const OF_TRAINING = /^training (state|loop)\//;

/** An array that no layer takes could be of an option that the description has lost: the model would give other numbers. */
function refuseLeft(file: ModelFile, graph: LayerGraph, source: string): void {
  const taken = new Set(graph.weights.map(({ name }) => name));
  const left = [...file.weights.keys()].filter(
    (name) => !taken.has(name) && !(file.training !== undefined && OF_TRAINING.test(name)),
  );
  if (left.length === 0) return;
  const more = left.length > 4 ? ` and ${left.length - 4} more` : '';
  throw new SeqkitError(
    `${source} holds arrays that none of its layers takes: ${left.slice(0, 4).map(quoted).join(', ')}${more}.`,
    { code: 'bad-file', hint: 'If a later release of seqkit wrote it, update. Else save the model again.' },
  );
}

/** The weights' shapes alone: what the file only claims of sizes costs nothing until its tensors bear it out. */
function build(file: ModelFile, layers: readonly Layer[], source: string): LayerGraph {
  const graph = connect(file, layers, source);
  const random = new NoStart(file.seed);
  if (file.shapes) {
    if (file.shapes.length !== graph.inputs.length) throw damagedGraph(source);
    graph.build(
      file.shapes.map(({ time, steps, features }): InputShape => ({ time, steps, features })),
      random,
    );
  } else if (graph instanceof LayerStack) {
    graph.build(file.features, random);
  } else throw damagedGraph(source);
  return graph;
}

/** What layers refuse of each other is the file's fault. */
function blaming<Result>(source: string, task: () => Result): Result {
  try {
    return task();
  } catch (error) {
    if (!(error instanceof SeqkitError) || error.code === 'bad-file') throw error;
    throw new SeqkitError(`${source} contradicts itself: ${error.message}`, {
      code: 'bad-file',
      cause: error,
    });
  }
}

function damagedGraph(source: string): SeqkitError {
  return new SeqkitError(`${source} does not describe how its layers hang together.`, { code: 'bad-file' });
}

function connect({ graph }: ModelFile, layers: readonly Layer[], source: string): LayerGraph {
  if (!graph) return new LayerStack(layers);
  let known = graph.inputs.length;
  const knownBefore = (numbers: readonly number[]): boolean => numbers.every((number) => number < known);
  const nodes = graph.nodes.map(({ layer: index, inputs }) => {
    const layer = layers.at(index);
    if (!layer || !knownBefore(inputs)) throw damagedGraph(source);
    known += layer.outputs;
    return { layer, inputs };
  });
  const isWhole =
    knownBefore(graph.outputs) && new Set(nodes.map(({ layer }) => layer)).size === layers.length;
  if (!isWhole) throw damagedGraph(source);
  return new LayerGraph({ inputs: graph.inputs, nodes, outputs: graph.outputs });
}

/** A model file from wherever it is, its layers ready for `restoreGraph`. */
export async function readModelFile(
  from: FileSource,
  options: VerifyOptions = {},
): Promise<{ file: ModelFile; source: string }> {
  const { bytes, name: source } = await readSource(from, 'load: from', {
    name: 'The model',
    kind: 'a model',
    isModel: true,
  });
  const file = decodeModel(bytes, source, options);
  await prepareLayers(file.layers);
  return { file, source };
}
