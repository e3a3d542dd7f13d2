import type { Sequential } from '../../rnn/model/sequential.js';
import { ContiguousBatches } from '../corpus/contiguous-batches.js';
import type { TextBatches } from '../corpus/text-batches.js';
import type { TokenStore } from '../corpus/token-store.js';

/** Nats as bits. */
export function toBits(nats: number): number {
  return nats / Math.LN2;
}

/** Rows at least this many sequences long hardly show that each begins with no context. */
const SEQUENCES_PER_ROW = 16;

/** Batches to measure a text in: N at most, and T. */
export function measuringBatches(
  tokens: TokenStore,
  { batchSize, seqLength }: { batchSize: number; seqLength: number },
): TextBatches {
  const rowSteps = SEQUENCES_PER_ROW * seqLength;
  const rows = Math.max(1, Math.min(batchSize, Math.floor((tokens.length - 1) / rowSteps)));
  return new ContiguousBatches(tokens, { batchSize: rows, steps: seqLength });
}

/**
 * The loss of a compiled model over all predictions of a text, added up, in nats. Training is not
 * disturbed: the state that it carries stays.
 */
export async function textLoss(model: Sequential, text: TextBatches): Promise<number> {
  let sum = 0;
  for (let k = 0; k < text.batches; k++) {
    const { x, y, sampleWeight, scale, anew } = text.batch(k, 1);
    if (anew) await model.resetStates('evaluate');
    const mean = await model.evaluate(x, y, {
      batchSize: text.batchSize,
      ...(sampleWeight && { sampleWeight }),
    });
    sum += mean * scale;
  }
  await model.resetStates('evaluate');
  return sum;
}
