import { embeddingHash, type EmbeddingWeights } from '../../audio/embedding/embedding-file.js';
import { fromHalf, toHalf } from '../../base/encoding/float16.js';

/** The hash of the weights in openWakeWord's `embedding_model.tflite`. */
const TFLITE_HASH = '94ada2d6c709b3d7';

/**
 * Where that file and `embedding_model.onnx` round to different 16-bit floats. Both hold the same network. Whoever wrote
 * them folded its normalization in another order, so numbers differ in the last of their 24 bits, and these lie in the
 * middle between two 16-bit floats.
 */
const TIES: readonly (readonly [name: string, places: readonly number[]])[] = [
  ['conv2/kernel', [770]],
  ['conv4/bias', [28]],
  ['conv6/kernel', [1306]],
  ['conv7/kernel', [3778]],
  ['conv8/kernel', [4462]],
  ['conv9/kernel', [5233, 7650]],
  ['conv10/kernel', [3649, 8506, 12358]],
  ['conv11/kernel', [6536, 12190]],
  ['conv13/kernel', [19287, 26837]],
  ['conv15/kernel', [26776]],
  ['conv16/kernel', [14234]],
  ['conv17/kernel', [21442, 24460]],
  ['conv18/bias', [88]],
  ['conv18/kernel', [13875]],
];

/**
 * The weights as the ONNX file has them, where they are those of the known TFLite file: one network has one hash then,
 * and a model that was trained on a machine with one file finds its embedding on a machine with the other.
 */
export function roundedAsOnnx(weights: EmbeddingWeights): EmbeddingWeights {
  if (embeddingHash(weights) !== TFLITE_HASH) return weights;
  const rounded = new Map(weights);
  for (const [name, places] of TIES) {
    const data = Float32Array.from(weights.get(name)!);
    for (const place of places) data[place] = otherHalf(data[place]);
    rounded.set(name, data);
  }
  return rounded;
}

/** The 16-bit float on the other side of a number than the one it rounds to. */
function otherHalf(value: number): number {
  const half = toHalf(value);
  return fromHalf(Math.abs(fromHalf(half)) > Math.abs(value) ? half - 1 : half + 1);
}
