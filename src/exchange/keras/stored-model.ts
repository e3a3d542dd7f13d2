import { unzipSync } from 'fflate';
import { isDeeperThan } from '../../base/encoding/json-depth.js';
import { isPlainObject } from '../../base/schema/index.js';
import { damaged, unsupported } from './damage.js';
import { Hdf5File, looksLikeHdf5, type StoredArray } from './hdf5-file.js';

/** A model as Keras saved it: its configuration, and the arrays of each layer. */
export interface StoredKeras {
  /** 1, 2 or 3. */
  readonly major: number;
  /** Such as `2.3.0`. */
  readonly version: string;
  /** The recurrent activation of layers that do not say theirs, by Keras's name. */
  readonly gates: 'sigmoid' | 'hard_sigmoid';
  readonly config: Readonly<Record<string, unknown>>;
  /**
   * The arrays of a layer in Keras's order.
   * @param place where the layer stands among those of its class, from 0
   */
  readonly arrays: (layer: { name: string; className: string; place: number }) => StoredArray[];
}

/** The largest member of an archive that is opened, in bytes. */
const MAX_MEMBER_BYTES = 2 ** 31 - 1;

const decoder = new TextDecoder();

/** Whether bytes begin as a zip archive. */
export function looksLikeZip(start: Uint8Array): boolean {
  return start[0] === 0x50 && start[1] === 0x4b && start[2] === 3 && start[3] === 4;
}

/** @throws SeqkitError `bad-file` for what is no Keras file, or holds weights without a model */
export function openStoredKeras(bytes: Uint8Array, source: string): StoredKeras {
  if (looksLikeHdf5(bytes)) return ofHdf5(new Hdf5File(bytes, source), source);
  if (looksLikeZip(bytes)) return ofArchive(bytes, source);
  throw damaged(source, 'it is neither HDF5 nor a .keras archive');
}

/** A `.h5` file of Keras 1, 2 or 3: names of layers and of weights stand in attributes. */
function ofHdf5(file: Hdf5File, source: string): StoredKeras {
  const text = file.text('', 'model_config');
  if (text === undefined) {
    throw unsupported(
      source,
      'holds weights without their model',
      'Save the whole model, with model.save(path), or its configuration beside it.',
    );
  }
  const weights = file.has('model_weights') ? 'model_weights' : '';
  const version = file.text(weights, 'keras_version') ?? file.text('', 'keras_version') ?? '1';
  const known = new Set(file.texts(weights, 'layer_names') ?? []);
  return {
    ...versionOf(version, source),
    config: jsonOf(text, source),
    arrays({ name }) {
      if (!known.has(name)) return [];
      const group = `${weights}/${name}`;
      return (file.texts(group, 'weight_names') ?? []).map((weight) => file.array(`${group}/${weight}`));
    },
  };
}

/** A `.keras` archive: weights are numbered by class, in the order of the layers. */
function ofArchive(bytes: Uint8Array, source: string): StoredKeras {
  const wanted = ['metadata.json', 'config.json', 'model.weights.h5'];
  let members: Record<string, Uint8Array>;
  try {
    members = unzipSync(bytes, {
      filter: ({ name, originalSize, size }) =>
        wanted.includes(name) && originalSize <= MAX_MEMBER_BYTES && size <= bytes.length,
    });
  } catch (error) {
    throw damaged(source, `its archive cannot be unpacked (${(error as Error).message})`, error);
  }
  const member = (name: string): Uint8Array => {
    if (Object.hasOwn(members, name)) return members[name];
    throw damaged(source, `its archive lacks ${name}`);
  };
  const metadata = jsonOf(decoder.decode(member('metadata.json')), source);
  const version = typeof metadata['keras_version'] === 'string' ? metadata['keras_version'] : '3';
  const file = new Hdf5File(member('model.weights.h5'), source);
  const root = ['layers', '_layer_checkpoint_dependencies'].find((name) => file.has(name));
  return {
    ...versionOf(version, source),
    config: jsonOf(decoder.decode(member('config.json')), source),
    arrays({ className, place }) {
      const name = snakeCase(className);
      const group = `${root ?? 'layers'}/${place === 0 ? name : `${name}_${place}`}`;
      return file.has(group) ? variables(file, group) : [];
    },
  };
}

/** Where the arrays of a layer may lie, in Keras's order. */
const PARTS = ['vars', 'cell/vars', 'forward_layer', 'backward_layer', 'layer'] as const;

function variables(file: Hdf5File, group: string): StoredArray[] {
  return PARTS.flatMap((part) => {
    const path = `${group}/${part}`;
    if (!file.has(path)) return [];
    if (!part.endsWith('vars')) return variables(file, path);
    const numbered = file.names(path).filter((name) => /^\d+$/.test(name));
    return numbered.sort((a, b) => Number(a) - Number(b)).map((name) => file.array(`${path}/${name}`));
  });
}

/** Keras's own rule: `SimpleRNN` is `simple_rnn`. */
function snakeCase(name: string): string {
  return name
    .replaceAll(/\W+/g, '')
    .replaceAll(/(.)([A-Z][a-z]+)/g, '$1_$2')
    .replaceAll(/([a-z])([A-Z])/g, '$1_$2')
    .toLowerCase();
}

/** @throws SeqkitError `bad-file` for versions that there are not */
export function versionOf(version: string, source: string): Pick<StoredKeras, 'major' | 'version' | 'gates'> {
  const [, major, minor = 0] = (/^(\d+)(?:\.(\d+))?/.exec(version) ?? []).map(Number);
  // Keras changed its default with 2.3.
  const gates = major < 2 || (major === 2 && minor < 3) ? 'hard_sigmoid' : 'sigmoid';
  if (major >= 1 && major <= 3) return { major, version, gates };
  throw unsupported(source, `was saved by Keras ${version}`, 'Versions 1 to 3 are read.');
}

/** JSON of an object, no deeper than what reads it can go. */
function jsonOf(text: string, source: string): Record<string, unknown> {
  if (!isDeeperThan(text, 100)) {
    try {
      const value: unknown = JSON.parse(text);
      if (isPlainObject(value)) return value;
    } catch {
      // Falls through to the one message.
    }
  }
  throw damaged(source, 'its configuration is no JSON of an object');
}
