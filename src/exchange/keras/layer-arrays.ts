import { quoted } from '../../base/schema/index.js';
import type { Layer } from '../../rnn/layers/layer.js';
import type { StoredArray } from './hdf5-file.js';
import type { KerasContext } from './layer-config.js';

/** Arrays of a layer as they stand in the file, brought into our layout, which is that of Keras 2 and 3. */
export function layerArrays(
  layer: Layer,
  className: string,
  stored: readonly StoredArray[],
  { damaged }: KerasContext,
): ArrayLike<number>[] {
  const arrays = arranged(layer, className, stored);
  const wanted = layer.weights;
  const size = (shape: readonly number[]): number => shape.reduce((product, length) => product * length, 1);
  const fits =
    arrays.length === wanted.length && arrays.every(({ data }, i) => data.length === size(wanted[i].shape));
  if (fits && arrays.every(({ shape }, i) => sameAxes(shape, wanted[i].shape)))
    return arrays.map(({ data }) => data);
  const shown = (shapes: readonly (readonly number[])[]): string =>
    shapes.map((shape) => `(${shape.join(', ')})`).join(', ') || 'none';
  throw damaged(
    `the layer ${quoted(layer.name)} (${className}) needs arrays of ${shown(wanted.map(({ shape }) => shape))}; it has ${shown(stored.map(({ shape }) => shape))}`,
  );
}

/** The same sizes, but for axes of 1. */
function sameAxes(a: readonly number[], b: readonly number[]): boolean {
  const plain = (shape: readonly number[]): string => shape.filter((size) => size !== 1).join();
  return plain(a) === plain(b);
}

function arranged(layer: Layer, className: string, stored: readonly StoredArray[]): readonly StoredArray[] {
  const { kind } = layer;
  // Arrays of Keras 1: for each gate W, U and b.
  if (kind === 'GRU' && stored.length === 9) return joinedGates(stored, [0, 1, 2]);
  // i, c, f, o to i, f, g, o.
  if (kind === 'LSTM' && stored.length === 12) return joinedGates(stored, [0, 2, 1, 3]);
  const isCuDNN = className.startsWith('CuDNN') || isDoubled(layer, stored);
  if ((kind === 'LSTM' || kind === 'GRU') && isCuDNN) return fromCuDNN(kind, stored);
  if (kind === 'Bidirectional') {
    const half = stored.length / 2;
    const [forward, backward] = layer.innerLayers;
    return [
      ...arranged(forward, className, stored.slice(0, half)),
      ...arranged(backward, className, stored.slice(half)),
    ];
  }
  return stored;
}

/** CuDNNLSTM has two biases, one after the other, as weights that were saved under LSTM may too. */
function isDoubled(layer: Layer, [, , bias]: readonly StoredArray[]): boolean {
  const own = layer.weights.at(2);
  if (!own || (bias as StoredArray | undefined)?.shape.length !== 1) return false;
  return layer.kind === 'LSTM' ? bias.data.length === 2 * own.shape[0] : false;
}

function joinedGates(stored: readonly StoredArray[], order: readonly number[]): StoredArray[] {
  return [0, 1, 2].map((part) => {
    const gates = order.map((gate) => stored[3 * gate + part]);
    const H = gates[0].shape.at(-1) ?? 0;
    const rows = gates[0].data.length / H;
    const width = H * gates.length;
    const data = new Float32Array(rows * width);
    gates.forEach((gate, g) => {
      for (let r = 0; r < rows; r++) data.set(gate.data.subarray(r * H, (r + 1) * H), r * width + g * H);
    });
    return { shape: part === 2 ? [width] : [rows, width], data };
  });
}

/**
 * CuDNN keeps the block of each gate transposed within its own shape. Biases: of an LSTM both halves are added up; of a
 * GRU they are the two rows.
 */
function fromCuDNN(kind: string, [kernel, recurrent, bias]: readonly StoredArray[]): StoredArray[] {
  const gates = kind === 'LSTM' ? 4 : 3;
  const matrices = [kernel, recurrent].map((matrix) => transposedBlocks(matrix, gates));
  if ((bias as StoredArray | undefined) === undefined) return matrices;
  const half = bias.data.length / 2;
  if (kind === 'GRU') return [...matrices, { shape: [2, half], data: bias.data }];
  const summed = Float32Array.from({ length: half }, (_, i) => bias.data[i] + bias.data[half + i]);
  return [...matrices, { shape: [half], data: summed }];
}

function transposedBlocks({ shape, data }: StoredArray, gates: number): StoredArray {
  const [D, width] = shape;
  const H = width / gates;
  const result = new Float32Array(data.length);
  for (let g = 0; g < gates; g++) {
    for (let d = 0; d < D; d++) {
      for (let h = 0; h < H; h++) {
        // Number d + h D of the block, counted row by row.
        const at = h * D + d;
        result[d * width + g * H + h] = data[Math.floor(at / H) * width + g * H + (at % H)];
      }
    }
  }
  return { shape, data: result };
}
