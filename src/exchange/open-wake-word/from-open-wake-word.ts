import { triggerPreset, type TriggerPreset } from '../../audio/detection/trigger-settings.js';
import { thresholdScore } from '../../audio/detection/detector.js';
import { embeddingSource } from '../../audio/embedding/embedding-use.js';
import { GOOGLE_EMBEDDING } from '../../audio/embedding/known-embeddings.js';
import { describeTrigger } from '../../audio/trigger-description.js';
import { TriggerModel } from '../../audio/trigger-model.js';
import type { TriggerLoadOptions } from '../../audio/trigger-options.js';
import { windowComplaint } from '../../audio/window-network.js';
import { SeqkitError } from '../../base/errors.js';
import { choice, optional, optionsSchema, quoted, someText, wholeNumber } from '../../base/schema/index.js';
import { readSource, type FileSource } from '../../base/source/file-source.js';
import { engineChoices, type EngineChoice } from '../../rnn/engine/engine-names.js';
import { makeLayer } from '../../rnn/graph/registry.js';
import type { Layer } from '../../rnn/layers/layer.js';
import { Sequential } from '../../rnn/model/sequential.js';
import { modelOfGraph } from '../onnx/from-onnx.js';
import type { OnnxGraph } from '../onnx/read/graph.js';
import { readOnnxGraph } from '../onnx/read/read-onnx-graph.js';
import { foldedInto } from '../onnx/write/folding.js';
import { openExported } from '../source/exported-model.js';
import { looksLikeTflite } from '../tflite/read/read-tflite-graph.js';
import { wakeWordOfTflite } from './tflite-wake-word.js';
import { wordOfFile } from './word-of-file.js';

export interface FromOpenWakeWordOptions extends Pick<
  TriggerLoadOptions,
  'embedding' | 'engine' | 'threads'
> {
  /** What events are called. @default what the file's name says, as "hey robot" of `hey_robot_v0.1.onnx` */
  readonly word?: string;
  /** The score at which it fires, above 0 and 1 at most. @default 0.5, which is openWakeWord's */
  readonly threshold?: number;
}

export const fromOpenWakeWordOptions = optionsSchema<FromOpenWakeWordOptions>('fromOpenWakeWord', {
  word: optional(someText),
  threshold: optional(thresholdScore),
  embedding: optional(embeddingSource),
  engine: optional(choice<EngineChoice>(engineChoices)),
  threads: optional(wholeNumber({ min: 1, max: 64 })),
});

/** Numbers of an embedding. */
const SIZE = 96;
/** More embeddings than a word lasts, 80 s. */
const MOST_FRAMES = 1_000;
/** As openWakeWord fires: at one score, and then not for two seconds. */
const FIRING = { threshold: 0.5, smoothSteps: 1, refractorySeconds: 2 };
/** What a file without a name is called. */
const NAMELESS = 'The model';

/**
 * Opens a wake-word model of openWakeWord's kind as a detector: a file of ONNX or of TensorFlow Lite that takes the last
 * embeddings of Google's speech embedding, (1, 16, 96) or another number of them, and gives a score from 0 to 1. Dense,
 * recurrent and convolutional layers, normalizations and activations are taken; of TensorFlow Lite dense layers,
 * normalization and activations. It answers anew each 80 ms, to silence before the sound begins. It is not trained
 * further.
 * @param from the file's path, a URL, a Blob, or its bytes
 * @throws SeqkitError `bad-file` where it is damaged, or no such model, by what it has otherwise; `file-access` without
 *   a speech embedding
 */
export async function fromOpenWakeWord(
  from: FileSource,
  options: FromOpenWakeWordOptions = {},
): Promise<TriggerModel> {
  const { bytes, name } = await readSource(from, 'fromOpenWakeWord: from', {
    name: NAMELESS,
    kind: 'an ONNX file or one of TensorFlow Lite',
  });
  const graph = looksLikeTflite(bytes) ? wakeWordOfTflite(bytes, name) : readOnnxGraph(bytes, name);
  return detectorOfGraph(graph, name, options);
}

/** Whether a file has the input and the output of such models, so that it is taken for one without being told. */
export function looksLikeWakeWord({ inputs, outputs, nodes }: OnnxGraph): boolean {
  const [input] = inputs;
  const [N, frames, size] = input?.shape ?? [];
  const fits = inputs.length === 1 && input.shape?.length === 3 && N === 1 && size === SIZE;
  if (!fits || typeof frames !== 'number' || outputs.length !== 1 || outputs[0].shape?.at(-1) !== 1)
    return false;
  let last = outputs[0].name;
  for (const { opType, inputs: taken, outputs: made } of [...nodes].reverse()) {
    if (!made.includes(last)) continue;
    if (opType !== 'Identity') return opType === 'Sigmoid';
    [last] = taken;
  }
  return false;
}

/** @internal The same of a file that was read. @param source its name */
export async function detectorOfGraph(
  graph: OnnxGraph,
  source: string,
  options: FromOpenWakeWordOptions,
): Promise<TriggerModel> {
  const { word, threshold = FIRING.threshold, ...opening } = fromOpenWakeWordOptions.parse(options);
  const frames = framesOf(graph, source);
  const layers = await scoringLayers(graph, source, frames);
  const network = new Sequential(
    layers.map((layer) => makeLayer({ kind: layer.kind, options: withoutName(layer) })),
    { engine: 'wasm', threads: 1 },
  );
  try {
    await network.build([frames, SIZE]);
    network.layers.forEach((layer, i) => layer.setWeights(layers[i].getWeights().map(({ data }) => data)));
    const complaint = windowComplaint(network, 1, [frames, SIZE], [frames, SIZE]);
    if (complaint !== undefined) throw refused(source, complaint.replace(/\.$/, ''));
    const words = [word ?? (source === NAMELESS ? undefined : wordOfFile(source)) ?? 'activate'];
    const settings = settingsFor(frames, threshold, opening.embedding === undefined);
    const bytes = network.toBytes(describeTrigger({ words, settings, trainedOn: undefined }));
    return await TriggerModel.load(bytes, opening);
  } finally {
    await network.dispose();
  }
}

/** @param isFound the embedding is the one that is found, which must be that of openWakeWord */
function settingsFor(windowFrames: number, threshold: number, isFound: boolean): TriggerPreset {
  const preset = structuredClone(triggerPreset('embedding'));
  return {
    ...preset,
    // The embeddings as they come: the file has its own normalization, or none.
    features: {
      ...{ ...preset.features, mean: 0, deviation: 1 },
      ...(isFound && { embedding: GOOGLE_EMBEDDING }),
    },
    network: {
      ...{ layers: 'window', windowFrames, kernelFrames: 1, strideFrames: 1 },
      ...{ filters: 1, units: 1, dropout: 0, outputBias: 0 },
    },
    firing: { ...FIRING, threshold },
  };
}

function framesOf({ inputs, outputs }: OnnxGraph, source: string): number {
  const [{ type, shape } = { type: undefined, shape: undefined }] = inputs;
  const [N, frames, size] = shape ?? [];
  const isOne = inputs.length === 1 && type === 'float32' && shape?.length === 3 && size === SIZE;
  if (!isOne || (typeof N === 'number' && N !== 1)) {
    const found = inputs.map((one) => `(${one.shape?.map((each) => each ?? '?').join(', ') ?? '?'})`);
    throw refused(
      source,
      `it takes ${found.join(' and ') || 'nothing'}, expected (1, 16, ${SIZE}) in float32`,
    );
  }
  if (typeof frames !== 'number' || frames < 1 || frames > MOST_FRAMES) {
    throw refused(
      source,
      `it takes ${frames ?? 'any number of'} embeddings at once, expected a fixed number up to ${MOST_FRAMES}`,
      'Export it with the number of embeddings that it was trained on, such as 16.',
    );
  }
  if (outputs.length !== 1) throw refused(source, `it has ${outputs.length} outputs, expected one score`);
  return frames;
}

/** The layers up to the logit of the score: one after the other, the sigmoid at the end taken off. */
async function scoringLayers(graph: OnnxGraph, source: string, frames: number): Promise<Layer[]> {
  const model = await modelOfGraph(graph, source);
  const { graph: made } = await openExported(model, source).finally(() => model.dispose());
  const folded = foldedInto(made);
  const isChain =
    made.nodes.every(({ layer, inputs }, i) => layer.outputs === 1 && inputs.join() === String(i)) &&
    made.outputs.join() === String(made.nodes.length);
  const [{ time, features }] = made.shapes!;
  if (time !== frames || features !== SIZE) {
    throw refused(source, 'it takes the embeddings for something else than time steps');
  }
  if (!isChain) throw refused(source, 'its layers do not stand one after the other');
  const last = made.nodes.at(-1)!.layer;
  if (last.kind !== 'Activation' || last.options()['activation'] !== 'sigmoid') {
    const { activation } = last.options();
    const end = typeof activation === 'string' ? activation : last.kind;
    throw refused(
      source,
      `it ends with ${quoted(end)}, and not with a sigmoid`,
      'A model of one word gives one score from 0 to 1. Of several words, export one file for each.',
    );
  }
  return made.nodes.slice(0, -1).flatMap((node) => {
    const layer = folded.get(node) ?? node.layer;
    return layer === 'gone' ? [] : [layer];
  });
}

function withoutName(layer: Layer): Record<string, unknown> {
  const options: Record<string, unknown> = { ...layer.options() };
  delete options['name'];
  return options;
}

function refused(
  source: string,
  why: string,
  hint = "A model of openWakeWord's kind takes embeddings and gives one score. Open others with fromOnnx.",
): SeqkitError {
  return new SeqkitError(`${source} is no wake word of openWakeWord's kind: ${why}.`, {
    code: 'bad-file',
    hint,
  });
}
