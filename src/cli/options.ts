import { InvalidArgumentError, Option } from 'commander';

/** The values an option accepts. Both ends are included unless `above` is given. */
export interface Range {
  readonly min?: number;
  readonly max?: number;
  /** A bound that itself is not accepted: `above: 0` for what must be positive. */
  readonly above?: number;
}

/**
 * A parser for an option that takes a whole number.
 *
 * @example program.option('--topn <n>', 'answers to print', wholeNumber({ min: 1, max: 1000 }), 5)
 */
export function wholeNumber(range: Range = {}): (text: string) => number {
  return numberParser('a whole number', Number.isSafeInteger, range);
}

/**
 * A parser for an option that takes any finite number.
 *
 * @example program.option('--temperature <t>', 'how daring', realNumber({ above: 0, max: 5 }), 1)
 */
export function realNumber(range: Range = {}): (text: string) => number {
  return numberParser('a number', Number.isFinite, range);
}

/** An option that takes a whole number. @param range of values accepted */
export function wholeOption(flags: string, description: string, range: Range): Option {
  return new Option(flags, description).argParser(wholeNumber(range));
}

/** An option that takes any finite number. @param range of values accepted */
export function realOption(flags: string, description: string, range: Range): Option {
  return new Option(flags, description).argParser(realNumber(range));
}

function numberParser(
  kind: string,
  isKind: (value: number) => boolean,
  range: Range,
): (text: string) => number {
  const { min = -Infinity, max = Infinity, above = -Infinity } = range;
  return (text) => {
    // Number('') and Number(' ') are 0, and an empty shell variable is no number.
    const value = text.trim() === '' ? NaN : Number(text);
    if (isKind(value) && value >= min && value <= max && (above === -Infinity || value > above)) return value;
    throw new InvalidArgumentError(`Expected ${kind}${describeRange(range)}.`);
  };
}

function describeRange({ min, max, above }: Range): string {
  if (min !== undefined && max !== undefined) return ` from ${min} to ${max}`;
  const parts: string[] = [];
  if (above !== undefined) parts.push(`above ${above}`);
  if (min !== undefined) parts.push(`of at least ${min}`);
  if (max !== undefined) parts.push(`of at most ${max}`);
  return parts.length === 0 ? '' : ` ${parts.join(' and ')}`;
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
