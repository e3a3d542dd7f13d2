import type { ClipSet, TriggerModel } from '../../audio/index.js';
import { allThresholds, type HeldOutFigures } from './threshold-meaning.js';

/** What is laid under held-out clips, in decibels below their speech. */
const NOISE_DB = 10;
/** After so long without, the page gets its turn. */
const TURN_MS = 12;

/** How a model does on clips that it was not trained on, at each threshold that may be chosen. */
export async function heldOutFigures(model: TriggerModel, test: ClipSet): Promise<HeldOutFigures> {
  const { evaluateTrigger, testRecordings, tradeoffCurve } = await import('../../audio/index.js');
  const { scoreRecording } = await import('../../audio/advanced.js');
  let last = performance.now();
  const rest = async (): Promise<void> => {
    if (performance.now() - last < TURN_MS) return;
    await new Promise((resolve) => setTimeout(resolve));
    last = performance.now();
  };
  const scored = [];
  for (const recording of testRecordings(test, { signalToNoiseDb: NOISE_DB })) {
    scored.push(scoreRecording(model, recording, recording));
    await rest();
  }
  const { firing } = model.settings;
  const tradeoff = [];
  for (const threshold of allThresholds()) {
    tradeoff.push(...tradeoffCurve(scored, firing, [threshold]));
    await rest();
  }
  const { verdict, hours } = evaluateTrigger(scored, firing);
  return { clips: test.activates.length, hours, tradeoff, verdict };
}
