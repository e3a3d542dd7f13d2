import type { MelFilter } from '../../../audio/signal/mel.js';
import type { Writing } from '../write/writing.js';

/** Frames of sound under a window, and which bins of their spectrum are wanted. */
export interface Frames {
  readonly frameSamples: number;
  readonly hopSamples: number;
  /** (frameSamples) */
  readonly window: ArrayLike<number>;
  /** From the first up to the last, which is among them. */
  readonly bins: readonly [first: number, last: number];
}

/**
 * Samples (N, S) to powers (N, F, bins): the discrete Fourier transform as two convolutions. Their kernels, window times
 * cosine and window times sine, are made in the graph of one turn of each curve: bin k at sample n stands at place k n
 * modulo frameSamples. So they take a few kB of the file in place of a MB, and runtimes make them once.
 */
export function writePowers(writing: Writing, samples: string, frames: Frames): string {
  const { frameSamples: size, hopSamples, window, bins } = frames;
  const { builder } = writing;
  const op = writing.op.bind(writing);
  const count = (from: number, to: number): string =>
    op('Range', [builder.int(from), builder.int(to), builder.int(1)]);
  const rows = op('Unsqueeze', [count(bins[0], bins[1] + 1), builder.ints(1)]);
  const places = op('Mod', [op('Mul', [rows, count(0, size)]), builder.int(size)]);
  const shape = builder.floats('window', [size], window);
  const sound = op('Unsqueeze', [samples, builder.ints(1)]);
  const squares = ([Math.cos, Math.sin] as const).map((curve) => {
    const turn = Float32Array.from({ length: size }, (_, n) => curve((2 * Math.PI * n) / size));
    const waves = op('Gather', [builder.floats('turn', [size], turn), places], { axis: 0 });
    const kernel = op('Unsqueeze', [op('Mul', [waves, shape]), builder.ints(1)]);
    const part = op('Conv', [sound, kernel], { kernel_shape: [size], strides: [hopSamples] });
    return op('Mul', [part, part]);
  });
  return op('Transpose', [op('Add', squares)], { perm: [0, 2, 1] });
}

/** The bins that mel filters have weights for. */
export function binsOf(filters: readonly MelFilter[]): readonly [first: number, last: number] {
  return [
    Math.min(...filters.map(({ firstBin }) => firstBin)),
    Math.max(...filters.map(({ firstBin, weights }) => firstBin + weights.length - 1)),
  ];
}

/** Powers (N, F, bins) to the powers of mel bands (N, F, bands). @param factor of every power */
export function writeMel(
  writing: Writing,
  powers: string,
  filters: readonly MelFilter[],
  factor = 1,
): string {
  const [first, last] = binsOf(filters);
  const bands = filters.length;
  const matrix = new Float32Array((last - first + 1) * bands);
  filters.forEach(({ firstBin, weights }, band) =>
    weights.forEach((weight, i) => (matrix[(firstBin - first + i) * bands + band] = weight * factor)),
  );
  const mel = writing.builder.floats('mel', [last - first + 1, bands], matrix);
  return writing.op('MatMul', [powers, mel]);
}

/** (x - mean) / deviation */
export function writeNormalized(
  writing: Writing,
  x: string,
  { mean, deviation }: { readonly mean: number; readonly deviation: number },
): string {
  const { builder } = writing;
  const centred = writing.op('Sub', [x, builder.scalar(mean)]);
  return writing.op('Div', [centred, builder.scalar(deviation)]);
}
