import { SeqkitError } from '../../base/errors.js';
import { isPlainObject, quoted } from '../../base/schema/index.js';
import { readSource, type FileSource } from '../../base/source/file-source.js';
import type { TextModel } from '../../text/model/text-model.js';
import { parseJson } from './json-file.js';
import { textModelOf, type RecurrentWeights } from './imported-text.js';
import { product, sideBySide, transposed, type NumberMatrix } from './number-matrix.js';

type Json = Readonly<Record<string, unknown>>;

/** What brain.js calls the token before the first character and after the last; here the end of a line. */
const END = '\n';

/** The token that brain.js has for characters which it does not know, and the character that says so in Unicode. */
const UNRECOGNIZED = 'unrecognized';
const REPLACEMENT = '\ufffd';

/** Tokens between an input and its output. */
const PAIR_MARKS = ['stop-input', 'start-output'];

/** The matrices of a GRU in the order of our gates: update z, reset r, candidate. */
const GRU_GATES = ['updateGate', 'resetGate', 'cellWrite'] as const;

/** Whether JSON is what `toJSON` of a recurrent network of brain.js gives. */
export function looksLikeBrain(json: unknown): json is Json {
  return isPlainObject(json) && typeof json['type'] === 'string' && Array.isArray(json['hiddenLayers']);
}

/**
 * Opens a character network of brain.js, `recurrent.GRU` or `recurrent.RNN`, from the JSON that `net.toJSON()` gives,
 * as a text model that is ready to write. A text is a line: it ends where brain.js would end it.
 * @param from the file's path, a URL, a Blob, its bytes, or the object itself
 * @throws SeqkitError `bad-file` for what is damaged, and for networks that have no counterpart: LSTM, whose cell brain.js
 *   leaves out, time steps, pairs of input and output, tokens that are no characters, layers of several sizes
 */
export async function fromBrain(from: FileSource | object): Promise<TextModel> {
  if (looksLikeBrain(from)) return brainModel(from, 'The network');
  const { bytes, name } = await readSource(from, 'fromBrain: from', {
    name: 'The network',
    kind: 'a network',
  });
  return brainModel(parseJson(bytes, name), name);
}

/** As `fromBrain`, of what the JSON holds. @param source what errors call it */
export async function brainModel(json: unknown, source: string): Promise<TextModel> {
  if (!looksLikeBrain(json)) throw damaged(source, 'it has no type and hiddenLayers');
  const type = json['type'] as string;
  if (type !== 'GRU' && type !== 'RNN') throw refusedType(source, type);
  const characters = [END, ...charactersOf(json, source)];
  const hidden = json['hiddenLayers'] as unknown[];
  if (hidden.length === 0) throw damaged(source, 'it has no hidden layer');
  const embedding = matrixOf(json['input'], 'input', source);
  checkShape(embedding, characters.length, undefined, 'input', source);
  const connector = matrixOf(json['outputConnector'], 'outputConnector', source);
  const units = connector.columns;
  checkShape(connector, characters.length, units, 'outputConnector', source);
  const output = matrixOf(json['output'], 'output', source);
  checkShape(output, characters.length, 1, 'output', source);
  const layers: RecurrentWeights[] = [];
  for (const [i, layer] of hidden.entries()) {
    const from = i === 0 ? embedding.columns : units;
    const weights = layerOf(layer, type, { from, units }, `hiddenLayers[${i}]`, source);
    // A table before the first kernel is a product of the two.
    layers.push(i === 0 ? { ...weights, kernel: product(embedding, weights.kernel) } : weights);
  }
  return textModelOf(source, {
    ...{ cell: type === 'GRU' ? 'gru' : 'relu', characters, lines: true, layers },
    ...{ output: transposed(connector), outputBias: output.data },
  });
}

function layerOf(
  layer: unknown,
  type: 'GRU' | 'RNN',
  { from, units }: { from: number; units: number },
  where: string,
  source: string,
): RecurrentWeights {
  if (!isPlainObject(layer)) throw damaged(source, `${where} is no layer`);
  const get = (name: string, columns: number): NumberMatrix => {
    const matrix = matrixOf(layer[name], `${where}.${name}`, source);
    if (matrix.rows !== units && columns !== 1) throw severalSizes(source, where, matrix.rows, units);
    checkShape(matrix, units, columns, `${where}.${name}`, source);
    return matrix;
  };
  const names =
    type === 'GRU'
      ? GRU_GATES.map((gate) => [`${gate}InputMatrix`, `${gate}HiddenMatrix`, `${gate}Bias`])
      : [['weight', 'transition', 'bias']];
  const gates = names.map(([input, own, bias]) => ({
    kernel: transposed(get(input, from)),
    recurrentKernel: transposed(get(own, units)),
    bias: transposed(get(bias, 1)),
  }));
  return {
    kernel: sideBySide(gates.map(({ kernel }) => kernel)),
    recurrentKernel: sideBySide(gates.map(({ recurrentKernel }) => recurrentKernel)),
    bias: sideBySide(gates.map(({ bias }) => bias)).data,
  };
}

function charactersOf(json: Json, source: string): string[] {
  const options = json['options'];
  const formatter = isPlainObject(options) ? options['dataFormatter'] : undefined;
  const characters = isPlainObject(formatter) ? formatter['characters'] : undefined;
  if (!isPlainObject(formatter) || !Array.isArray(characters)) {
    throw damaged(source, 'it has no options.dataFormatter.characters');
  }
  if (PAIR_MARKS.some((mark) => characters.includes(mark))) {
    throw new SeqkitError(
      `${source} is a network of brain.js that was trained on pairs of input and output.`,
      {
        code: 'bad-file',
        hint: 'Train a SequenceClassifier or Seq2Seq of seqkit on the same pairs.',
      },
    );
  }
  const seen = new Set<unknown>([END]);
  const named = (characters as unknown[]).map((each) => (each === UNRECOGNIZED ? REPLACEMENT : each));
  for (const character of named) {
    const isOne = typeof character === 'string' && [...character].length === 1;
    if (!isOne || seen.has(character)) {
      const why = isOne
        ? character === END
          ? 'a line feed, which ends a text here'
          : 'a character twice'
        : 'what is no single character';
      throw new SeqkitError(`${source} has among its tokens ${why}: ${quoted(String(character))}.`, {
        code: 'bad-file',
        hint: 'Train a TextModel of seqkit on the same texts.',
      });
    }
    seen.add(character);
  }
  return named as string[];
}

function matrixOf(value: unknown, where: string, source: string): NumberMatrix {
  const { rows, columns, weights } = isPlainObject(value) ? value : ({} as Json);
  const isWhole = (size: unknown): size is number => Number.isSafeInteger(size) && (size as number) >= 1;
  if (!isWhole(rows) || !isWhole(columns) || !Array.isArray(weights) || weights.length !== rows * columns) {
    throw damaged(source, `${where} is no matrix { rows, columns, weights }`);
  }
  const fault = (weights as unknown[]).findIndex((weight) => !Number.isFinite(weight));
  if (fault >= 0) throw damaged(source, `${where} holds what is no finite number at place ${fault}`);
  return { rows, columns, data: Float64Array.from(weights as number[]) };
}

function checkShape(
  { rows, columns }: NumberMatrix,
  expectedRows: number,
  expectedColumns: number | undefined,
  where: string,
  source: string,
): void {
  if (rows === expectedRows && columns === (expectedColumns ?? columns)) return;
  const expected = `(${expectedRows}, ${expectedColumns ?? 'any'})`;
  throw damaged(source, `${where} has the shape (${rows}, ${columns}), where ${expected} is expected`);
}

function severalSizes(source: string, where: string, found: number, units: number): SeqkitError {
  return new SeqkitError(
    `${source} has layers of several sizes: ${where} of ${found}, and the last of ${units}.`,
    { code: 'bad-file', hint: 'A TextModel has layers of one size. Train one on the same texts.' },
  );
}

function refusedType(source: string, type: string): SeqkitError {
  const [what, hint] =
    type === 'LSTM'
      ? [
          "an LSTM of brain.js, which multiplies the forget gate with the output before, as it has no cell. That is no LSTM, and no other layer's equation",
          "Train a TextModel with cell: 'lstm' on the same texts, or a GRU of brain.js, which is read.",
        ]
      : [
          `a ${quoted(type)} of brain.js, of which no text model is made`,
          'GRU and RNN of brain.recurrent are read. For series of numbers there is the SequenceRegressor.',
        ];
  return new SeqkitError(`${source} is ${what}.`, { code: 'bad-file', hint });
}

function damaged(source: string, cause: string): SeqkitError {
  return new SeqkitError(`${source} is no whole network of brain.js: ${cause}.`, {
    code: 'bad-file',
    hint: 'Write it again: JSON.stringify(net.toJSON()).',
  });
}
