import { PickledName, PickledObject, PickledReference, readPickle } from '../../base/encoding/pickle.js';
import { SeqkitError } from '../../base/errors.js';
import { quoted } from '../../base/schema/index.js';
import { ELEMENT_TYPES, MAX_AXES, unwrapped, type ElementType, type StateTensor } from './read-state-dict.js';
import { memberNames, storedMembers } from './stored-members.js';

/** What a checkpoint may name. Nothing of it is run: a storage is bytes, a tensor a view of them. */
const STORAGES: Readonly<Record<string, ElementType>> = {
  'torch.DoubleStorage': ELEMENT_TYPES.F64,
  'torch.FloatStorage': ELEMENT_TYPES.F32,
  'torch.HalfStorage': ELEMENT_TYPES.F16,
  'torch.BFloat16Storage': ELEMENT_TYPES.BF16,
  'torch.LongStorage': ELEMENT_TYPES.I64,
  'torch.IntStorage': ELEMENT_TYPES.I32,
  'torch.ShortStorage': ELEMENT_TYPES.I16,
  'torch.CharStorage': ELEMENT_TYPES.I8,
  'torch.ByteStorage': ELEMENT_TYPES.U8,
  'torch.BoolStorage': ELEMENT_TYPES.BOOL,
};
const DICT = 'collections.OrderedDict';
const TENSOR = 'torch._utils._rebuild_tensor_v2';
const PARAMETER = 'torch._utils._rebuild_parameter';

const HINT = 'Save what it learned alone, torch.save(model.state_dict(), path), or as safetensors.';

/** Where a checkpoint with more than weights keeps them. */
const STATES = ['state_dict', 'model_state_dict', 'model', 'net'];

/** So many times the numbers of the file may its tensors have together: those that are tied share theirs. */
const MAX_SHARING = 8;

/** Whether an archive is one of `torch.save`. */
export function looksLikeCheckpoint(bytes: Uint8Array): boolean {
  return memberNames(bytes).some((name) => /(^|\/)data\.pkl$/.test(name));
}

/**
 * The tensors of a state_dict that `torch.save` wrote (a zip archive, PyTorch 1.6 and later), or of the one in a
 * checkpoint, by their names without what wrappers put before them.
 * @param source what errors call the file
 * @throws SeqkitError `bad-file` where it is damaged, or names anything but tensors and dicts
 */
export function readCheckpoint(bytes: Uint8Array, source: string): Map<string, StateTensor> {
  const fail = (cause: string): SeqkitError =>
    new SeqkitError(`${source} is no whole checkpoint of PyTorch: ${cause}.`, {
      code: 'bad-file',
      hint: 'Copy it again, or save it again with torch.save.',
    });
  const members = storedMembers(bytes, fail);
  const main = [...members.keys()].find((name) => /(^|\/)data\.pkl$/.test(name));
  if (main === undefined) throw fail('it holds no data.pkl');
  const folder = main.slice(0, -'data.pkl'.length);
  if (members.has(`${folder}constants.pkl`)) {
    throw new SeqkitError(`${source} is a program of TorchScript, which is not run here.`, {
      code: 'bad-file',
      hint: HINT,
    });
  }
  const order = members.get(`${folder}byteorder`)?.();
  if (order && new TextDecoder().decode(order) !== 'little')
    throw fail('its numbers have the high byte first');
  const { value } = readPickle(members.get(main)!(), source, (name) =>
    name === DICT || name === TENSOR || name === PARAMETER || Object.hasOwn(STORAGES, name)
      ? undefined
      : new SeqkitError(
          `${source} names ${quoted(name)}, which is not opened: tensors and dicts alone are.`,
          {
            code: 'bad-file',
            hint: HINT,
          },
        ),
  );
  const storages = new Storages(members, folder, fail);
  const tensors = new Map<string, StateTensor>();
  let room = MAX_SHARING * bytes.length;
  for (const [name, entry] of stateDict(value, source)) {
    const tensor = tensorOf(entry, storages, (cause) => fail(`the tensor ${quoted(name)} ${cause}`));
    room -= tensor.data.length;
    if (room < 0) throw fail('its tensors share more numbers than a model does');
    tensors.set(name, tensor);
  }
  if (tensors.size === 0) throw fail('it holds no tensors');
  return unwrapped(tensors);
}

function entriesOf(value: unknown): ReadonlyMap<unknown, unknown> | undefined {
  if (value instanceof Map) return value;
  return value instanceof PickledObject && value.name === DICT ? (value.items ?? new Map()) : undefined;
}

const isTensor = (value: unknown): value is PickledObject =>
  value instanceof PickledObject && (value.name === TENSOR || value.name === PARAMETER);

/** @throws SeqkitError `bad-file` where what was saved is no state_dict, and has none */
function stateDict(value: unknown, source: string): [string, PickledObject][] {
  const root = entriesOf(value);
  const inner = STATES.map((name) => entriesOf(root?.get(name))).find((found) => found !== undefined);
  const entries = [...(inner ?? root ?? [])];
  const wrong = entries.find(([name, entry]) => typeof name !== 'string' || !isTensor(entry));
  if (root && !wrong) return entries as [string, PickledObject][];
  const shown = wrong && typeof wrong[0] === 'string' ? ` ${quoted(wrong[0])} in it is no tensor.` : '';
  throw new SeqkitError(`${source} holds no state_dict: a dict of tensors.${shown}`, {
    code: 'bad-file',
    hint: HINT,
  });
}

interface Storage {
  readonly type: ElementType;
  readonly view: DataView;
  /** Numbers that it holds. */
  readonly count: number;
}

/** The bytes that tensors are views of. */
class Storages {
  readonly #known = new Map<string, Storage>();

  constructor(
    readonly members: ReadonlyMap<string, () => Uint8Array>,
    readonly folder: string,
    readonly fail: (cause: string) => Error,
  ) {}

  /** @param reference ('storage', type, key, device, count) */
  of(reference: unknown): Storage {
    const id = reference instanceof PickledReference ? reference.id : undefined;
    const [what, type, key, , count] = (Array.isArray(id) ? id : []) as unknown[];
    if (what !== 'storage' || !(type instanceof PickledName) || typeof key !== 'string' || !isSize(count)) {
      throw this.fail('a tensor has no storage');
    }
    const element = Object.hasOwn(STORAGES, type.name) ? STORAGES[type.name] : undefined;
    if (!element) throw this.fail(`a storage is a ${quoted(type.name)}`);
    const known = this.#known.get(`${type.name} ${key}`);
    if (known) return known;
    const bytes = this.members.get(`${this.folder}data/${key}`)?.();
    if (!bytes) throw this.fail(`it lacks the numbers ${quoted(`data/${key}`)}`);
    if (bytes.length !== count * element.bytes) {
      throw this.fail(
        `${quoted(`data/${key}`)} has ${bytes.length} bytes, where ${count} numbers are said to be`,
      );
    }
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const storage = { type: element, view, count };
    this.#known.set(`${type.name} ${key}`, storage);
    return storage;
  }
}

const isSize = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;

/** @param entry (storage, offset, sizes, strides, ...), or a parameter that holds one */
function tensorOf(entry: PickledObject, storages: Storages, fail: (cause: string) => Error): StateTensor {
  const [inner] = entry.args;
  const made = entry.name === PARAMETER ? inner : entry;
  if (!(made instanceof PickledObject) || made.name !== TENSOR) throw fail('is no tensor');
  const [reference, offset, shape, strides] = made.args;
  const { type, view, count } = storages.of(reference);
  const areSizes = (list: unknown): list is number[] =>
    Array.isArray(list) && list.length <= MAX_AXES && list.every(isSize);
  if (!areSizes(shape) || !areSizes(strides) || strides.length !== shape.length || !isSize(offset)) {
    throw fail('has no shape, or strides that do not go with it');
  }
  const size = shape.reduce((product, length) => product * length, 1);
  const last = shape.reduce((at, length, axis) => at + (length - 1) * strides[axis], offset);
  if (size > count || (size > 0 && last >= count)) throw fail('goes beyond its numbers');
  const data = new Float32Array(size);
  const place = shape.map(() => 0);
  let at = offset;
  for (let i = 0; i < size; i++) {
    data[i] = type.at(view, at * type.bytes);
    if (!Number.isFinite(data[i])) {
      throw fail(`holds ${data[i]} at place ${i}, where a finite number should stand`);
    }
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      at += strides[axis];
      if (++place[axis] < shape[axis]) break;
      at -= shape[axis] * strides[axis];
      place[axis] = 0;
    }
  }
  return { shape, data };
}
