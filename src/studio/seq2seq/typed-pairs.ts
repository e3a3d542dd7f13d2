/** What may stand between a source and its target. */
const BETWEEN = /\s*(?:\t|->|=>|→)\s*/;

/**
 * Pairs as they are typed, one a line, as lines with a tab between source and target, which `parsePairs` reads.
 * The first sign of a line counts; a line without one stays, so that it can be told of.
 */
export const tabbed = (typed: string): string =>
  typed
    .split('\n')
    .map((line) => line.trim().replace(BETWEEN, '\t'))
    .join('\n');

/** Lines with tabs as one sees them. */
export const arrowed = (lines: string): string => lines.replace(/\r/g, '').replace(/\t/g, ' → ');

const TENS = ['twenty', 'thirty', 'forty', 'fifty', 'sixty', 'seventy', 'eighty', 'ninety'];
const ONES = ['', ' one', ' two', ' three', ' four', ' five', ' six', ' seven', ' eight', ' nine'];

/** Numbers from 20 to 99, from words to digits. */
export const FIRST_PAIRS = TENS.flatMap((ten, t) =>
  ONES.map((one, o) => `${ten}${one} → ${10 * (t + 2) + o}`),
).join('\n');
