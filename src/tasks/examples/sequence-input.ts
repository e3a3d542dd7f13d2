import { SeqkitError } from '../../base/errors.js';
import { isNumberArray, schemaOf, shown, wrongValue } from '../../base/schema/index.js';
import { float32Numbers } from './float32-numbers.js';
import { signal, soundSamples } from '../../audio/signal/samples.js';
import type { Waveform } from '../../audio/signal/wav.js';

/** A sequence of numbers, one a time step; or of rows of numbers, as many in each step. */
export type NumberSequence = ArrayLike<number> | readonly ArrayLike<number>[];

/** One sequence that a task's model takes: text, numbers, or sound. */
export type SequenceInput = string | NumberSequence | Waveform;

/** What a sequence is made of. */
export type InputKind = 'text' | 'numbers' | 'sound';

/** Numbers over time: (T, D), row by row. */
export interface NumberSteps {
  readonly data: Float32Array;
  readonly features: number;
}

const EXPECTED: Readonly<Record<InputKind, string>> = {
  text: 'text',
  numbers: 'numbers, one a time step, or an array of them for each step',
  sound: 'a waveform, { samples, sampleRate }',
};

/** Longer than any sequence that a model is worth training on: a slip, such as a file in place of its path. */
const MAX_NUMBERS = 2 ** 27;

/** @throws SeqkitError `bad-value` where the value is of another kind, empty, or holds what is no number */
export function parseInput(kind: InputKind, value: unknown, name: string): SequenceInput {
  if (kind === 'text') return someCharacters.parse(value, name);
  if (kind === 'sound') {
    const { samples, sampleRate } = signal.parse(value, name);
    soundSamples.parse(samples, `${name}.samples`);
    if (samples.length === 0) throw wrongValue(`${name}.samples`, 'at least one sample', samples);
    return { samples, sampleRate };
  }
  if (!isNumberArray(value)) throw wrongValue(name, EXPECTED.numbers, value);
  numberSteps(value, name);
  return value;
}

/** Which kind of sequence a value is, told by its looks. @throws SeqkitError `bad-value` where it is none */
export function kindOfInput(value: unknown, name: string): InputKind {
  if (typeof value === 'string') return 'text';
  if (isNumberArray(value)) return 'numbers';
  if (typeof value === 'object' && value !== null && 'samples' in value) return 'sound';
  throw wrongValue(name, Object.values(EXPECTED).join('; '), value);
}

/** A sequence of numbers laid out. @throws SeqkitError `bad-value` or `bad-shape` that names the first fault */
export function numberSteps(value: NumberSequence, name: string): NumberSteps {
  if (value.length === 0) throw wrongValue(name, 'at least one time step', value);
  if (!isNumberArray(value[0])) {
    const flat = float32Numbers.parse(value, name);
    return { data: Float32Array.from(flat), features: 1 };
  }
  const features = value[0].length;
  if (features === 0) throw wrongValue(`${name}[0]`, 'at least one number', value[0]);
  if (value.length * features > MAX_NUMBERS) throw wrongValue(name, 'at most 2^27 numbers', value);
  const data = new Float32Array(value.length * features);
  for (let t = 0; t < value.length; t++) {
    const step = float32Numbers.parse((value as readonly unknown[])[t], `${name}[${t}]`);
    if (step.length !== features) {
      throw new SeqkitError(
        `${name}[${t}] holds ${step.length} numbers, where the first time step holds ${features}.`,
        { code: 'bad-shape', hint: 'Give as many numbers for each time step.' },
      );
    }
    data.set(step, t * features);
  }
  return { data, features };
}

const someCharacters = schemaOf<string>(
  'text with at least one character that is no white space',
  (value) => typeof value === 'string' && value.trim() !== '',
);

/** A sequence as a short text, for reports. */
export function describeInput(input: SequenceInput): string {
  if (typeof input === 'string') return input;
  if ('samples' in input) {
    const { samples, sampleRate } = input;
    return `${(samples.length / sampleRate).toFixed(2)} s of sound`;
  }
  return shown(input);
}
