import { concatenate } from '../../base/encoding/byte-chunks.js';
import { fromHalf } from '../../base/encoding/float16.js';
import { isPlainObject, quoted, shown } from '../../base/schema/index.js';
import { damagedTfjs } from './damage.js';

/** An array of the manifest. */
export interface ManifestWeight {
  /** Such as `lstm/kernel`. */
  readonly name: string;
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

/** Where an array lies in its group, and how its numbers are kept. */
interface WeightSpec {
  readonly name: string;
  readonly shape: readonly number[];
  readonly count: number;
  /** Bytes of a number. */
  readonly width: number;
  readonly at: (view: DataView, offset: number) => number;
}

/** Arrays that stand one after the other in files that belong together. */
export interface WeightGroup {
  /** Names of files beside the model, in order. */
  readonly paths: readonly string[];
  readonly specs: readonly WeightSpec[];
  /** Bytes of all arrays. */
  readonly byteLength: number;
}

/** More than any model of ours has. */
const MAX_ENTRIES = 100_000;
const MAX_AXES = 8;

type Kept = Pick<WeightSpec, 'width' | 'at'>;

const float32: Kept = { width: 4, at: (view, offset) => view.getFloat32(offset, true) };
const int32: Kept = { width: 4, at: (view, offset) => view.getInt32(offset, true) };

/** How numbers of each type are kept where they are not quantized. */
const TYPES: Readonly<Record<string, Kept>> = { float32, int32 };

/** Numbers of each type that stands for others: x times a scale, and the least of them. */
const QUANTIZED: Readonly<Record<string, Kept>> = {
  uint8: { width: 1, at: (view, offset) => view.getUint8(offset) },
  uint16: { width: 2, at: (view, offset) => view.getUint16(offset, true) },
};

/**
 * What a manifest of weights says.
 * @param source what errors call the file
 * @throws SeqkitError `bad-file` where it is none, has a type that is not read, or names files that are not beside it
 */
export function weightGroups(manifest: unknown, source: string): WeightGroup[] {
  const fail = (cause: string): Error => damagedTfjs(source, cause);
  if (!Array.isArray(manifest) || manifest.length > MAX_ENTRIES) throw fail('it has no weightsManifest');
  const seen = { paths: new Set<string>(), names: new Set<string>() };
  return manifest.map((group: unknown): WeightGroup => {
    const { paths, weights } = isPlainObject(group) ? group : {};
    if (!Array.isArray(paths) || !Array.isArray(weights) || weights.length > MAX_ENTRIES) {
      throw fail('a group of its weightsManifest has no paths or no weights');
    }
    for (const path of paths as unknown[]) {
      if (!isBeside(path)) {
        const shown = typeof path === 'string' ? quoted(path) : 'what is no text';
        throw fail(`its weights are said to lie in ${shown}, which is no file beside it`);
      }
      if (seen.paths.has(path)) throw fail(`its weights are said to lie twice in ${quoted(path)}`);
      seen.paths.add(path);
    }
    const specs = weights.map((entry: unknown) => specOf(entry, fail));
    for (const { name } of specs) {
      if (seen.names.has(name)) throw fail(`it has two arrays ${quoted(name)}`);
      seen.names.add(name);
    }
    const byteLength = specs.reduce((total, { count, width }) => total + count * width, 0);
    return { paths: paths as string[], specs, byteLength };
  });
}

/** Whether a path names a file in the folder of the model, or in one below it. */
function isBeside(path: unknown): path is string {
  if (typeof path !== 'string' || path.length > 1000) return false;
  // What would lead elsewhere in a path of a system, or in an address.
  return path.split('/').every((part) => part !== '' && !part.startsWith('.') && !/[\\:%?#\0]/.test(part));
}

function specOf(entry: unknown, fail: (cause: string) => Error): WeightSpec {
  if (!isPlainObject(entry)) throw fail('an array of its weightsManifest is no object');
  const { name, shape, dtype, quantization } = entry;
  if (typeof name !== 'string' || name === '') throw fail('an array of its weightsManifest has no name');
  const isSize = (size: unknown): size is number => Number.isSafeInteger(size) && (size as number) >= 0;
  if (!Array.isArray(shape) || shape.length > MAX_AXES || !shape.every(isSize)) {
    throw fail(`the array ${quoted(name)} has no shape`);
  }
  const count = shape.reduce((product, size) => product * size, 1);
  if (!Number.isSafeInteger(count)) throw fail(`the array ${quoted(name)} has a shape without end`);
  const isPlain = quantization === undefined || quantization === null;
  const kept = isPlain ? ofType(TYPES, dtype) : quantized(dtype, quantization);
  if (!kept) {
    const { dtype: type, scale, min } = isPlain || !isPlainObject(quantization) ? { dtype } : quantization;
    if (ofType(TYPES, dtype) && ofType(QUANTIZED, type)) {
      throw fail(
        `the array ${quoted(name)} is kept as ${quoted(type as string)} with the scale ${shown(scale)} and the least value ${shown(min)}, where both are numbers`,
      );
    }
    throw fail(
      `the array ${quoted(name)} is of the type ${typeof type === 'string' ? quoted(type) : 'that it does not say'}, where float32 and int32, or uint8, uint16 and float16 in their place, are read`,
    );
  }
  return { name, shape, count, ...kept };
}

const ofType = (types: Readonly<Record<string, Kept>>, type: unknown): Kept | undefined =>
  typeof type === 'string' && Object.hasOwn(types, type) ? types[type] : undefined;

function quantized(dtype: unknown, quantization: unknown): Kept | undefined {
  if (!ofType(TYPES, dtype) || !isPlainObject(quantization)) return undefined;
  const { dtype: type, scale, min } = quantization;
  if (type === 'float16') {
    return dtype === 'float32'
      ? { width: 2, at: (view, offset) => fromHalf(view.getUint16(offset, true)) }
      : undefined;
  }
  const kept = ofType(QUANTIZED, type);
  if (!kept || typeof scale !== 'number' || typeof min !== 'number') return undefined;
  const value = (x: number): number => x * scale + min;
  const round = dtype === 'int32' ? Math.round : (x: number): number => x;
  return { ...kept, at: (view, offset) => round(value(kept.at(view, offset))) };
}

/**
 * The arrays of a group from its files.
 * @throws SeqkitError `bad-file` where they are longer or shorter, or hold a number that is not finite
 */
export function weightsOf(
  group: WeightGroup,
  files: readonly Uint8Array[],
  source: string,
): ManifestWeight[] {
  const total = files.reduce((sum, { length }) => sum + length, 0);
  if (total !== group.byteLength) {
    throw damagedTfjs(
      source,
      `its files of weights, ${group.paths.map(quoted).join(', ') || 'none'}, have ${total} bytes, where its arrays take ${group.byteLength}`,
    );
  }
  const view = new DataView(concatenate(files).buffer);
  let offset = 0;
  return group.specs.map(({ name, shape, count, width, at: read }) => {
    const data = new Float32Array(count);
    for (let i = 0; i < count; i++) data[i] = read(view, offset + i * width);
    offset += count * width;
    const wrong = data.findIndex((value) => !Number.isFinite(value));
    if (wrong >= 0)
      throw damagedTfjs(source, `the array ${quoted(name)} holds ${data[wrong]} at place ${wrong}`);
    return { name, shape, data };
  });
}
