import { thresholdOf } from '../../audio/detection/trigger-settings.js';
import { Random } from '../../base/math/random.js';
import { Model } from '../../rnn/model/model.js';
import { differenceOf, type OnnxDifference } from '../onnx/check/onnx-difference.js';
import { onnxRuntime, openOnnx, type OnnxRuntime } from '../onnx/check/onnx-runtime.js';
import { readOnnxGraph } from '../onnx/read/read-onnx-graph.js';
import type { ModelSource } from '../source/exported-model.js';
import { logitShift } from './logit-shift.js';
import { openWakeWordSource } from './open-wake-word-source.js';
import type { WakeWordModel } from './to-open-wake-word.js';

/** Windows of embeddings that are tried. */
const WINDOWS = 4;

/** About how far the numbers of embeddings lie from 0. */
const SPREAD = 8;

/** Seeds the sample. */
const SEED = 11;

/**
 * Runs the ONNX file of each word on a sample of windows and holds its scores against those of the model.
 * @param runtime the module onnxruntime-node or onnxruntime-web
 * @param model what was exported
 * @param models what `toOpenWakeWord` made of it
 * @throws SeqkitError `bad-value` for what is no runtime; else as `toOpenWakeWord`; errors of the runtime as they are
 */
export async function checkOpenWakeWord(
  runtime: OnnxRuntime,
  model: ModelSource,
  models: readonly WakeWordModel[],
): Promise<OnnxDifference> {
  onnxRuntime.parse(runtime, 'checkOpenWakeWord: runtime');
  const { graph, words, features, firing } = await openWakeWordSource(model, 'checkOpenWakeWord: model');
  const { bands, mean, deviation } = features;
  const random = new Random(SEED);
  const own = new Model(graph, { engine: 'wasm', threads: 1 });
  const [found, expected]: [Float32Array[], Float32Array[]] = [[], []];
  try {
    for (const { word, bytes, threshold } of models) {
      const output = words.indexOf(word);
      const [{ shape }] = readOnnxGraph(bytes).inputs;
      const frames = Number(shape?.[1]);
      const windows = Array.from({ length: WINDOWS }, () =>
        Float32Array.from({ length: frames * bands }, () => SPREAD * random.normal()),
      );
      const run = await openOnnx(runtime, bytes, new Set());
      const scores: number[] = [];
      for (const data of windows) {
        const { score } = await run({ embeddings: { data, shape: [1, frames, bands] } });
        scores.push(...score.data);
      }
      const normalized = windows.flatMap((window) => Array.from(window, (x) => (x - mean) / deviation));
      const [logits] = await own.predictAll({
        data: Float32Array.from(normalized),
        shape: [WINDOWS, frames, bands],
      });
      const shift = logitShift(thresholdOf(firing, word), threshold);
      found.push(Float32Array.from(scores));
      expected.push(
        Float32Array.from({ length: WINDOWS }, (_, n) => {
          const logit = logits.data[((n + 1) * frames - 1) * words.length + output];
          return 1 / (1 + Math.exp(-logit - shift));
        }),
      );
    }
  } finally {
    await own.dispose();
  }
  return differenceOf(found, expected);
}
