import type { Sequential } from '../rnn/sequential.js';
import { Lanes } from './lanes.js';
import type { Tokens } from './vocabulary.js';

/** How well a model predicts a text. */
export interface TextLoss {
  /** The mean loss in nats per character. */
  loss: number;
  /** The same in bits. */
  bitsPerCharacter: number;
  /** How many characters were predicted. */
  characters: number;
}

/** Nats as bits. */
export function toBits(nats: number): number {
  return nats / Math.LN2;
}

/** Lanes at least this many sequences long hardly show that each begins with no context. */
const sequencesPerLane = 16;

/**
 * The mean loss of a compiled model over every character of a text but its first. Lanes begin
 * at zero state. Training is not disturbed: the state that it carries stays.
 * @param shape N at most, and T
 */
export async function textLoss(
  model: Sequential,
  tokens: Tokens,
  { batchSize, seqLength }: { batchSize: number; seqLength: number },
): Promise<TextLoss> {
  const laneSteps = sequencesPerLane * seqLength;
  const count = Math.max(1, Math.min(batchSize, Math.floor((tokens.length - 1) / laneSteps)));
  const lanes = new Lanes(tokens, { lanes: count, steps: seqLength });
  await model.resetStates('evaluate');
  let sum = 0;
  for (let k = 0; k < lanes.batches; k++) {
    const batch = lanes.batch(k);
    const { x, y, sampleWeight } = batch;
    const mean = await model.evaluate(x, y, {
      batchSize: count,
      ...(sampleWeight && { sampleWeight }),
    });
    // The model divides by N * T, whatever the weights.
    sum += mean * count * seqLength;
  }
  await model.resetStates('evaluate');
  const loss = sum / lanes.predictions;
  return { loss, bitsPerCharacter: toBits(loss), characters: lanes.predictions };
}
