import { SeqkitError } from '../rnn/errors.js';
import type { Tokens } from './vocabulary.js';

/** How a text is cut for truncated backpropagation through time. */
export interface CorpusShape {
  /** N, lanes read side by side. */
  batchSize: number;
  /** T, characters between updates. */
  seqLength: number;
  /** The share of the text, at its end, that is not trained on: from 0 up to but without 1. */
  heldOut: number;
}

/** A text in two: what is trained on, and the tail that training never sees. */
export interface CorpusSplit {
  readonly training: Tokens;
  /** Empty where nothing is held out. */
  readonly heldOut: Tokens;
}

/**
 * Cuts the tail off a text: the asked share, and at least one sequence of T + 1 characters.
 * @throws SeqkitError `bad-value` for a share out of range; `too-little-data` where what is
 *   left does not fill one batch of N x T characters
 */
export function splitCorpus(
  tokens: Tokens,
  { batchSize, seqLength, heldOut: share }: CorpusShape,
): CorpusSplit {
  if (!(share >= 0 && share < 1)) {
    throw new SeqkitError(`heldOut must be at least 0 and below 1, not ${share}.`, { code: 'bad-value' });
  }
  const tail = share === 0 ? 0 : Math.max(Math.floor(tokens.length * share), seqLength + 1);
  const cut = Math.max(0, tokens.length - tail);
  // Every character but the first is predicted from those before it.
  if (cut - 1 < batchSize * seqLength) throw tooShort(tokens.length, cut, { batchSize, seqLength });
  return { training: tokens.subarray(0, cut), heldOut: tokens.subarray(cut) };
}

function tooShort(
  length: number,
  left: number,
  { batchSize, seqLength }: Omit<CorpusShape, 'heldOut'>,
): SeqkitError {
  const needed = batchSize * seqLength + 1;
  const [largest, other] = [Math.max(batchSize, seqLength), Math.min(batchSize, seqLength)];
  // Halve the larger of the two until both fit, with the same tail or a little less.
  let [wide, narrow] = [largest, other];
  while (wide > 1 && wide * narrow + 1 > left * 0.9) {
    wide = Math.floor(wide / 2);
    if (wide < narrow) [wide, narrow] = [narrow, wide];
  }
  const [fewer, shorter] = batchSize >= seqLength ? [wide, narrow] : [narrow, wide];
  const smaller = `a smaller batch or shorter sequences, such as --batch ${fewer} --seq-length ${shorter}`;
  return new SeqkitError(
    `The text has ${length} characters, ${left} of them to train on; one batch of ${batchSize} lanes of ${seqLength} characters needs ${needed}.`,
    { code: 'too-little-data', hint: left > 40 ? `Take more text, or ${smaller}.` : 'Take more text.' },
  );
}
