import { encodeSafetensors, type StoredTensor } from '../../base/encoding/safetensors.js';
import { SeqkitError } from '../../base/errors.js';
import { Random } from '../../base/math/random.js';
import { optional, optionsSchema, wholeNumber } from '../../base/schema/index.js';
import type { LayerGraph } from '../../rnn/graph/layer-graph.js';
import { Model } from '../../rnn/model/model.js';
import { openExported, type ModelSource } from '../source/exported-model.js';
import { moduleSource, type ModuleSource } from './module-source.js';
import { slidingSteps } from '../source/sample-steps.js';
import { modelProgram, trainProgram } from './python-programs.js';
import { continuedTraining, trainingSchema, type ContinuedTraining } from './continued-training.js';

export interface PyTorchOptions {
  /** Where the model is a checkpoint: how its training goes on in `train.py`. */
  training?: ContinuedTraining;
  /** Time steps of the sample that `model.py` checks itself by. @default 9, or as many as windows over time need */
  sampleSteps?: number;
}

const pyTorchOptions = optionsSchema<PyTorchOptions>('toPyTorch', {
  training: optional(trainingSchema),
  sampleSteps: optional(wholeNumber({ min: 1, max: 10_000 })),
});

/** The files of a model for PyTorch, by their names. */
export type PyTorchFiles = Readonly<Record<string, Uint8Array | string>>;

/** Examples of the sample. */
const EXAMPLES = 2;
const STEPS = 9;

/**
 * Writes a model for PyTorch: `model.safetensors`, its state_dict; `model.py`, the network, which needs torch alone and
 * holds itself against `check.safetensors`; and with `training`, from a checkpoint, `train.py`, which goes on with
 * `optimizer.safetensors`.
 * @param model any model that can be saved, or where its file is
 * @throws SeqkitError `usage` for a layer that PyTorch has no module for, such as a mask or a GRU that resets before
 *   the product
 */
export async function toPyTorch(model: ModelSource, options: PyTorchOptions = {}): Promise<PyTorchFiles> {
  const { training, sampleSteps } = pyTorchOptions.parse(options);
  const exported = await openExported(model, 'toPyTorch: model');
  const { graph } = exported;
  const source = moduleSource(graph);
  const tokens = graph.inputs.map((_, i) => graph.tokensOf(i) !== undefined);
  const files: Record<string, Uint8Array | string> = {
    'model.safetensors': encodeSafetensors(stateDict(source), { format: 'pt' }),
    'check.safetensors': await sampleOf(graph, sampleSteps ?? Math.max(STEPS, slidingSteps(graph).least)),
    'model.py': modelProgram(source, tokens),
  };
  if (training) {
    const { program, moments } = continuedTraining(exported, source, training);
    if (graph.inputs.length > 1 || graph.outputs.length > 1) {
      throw new SeqkitError('train.py trains a network with one input and one output.', {
        code: 'usage',
        hint: 'Leave out training, and write the loop around model.py.',
      });
    }
    files['train.py'] = trainProgram(program, tokens[0]);
    files['optimizer.safetensors'] = encodeSafetensors(moments, { format: 'pt' });
  }
  return files;
}

function stateDict({ tensors }: ModuleSource): Record<string, StoredTensor> {
  const stored: Record<string, StoredTensor> = {};
  for (const [name, { layer, shape, write, ignored }] of tensors) {
    if (ignored) continue;
    stored[name] = { dtype: 'F32', shape, data: write(layer.getWeights().map(({ data }) => data)) };
  }
  return stored;
}

/** Inputs, and what the model makes of them. */
async function sampleOf(graph: LayerGraph, steps: number): Promise<Uint8Array> {
  const random = new Random(17);
  const tensors: Record<string, StoredTensor> = {};
  const inputs = graph.shapes!.map(({ time, steps: inner, features }, i) => {
    const V = graph.tokensOf(i);
    // What fixes its time steps gets as many.
    const fixed = graph.layers.some(({ kind }) => kind === 'Flatten' || kind === 'Reshape');
    const declared = graph.inputs[i].shape[0];
    const T = fixed || time === undefined ? time : (declared ?? steps);
    const sequence = T === undefined ? [] : [T, ...(inner === undefined ? [] : [inner])];
    const shape = V === undefined ? [EXAMPLES, ...sequence, features] : [EXAMPLES, T ?? steps];
    const length = shape.reduce((product, size) => product * size, 1);
    const data = Float32Array.from({ length }, () => (V === undefined ? random.normal() : random.integer(V)));
    tensors[`input.${i}`] =
      V === undefined ? { dtype: 'F32', shape, data } : { dtype: 'I32', shape, data: Int32Array.from(data) };
    return { data, shape };
  });
  const own = new Model(graph, { engine: 'wasm', threads: 1 });
  try {
    const outputs = await own.predictAll(inputs.length > 1 ? inputs : inputs[0]);
    outputs.forEach(({ data, shape }, i) => {
      tensors[`output.${i}`] = { dtype: 'F32', shape, data: Float32Array.from(data) };
    });
  } finally {
    await own.dispose();
  }
  return encodeSafetensors(tensors);
}
