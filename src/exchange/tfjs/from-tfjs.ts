import { SeqkitError } from '../../base/errors.js';
import { IS_NODE } from '../../base/host/platform.js';
import { isPlainObject, quoted, wrongValue } from '../../base/schema/index.js';
import { isUrl, readSource, type FileSource, type UrlLike } from '../../base/source/file-source.js';
import type { Model } from '../../rnn/model/model.js';
import { parseJson } from '../character-models/json-file.js';
import { unsupported } from '../keras/damage.js';
import { kerasModel } from '../keras/from-keras.js';
import { versionOf, type StoredKeras } from '../keras/stored-model.js';
import { damagedTfjs } from './damage.js';
import { weightGroups, weightsOf, type ManifestWeight } from './weights-manifest.js';

type Json = Readonly<Record<string, unknown>>;

/** The files of a model by their names: `model.json`, and those with weights that it names. */
export type TfjsFiles = Readonly<Record<string, FileSource>>;

const MODEL = 'model.json';

/** Whether JSON is a model of TensorFlow.js. */
export function looksLikeTfjs(json: unknown): json is Json {
  return isPlainObject(json) && Object.hasOwn(json, 'modelTopology');
}

/**
 * Opens a layers model of TensorFlow.js: `model.json` with the files of weights beside it, as `model.save` writes them or
 * the converter from Keras. Weights of 8 and 16 bits are read too.
 * @param from the path or URL of `model.json`, or its folder; or the files by their names
 * @throws SeqkitError `file-access` where a file is missing; `bad-file` for a graph model, for what is damaged, and as
 *   `fromKeras`
 */
export async function fromTfjs(from: string | UrlLike | TfjsFiles): Promise<Model> {
  let place: (file: string) => FileSource;
  if (typeof from === 'string' || isUrl(from)) {
    const path = typeof from === 'string' ? await modelIn(from) : from;
    place = (file) => (file === MODEL ? path : fileBeside(path, file));
  } else if (isPlainObject(from)) {
    place = (file) => {
      if (Object.hasOwn(from, file)) return from[file];
      throw new SeqkitError(`The model of TensorFlow.js has no file ${quoted(file)}.`, {
        code: 'file-access',
        hint: 'Give all files of its folder.',
      });
    };
  } else {
    throw wrongValue('fromTfjs: from', 'the path or URL of model.json, or files by their names', from);
  }
  const { bytes, name } = await readSource(place(MODEL), 'fromTfjs: from', {
    name: MODEL,
    kind: 'a model of TensorFlow.js',
  });
  return tfjsModel(parseJson(bytes, name), name, place);
}

/**
 * The model of a `model.json` that is open.
 * @param place where a file of weights is, by its name
 */
export async function tfjsModel(
  json: unknown,
  source: string,
  place: (file: string) => FileSource,
): Promise<Model> {
  if (!looksLikeTfjs(json)) throw damagedTfjs(source, 'it has no modelTopology');
  const { format, modelTopology: topology, weightsManifest } = json;
  if (format === 'graph-model' || (isPlainObject(topology) && Object.hasOwn(topology, 'node'))) {
    throw unsupported(
      source,
      'is a graph model of TensorFlow.js, whose layers are gone',
      'Convert the Keras model that it came from with --output_format tfjs_layers_model, or give that one.',
    );
  }
  if (!isPlainObject(topology)) throw damagedTfjs(source, 'its modelTopology is no object');
  const groups = weightGroups(weightsManifest, source);
  const weights: ManifestWeight[] = [];
  for (const group of groups) {
    const files: Uint8Array[] = [];
    for (const path of group.paths) {
      const { bytes } = await readSource(place(path), 'fromTfjs: from', { name: path, kind: 'its weights' });
      files.push(bytes);
    }
    weights.push(...weightsOf(group, files, source));
  }
  const { stored, left } = storedModel(topology, weights, source);
  const model = await kerasModel(stored, source, damagedTfjs);
  if (left.size > 0) {
    await model.dispose();
    throw damagedTfjs(source, `no layer takes its arrays ${[...left].slice(0, 8).map(quoted).join(', ')}`);
  }
  return model;
}

/** What Keras's reader takes, and the names of arrays that it has not taken. */
function storedModel(
  topology: Json,
  weights: readonly ManifestWeight[],
  source: string,
): { stored: StoredKeras; left: Set<string> } {
  const { keras_version: version = '2', model_config: inner } = topology;
  if (typeof version !== 'string') throw damagedTfjs(source, 'its keras_version is no text');
  const config = isPlainObject(inner) ? inner : topology;
  const left = new Set(weights.map(({ name }) => name));
  const names = new Set(layerNames(config));
  const stored: StoredKeras = {
    ...(version.startsWith('tfjs')
      ? { major: 2, version, gates: 'hard_sigmoid' }
      : versionOf(version, source)),
    config,
    arrays({ name }) {
      const own = weights.filter((weight) => layerOf(weight.name, names) === name);
      for (const weight of own) left.delete(weight.name);
      const placed = own.map((weight) => ({ weight, place: placeOf(weight.name, name, source) }));
      if (new Set(placed.map(({ place }) => place)).size < placed.length) {
        throw damagedTfjs(source, `the layer ${quoted(name)} has an array twice`);
      }
      return placed.sort((a, b) => a.place - b.place).map(({ weight }) => weight);
    },
  };
  return { stored, left };
}

function layerNames(config: Json): string[] {
  const { config: inner } = config;
  const layers: unknown = isPlainObject(inner) ? inner['layers'] : inner;
  if (!Array.isArray(layers)) return [];
  return layers.flatMap((entry: unknown) => {
    const own = isPlainObject(entry) && isPlainObject(entry['config']) ? entry['config']['name'] : undefined;
    return typeof own === 'string' ? [own] : [];
  });
}

/** The layer whose name an array's name begins with, the longest of them. */
function layerOf(weight: string, names: ReadonlySet<string>): string | undefined {
  for (let at = weight.lastIndexOf('/'); at > 0; at = weight.lastIndexOf('/', at - 1)) {
    const begin = weight.slice(0, at);
    if (names.has(begin)) return begin;
  }
  return undefined;
}

/** The arrays of a layer in Keras's order. TensorFlow.js goes by their names, wherever they stand. */
const ORDER = [
  ...['kernel', 'embeddings', 'gamma', 'recurrent_kernel', 'beta'],
  ...['bias', 'moving_mean', 'moving_variance'],
];

/** @throws SeqkitError `bad-file` for a name that no layer's array has */
function placeOf(weight: string, layer: string, source: string): number {
  const parts = weight
    .slice(layer.length + 1)
    .replace(/:0$/, '')
    .split('/');
  const last = parts.at(-1)!;
  const direction = parts.some((part) => part.startsWith('backward')) ? ORDER.length : 0;
  // Keras 3 numbers them.
  const place = /^\d$/.test(last) ? Number(last) : ORDER.indexOf(last);
  if (place < 0) throw damagedTfjs(source, `${quoted(weight)} is no array of a layer that is read`);
  return direction + place;
}

/** The file of a folder, where a path is one. */
async function modelIn(path: string): Promise<string> {
  if (!IS_NODE) return path;
  const { isFolder } = await import('../../base/host/folders.js');
  return isFolder(path) ? `${path.replace(/[/\\]+$/, '')}/${MODEL}` : path;
}

/** A file beside another. */
export function fileBeside(place: string | UrlLike, file: string): FileSource {
  if (typeof place !== 'string') return new URL(file, place.href);
  // In a page it is an address, behind which more may stand.
  const path = IS_NODE ? place : place.replace(/[?#].*$/, '');
  return `${path.replace(/[^/\\]*$/, '')}${file}`;
}
