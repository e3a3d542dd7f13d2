import { SeqkitError } from '../../base/errors.js';
import { isPlainObject } from '../../base/schema/index.js';
import type { EntityDescription, Intent, Intents } from './intents.js';

/** Aliases that one node may be reached by: more is a file made to fill memory. */
const MAX_ALIASES = 100;
const ITEM = /^\s*-\s*(.*)$/;

/** YAML as plain values. @throws SeqkitError `bad-file` with the line */
export async function readYaml(text: string, source: string): Promise<unknown> {
  const { parse } = await import('yaml');
  try {
    return parse(text, { maxAliasCount: MAX_ALIASES }) as unknown;
  } catch (cause) {
    throw new SeqkitError(`${source} is not YAML: ${(cause as Error).message.split('\n')[0]}`, {
      code: 'bad-file',
      cause,
    });
  }
}

/**
 * Intents of Rasa's training data (version 3): `nlu` with its intents, synonyms, lookup tables and regular expressions.
 * Where the file has `responses`, an intent is answered by those that a rule gives it, or by `utter_<intent>`.
 * @throws SeqkitError `bad-file`
 */
export function intentsOfRasa(file: Readonly<Record<string, unknown>>, source: string): Intents {
  const answers = answersOf(file);
  const intents: Intent[] = [];
  const entities: Record<string, { values?: Record<string, string[]>; pattern?: string }> = {};
  const synonyms: Record<string, string[]> = {};
  for (const [i, item] of listOfObjects(file['nlu'], `${source}: nlu`).entries()) {
    const examples = examplesOf(item['examples'], `${source}: nlu[${i}].examples`);
    const { intent, synonym, lookup, regex } = item;
    if (typeof intent === 'string') {
      const responses = answers.get(intent) ?? [];
      intents.push({ tag: intent, patterns: examples, ...(responses.length > 0 && { responses }) });
    } else if (typeof synonym === 'string') synonyms[synonym] = examples;
    else if (typeof lookup === 'string') {
      entities[lookup] = {
        ...entities[lookup],
        values: Object.fromEntries(examples.map((value) => [value, []])),
      };
    } else if (typeof regex === 'string') {
      entities[regex] = { ...entities[regex], pattern: examples.map((one) => `(?:${one})`).join('|') };
    }
  }
  // A synonym does not say of which entity: of those that have its value.
  for (const entity of Object.values(entities)) {
    for (const [value, spellings] of Object.entries(synonyms)) {
      if (entity.values && Object.hasOwn(entity.values, value)) entity.values[value] = spellings;
    }
  }
  return { intents, entities: entities satisfies Record<string, EntityDescription> };
}

/** A block of lines, each behind a hyphen. */
function examplesOf(value: unknown, where: string): string[] {
  if (typeof value !== 'string') throw badFile(`${where} should be a block of lines, each behind a hyphen.`);
  return value.split('\n').flatMap((line) => {
    if (line.trim() === '') return [];
    const item = ITEM.exec(line)?.[1].trim();
    if (item === undefined)
      throw badFile(`${where}: the line ${JSON.stringify(line)} has no hyphen before it.`);
    return item === '' ? [] : [item];
  });
}

function answersOf(file: Readonly<Record<string, unknown>>): Map<string, string[]> {
  const responses = isPlainObject(file['responses']) ? file['responses'] : {};
  const answers = new Map<string, string[]>();
  const answer = (intent: string, name: string): void => {
    const texts = Array.isArray(responses[name]) ? (responses[name] as unknown[]) : [];
    const found = texts.flatMap((item) =>
      isPlainObject(item) && typeof item['text'] === 'string' ? [item['text']] : [],
    );
    if (found.length > 0) answers.set(intent, found);
  };
  for (const name of Object.keys(responses)) if (name.startsWith('utter_')) answer(name.slice(6), name);
  for (const rule of Array.isArray(file['rules']) ? (file['rules'] as unknown[]) : []) {
    const steps = isPlainObject(rule) && Array.isArray(rule['steps']) ? (rule['steps'] as unknown[]) : [];
    const named = (key: string) =>
      steps.flatMap((step) => (isPlainObject(step) && typeof step[key] === 'string' ? [step[key]] : []));
    const [intent] = named('intent');
    if (intent !== undefined) for (const action of named('action').slice(0, 1)) answer(intent, action);
  }
  return answers;
}

function listOfObjects(value: unknown, where: string): Record<string, unknown>[] {
  if (Array.isArray(value) && value.every(isPlainObject)) return value;
  throw badFile(`${where} should be a list of intents.`);
}

function badFile(message: string): SeqkitError {
  return new SeqkitError(message, { code: 'bad-file' });
}
