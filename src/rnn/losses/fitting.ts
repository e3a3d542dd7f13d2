import { SeqkitError } from '../../base/errors.js';
import type { Ending } from '../layers/layer.js';

/** A cross-entropy, by what decides which outputs it goes with. */
interface NamedCrossentropy {
  readonly name: string;
  readonly probabilities: 'softmax' | 'sigmoid';
  /** As it was given. */
  readonly fromLogits: boolean | undefined;
}

/** @throws SeqkitError `usage` where a cross-entropy contradicts what the layers say of the output */
export function checkFitsCrossentropy(
  { name, probabilities, fromLogits }: NamedCrossentropy,
  ending: Ending,
  output: string,
): void {
  const contradiction = (says: string, hint: string): SeqkitError =>
    new SeqkitError(`The output "${output}" ${says}.`, { code: 'usage', hint });
  if (ending === undefined) return;
  if (ending === 'logits') {
    if (fromLogits !== false) return;
    throw contradiction(
      `ends without an activation, so it gives logits; ${name} with fromLogits: false takes probabilities`,
      'Leave fromLogits out, or end with softmax or sigmoid.',
    );
  }
  if (fromLogits === true) {
    throw contradiction(
      `ends with ${ending}, so it gives probabilities; ${name} with fromLogits: true would apply ${probabilities} to them`,
      'Leave fromLogits out, or the activation.',
    );
  }
  if (ending === 'sigmoid' && probabilities === 'softmax' && fromLogits === undefined) {
    throw contradiction(
      `ends with sigmoid, whose probabilities are each by itself; ${name} takes shares of classes, which add up to 1`,
      'End with softmax, or take binaryCrossentropy.',
    );
  }
}

/** @throws SeqkitError `usage` where the output is no logits, which ctc takes */
export function checkFitsCTC(ending: Ending, output: string): void {
  if (ending === undefined || ending === 'logits') return;
  throw new SeqkitError(
    `The output "${output}" ends with ${ending}, so it gives probabilities; ctc takes logits and applies softmax itself.`,
    { code: 'usage', hint: 'Leave the activation out.' },
  );
}
