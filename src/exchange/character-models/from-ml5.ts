import { SeqkitError } from '../../base/errors.js';
import { firstNotFinite } from '../../base/encoding/finite-numbers.js';
import { isPlainObject, quoted, wrongValue } from '../../base/schema/index.js';
import { readSource, type FileSource } from '../../base/source/file-source.js';
import type { TextModel } from '../../text/model/text-model.js';
import { parseJson } from './json-file.js';
import { textModelOf, type RecurrentWeights } from './imported-text.js';
import { product, rowsOf, sideBySide, type NumberMatrix } from './number-matrix.js';

type Json = Readonly<Record<string, unknown>>;

/** The files of a model by their names: `manifest.json`, `vocab.json`, and those that the manifest names. */
export type Ml5Files = Readonly<Record<string, FileSource>>;

/** Where a layer's blocks i, f, g, o stand among those of TensorFlow 1, which are i, j, f, o; j is our g. */
const BLOCKS = [0, 2, 1, 3];

/** What TensorFlow 1 adds to the forget gate as it runs. */
const FORGET_BIAS = 1;

const CELL = /(?:cell|lstm)_(\d+)(?!\d).*(kernel|weights|bias|biases)$/;

/** What a checkpoint keeps of the training alone. */
const OF_TRAINING = /(?:Adam(?:_\d+)?|beta\d_power|global_step)$/;

/** Whether JSON is the manifest of an ml5 model: names with a file and a shape each. */
export function looksLikeManifest(json: unknown): json is Json {
  return isPlainObject(json) && Object.keys(json).length > 0 && Object.values(json).every(isEntry);
}

/**
 * Opens a character model of ml5, `ml5.charRNN`, or of its trainer (LSTMs of TensorFlow 1) as a text model that is ready
 * to write.
 * @param from its folder, or in a page its files by their names
 * @throws SeqkitError `file-access` where a file is missing; `bad-file` for what is damaged or no such model
 */
export async function fromMl5(from: string | Ml5Files): Promise<TextModel> {
  if (typeof from !== 'string' && !isPlainObject(from)) {
    throw wrongValue('fromMl5: from', 'the path of a folder, or files by their names', from);
  }
  const read = async (name: string, kind: string): Promise<{ bytes: Uint8Array; source: string }> => {
    if (typeof from !== 'string' && !Object.hasOwn(from, name)) {
      throw new SeqkitError(`The model of ml5 has no file ${quoted(name)}.`, {
        code: 'file-access',
        hint: 'Give all files of its folder.',
      });
    }
    const place = typeof from === 'string' ? `${from.replace(/\/+$/, '')}/${name}` : from[name];
    const file = await readSource(place, 'fromMl5: from', { name, kind });
    return { bytes: file.bytes, source: file.name };
  };
  const { bytes, source } = await read('manifest.json', 'the manifest of the model');
  const manifest = parseJson(bytes, source);
  if (!looksLikeManifest(manifest)) throw damaged(source, 'is no manifest of names with { filename, shape }');
  const tensors = new Map<string, NumberMatrix>();
  for (const [name, entry] of Object.entries(manifest)) {
    const { filename, shape } = entry as { filename: string; shape: number[] };
    if (/[/\\]/.test(filename) || filename.startsWith('.')) {
      throw damaged(source, `names the file ${quoted(filename)}, which is not one beside it`);
    }
    const file = await read(filename, `the weights ${quoted(name)}`);
    tensors.set(name, matrixOf(file.bytes, shape, file.source));
  }
  const vocabulary = await read('vocab.json', 'the vocabulary of the model');
  const characters = charactersOf(parseJson(vocabulary.bytes, vocabulary.source), vocabulary.source);
  return textModelOf(source, {
    cell: 'lstm',
    lines: false,
    characters,
    ...partsOf(tensors, characters.length, source),
  });
}

function partsOf(tensors: ReadonlyMap<string, NumberMatrix>, V: number, source: string) {
  const cells = new Map<number, { kernel?: NumberMatrix; bias?: NumberMatrix }>();
  let [output, outputBias, embedding]: (NumberMatrix | undefined)[] = [];
  for (const [name, tensor] of tensors) {
    if (OF_TRAINING.test(name)) continue;
    const [, number, kind] = CELL.exec(name) ?? [];
    if (number !== undefined) {
      const cell = cells.get(Number(number)) ?? {};
      cells.set(Number(number), { ...cell, [kind.startsWith('bias') ? 'bias' : 'kernel']: tensor });
    } else if (/softmax_w$/.test(name)) output = tensor;
    else if (/softmax_b$/.test(name)) outputBias = tensor;
    else if (/embedding$/.test(name)) embedding = tensor;
    else throw damaged(source, `names ${quoted(name)}, which no character model of ml5 has`);
  }
  if (!output || !outputBias || cells.size === 0) {
    throw damaged(source, 'names no softmax_w, softmax_b and cell_0, which a character model has');
  }
  const H = output.rows;
  check(output, H, V, 'softmax_w', source);
  check(outputBias, 1, V, 'softmax_b', source);
  if (embedding) check(embedding, V, embedding.columns, 'embedding', source);
  const layers = Array.from({ length: cells.size }, (_, i): RecurrentWeights => {
    const { kernel, bias } = cells.get(i) ?? {};
    if (!kernel || !bias) throw damaged(source, `does not name kernel and bias of cell ${i}`);
    const D = i > 0 ? H : (embedding?.columns ?? V);
    check(kernel, D + H, 4 * H, `the kernel of cell ${i}`, source);
    check(bias, 1, 4 * H, `the bias of cell ${i}`, source);
    const ordered = blocksInOrder(kernel, H);
    const own = rowsOf(ordered, 0, D);
    return {
      // A table before the first kernel is a product of the two.
      kernel: i === 0 && embedding ? product(embedding, own) : own,
      recurrentKernel: rowsOf(ordered, D, D + H),
      bias: blocksInOrder(bias, H).data.map((value, at) =>
        Math.floor(at / H) === 1 ? value + FORGET_BIAS : value,
      ),
    };
  });
  return { layers, output, outputBias: outputBias.data };
}

function blocksInOrder(matrix: NumberMatrix, H: number): NumberMatrix {
  const block = (number: number): NumberMatrix => {
    const { rows, columns, data } = matrix;
    const part = new Float64Array(rows * H);
    for (let row = 0; row < rows; row++) {
      const start = row * columns + number * H;
      part.set(data.subarray(start, start + H), row * H);
    }
    return { rows, columns: H, data: part };
  };
  return sideBySide(BLOCKS.map(block));
}

/** Vectors count as one row. */
function matrixOf(bytes: Uint8Array, shape: readonly number[], source: string): NumberMatrix {
  const [rows, columns] = shape.length === 1 ? [1, shape[0]] : shape;
  if (bytes.length !== rows * columns * 4) {
    throw damaged(
      source,
      `has ${bytes.length} bytes, where (${shape.join(', ')}) floats take ${rows * columns * 4}`,
    );
  }
  const data = new Float32Array(bytes.slice().buffer);
  const fault = firstNotFinite(data);
  if (fault >= 0) throw damaged(source, `holds ${data[fault]} at place ${fault}`);
  return { rows, columns, data: Float64Array.from(data) };
}

function charactersOf(json: unknown, source: string): string[] {
  const characters: string[] = [];
  const entries = isPlainObject(json) ? Object.entries(json) : [];
  for (const [character, token] of entries) {
    const isToken = Number.isInteger(token) && (token as number) >= 0 && (token as number) < entries.length;
    if (!isToken || [...character].length !== 1 || characters[token as number] !== undefined) {
      throw damaged(
        source,
        `gives ${quoted(character)} the number ${String(token)}: single characters are numbered from 0`,
      );
    }
    characters[token as number] = character;
  }
  if (characters.length === 0) throw damaged(source, 'names no character');
  return characters;
}

function check(matrix: NumberMatrix, rows: number, columns: number, what: string, source: string): void {
  if (matrix.rows === rows && matrix.columns === columns) return;
  throw damaged(
    source,
    `gives ${what} the shape (${matrix.rows}, ${matrix.columns}), where (${rows}, ${columns}) is expected`,
  );
}

function isEntry(value: unknown): boolean {
  if (!isPlainObject(value) || typeof value['filename'] !== 'string') return false;
  const { shape } = value;
  const isSize = (size: unknown) => Number.isSafeInteger(size) && (size as number) >= 1;
  return Array.isArray(shape) && shape.length >= 1 && shape.length <= 2 && shape.every(isSize);
}

function damaged(source: string, cause: string): SeqkitError {
  return new SeqkitError(`${source} ${cause}.`, {
    code: 'bad-file',
    hint: 'Copy the whole folder of the model again.',
  });
}
