import { SeqkitError } from '../../base/errors.js';
import { isPlainObject, quoted } from '../../base/schema/index.js';
import { readSource, type FileSource } from '../../base/source/file-source.js';
import { graphBetween } from '../../rnn/graph/graph-between.js';
import { LayerStack } from '../../rnn/graph/layer-stack.js';
import { makeLayer, prepareLayers } from '../../rnn/graph/registry.js';
import { input } from '../../rnn/layers/input.js';
import type { Layer } from '../../rnn/layers/layer.js';
import type { SymbolicTensor } from '../../rnn/layers/symbolic-tensor.js';
import { Model } from '../../rnn/model/model.js';
import { Sequential } from '../../rnn/model/sequential.js';
import { damaged, unsupported } from './damage.js';
import { layerArrays } from './layer-arrays.js';
import { describedLayer, kerasLayer, type KerasContext, type KerasLayer } from './layer-config.js';
import { openStoredKeras, type StoredKeras } from './stored-model.js';
import { refuseTurnedMasks } from './turned-masks.js';

/** Time steps that weights are made for where the file leaves them open. */
const OPEN_STEPS = 64;

/**
 * Opens a model that Keras 1, 2 or 3 saved whole: `.h5`, or `.keras`. Sequential models come as `Sequential`, functional
 * ones of our layers as `Model`. `notes` of the model say what of its training is left out.
 * @param from the file's path, a URL, a Blob, or its bytes
 * @throws SeqkitError `file-access`; `bad-file` where it is damaged, holds weights alone, or has a layer or option that has
 *   no counterpart here
 */
export async function fromKeras(from: FileSource): Promise<Model> {
  const { bytes, name } = await readSource(from, 'fromKeras: from', {
    name: 'The Keras model',
    kind: 'a Keras model',
  });
  return kerasModel(openStoredKeras(bytes, name), name);
}

/** A layer of ours beside the one of Keras's that it is. */
interface Pair {
  readonly keras: KerasLayer;
  readonly layer: Layer;
}

/**
 * The model of a configuration and its arrays.
 * @param damagedBy the error of a file that contradicts itself, in the words of its format
 * @throws SeqkitError `bad-file` as `fromKeras`
 */
export async function kerasModel(
  stored: StoredKeras,
  source: string,
  damagedBy: (source: string, cause: string) => SeqkitError = damaged,
): Promise<Model> {
  const notes: string[] = [];
  const { major, gates } = stored;
  const context: KerasContext = {
    ...{ major, gates, source },
    damaged: (cause) => damagedBy(source, cause),
    note: (line) => notes.push(line),
  };
  const { class_name: className, config } = stored.config;
  // All kinds: which are needed, only the reading tells.
  await prepareLayers();
  try {
    const model =
      className === 'Sequential'
        ? await sequential(stored, config, context)
        : className === 'Model' || className === 'Functional'
          ? await functional(stored, config, context)
          : undefined;
    if (model) {
      model.notes = notes;
      return model;
    }
  } catch (error) {
    // What our layers refuse of each other or of an option is the file's fault.
    if (!(error instanceof SeqkitError) || error.code === 'bad-file') throw error;
    throw new SeqkitError(`${source} has what is not read: ${error.message}`, {
      code: 'bad-file',
      ...(error.hint !== undefined && { hint: error.hint }),
      cause: error,
    });
  }
  const shown = typeof className === 'string' ? quoted(className) : 'no class';
  throw unsupported(source, `holds a model of ${shown}`, 'Sequential and functional models are read.');
}

function entriesOf(config: unknown, { damaged: broken }: KerasContext): unknown[] {
  const layers: unknown = Array.isArray(config)
    ? config
    : isPlainObject(config)
      ? config['layers']
      : undefined;
  if (!Array.isArray(layers) || layers.length === 0) throw broken('its configuration lists no layers');
  if (layers.length > MAX_LAYERS) throw broken(`its configuration lists ${layers.length} layers`);
  return layers;
}

/** More than any model of ours has. */
const MAX_LAYERS = 10_000;

async function sequential(stored: StoredKeras, config: unknown, context: KerasContext): Promise<Model> {
  const { source } = context;
  const entries = entriesOf(config, context).map((entry) => kerasLayer(entry, context));
  const pairs = entries
    .filter(({ className }) => className !== 'InputLayer')
    .map((keras): Pair => ({ keras, layer: makeLayer(describedLayer(keras, context)) }));
  if (pairs.length === 0) throw context.damaged('it has no layers but its input');
  const model = new Sequential(pairs.map(({ layer }) => layer));
  const shape = entries.map(({ config: one }) => shapeIn(one)).find((one) => one !== undefined);
  const example = oneExample(shape, pairs, stored);
  await model.build(example);
  refuseTurnedMasks(new LayerStack(pairs.map(({ layer }) => layer)), [example], source);
  fill(pairs, entries, stored, context);
  return model;
}

/** The shape of a batch, as some layers say it. */
function shapeIn(config: Readonly<Record<string, unknown>>): readonly unknown[] | undefined {
  const found = [config['batch_shape'], config['batch_input_shape']].find((shape) => Array.isArray(shape));
  if (found) return found as unknown[];
  const { input_shape: inner } = config;
  return Array.isArray(inner) ? [null, ...(inner as unknown[])] : undefined;
}

/** One example's shape: from the file, else from the arrays of the first layer. */
function oneExample(
  shape: readonly unknown[] | undefined,
  pairs: readonly Pair[],
  stored: StoredKeras,
): number[] {
  const [{ layer, keras }] = pairs;
  if (layer.tokens !== undefined) return [sizeOf(shape?.[1])];
  if (shape) return shape.slice(1).map(sizeOf);
  const [first] = stored.arrays({ name: keras.name, className: keras.className, place: 0 });
  const features = (first as { shape: readonly number[] } | undefined)?.shape.at(-2) ?? 1;
  return keras.className === 'Dense' ? [features] : [OPEN_STEPS, features];
}

function sizeOf(size: unknown): number {
  return typeof size === 'number' && Number.isSafeInteger(size) && size > 0 ? size : OPEN_STEPS;
}

/** Gives each layer its arrays. @throws SeqkitError `bad-file` where they do not fit */
function fill(
  pairs: readonly Pair[],
  all: readonly KerasLayer[],
  stored: StoredKeras,
  context: KerasContext,
): void {
  const places = new Map<KerasLayer, number>();
  const counts = new Map<string, number>();
  for (const keras of all) {
    const count = counts.get(keras.className) ?? 0;
    places.set(keras, count);
    counts.set(keras.className, count + 1);
  }
  for (const { keras, layer } of pairs) {
    const { name, className } = keras;
    const arrays =
      layer.weights.length === 0 ? [] : stored.arrays({ name, className, place: places.get(keras)! });
    if (layer.weights.length === 0) continue;
    layer.setWeights(layerArrays(layer, className, arrays, context));
  }
}

/** Where a value comes from: a layer, which of its uses, and which output. */
type History = readonly [name: string, use: number, output: number];

async function functional(stored: StoredKeras, config: unknown, context: KerasContext): Promise<Model> {
  const { source } = context;
  const parts = isPlainObject(config) ? config : {};
  const entries = entriesOf(config, context);
  const layers = entries.map((entry) => kerasLayer(entry, context));
  const inbound = entries.map((entry) =>
    usesOf((entry as Record<string, unknown>)['inbound_nodes'], context),
  );
  const tensors = new Map<string, SymbolicTensor<Layer>[]>();
  const key = (name: string, use: number): string => JSON.stringify([name, use]);
  const shapes = new Map<string, number[]>();
  const pairs: Pair[] = [];
  const made = layers.map((keras) => {
    if (keras.className === 'InputLayer') {
      const shape = (shapeIn(keras.config) ?? []).slice(1);
      const sizes = shape.map((size) => (typeof size === 'number' ? size : null));
      tensors.set(key(keras.name, 0), [input({ shape: sizes, name: keras.name })]);
      shapes.set(keras.name, shape.map(sizeOf));
      return undefined;
    }
    const layer = makeLayer(describedLayer(keras, context));
    pairs.push({ keras, layer });
    return layer;
  });
  // Uses whose inputs are there, until none is left.
  let open = layers.flatMap((keras, i) => {
    const layer = made[i];
    return layer ? inbound[i].map((from, use) => ({ layer, from, name: keras.name, use })) : [];
  });
  while (open.length > 0) {
    const before = open.length;
    open = open.filter(({ layer, from, name, use }) => {
      const inputs = from.map(([maker, which, output]) => tensors.get(key(maker, which))?.[output]);
      if (!inputs.every((one) => one !== undefined)) return true;
      tensors.set(key(name, use), layer.applyAll(inputs));
      return false;
    });
    if (open.length === before)
      throw context.damaged(`the layer ${quoted(open[0].name)} takes what nothing makes`);
  }
  const ends = (name: string): SymbolicTensor<Layer>[] =>
    historiesIn(parts[name]).map(([maker, use, output]) => {
      const tensor = tensors.get(key(maker, use))?.[output];
      if (!tensor)
        throw context.damaged(
          `${quoted(maker)} is among its ${name.replace('_', ' ')}, but nothing makes it`,
        );
      return tensor;
    });
  const [inputs, outputs] = [ends('input_layers'), ends('output_layers')];
  const model = new Model({ inputs, outputs });
  const names = historiesIn(parts['input_layers']).map(([name]) => name);
  const examples = names.map((name) => shapes.get(name) ?? [OPEN_STEPS]);
  await model.build(...examples);
  refuseTurnedMasks(graphBetween(inputs, outputs), examples, source);
  fill(pairs, layers, stored, context);
  return model;
}

/** What each use of a layer takes, in the layout of Keras 2 or 3. */
function usesOf(nodes: unknown, context: KerasContext): History[][] {
  if (nodes === undefined) return [];
  if (!Array.isArray(nodes) || nodes.length > MAX_LAYERS)
    throw context.damaged('a layer does not say what it takes');
  return nodes.map((node: unknown) => {
    if (isPlainObject(node)) return historiesIn(node['args']);
    const list: unknown[] = Array.isArray(node) ? node : [];
    return list.flatMap((one) => historiesIn([one]));
  });
}

/** All histories in a nest of lists and tensors. */
function historiesIn(value: unknown, depth = 0): History[] {
  if (depth > 10) return [];
  if (isPlainObject(value)) {
    const { config } = value;
    return isPlainObject(config) ? historiesIn(config['keras_history'], depth + 1) : [];
  }
  if (!Array.isArray(value)) return [];
  const [name, use, output] = value as unknown[];
  if (typeof name === 'string' && Number.isSafeInteger(use) && Number.isSafeInteger(output)) {
    return [[name, use as number, output as number]];
  }
  return value.flatMap((one) => historiesIn(one, depth + 1));
}
