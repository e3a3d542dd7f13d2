import { firstNotFinite } from '../../base/encoding/finite-numbers.js';
import { SeqkitError } from '../../base/errors.js';
import { Dense } from '../../rnn/layers/dense.js';
import type { Layer } from '../../rnn/layers/layer.js';
import { GRU } from '../../rnn/layers/gru.js';
import { LSTM } from '../../rnn/layers/lstm.js';
import { OneHot } from '../../rnn/layers/one-hot.js';
import { SimpleRNN } from '../../rnn/layers/simple-rnn.js';
import { Sequential } from '../../rnn/model/sequential.js';
import { Vocabulary } from '../../text/corpus/vocabulary.js';
import { TextModel } from '../../text/model/text-model.js';
import { writeSettings } from '../../text/model/text-settings.js';
import { SeenLines } from '../../text/sampling/seen-lines.js';
import type { NumberMatrix } from './number-matrix.js';

/** Weights of a recurrent layer in our own layout: rows in, gates side by side. */
export interface RecurrentWeights {
  /** (D, G * H); of the first layer a row for each token. */
  readonly kernel: NumberMatrix;
  /** (H, G * H) */
  readonly recurrentKernel: NumberMatrix;
  /** G * H */
  readonly bias: ArrayLike<number>;
}

/** A network that writes text, read from another library's file. */
export interface ImportedText {
  readonly cell: 'lstm' | 'gru' | 'relu';
  /** Each of a token; a line feed is what stands before the first and after the last, where `lines`. */
  readonly characters: readonly string[];
  readonly lines: boolean;
  readonly layers: readonly RecurrentWeights[];
  /** (H, V) */
  readonly output: NumberMatrix;
  /** V */
  readonly outputBias: ArrayLike<number>;
}

/**
 * Makes a text model of weights whose shapes were checked.
 * @param source what errors call the file
 * @throws SeqkitError `bad-file` for weights that are no numbers of 32 bits
 */
export async function textModelOf(source: string, text: ImportedText): Promise<TextModel> {
  const { cell, characters, lines, layers, output, outputBias } = text;
  const units = output.rows;
  const recurrent = { units, returnSequences: true, stateful: true };
  const makeLayer = (): Layer => {
    if (cell === 'lstm') return new LSTM(recurrent);
    return cell === 'gru'
      ? new GRU({ ...recurrent, resetAfter: false })
      : new SimpleRNN({ ...recurrent, activation: 'relu' });
  };
  const stack = layers.map(makeLayer);
  const dense = new Dense({ units: characters.length });
  const model = new Sequential([new OneHot({ depth: characters.length }), ...stack, dense], {
    seed: 1,
    engine: 'wasm',
    threads: 1,
  });
  try {
    await model.build([1]);
    layers.forEach(({ kernel, recurrentKernel, bias }, i) =>
      setWeights(stack[i], [kernel.data, recurrentKernel.data, bias], source),
    );
    setWeights(dense, [output.data, outputBias], source);
    const architecture = {
      ...{ cell: cell === 'relu' ? ('rnn' as const) : cell, units, layers: layers.length },
      ...{ dropout: 0, residual: false, tied: false },
    };
    const described = writeSettings({
      learned: {},
      architecture,
      vocabulary: new Vocabulary(characters),
      training: undefined,
      lines: lines ? SeenLines.of([]) : undefined,
      extra: {},
    });
    return await TextModel.fromBytes(model.toBytes(described));
  } finally {
    await model.dispose();
  }
}

function setWeights(layer: Layer, values: readonly ArrayLike<number>[], source: string): void {
  layer.weights.forEach((weight, i) => {
    const floats = Float32Array.from(values[i]);
    const fault = firstNotFinite(floats);
    if (fault >= 0) {
      throw new SeqkitError(`${source} has weights that are beyond numbers of 32 bits.`, {
        code: 'bad-file',
        hint: 'Train the network again: this one diverged.',
      });
    }
    weight.set(floats);
  });
}
