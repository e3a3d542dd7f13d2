import type { Layer } from '../../rnn/layers/layer.js';
import type { HeadOptions } from '../onnx/write/write-head.js';
import { affineOf } from '../onnx/write/write-normalization.js';
import { transposed } from '../onnx/write/writing.js';
import { TfliteBuilder } from '../tflite/tflite-builder.js';

/** A matrix of weights as FULLY_CONNECTED takes them: (outputs, inputs), and outputs. */
interface Product {
  readonly name: string;
  readonly inputs: number;
  readonly outputs: number;
  readonly weights: ArrayLike<number>;
  readonly bias: ArrayLike<number>;
}

/**
 * The head over embeddings as a file of TensorFlow Lite that takes (1, T, D) and gives the score of one word, (1, 1). Its
 * GRU is written out step by step, since the format has no operator for it.
 * @param layers those of a trigger network over embeddings, as `readTrigger` has checked them: Standardize, Dropout,
 *   Dense with relu, a GRU that resets after the product, Dense
 */
export function writeTfliteHead(layers: readonly Layer[], options: HeadOptions): Uint8Array {
  const { frames: T, features: D, mean, deviation, output, shift } = options;
  const [norm, , front, gru, last] = layers;
  const builder = new TfliteBuilder();
  const input = builder.input('embeddings', [1, T, D]);
  const rows = builder.op('RESHAPE', [input, builder.ints('rows', [T, D])], [T, D], { shape: [T, D] });

  // Both normalizations in one: ((x - mean) / deviation) * factor + offset.
  const { factor, offset } = affineOf(norm)!;
  const scale = builder.floats(
    'scale',
    [D],
    Array.from(factor, (each) => each / deviation),
  );
  const moved = Array.from(offset, (each, d) => each - (mean / deviation) * factor[d]);
  const scaled = builder.op('MUL', [rows, scale], [T, D]);
  const standardized = builder.op('ADD', [scaled, builder.floats('offset', [D], moved)], [T, D]);

  const [kernel, bias] = front.weights;
  const [, F] = kernel.shape;
  const dense: Product = {
    ...{ name: 'front', inputs: D, outputs: F },
    ...{ weights: transposed(kernel.get().data, D, F), bias: bias.get().data },
  };
  const seen = product(builder, dense, standardized, T, { relu: true });

  const h = lastState(builder, gru, seen, T);
  const [ofWords, biasOfWords] = last.weights;
  const [units, words] = ofWords.shape;
  const column = transposed(ofWords.get().data, units, words).subarray(output * units, (output + 1) * units);
  const outputBias = biasOfWords.get().data[output] + shift;
  const answer: Product = { name: 'word', inputs: units, outputs: 1, weights: column, bias: [outputBias] };
  const logit = product(builder, answer, h, 1);
  const score = builder.op('LOGISTIC', [logit], [1, 1], { name: 'score' });
  return builder.bytes([input], [score], 'A wake word of seqkit for openWakeWord');
}

/**
 * The state of a GRU after the last of T steps, from zeros (Cho et al. 2014, with the reset gate behind the product):
 * c = tanh(x Wh + r * (h Rh + bh)), h = c + z * (h - c).
 */
function lastState(builder: TfliteBuilder, gru: Layer, x: number, T: number): number {
  const [kernel, recurrent, bias] = gru.weights;
  const H = recurrent.shape[0];
  const biases = bias.get().data;
  /** Of the gates z and r, or of the candidate: rows of the transposed kernel. */
  const part = (name: string, weight: typeof kernel, half: 0 | 1, [from, to]: [number, number]): Product => {
    const inputs = weight.shape[0];
    return {
      ...{ name, inputs, outputs: to - from },
      weights: transposed(weight.get().data, inputs, 3 * H).subarray(from * inputs, to * inputs),
      bias: Array.from(biases).slice(half * 3 * H + from, half * 3 * H + to),
    };
  };
  const [gates, candidate]: [number, number][] = [
    [0, 2 * H],
    [2 * H, 3 * H],
  ];
  const steps = (name: string, range: [number, number]): number[] => {
    const all = product(builder, part(name, kernel, 0, range), x, T);
    return builder.split(all, 0, T, [1, range[1] - range[0]]);
  };
  const gateInputs = steps('gates', gates);
  const candidateInputs = steps('candidate', candidate);
  const apply = {
    gates: prepared(builder, part('gates_of_state', recurrent, 1, gates)),
    candidate: prepared(builder, part('candidate_of_state', recurrent, 1, candidate)),
  };
  const row = [1, H];
  let h = builder.floats('zeros', row, new Float32Array(H));
  for (let t = 0; t < T; t++) {
    const open = builder.op('ADD', [gateInputs[t], apply.gates(h, 1)], [1, 2 * H]);
    const [z, r] = builder.split(builder.op('LOGISTIC', [open], [1, 2 * H]), 1, 2, row);
    const kept = builder.op('MUL', [r, apply.candidate(h, 1)], row);
    const c = builder.op('TANH', [builder.op('ADD', [candidateInputs[t], kept], row)], row);
    const change = builder.op('MUL', [z, builder.op('SUB', [h, c], row)], row);
    h = builder.op('ADD', [c, change], row);
  }
  return h;
}

function product(
  builder: TfliteBuilder,
  weights: Product,
  x: number,
  rows: number,
  options: { relu?: boolean } = {},
): number {
  return prepared(builder, weights)(x, rows, options);
}

/** A product whose weights are in the file once, however often it is taken. */
function prepared(
  builder: TfliteBuilder,
  { name, inputs, outputs, weights, bias }: Product,
): (x: number, rows: number, options?: { relu?: boolean }) => number {
  const matrix = builder.floats(`${name}_kernel`, [outputs, inputs], weights);
  const vector = builder.floats(`${name}_bias`, [outputs], bias);
  return (x, rows, options) =>
    builder.op('FULLY_CONNECTED', [x, matrix, vector], [rows, outputs], options ?? {});
}
