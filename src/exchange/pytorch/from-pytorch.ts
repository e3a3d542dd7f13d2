import { SeqkitError } from '../../base/errors.js';
import {
  instanceOf,
  listOf,
  optional,
  optionsSchema,
  quoted,
  recordOf,
  someText,
  wholeNumber,
} from '../../base/schema/index.js';
import { readSource, type FileSource } from '../../base/source/file-source.js';
import { Layer } from '../../rnn/layers/layer.js';
import { Sequential } from '../../rnn/model/sequential.js';
import { looksPickled } from '../../base/encoding/pickle.js';
import { looksLikeZip } from '../keras/stored-model.js';
import { readCheckpoint } from './torch-checkpoint.js';
import { readStateDict, type StateTensor } from './read-state-dict.js';
import { torchLayer, type TorchSlot } from './torch-tensors.js';

export interface FromPyTorchOptions {
  /** The network: new layers in the order of the data, which a state_dict does not tell. */
  layers: readonly Layer[];
  /** One example's shape: (T, D) for sequences, (D) for rows, (T) for tokens. */
  inputShape: readonly number[];
  /**
   * Of each layer with weights, by its name, what its tensors' names begin with, such as `{ lstm: 'encoder.rnn' }`.
   * @default the module of the layer's name, else the one of its shapes; of several those that differ in a number, in order
   */
  names?: Readonly<Record<string, string>>;
}

const fromPyTorchOptions = optionsSchema<FromPyTorchOptions>('fromPyTorch', {
  layers: listOf(instanceOf(Layer, 'a layer'), { min: 1 }),
  inputShape: listOf(wholeNumber({ min: 1, max: 2 ** 31 - 1 }), { min: 1, max: 3 }),
  names: optional(recordOf(someText)),
});

/** What PyTorch counts beside the weights. */
const COUNTER = 'num_batches_tracked';

/**
 * Takes the weights of a PyTorch network that `safetensors.torch.save_file(model.state_dict(), path)` or
 * `torch.save(model.state_dict(), path)` wrote. Of the latter, tensors and dicts alone are opened. Every tensor is used
 * once. Of float16, bfloat16 and float64 the nearest float32.
 * @param from the file's path, a URL, a Blob, or its bytes
 * @throws SeqkitError `bad-file` for a damaged file; `bad-shape` where tensors and layers do not fit, with what is
 *   left over; `usage` for a layer that PyTorch does not have
 */
export async function fromPyTorch(from: FileSource, options: FromPyTorchOptions): Promise<Sequential> {
  const { layers, inputShape, names } = fromPyTorchOptions.parse(options);
  const { bytes, name: source } = await readSource(from, 'fromPyTorch: from', {
    name: 'The state_dict',
    kind: 'a state_dict',
  });
  const tensors = tensorsOf(bytes, source);
  const model = new Sequential(layers);
  await model.build(inputShape);
  try {
    fill(model.layers, tensors, names, source);
  } catch (error) {
    await model.dispose();
    throw error;
  }
  return model;
}

/** @throws SeqkitError `bad-file` for what is neither safetensors nor an archive of `torch.save` */
export function tensorsOf(bytes: Uint8Array, source: string): ReadonlyMap<string, StateTensor> {
  if (looksLikeZip(bytes)) return readCheckpoint(bytes, source);
  if (!looksPickled(bytes)) return readStateDict(bytes, source);
  throw new SeqkitError(`${source} is a pickle of Python, as torch.save wrote before PyTorch 1.6.`, {
    code: 'bad-file',
    hint: 'Save it again with a newer PyTorch: torch.save(torch.load(path), new_path).',
  });
}

/** A module of the state_dict: its tensors by their names within it. */
type Module = ReadonlyMap<string, StateTensor>;

/** @throws SeqkitError `bad-shape` where modules and layers do not fit each other */
function fill(
  layers: readonly Layer[],
  tensors: ReadonlyMap<string, StateTensor>,
  names: Readonly<Record<string, string>> = {},
  source: string,
): void {
  const left = modulesOf(tensors);
  for (const name of Object.keys(names)) {
    if (layers.some((layer) => layer.name === name)) continue;
    throw new SeqkitError(`names gives tensors to a layer ${quoted(name)}, which there is not.`, {
      code: 'usage',
      hint: `The layers are ${layers.map((layer) => layer.name).join(', ')}.`,
    });
  }
  const chosen = layers.map((layer) => {
    const kind = torchLayer(layer);
    if (layer.weights.length > 0 && !kind) {
      throw new SeqkitError(`The layer ${quoted(layer.name)} (${layer.kind}) is not one of PyTorch's.`, {
        code: 'usage',
        hint: 'Take a layer that is there too, such as GRU, LSTM, Dense, Conv1D or Embedding.',
      });
    }
    if (!kind || layer.weights.length === 0) return undefined;
    const slots = kind.slots.filter(({ ignored }) => ignored !== true);
    const asked = Object.hasOwn(names, layer.name) ? names[layer.name] : undefined;
    const name = asked ?? moduleFor(layer, slots, left, source);
    const module = left.get(name);
    if (!module || !fits(module, slots)) throw misfit(layer, slots, left, source);
    left.delete(name);
    return { layer, kind, found: slots.map((slot) => module.get(slot.name)!.data) };
  });
  if (left.size > 0) {
    throw new SeqkitError(`${source} holds tensors that no layer takes: ${listed(left)}.`, {
      code: 'bad-shape',
      hint: 'Add the layers that they belong to.',
    });
  }
  for (const one of chosen) one?.layer.setWeights(one.kind.read(one.found));
}

function modulesOf(tensors: ReadonlyMap<string, StateTensor>): Map<string, Module> {
  const modules = new Map<string, Map<string, StateTensor>>();
  for (const [name, tensor] of tensors) {
    const at = name.lastIndexOf('.');
    const [begin, end] = [name.slice(0, Math.max(0, at)), name.slice(at + 1)];
    if (end === COUNTER) continue;
    const module = modules.get(begin) ?? new Map<string, StateTensor>();
    modules.set(begin, module.set(end, tensor));
  }
  return modules;
}

/** Whether a module has just the tensors of a layer. */
function fits(module: Module, slots: readonly TorchSlot[]): boolean {
  return (
    module.size === slots.length &&
    slots.every(({ name, shape }) => module.get(name)?.shape.join() === shape.join())
  );
}

/**
 * The module for a layer: the one of its name, else the first that fits. Of several they must be numbered, so that
 * their order is not a guess.
 */
function moduleFor(
  layer: Layer,
  slots: readonly TorchSlot[],
  left: ReadonlyMap<string, Module>,
  source: string,
): string {
  const candidates = [...left].filter(([, module]) => fits(module, slots)).map(([name]) => name);
  if (candidates.includes(layer.name)) return layer.name;
  if (candidates.length === 0) throw misfit(layer, slots, left, source);
  const ordered = candidates.sort((a, b) => a.localeCompare(b, 'en', { numeric: true }));
  const stems = new Set(ordered.map((name) => name.replaceAll(/\d+/g, '#')));
  if (stems.size === 1) return ordered[0];
  throw new SeqkitError(
    `${source} has several modules that fit the layer ${quoted(layer.name)} (${layer.kind}): ${ordered.map(quoted).join(', ')}.`,
    { code: 'usage', hint: `Say which in names: { ${layer.name}: ${quoted(ordered[0])} }.` },
  );
}

function misfit(
  layer: Layer,
  slots: readonly TorchSlot[],
  left: ReadonlyMap<string, Module>,
  source: string,
): SeqkitError {
  const wanted = slots.map(({ name, shape }) => `${name} (${shape.join(', ')})`).join(', ');
  return new SeqkitError(
    `${source} has no module of ${wanted} for the layer ${quoted(layer.name)} (${layer.kind}). Left are ${listed(left)}.`,
    {
      code: 'bad-shape',
      hint: 'Compare the sizes of the layers with those of the PyTorch network, or give names.',
    },
  );
}

function listed(modules: ReadonlyMap<string, Module>): string {
  const all = [...modules].flatMap(([begin, module]) =>
    [...module].map(
      ([end, { shape }]) => `${quoted(begin === '' ? end : `${begin}.${end}`)} (${shape.join(', ')})`,
    ),
  );
  return all.length === 0 ? 'none' : [...all.slice(0, 12), ...(all.length > 12 ? ['...'] : [])].join(', ');
}
