import { concatenate } from '../../base/encoding/byte-chunks.js';
import { schemaOf } from '../../base/schema/index.js';
import { Model } from '../../rnn/model/model.js';
import { differenceOf, type OnnxDifference } from '../onnx/check/onnx-difference.js';
import { endToEnd, piecesOf, sampleOf, stepsOf, type Sample } from '../onnx/check/sample.js';
import { openExported, type ModelSource } from '../source/exported-model.js';
import type { TfjsExport } from './to-tfjs.js';

/** A tensor of TensorFlow.js, by the part of it that is used. */
export interface TfjsTensor {
  readonly shape: readonly number[];
  dataSync(): ArrayLike<number>;
  dispose(): void;
}

/** The module @tensorflow/tfjs, @tensorflow/tfjs-node or @tensorflow/tfjs-layers with its core, by the part that is used. */
export interface TfjsRuntime {
  loadLayersModel(handler: never): Promise<{
    predict(inputs: never): unknown;
    dispose(): unknown;
  }>;
  tensor(values: never, shape: never, type: never): TfjsTensor;
}

const tfjsRuntime = schemaOf<TfjsRuntime>('the module @tensorflow/tfjs', (value) => {
  const { loadLayersModel, tensor } = (value ?? {}) as Partial<TfjsRuntime>;
  return typeof loadLayersModel === 'function' && typeof tensor === 'function';
});

/**
 * Runs an exported model on a sample and holds what comes out against the model's own numbers. With `step` it is given the
 * sample in two pieces, between which it remembers.
 * @param runtime the module @tensorflow/tfjs, or @tensorflow/tfjs-node
 * @param model what was exported
 * @throws SeqkitError `bad-value` for what is no runtime; errors of the runtime as they are
 */
export async function checkTfjs(
  runtime: TfjsRuntime,
  model: ModelSource,
  { files, description }: TfjsExport,
): Promise<OnnxDifference> {
  const tf = tfjsRuntime.parse(runtime, 'checkTfjs: runtime');
  const { graph } = await openExported(model, 'checkTfjs: model');
  const { inputs, step } = description;
  const size = piecesOf(graph);
  const samples = inputs.map((port, i) => sampleOf(port, 2 * size, graph.tokensOf(i)));
  const theirs = await tf.loadLayersModel(handlerOf(files) as never);
  const own = new Model(graph, { engine: 'wasm', threads: 1 });
  const run = (parts: readonly Sample[]): Sample[] => {
    const tensors = parts.map(({ data, shape }, i) =>
      tf.tensor(data as never, [...shape] as never, inputs[i].type as never),
    );
    const results = theirs.predict((tensors.length > 1 ? tensors : tensors[0]) as never);
    const outputs = (Array.isArray(results) ? results : [results]) as TfjsTensor[];
    const found = outputs.map((output) => ({
      data: Float32Array.from(output.dataSync()),
      shape: output.shape,
    }));
    for (const tensor of [...tensors, ...outputs]) tensor.dispose();
    return found;
  };
  try {
    const expected = await own.predictAll(samples.length > 1 ? samples : samples[0]);
    const pieces = step
      ? [0, size].map((from) => run(samples.map((sample) => stepsOf(sample, from, size))))
      : [run(samples)];
    const found = pieces[0].map((first, i) =>
      first.shape.length > 2 ? endToEnd(pieces.map((piece) => piece[i])) : pieces.at(-1)![i],
    );
    return differenceOf(
      found.map(({ data }) => data),
      expected.map(({ data }) => data),
    );
  } finally {
    theirs.dispose();
    await own.dispose();
  }
}

/** The files as TensorFlow.js asks for them. */
function handlerOf(files: TfjsExport['files']): object {
  const text = new TextDecoder().decode(files['model.json']);
  const { modelTopology, weightsManifest, format } = JSON.parse(text) as {
    modelTopology: object;
    weightsManifest: { paths: string[]; weights: object[] }[];
    format: string;
  };
  const parts = weightsManifest.flatMap(({ paths }) => paths.map((path) => files[path]));
  const weightData = concatenate(parts);
  const weightSpecs = weightsManifest.flatMap(({ weights }) => weights);
  return {
    load: () => Promise.resolve({ modelTopology, format, weightSpecs, weightData: weightData.buffer }),
  };
}
