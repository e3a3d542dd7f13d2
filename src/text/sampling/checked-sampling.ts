import { SeqkitError } from '../../base/errors.js';
import { Random } from '../../base/math/random.js';
import { instanceOf, number, numbersOf, optionsSchema } from '../../base/schema/index.js';
import * as sampling from './sampling.js';
import { samplingOptions, samplingTable, type SamplingOptions } from './sampling.js';

// The functions of sampling.ts as others call them: what they are given is checked first, which the loops of ours
// do once before they begin.

const logitsOf = numbersOf();
const probabilitiesOf = numbersOf({
  expected: 'a finite number of at least 0',
  takes: (value) => value >= 0 && value < Infinity,
});
const tokensOf = numbersOf({
  expected: 'a token, a whole number of at least 0',
  takes: (value) => Number.isSafeInteger(value) && value >= 0,
});
const random = instanceOf(Random, 'a Random');
const cut = optionsSchema<Pick<SamplingOptions, 'topK' | 'topP'>>('nucleus', {
  topK: samplingTable.topK,
  topP: samplingTable.topP,
});
const penalty = optionsSchema<Pick<SamplingOptions, 'repetitionPenalty' | 'repetitionWindow'>>('penalize', {
  repetitionPenalty: samplingTable.repetitionPenalty,
  repetitionWindow: samplingTable.repetitionWindow,
});

function logitsFor(where: string, value: unknown): ArrayLike<number> {
  const logits = logitsOf.parse(value, `${where}: logits`);
  if (logits.length > 0) return logits;
  throw new SeqkitError(`${where}: there are no logits, so no token can come.`, { code: 'bad-value' });
}

function probabilitiesFor(where: string, value: unknown): ArrayLike<number> {
  const probabilities = probabilitiesOf.parse(value, `${where}: probabilities`);
  for (let i = 0; i < probabilities.length; i++) if (probabilities[i] > 0) return probabilities;
  throw new SeqkitError(`${where}: no probability is above 0, so no token can come.`, { code: 'bad-value' });
}

/** As `sampling.ts` has it. @throws SeqkitError `bad-value`; `usage`; `diverged` */
export function sampleToken(
  logits: ArrayLike<number>,
  source: Random,
  options: SamplingOptions = {},
  before: ArrayLike<number> = [],
): number {
  const numbers = logitsFor('sampleToken', logits);
  const given = samplingOptions.parse(options, 'sampleToken');
  return sampling.sampleToken(
    numbers,
    random.parse(source, 'sampleToken: random'),
    given,
    earlier('sampleToken', before, numbers),
  );
}

/** The logits with the repetition penalty; the same array where there is none. */
export function penalize(
  logits: ArrayLike<number>,
  before: ArrayLike<number>,
  options: Pick<SamplingOptions, 'repetitionPenalty' | 'repetitionWindow'>,
): ArrayLike<number> {
  const numbers = logitsFor('penalize', logits);
  return sampling.penalize(numbers, earlier('penalize', before, numbers), penalty.parse(options));
}

function earlier(where: string, before: unknown, logits: ArrayLike<number>): ArrayLike<number> {
  const tokens = tokensOf.parse(before, `${where}: before`);
  const below = number({ min: 0, below: logits.length });
  for (let i = 0; i < tokens.length; i++) below.parse(tokens[i], `${where}: before[${i}]`);
  return tokens;
}

/** The distribution cut to its likeliest tokens, and normalized again: see `SamplingOptions`. */
export function nucleus(
  probabilities: Float64Array,
  options: Pick<SamplingOptions, 'topK' | 'topP'>,
): Float64Array {
  const given = probabilitiesFor('nucleus', probabilities);
  const floats = given instanceof Float64Array ? given : Float64Array.from(given);
  return sampling.nucleus(floats, cut.parse(options));
}

/** The number of the greatest logit, the first of equals. @throws SeqkitError `diverged` where none is finite */
export function likeliest(logits: ArrayLike<number>): number {
  return sampling.likeliest(logitsFor('likeliest', logits));
}

/** softmax(logits / temperature). @throws SeqkitError `bad-value` for a temperature that is not above 0 */
export function distribution(logits: ArrayLike<number>, temperature = 1): Float64Array {
  const numbers = logitsFor('distribution', logits);
  return sampling.distribution(numbers, number({ above: 0 }).parse(temperature, 'distribution: temperature'));
}

/** A number below the length, each as likely as its probability says. */
export function draw(probabilities: ArrayLike<number>, source: Random): number {
  return sampling.draw(probabilitiesFor('draw', probabilities), random.parse(source, 'draw: random'));
}
