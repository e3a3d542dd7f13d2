import { triggerOf } from '../../audio/trigger-file.js';
import { triggerNetwork } from '../../audio/trigger-network.js';
import { TriggerModel } from '../../audio/trigger-model.js';
import { SeqkitError } from '../../base/errors.js';
import { isPlainObject } from '../../base/schema/index.js';
import type { Layer } from '../../rnn/layers/layer.js';
import type { Model } from '../../rnn/model/model.js';
import { modelOfGraph } from '../onnx/from-onnx.js';
import type { OnnxGraph } from '../onnx/read/graph.js';

type Arrays = readonly ArrayLike<number>[];

/** Whether a file is the network of a detector of ours, which `toOnnx` wrote. */
export function looksLikeDetector({ producer, metadata }: OnnxGraph): boolean {
  return producer === 'seqkit' && metadata.get('kind') === 'TriggerModel';
}

/**
 * A detector that `toOnnx` wrote, of its network and of the JSON that was written beside it. What was folded together
 * is laid apart again, so that its numbers are the same but for rounding, and it can be trained further.
 * @param description the JSON
 * @param source what errors call the ONNX file
 * @throws SeqkitError `bad-file` where both do not belong together
 */
export async function exportedDetector(
  graph: OnnxGraph,
  description: unknown,
  source: string,
): Promise<TriggerModel> {
  const fail = (why: string): SeqkitError =>
    new SeqkitError(`The JSON beside ${source} is not that of this detector: ${why}.`, {
      code: 'bad-file',
      hint: 'Put the .onnx and .json file of one export side by side, or move the JSON away to read the network alone.',
    });
  if (!isPlainObject(description) || description['format'] !== 'seqkit-onnx') {
    throw fail('its format is not "seqkit-onnx"');
  }
  const { kind, step, settings: stored } = description;
  if (kind !== 'TriggerModel' || !isPlainObject(stored)) throw fail('it describes no TriggerModel');
  if (step === true) {
    throw new SeqkitError(`${source} takes a time step with its states, and a detector is read whole.`, {
      code: 'bad-file',
      hint: 'Export it without --step.',
    });
  }
  const { settings } = triggerOf(stored, `The JSON beside ${source}`);
  const { features, network: wanted } = settings;
  if (wanted.layers === 'window') throw fail('it is of a wake word that others made');
  const model = await modelOfGraph(graph, source);
  const network = triggerNetwork(wanted, { engine: 'wasm', threads: 1 });
  try {
    await network.build([Math.max(1, wanted.kernelFrames), features.bands]);
    const arrays = laidApart(network.layers, chainOf(model));
    if (!arrays) throw fail('its layers are others');
    network.layers.forEach((layer, i) => layer.setWeights(arrays[i]));
    return await TriggerModel.load(network.toBytes({ kind, settings: stored }));
  } finally {
    await Promise.all([network.dispose(), model.dispose()]);
  }
}

const chainOf = (model: Model): Layer[] => model.layers.filter(({ kind }) => kind !== 'Input');

const weightsOf = (layer: Layer): Arrays => layer.getWeights().map(({ data }) => data);

/** The weights of each layer, from a chain without dropout whose normalizations may be part of the layer before. */
function laidApart(layers: readonly Layer[], chain: readonly Layer[]): Arrays[] | undefined {
  const rest = [...chain];
  let bias: ArrayLike<number> | undefined;
  const result: Arrays[] = [];
  for (const layer of layers) {
    if (layer.kind === 'Dropout') {
      result.push([]);
      continue;
    }
    const own = layer.weights.map(({ shape }) => shape.reduce((product, side) => product * side, 1));
    const isNorm = layer.kind === 'BatchNormalization' || layer.kind === 'Standardize';
    const next = rest.at(0);
    let arrays: Arrays;
    if (isNorm) {
      const [factor, offset, , variance] =
        next?.kind === 'BatchNormalization' ? weightsOf(rest.shift()!) : [];
      arrays = normalized(layer.kind, own[0], { factor, offset: offset ?? bias, variance });
      bias = undefined;
    } else {
      if (next?.kind !== layer.kind) {
        // An activation may stand by itself in the file.
        return undefined;
      }
      rest.shift();
      arrays = weightsOf(next);
      const activation = layer.options()['activation'];
      if (layer.kind === 'Dense' && activation !== undefined && activation !== 'linear') {
        if (rest.at(0)?.options()['activation'] !== activation) return undefined;
        rest.shift();
      }
      // Its bias, where it has none of its own, is that of the normalization behind it.
      if (arrays.length > own.length) [bias, arrays] = [arrays.at(-1), arrays.slice(0, -1)];
    }
    if (arrays.length !== own.length || arrays.some(({ length }, i) => length !== own[i])) return undefined;
    result.push(arrays);
  }
  return rest.length === 0 && bias === undefined ? result : undefined;
}

/** The weights of a normalization that does what is left of it: x times a factor, and an offset. */
function normalized(
  kind: string,
  size: number,
  given: { factor?: ArrayLike<number>; offset?: ArrayLike<number>; variance?: ArrayLike<number> },
): Arrays {
  const epsilon = 1e-3;
  const ones = new Float32Array(size).fill(1);
  const { factor = ones, offset = new Float32Array(size) } = given;
  if (kind === 'BatchNormalization') {
    return [factor, offset, new Float32Array(size), given.variance ?? ones.map(() => 1 - epsilon)];
  }
  const mean = Float32Array.from(offset, (value, d) => -value / factor[d]);
  return [mean, Float32Array.from(factor, (value) => 1 / value ** 2), [1]];
}
