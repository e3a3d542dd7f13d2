import { Random } from '../../../base/math/random.js';
import type { LayerGraph } from '../../../rnn/graph/layer-graph.js';
import { slidingSteps } from '../../source/sample-steps.js';

/** Numbers and their shape. */
export interface Sample {
  readonly data: Float32Array;
  readonly shape: readonly number[];
}

/** Examples that are tried. */
export const EXAMPLES = 2;

/** Time steps of a piece, of which there are two. */
const STEPS = 12;

/** Seeds the sample. */
const SEED = 11;

export const countOf = (shape: readonly number[]): number =>
  shape.reduce((product, size) => product * size, 1);

/** A number of time steps that suits every stride and every window of the model. */
export function piecesOf(graph: LayerGraph): number {
  const { least, stride } = slidingSteps(graph);
  return Math.max(STEPS, Math.ceil(least / stride)) * stride;
}

/**
 * Tokens, or numbers about 0, the same every time.
 * @param input its name, which seeds it, whether it takes whole numbers, and its sizes: those that vary are no numbers
 * @param steps time steps where they vary
 * @param tokens of an input of tokens, how many there are
 */
export function sampleOf(
  {
    name,
    type,
    dims,
  }: { readonly name: string; readonly type: string; readonly dims: readonly (number | string | null)[] },
  steps: number,
  tokens = 1,
  examples: number = EXAMPLES,
): Sample {
  const random = new Random(SEED).fork(name);
  const shape = dims.map((size, axis) => (typeof size === 'number' ? size : axis === 0 ? examples : steps));
  const data = Float32Array.from({ length: countOf(shape) }, () =>
    type.startsWith('int') ? random.integer(tokens) : random.normal(),
  );
  return { data, shape };
}

/** Time steps of (N, T) or (N, T, D). */
export function stepsOf({ data, shape }: Sample, from: number, count: number): Sample {
  const [N, T, ...rest] = shape;
  const width = countOf(rest);
  const part = new Float32Array(N * count * width);
  for (let n = 0; n < N; n++) {
    part.set(data.subarray((n * T + from) * width, (n * T + from + count) * width), n * count * width);
  }
  return { data: part, shape: [N, count, ...rest] };
}

/** (N, T1, F), (N, T2, F) and so on to (N, T1 + T2 + ..., F). */
export function endToEnd(parts: readonly Sample[]): Sample {
  const [N, , ...rest] = parts[0].shape;
  const width = countOf(rest);
  const T = parts.reduce((total, { shape }) => total + shape[1], 0);
  const data = new Float32Array(N * T * width);
  let at = 0;
  for (const { data: piece, shape } of parts) {
    const length = shape[1] * width;
    for (let n = 0; n < N; n++) data.set(piece.subarray(n * length, (n + 1) * length), n * T * width + at);
    at += length;
  }
  return { data, shape: [N, T, ...rest] };
}
