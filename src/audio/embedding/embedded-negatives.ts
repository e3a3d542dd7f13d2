import { decodeSafetensors, encodeSafetensors } from '../../base/encoding/safetensors.js';
import { SeqkitError } from '../../base/errors.js';

const KIND = 'EmbeddedNegatives';
const FORMAT_VERSION = 1;

/** Who speaks in examples. */
export interface NegativeSpeaker {
  name: string;
  /** A language tag, such as `fr`. */
  language: string;
}

/** Examples of recorded speech that has been mixed and embedded: what it takes to train without its sound. */
export interface EmbeddedNegatives {
  /** Hash of the embedding that they were made by: to another one they are noise. */
  hash: string;
  /** Length of an example. */
  exampleSeconds: number;
  /** Embeddings of each example. */
  frames: number;
  /** Numbers of an embedding. */
  size: number;
  /** (examples, frames, size) */
  data: Float32Array;
  speakers: readonly NegativeSpeaker[];
  /** (examples), an index into `speakers` */
  speaker: Uint8Array;
  /** Where the recordings come from, and under which licence. */
  notice: string;
}

/** Of the deviation of each number, what one step of its code stands for: finer than the noise of training. */
const STEP = 0.35;

/**
 * Packs examples into one safetensors file: whole numbers, for each the change since the embedding before, which
 * compresses to half a byte each.
 */
export function encodeNegatives(negatives: EmbeddedNegatives): Uint8Array {
  const { data, frames, size, speaker } = negatives;
  const { means, deviations } = spreadOf(data, size);
  const scales = deviations.map((deviation) => Math.max(1e-6, STEP * deviation));
  const codes = new Int8Array(data.length);
  const code = (at: number, band: number) =>
    Math.max(-127, Math.min(127, Math.round((data[at] - means[band]) / scales[band])));
  eachNumber(speaker.length, frames, size, (stored, at, band, isFirst) => {
    // Differences wrap around, as they do where they are added up again.
    codes[stored] = code(at, band) - (isFirst ? 0 : code(at - size, band));
  });
  const { hash, exampleSeconds, speakers, notice } = negatives;
  return encodeSafetensors(
    {
      codes: { dtype: 'I8', shape: [speaker.length, size, frames], data: codes },
      scales: { dtype: 'F32', shape: [size], data: scales },
      means: { dtype: 'F32', shape: [size], data: means },
      speaker: { dtype: 'U8', shape: [speaker.length], data: speaker },
    },
    {
      ...{ format: 'seqkit', formatVersion: String(FORMAT_VERSION), kind: KIND, embedding: hash },
      ...{ exampleSeconds: String(exampleSeconds), speakers: JSON.stringify(speakers), notice },
    },
  );
}

/**
 * Opens such a file.
 * @param source what to call it in errors
 * @throws SeqkitError `bad-file` where it holds something else
 */
export function decodeNegatives(bytes: Uint8Array, source: string): EmbeddedNegatives {
  const { tensors, metadata } = decodeSafetensors(bytes, source);
  const [codes, scales, means, speaker] = ['codes', 'scales', 'means', 'speaker'].map((name) =>
    tensors.get(name),
  );
  const isOurs = metadata['kind'] === KIND && metadata['formatVersion'] === String(FORMAT_VERSION);
  if (!isOurs || !codes || !scales || !means || !speaker) {
    throw new SeqkitError(`${source} holds no embedded negatives that this release reads.`, {
      code: 'bad-file',
      hint: 'Install seqkit again.',
    });
  }
  const [examples, size, frames] = codes.shape;
  const data = new Float32Array(examples * size * frames);
  let sum = 0;
  eachNumber(examples, frames, size, (stored, at, band, isFirst) => {
    sum = (((isFirst ? 0 : sum) + Number(codes.data[stored])) << 24) >> 24;
    data[at] = Number(means.data[band]) + sum * Number(scales.data[band]);
  });
  return {
    ...{ hash: metadata['embedding'], exampleSeconds: Number(metadata['exampleSeconds']) },
    ...{ frames, size, data, notice: metadata['notice'] },
    speakers: JSON.parse(metadata['speakers']) as NegativeSpeaker[],
    speaker: Uint8Array.from(speaker.data as ArrayLike<number>),
  };
}

/**
 * Visits the numbers in the order that they are stored in: of each band of an example all frames in a row.
 * @param visit where it is stored, where it is in `data`, and whether it is of the first frame
 */
function eachNumber(
  examples: number,
  frames: number,
  size: number,
  visit: (stored: number, at: number, band: number, isFirst: boolean) => void,
): void {
  let stored = 0;
  for (let example = 0; example < examples; example++) {
    for (let band = 0; band < size; band++) {
      for (let frame = 0; frame < frames; frame++) {
        visit(stored++, (example * frames + frame) * size + band, band, frame === 0);
      }
    }
  }
}

/** The mean and the deviation of each number over rows (n, size). */
function spreadOf(data: Float32Array, size: number): { means: Float32Array; deviations: Float32Array } {
  const [sums, squares] = [new Float64Array(size), new Float64Array(size)];
  for (let i = 0; i < data.length; i++) {
    sums[i % size] += data[i];
    squares[i % size] += data[i] ** 2;
  }
  const rows = Math.max(1, data.length / size);
  return {
    means: Float32Array.from(sums, (sum) => sum / rows),
    deviations: Float32Array.from(squares, (square, band) =>
      Math.sqrt(Math.max(0, square / rows - (sums[band] / rows) ** 2)),
    ),
  };
}
