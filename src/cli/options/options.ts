import { InvalidArgumentError, Option } from 'commander';
import { number, wholeNumber as wholeNumberSchema, type Bounds } from '../../base/schema/values.js';
import type { Schema } from '../../base/schema/schema.js';

/**
 * A parser for an option that takes a whole number.
 *
 * @example program.option('--topn <n>', 'answers to print', wholeNumber({ min: 1, max: 1000 }), 5)
 */
export function wholeNumber(range: Bounds = {}): (text: string) => number {
  return numberParser(wholeNumberSchema(range));
}

/**
 * A parser for an option that takes any finite number.
 *
 * @example program.option('--temperature <t>', 'how daring', realNumber({ above: 0, max: 5 }), 1)
 */
export function realNumber(range: Bounds = {}): (text: string) => number {
  return numberParser(number(range));
}

/** An option that takes a whole number. @param range of values accepted */
export function wholeOption(flags: string, description: string, range: Bounds): Option {
  return new Option(flags, description).argParser(wholeNumber(range));
}

/** An option that takes any finite number. @param range of values accepted */
export function realOption(flags: string, description: string, range: Bounds): Option {
  return new Option(flags, description).argParser(realNumber(range));
}

/** Numbers as people write them: `16`, `-0.5`, `1e-3`; no hexadecimal, no Infinity. */
const DECIMAL = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

function numberParser(schema: Schema<number>): (text: string) => number {
  return (text) => {
    try {
      return schema.parse(DECIMAL.test(text.trim()) ? Number(text) : NaN, '');
    } catch {
      throw new InvalidArgumentError(`Expected ${schema.expected}.`);
    }
  };
}

/** `--json`: one JSON value on stdout in place of text. Every command has it. */
export function jsonOption(): Option {
  return new Option('--json', 'print one JSON value').default(false);
}

/** `--seed <n>`: what is random follows from it. */
export function seedOption(fallback = 1): Option {
  return new Option('--seed <n>', 'seed of all that is random')
    .argParser(wholeNumber({ min: 0, max: 2 ** 32 - 1 }))
    .default(fallback);
}

/** `--engine <name>`: what computes. The names are those of `engineChoices`, whose module is slow to import. */
export function engineOption(): Option {
  return new Option('--engine <name>', 'what computes')
    .choices(['auto', 'wasm', 'reference', 'gpu', 'gpu:webgpu', 'gpu:webgl2', 'gpu:webasm', 'gpu:cpu'])
    .default('auto');
}

/** `--no-verify`: a file of ours is opened without its digest, to save the time or to look into a damaged one. */
export function verifyOption(what = 'the model'): Option {
  return new Option('--no-verify', `open ${what} without a look at its digest, whether damaged or not`);
}

/** `--threads <n>`: of the wasm engine; without it, what suits the machine. */
export function threadsOption(): Option {
  return new Option(
    '--threads <n>',
    'of the wasm engine; changes no number (default: what suits the machine)',
  ).argParser(wholeNumber({ min: 1, max: 64 }));
}

/** `--force`: without it, no command overwrites a file. */
export function forceOption(): Option {
  return new Option('--force', 'overwrite the output if it is there').default(false);
}

/** `--repair`: damaged sound files are read as far as they go. */
export function repairOption(): Option {
  return new Option('--repair', 'keep what is readable of damaged files, and say what was lost').default(
    false,
  );
}

/** `--spoken`: how much espeak-ng says for training. */
export function spokenOption(): Option {
  return new Option(
    '--spoken <minutes>',
    'running speech by espeak-ng among the negatives, and words like the trigger word, where it is installed; 0 for none',
  )
    .argParser(realNumber({ min: 0, max: 600 }))
    .default(150);
}
