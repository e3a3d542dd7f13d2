import { sizeOf, type Tensor } from '../program/tensor.js';
import type { Examples } from './examples.js';
import type { ProgramSize } from './forward-program.js';
import type { ProgramRunner } from './program-runner.js';

/** Examples with the numbers of those to use, and the sizes of a batch of them. */
export interface Selection {
  examples: Examples;
  indices: Int32Array;
  size: ProgramSize;
}

/** All outputs over a selection, each (N, T, F), (N, F) or (N, T, S, F). */
export async function predictions(
  runner: ProgramRunner,
  { examples, indices, size }: Selection,
): Promise<Tensor[]> {
  const total = indices.length;
  const results: { data: Float32Array; shape: number[] }[] = [];
  for (let start = 0; start < total; start += size.batch) {
    const count = Math.min(size.batch, total - start);
    const chosen = { indices, start, count };
    await runner.predict(size, examples, chosen, (outputs) =>
      outputs.forEach(({ rows, output }, i) => {
        const { time = 1, steps = 1 } = output;
        const shape = [output.time, output.steps, output.features].filter((size) => size !== undefined);
        const { data } = (results[i] ??= {
          data: new Float32Array(total * sizeOf(shape)),
          shape: [total, ...shape],
        });
        const features = steps * output.features;
        for (let n = 0; n < count; n++) {
          for (let t = 0; t < time; t++) {
            const from = (t * size.batch + n) * features;
            const to = ((start + n) * time + t) * features;
            for (let f = 0; f < features; f++) data[to + f] = rows[from + f];
          }
        }
      }),
    );
  }
  return results;
}
