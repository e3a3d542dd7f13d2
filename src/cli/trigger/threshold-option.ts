import { InvalidArgumentError, Option } from 'commander';
import { realNumber } from '../options/options.js';

/** A smoothed score of all words, or by word. */
export type Threshold = number | Record<string, number>;

/** `--threshold`: a number, or `word=number` for some of several words, once or more. */
export function thresholdOption(): Option {
  return new Option(
    '--threshold <p>',
    "smoothed score at which it fires, or word=score of one of several, once for each (default: the model's)",
  ).argParser(parseThreshold);
}

const score = realNumber({ above: 0, max: 1 });

/** @param before what was given so far */
export function parseThreshold(text: string, before?: Threshold): Threshold {
  const at = text.lastIndexOf('=');
  if (at < 0) {
    if (typeof before === 'object')
      throw new InvalidArgumentError('Give one for all words, or word=score for each.');
    return score(text);
  }
  if (typeof before === 'number')
    throw new InvalidArgumentError('Give one for all words, or word=score for each.');
  const word = text.slice(0, at);
  if (word === '') throw new InvalidArgumentError('There is no word before "=".');
  if (before !== undefined && Object.hasOwn(before, word))
    throw new InvalidArgumentError(`"${word}" is there twice.`);
  return { ...before, [word]: score(text.slice(at + 1)) };
}
