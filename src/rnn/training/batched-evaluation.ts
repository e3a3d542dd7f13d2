import { sizeOf, type Tensor } from '../program/tensor.js';
import type { BatchLoss } from './batch-loss.js';
import type { Examples } from './examples.js';
import type { MetricPass } from './metric-pass.js';
import type { ProgramSize } from './model-programs.js';
import type { Trainer } from './trainer.js';

/** Examples with the numbers of those to use, and the sizes of a batch of them. */
export interface Selection {
  examples: Examples;
  indices: Int32Array;
  size: ProgramSize;
}

/** The mean losses over a selection, without training. @param pass counts its metrics */
export async function meanLoss(
  trainer: Trainer,
  { examples, indices, size }: Selection,
  pass?: MetricPass,
): Promise<BatchLoss> {
  const sum = { loss: 0, outputs: [] as number[] };
  for (let start = 0; start < indices.length; start += size.batch) {
    const count = Math.min(size.batch, indices.length - start);
    const { loss, outputs } = await trainer.evaluate(size, examples, indices, start, count, pass);
    sum.loss += loss * count;
    outputs.forEach((own, i) => (sum.outputs[i] = (sum.outputs[i] ?? 0) + own * count));
  }
  return { loss: sum.loss / indices.length, outputs: sum.outputs.map((own) => own / indices.length) };
}

/** All outputs over a selection, each (N, T, F), (N, F) or (N, T, S, F). */
export async function predictions(
  trainer: Trainer,
  { examples, indices, size }: Selection,
): Promise<Tensor[]> {
  const total = indices.length;
  const results: { data: Float32Array; shape: number[] }[] = [];
  for (let start = 0; start < total; start += size.batch) {
    const count = Math.min(size.batch, total - start);
    const chosen = { indices, start, count };
    await trainer.predict(size, examples, chosen, (outputs) =>
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
