import { SeqkitError } from '../../base/errors.js';
import { Random } from '../../base/math/random.js';
import type { TextLines } from './line-batches.js';
import { TEXT_WORDS, type TextWords } from './text-source.js';
import { fieldsOf, number, wholeNumber } from '../../base/schema/index.js';
import { partOf, tokenStore, type TokenStore } from './token-store.js';

/** How a text is cut for truncated backpropagation through time. */
export interface CorpusShape {
  /** N, rows read side by side. */
  batchSize: number;
  /** T, characters between updates. */
  seqLength: number;
  /** The share that is measured on as training goes: from 0 up to but without 1. */
  heldOut: number;
  /** The share at the very end that is measured on once, after training. */
  test: number;
}

/** A text in three: what is trained on, and what training never sees. Empty where nothing is held out. */
export interface CorpusSplit<Part = TokenStore> {
  readonly training: Part;
  readonly heldOut: Part;
  readonly test: Part;
}

/** No more is held out where no share is given: it is measured at every checkpoint. */
const MAX_HELD_OUT = 1_000_000;

/** The share to hold out where none was asked for: a tenth, of large texts a million tokens. */
export function usualHeldOut(length: number): number {
  return Math.min(0.1, MAX_HELD_OUT / Math.max(1, length));
}

const share = number({ min: 0, below: 1 });
const corpusShape = fieldsOf<CorpusShape>('{ batchSize, seqLength, heldOut, test }', {
  batchSize: wholeNumber({ min: 1 }),
  seqLength: wholeNumber({ min: 1 }),
  heldOut: share,
  test: share,
});

/**
 * Cuts the tails off a text: the asked shares, the last for the test, and of each that is above 0 at
 * least one sequence of T + 1 tokens.
 * @throws SeqkitError `bad-value` for shares out of range; `too-little-data` where what is
 *   left does not fill one batch of N x T characters
 */
export function splitCorpus(tokens: TokenStore, shape: CorpusShape): CorpusSplit {
  tokenStore.parse(tokens, 'splitCorpus: tokens');
  const checked = corpusShape.parse(shape, 'splitCorpus: shape');
  return splitTokens(tokens, checked, TEXT_WORDS);
}

/** `splitCorpus` of what is checked already. @param words what its errors call the text */
export function splitTokens(
  tokens: TokenStore,
  { batchSize, seqLength, heldOut, test }: CorpusShape,
  words: TextWords,
): CorpusSplit {
  checkShares(heldOut, test);
  const tail = (share: number): number =>
    share === 0 ? 0 : Math.max(Math.floor(tokens.length * share), seqLength + 1);
  const testStart = Math.max(0, tokens.length - tail(test));
  const cut = Math.max(0, testStart - tail(heldOut));
  // Every token but the first is predicted from those before it.
  if (cut - 1 < batchSize * seqLength) {
    throw tooShort({ length: tokens.length, left: cut }, { batchSize, seqLength }, words);
  }
  return {
    training: partOf(tokens, 0, cut),
    heldOut: partOf(tokens, cut, testStart),
    test: partOf(tokens, testStart, tokens.length),
  };
}

/**
 * Shares the lines of a text out by chance: lists are often sorted, and a tail would be of one kind.
 * @returns the numbers of the lines, each part in the order of the text
 * @throws SeqkitError `bad-value` for shares out of range; `too-little-data` for fewer lines to train on
 *   than a batch takes
 */
export function splitLines(
  lines: TextLines,
  { batchSize, heldOut, test }: Omit<CorpusShape, 'seqLength'>,
  seed: number,
): CorpusSplit<Uint32Array<ArrayBuffer>> {
  checkShares(heldOut, test);
  const order = Uint32Array.from({ length: lines.length }, (_, line) => line);
  new Random(seed).fork('held-out lines').shuffle(order);
  const count = (share: number): number => (share === 0 ? 0 : Math.max(1, Math.floor(lines.length * share)));
  const testStart = Math.max(0, lines.length - count(test));
  const cut = Math.max(0, testStart - count(heldOut));
  if (cut < batchSize) {
    throw new SeqkitError(
      `The text has ${lines.length} line${lines.length === 1 ? ' that is' : 's that are'} not empty, ${cut} of them to train on; one batch takes ${batchSize}.`,
      {
        code: 'too-little-data',
        hint:
          cut > 1
            ? `Take more lines, or a smaller batch, such as batchSize: ${Math.ceil(cut / 2)}.`
            : 'Take more lines.',
      },
    );
  }
  return {
    training: order.slice(0, cut).sort(),
    heldOut: order.slice(cut, testStart).sort(),
    test: order.slice(testStart).sort(),
  };
}

/** @throws SeqkitError `bad-value` for shares that leave nothing to train on */
export function checkShares(heldOut: number, test: number): void {
  if (heldOut + test < 1) return;
  throw new SeqkitError(`heldOut: ${heldOut} and test: ${test} together leave nothing to train on.`, {
    code: 'bad-value',
  });
}

function tooShort(
  { length, left }: { length: number; left: number },
  { batchSize, seqLength }: Pick<CorpusShape, 'batchSize' | 'seqLength'>,
  { itHas, more, unit }: TextWords,
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
  const smaller = `a smaller batch or shorter sequences, such as batchSize: ${fewer} and seqLength: ${shorter}`;
  return new SeqkitError(
    `${itHas} ${length} ${unit}${length === 1 ? '' : 's'}, ${left} of them to train on; one batch of ${batchSize} rows of ${seqLength} ${unit}s needs ${needed}.`,
    { code: 'too-little-data', hint: left > 40 ? `Take ${more}, or ${smaller}.` : `Take ${more}.` },
  );
}
