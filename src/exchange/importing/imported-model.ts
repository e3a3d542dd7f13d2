import { SeqkitError } from '../../base/errors.js';
import { isDeeperThan } from '../../base/encoding/json-depth.js';
import { looksPickled } from '../../base/encoding/pickle.js';
import { decodeSafetensors, looksLikeSafetensors } from '../../base/encoding/safetensors.js';
import { heldKind, withArticle } from '../../base/encoding/wrong-kind.js';
import {
  anything,
  listOf,
  optional,
  optionsSchema,
  recordOf,
  someText,
  wholeNumber,
} from '../../base/schema/index.js';
import { isUrl, readSource, type FileSource } from '../../base/source/file-source.js';
import { makeLayer, prepareLayers } from '../../rnn/graph/registry.js';
import { IS_NODE } from '../../base/host/platform.js';
import type { Model } from '../../rnn/model/model.js';
import type { TextModel } from '../../text/model/text-model.js';
import type { TriggerModel } from '../../audio/trigger-model.js';
import { exportedDetector, looksLikeDetector } from './exported-detector.js';
import { brainModel, looksLikeBrain } from '../character-models/from-brain.js';
import { fromMl5 } from '../character-models/from-ml5.js';
import { parseJson } from '../character-models/json-file.js';
import { fromKeras } from '../keras/from-keras.js';
import { looksLikeHdf5 } from '../keras/hdf5-file.js';
import { looksLikeZip } from '../keras/stored-model.js';
import { modelOfGraph } from '../onnx/from-onnx.js';
import { looksLikeOnnx, readOnnxGraph } from '../onnx/read/read-onnx-graph.js';
import {
  detectorOfGraph,
  looksLikeWakeWord,
  type FromOpenWakeWordOptions,
} from '../open-wake-word/from-open-wake-word.js';
import { wakeWordOfTflite } from '../open-wake-word/tflite-wake-word.js';
import { fromPyTorch } from '../pytorch/from-pytorch.js';
import { looksLikeCheckpoint } from '../pytorch/torch-checkpoint.js';
import { looksLikeTflite } from '../tflite/read/read-tflite-graph.js';
import { fileBeside, fromTfjs, looksLikeTfjs, tfjsModel } from '../tfjs/from-tfjs.js';

/** The layers that a file with weights alone is for, as JSON has them. */
export interface DescribedLayers {
  /** One example's shape: (T, D) for sequences, (D) for rows, (T) for tokens. */
  inputShape: readonly number[];
  /** Each `{ kind: 'GRU', options: { units: 32 } }`. */
  layers: readonly unknown[];
  /** As of `fromPyTorch`. */
  names?: Readonly<Record<string, string>>;
}

const describedLayers = optionsSchema<DescribedLayers>('importedModel: described', {
  inputShape: listOf(wholeNumber({ min: 1, max: 2 ** 31 - 1 }), { min: 1, max: 3 }),
  layers: listOf(anything<unknown>(), { min: 1, max: 10_000 }),
  names: optional(recordOf(someText)),
});

/** A model that was opened, and what its file was. */
export type ImportedModel =
  | { readonly model: Model; readonly format: 'Keras' | 'TensorFlow.js' | 'PyTorch' | 'ONNX' }
  | { readonly model: TextModel; readonly format: 'brain.js' | 'ml5' }
  | { readonly model: TriggerModel; readonly format: 'openWakeWord' }
  | { readonly model: TriggerModel; readonly format: 'detector as ONNX' };

/** Whether bytes begin as a JSON object does. */
function looksLikeObject(bytes: Uint8Array): boolean {
  return /^(\ufeff|\u00ef\u00bb\u00bf)?\s*\{/.test(new TextDecoder('latin1').decode(bytes.subarray(0, 64)));
}

/**
 * Opens a model of another library, whatever it is: its first bytes say it, not its name.
 * @param from the file's path, a URL, a Blob, or its bytes; of a model of ml5 or TensorFlow.js the path of its folder too
 * @param described the layers, for a state_dict of PyTorch, which does not hold them; for a detector that `toOnnx`
 *   wrote its description, the JSON that lies beside the file. Of a file's path in Node that is found by itself
 * @param detector of a file of ONNX or TensorFlow Lite that is a wake word: how it is opened. Where it is given, such a
 *   file is wanted; without it one that takes (1, 16, 96), or another number of embeddings, and ends with one sigmoid is
 *   taken for one
 * @returns the model, and what the file was
 * @throws SeqkitError `bad-file` for what is not known; else as `fromKeras`, `fromPyTorch`,
 *   `fromTfjs`, `fromOnnx`, `fromOpenWakeWord`, `fromBrain` and `fromMl5`
 */
export async function importedModel(
  from: FileSource,
  described?: unknown,
  detector?: FromOpenWakeWordOptions,
): Promise<ImportedModel> {
  if (typeof from === 'string' && IS_NODE) {
    const { isFolder, listFolder } = await import('../../base/host/folders.js');
    const names = isFolder(from) ? listFolder(from) : [];
    if (names.includes('manifest.json')) return { model: await fromMl5(from), format: 'ml5' };
    if (names.includes('model.json')) return { model: await fromTfjs(from), format: 'TensorFlow.js' };
  }
  const { bytes, name: source } = await readSource(from, 'importedModel: from', {
    name: 'The model',
    kind: 'a model',
  });
  const isTflite = looksLikeTflite(bytes);
  if (detector !== undefined && !looksLikeOnnx(bytes) && !isTflite) {
    throw new SeqkitError(
      `${source} is no file of ONNX or TensorFlow Lite, and wake words are read from these.`,
      {
        code: 'bad-file',
        hint: 'Leave out what is for wake words alone.',
      },
    );
  }
  const isCheckpoint = looksLikeZip(bytes) && looksLikeCheckpoint(bytes);
  if (looksLikeHdf5(bytes) || (looksLikeZip(bytes) && !isCheckpoint))
    return { model: await fromKeras(bytes), format: 'Keras' };
  if (isCheckpoint || looksPickled(bytes) || looksLikeSafetensors(bytes)) {
    const own = looksLikeSafetensors(bytes)
      ? heldKind(decodeSafetensors(bytes, source, { verify: false }).metadata)
      : undefined;
    if (own !== undefined) {
      throw new SeqkitError(`${source} is a file of seqkit already: it holds ${withArticle(own)}.`, {
        code: 'usage',
        hint: 'Open it as it is.',
      });
    }
    if (described === undefined) {
      throw new SeqkitError(`${source} holds weights, and not the layers that they are for.`, {
        code: 'usage',
        hint: 'Describe the layers: { "inputShape": [20, 8], "layers": [{ "kind": "GRU", "options": { "units": 32 } }] }.',
      });
    }
    if (isDeeperThan(JSON.stringify(described), 100)) {
      throw new SeqkitError('The layers are described in more than 100 levels.', { code: 'bad-value' });
    }
    const { inputShape, layers, names } = describedLayers.parse(described);
    await prepareLayers(layers);
    const made = layers.map((layer) => makeLayer(layer));
    const model = await fromPyTorch(bytes, { layers: made, inputShape, ...(names && { names }) });
    return { model, format: 'PyTorch' };
  }
  if (looksLikeObject(bytes)) {
    const json = parseJson(bytes, source);
    if (looksLikeTfjs(json)) {
      const place = typeof from === 'string' || isUrl(from) ? from : undefined;
      if (place === undefined) {
        throw new SeqkitError(`${source} is a model of TensorFlow.js, whose weights lie in other files.`, {
          code: 'usage',
          hint: 'Give its path or URL, or all files to fromTfjs.',
        });
      }
      return {
        model: await tfjsModel(json, source, (file) => fileBeside(place, file)),
        format: 'TensorFlow.js',
      };
    }
    if (looksLikeBrain(json)) return { model: await brainModel(json, source), format: 'brain.js' };
  }
  if (looksLikeOnnx(bytes)) {
    const graph = readOnnxGraph(bytes, source);
    const description =
      detector === undefined && looksLikeDetector(graph)
        ? (described ?? (typeof from === 'string' && IS_NODE ? await jsonBeside(from) : undefined))
        : undefined;
    if (description !== undefined) {
      return { model: await exportedDetector(graph, description, source), format: 'detector as ONNX' };
    }
    if (detector === undefined && !looksLikeWakeWord(graph)) {
      return { model: await modelOfGraph(graph, source), format: 'ONNX' };
    }
    return { model: await detectorOfGraph(graph, source, detector ?? {}), format: 'openWakeWord' };
  }
  if (isTflite) {
    const graph = wakeWordOfTflite(bytes, source);
    return { model: await detectorOfGraph(graph, source, detector ?? {}), format: 'openWakeWord' };
  }
  throw new SeqkitError(`${source} is no model that is known here.`, {
    code: 'bad-file',
    hint: 'Models of ONNX, wake words of openWakeWord (.onnx, .tflite), models of Keras (.h5, .keras), of TensorFlow.js (model.json), state_dicts of PyTorch (safetensors, .pt), networks of brain.js (JSON) and folders of ml5 are read.',
  });
}

/** The JSON that `toOnnx` wrote beside a file, where it is there. */
async function jsonBeside(path: string): Promise<unknown> {
  const beside = path.replace(/(\.onnx)?$/i, '.json');
  const { fileExists, readFileBytes } = await import('../../base/host/files.js');
  return fileExists(beside) ? parseJson(readFileBytes(beside, 'the JSON of a detector'), beside) : undefined;
}
