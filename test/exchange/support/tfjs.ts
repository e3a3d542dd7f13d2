import { createRequire } from 'node:module';
import type * as Core from '@tensorflow/tfjs-core';
import type * as Layers from '@tensorflow/tfjs-layers';

/** TensorFlow.js with its layers, on the CPU. */
export const tf = createRequire(import.meta.url)('./tfjs-package.cjs') as typeof Core & typeof Layers;

/** A model as its own `save` writes it, in `model.json` and one file with weights. */
export async function savedFiles(model: Layers.LayersModel): Promise<Record<string, Uint8Array>> {
  let files: Record<string, Uint8Array> = {};
  await model.save({
    save({ modelTopology, weightSpecs, weightData, format, generatedBy }) {
      const weightsManifest = [{ paths: ['weights.bin'], weights: weightSpecs }];
      const json = JSON.stringify({ modelTopology, weightsManifest, format, generatedBy });
      files = {
        'model.json': new TextEncoder().encode(json),
        'weights.bin': new Uint8Array(weightData as ArrayBuffer),
      };
      return Promise.resolve({ modelArtifactsInfo: { dateSaved: new Date(), modelTopologyType: 'JSON' } });
    },
  });
  return files;
}

/** Opens files in TensorFlow.js. @returns what runs them: what comes out of tensors, which are disposed of */
export async function theirModel(
  files: Readonly<Record<string, Uint8Array>>,
): Promise<(inputs: Core.Tensor[]) => { data: Float32Array; shape: number[] }[]> {
  const { modelTopology, format, weightsManifest } = JSON.parse(
    new TextDecoder().decode(files['model.json']),
  ) as {
    modelTopology: object;
    format: string;
    weightsManifest: [{ paths: string[]; weights: Core.io.WeightsManifestEntry[] }];
  };
  const [{ paths, weights: weightSpecs }] = weightsManifest;
  const weightData = new Uint8Array(Buffer.concat(paths.map((path) => files[path]))).buffer;
  const model = await tf.loadLayersModel({
    load: () => Promise.resolve({ modelTopology, format, weightSpecs, weightData }),
  });
  return (inputs) => {
    const results = model.predict(inputs.length > 1 ? inputs : inputs[0]);
    const outputs = Array.isArray(results) ? results : [results];
    const found = outputs.map((y) => ({ data: y.dataSync() as Float32Array, shape: y.shape }));
    tf.dispose([...inputs, ...outputs]);
    return found;
  };
}
