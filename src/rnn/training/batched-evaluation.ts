import type { BatchLoss } from './batch-loss.js';
import type { Selection } from './batched-prediction.js';
import type { MetricPass } from './metric-pass.js';
import type { Trainer } from './trainer.js';

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
