import { Fingerprint } from '../../base/encoding/fingerprint.js';
import type { Program } from '../program/program.js';
import { hasMetrics, type OutputMetrics } from './metric-pass.js';
import { hyperOf } from './optimizers/optimizer-choice.js';
import type { Optimizer } from './optimizers/index.js';

/** What makes the training of one batch what it is, by name: to tell whether a checkpoint's state belongs to it. */
export function describeTraining(
  { steps }: Program,
  { loss, optimizer, metrics }: { loss: unknown; optimizer: Optimizer; metrics?: OutputMetrics | undefined },
): Record<string, string> {
  const settings = new Fingerprint();
  // As in the first release, whose checkpoints hold this: a carried state stands there by its name alone.
  const plain = (key: string, value: unknown): unknown => (key === 'carried' ? undefined : value);
  for (const step of steps) settings.add(JSON.stringify(step, plain));
  // Far apart, as a schedule may stay as it is for long.
  const rates = Array.from({ length: 40 }, (_, i) => hyperOf(optimizer, Math.round(1.6 ** i)));
  const { averages } = optimizer;
  return {
    // What happens once in a while may show at none of these steps.
    ...(averages && { 'moving averages of the weights': JSON.stringify(averages) }),
    loss: JSON.stringify(loss),
    optimizer: optimizer.name,
    'the learning rate or its schedule': new Fingerprint().add(JSON.stringify(rates)).toString(),
    'the settings of layers, loss or optimizer': settings.toString(),
    ...(hasMetrics(metrics) && { metrics: JSON.stringify(metrics) }),
  };
}
