import { encodeBase64 } from '../../base/encoding/base64.js';
import { LARGEST_HALF, toHalf } from '../../base/encoding/float16.js';
import { literal } from './code/code-part.js';

/** In how many bits a module holds its weights. */
export type ModulePrecision = 'float32' | 'float16' | 'int8';
export const MODULE_PRECISIONS = ['float32', 'float16', 'int8'] as const satisfies readonly ModulePrecision[];

/** The lines that hold the weights of a module, each a constant. */
export class PackedWeights {
  readonly lines: string[] = [];
  /** Functions that make numbers of them. */
  readonly needs = new Set<string>();
  readonly #names = new Map<string, string>();

  constructor(readonly precision: ModulePrecision) {}

  /** A constant of the module; the same one for the same name. @param columns numbers of a row */
  add(name: string, columns: number, data: ArrayLike<number>): string {
    const known = this.#names.get(name);
    if (known !== undefined) return known;
    const constant = `w${this.#names.size}`;
    this.#names.set(name, constant);
    this.lines.push(
      `// ${literal(name).slice(1, -1)}`,
      `const ${constant} = ${this.#packed(columns, data)};`,
    );
    return constant;
  }

  /** Rows of one column, such as biases, are few and count much: they stay as they are. */
  #packed(columns: number, data: ArrayLike<number>): string {
    const isMatrix = data.length > columns;
    const given = Float32Array.from(data);
    const fitsHalf = given.every((value) => Math.abs(value) <= LARGEST_HALF);
    if (this.precision === 'int8' && isMatrix) return this.#int8(columns, given);
    if (this.precision === 'float16' && isMatrix && fitsHalf) {
      this.needs.add('float16');
      const view = new DataView(new ArrayBuffer(2 * given.length));
      given.forEach((value, i) => view.setUint16(2 * i, toHalf(value), true));
      return `float16(${columns}, ${given.length}, '${encodeBase64(new Uint8Array(view.buffer))}')`;
    }
    this.needs.add('float32');
    return `float32(${columns}, ${given.length}, '${floats(given)}')`;
  }

  #int8(columns: number, data: Float32Array): string {
    this.needs.add('int8');
    const scales = new Float32Array(columns);
    data.forEach((value, i) => {
      scales[i % columns] = Math.max(scales[i % columns], Math.abs(value) / 127);
    });
    const rounded = Int8Array.from(data, (value, i) => Math.round(value / (scales[i % columns] || 1)));
    const packed = [floats(scales), encodeBase64(new Uint8Array(rounded.buffer))];
    return `int8(${columns}, ${data.length}, '${packed[0]}', '${packed[1]}')`;
  }
}

/** Numbers in base64, the lowest byte first whatever this machine's order is. */
function floats(data: Float32Array): string {
  const view = new DataView(new ArrayBuffer(4 * data.length));
  data.forEach((value, i) => view.setFloat32(4 * i, value, true));
  return encodeBase64(new Uint8Array(view.buffer));
}
