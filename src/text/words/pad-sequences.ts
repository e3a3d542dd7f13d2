import { SeqkitError } from '../../base/errors.js';
import { choice, number, optional, optionsSchema, wholeNumber, wrongValue } from '../../base/schema/index.js';
import { numbers, type Tensor } from '../../rnn/program/tensor.js';

export interface PadSequencesOptions {
  /** T. @default the longest sequence's */
  maxLength?: number;
  /** Where padding goes. @default 'pre' */
  padding?: 'pre' | 'post';
  /** Where sequences that are too long lose steps. @default 'pre' */
  truncating?: 'pre' | 'post';
  /** What padding is made of. @default 0 */
  value?: number;
}

const padOptions = optionsSchema<PadSequencesOptions>('padSequences', {
  maxLength: optional(wholeNumber({ min: 1, max: 2 ** 31 - 1 })),
  padding: optional(choice(['pre', 'post'])),
  truncating: optional(choice(['pre', 'post'])),
  value: optional(number()),
});

/** More numbers than a Tensor should hold. */
const MOST_NUMBERS = 2 ** 30;

/**
 * Sequences of different lengths as one Tensor (N, T), as Keras's `pad_sequences` makes it: whole numbers where all
 * are, else float32. Without `maxLength` T is the longest length, 1 at least.
 * @throws SeqkitError `bad-value` for what is no array of sequences; `bad-shape` for more numbers than fit
 */
export function padSequences(sequences: readonly ArrayLike<number>[], options?: PadSequencesOptions): Tensor {
  const { maxLength, padding = 'pre', truncating = 'pre', value = 0 } = padOptions.parse(options);
  if (!Array.isArray(sequences) || sequences.length === 0) {
    throw wrongValue('padSequences: sequences', 'an array of at least one sequence', sequences);
  }
  const given = Array.from(sequences as readonly unknown[], (one, i) =>
    numbers.parse(one, `padSequences: sequences[${i}]`),
  );
  const time = maxLength ?? given.reduce((longest, { length }) => Math.max(longest, length), 1);
  if (given.length * time > MOST_NUMBERS) {
    throw new SeqkitError(`${given.length} sequences of ${time} steps are more than 2^30 numbers.`, {
      code: 'bad-shape',
      hint: 'Give a smaller maxLength.',
    });
  }
  const isWhole = (x: number): boolean => (x | 0) === x;
  const whole = isWhole(value) && given.every((sequence) => Array.from(sequence).every(isWhole));
  const data = new (whole ? Int32Array : Float32Array)(given.length * time).fill(value);
  given.forEach((sequence, n) => {
    const kept = Math.min(sequence.length, time);
    const from = truncating === 'pre' ? sequence.length - kept : 0;
    const to = n * time + (padding === 'pre' ? time - kept : 0);
    for (let t = 0; t < kept; t++) data[to + t] = sequence[from + t];
  });
  return { data, shape: [given.length, time] };
}
