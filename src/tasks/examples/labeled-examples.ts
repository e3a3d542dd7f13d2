import { SeqkitError } from '../../base/errors.js';
import { isPlainObject, quoted, someText, wrongValue } from '../../base/schema/index.js';
import type { Waveform } from '../../audio/signal/wav.js';
import {
  kindOfInput,
  parseInput,
  type InputKind,
  type NumberSequence,
  type SequenceInput,
} from './sequence-input.js';

/** What an example may hold besides its sequence. */
export interface Labeled {
  /** Its class. */
  readonly label: string;
  /** What it has in common with other examples, such as who speaks: one group is never on both sides of a split. */
  readonly group?: string | undefined;
  /** What reports call it, such as its file. */
  readonly name?: string | undefined;
}

/** A sequence with its class: text, numbers, or sound. */
export type LabeledExample = Labeled &
  ({ readonly text: string } | { readonly sequence: NumberSequence } | { readonly audio: Waveform });

/** Examples that were checked, field by field. */
export interface ExampleSet {
  readonly kind: InputKind;
  readonly inputs: readonly SequenceInput[];
  /** The label of each. */
  readonly given: readonly string[];
  /** The group of each, where any has one; an example without one is a group of its own. */
  readonly groups: readonly string[] | undefined;
  /** The name of each, where it has one. */
  readonly names: readonly (string | undefined)[];
}

/** Under which names examples hold their sequence. */
const FIELDS = { text: 'text', sequence: 'numbers', audio: 'sound' } as const satisfies Record<
  string,
  InputKind
>;

const KNOWN = new Set([...Object.keys(FIELDS), 'label', 'group', 'name']);

const EXPECTED = 'an array of examples, each { text, label }, { sequence, label } or { audio, label }';

/**
 * Checks examples, all of one kind.
 * @param where the argument, for errors, such as `train: examples`
 * @param kind what they must hold @default what the first of them holds
 * @throws SeqkitError `bad-value` or `bad-shape` that names the first faulty example; `too-little-data` where there is
 *   none
 */
export function parseExamples(examples: unknown, where: string, kind?: InputKind): ExampleSet {
  if (!Array.isArray(examples)) throw wrongValue(where, EXPECTED, examples);
  if (examples.length === 0) {
    throw new SeqkitError(`${where} is an empty array.`, {
      code: 'too-little-data',
      hint: `Give ${EXPECTED}.`,
    });
  }
  const set = {
    inputs: [] as SequenceInput[],
    given: [] as string[],
    groups: [] as string[],
    names: [] as (string | undefined)[],
  };
  let own = kind;
  let grouped = false;
  for (const [i, example] of Array.from(examples as unknown[]).entries()) {
    const name = `${where}[${i}]`;
    if (!isPlainObject(example)) throw wrongValue(name, 'an example such as { text, label }', example);
    const unknown = Object.keys(example).find((key) => !KNOWN.has(key));
    if (unknown !== undefined) {
      throw new SeqkitError(`${name} holds ${quoted(unknown)}, which means nothing here.`, {
        code: 'bad-value',
        hint: `What an example may hold is ${[...KNOWN].join(', ')}.`,
      });
    }
    const fields = (Object.keys(FIELDS) as (keyof typeof FIELDS)[]).filter(
      (key) => example[key] !== undefined,
    );
    if (fields.length !== 1) {
      throw wrongValue(name, 'an example with one of text, sequence and audio', example);
    }
    const [field] = fields;
    own ??= FIELDS[field];
    if (FIELDS[field] !== own) {
      const wanted = Object.entries(FIELDS).find(([, one]) => one === own)![0];
      throw new SeqkitError(`${name} has ${field}, where ${wanted} is wanted.`, {
        code: 'bad-value',
        hint: 'A model takes examples of one kind.',
      });
    }
    set.inputs.push(parseInput(own, example[field], `${name}.${field}`));
    set.given.push(someText.parse(example['label'], `${name}.label`));
    const group =
      example['group'] === undefined ? undefined : someText.parse(example['group'], `${name}.group`);
    grouped ||= group !== undefined;
    // Its own place is a group that no other has: names of groups are text that is not empty.
    set.groups.push(group === undefined ? `\u0000${i}` : `=${group}`);
    set.names.push(
      example['name'] === undefined ? undefined : someText.parse(example['name'], `${name}.name`),
    );
  }
  return { kind: own!, ...set, groups: grouped ? set.groups : undefined };
}

/** Inputs without labels, all of one kind. */
export function parseInputs(inputs: unknown, where: string, kind?: InputKind): SequenceInput[] {
  if (!Array.isArray(inputs)) {
    throw wrongValue(where, 'an array of sequences', inputs, 'Put it into an array, or call classify.');
  }
  return Array.from(inputs as unknown[], (input, i) => {
    const name = `${where}[${i}]`;
    return parseInput(kind ?? kindOfInput(input, name), input, name);
  });
}

/** Labels and the place of each example's among them. */
export interface Targets {
  /** In the order of the alphabet, by code units. */
  readonly labels: readonly string[];
  readonly classes: Int32Array;
}

/**
 * The labels of examples to train on.
 * @throws SeqkitError `too-little-data` where there are fewer than two labels, or one has a single example
 */
export function targetsOf(given: readonly string[]): Targets {
  const counts = new Map<string, number>();
  for (const label of given) counts.set(label, (counts.get(label) ?? 0) + 1);
  const labels = [...counts.keys()].sort();
  if (labels.length < 2) {
    throw new SeqkitError(`All examples have the label ${quoted(labels[0])}.`, {
      code: 'too-little-data',
      hint: 'Give examples of at least two labels.',
    });
  }
  const single = labels.filter((label) => counts.get(label) === 1);
  if (single.length > 0) {
    const [first, second] = single;
    const rest = single.length - 1;
    const others =
      rest === 0 ? '' : `, and so ${rest === 1 ? `has ${quoted(second)}` : `have ${rest} others`}`;
    throw new SeqkitError(`The label ${quoted(first)} has one example${others}.`, {
      code: 'too-little-data',
      hint: 'One is learned from, one is kept to judge by: give two or more of each label, or leave the label out.',
    });
  }
  return { labels, classes: classesOf(given, labels, 'train: examples') };
}

/** The place of each label. @throws SeqkitError `bad-value` for one that is not among them */
export function classesOf(given: readonly string[], labels: readonly string[], where: string): Int32Array {
  const places = new Map(labels.map((label, c) => [label, c]));
  return Int32Array.from(given, (label, i) => {
    const place = places.get(label);
    if (place !== undefined) return place;
    throw new SeqkitError(`${where}[${i}] has the label ${quoted(label)}, which the model does not know.`, {
      code: 'bad-value',
      hint: `Its labels are ${labels.slice(0, 20).map(quoted).join(', ')}${labels.length > 20 ? ' and others' : ''}.`,
    });
  });
}
