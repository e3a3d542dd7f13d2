import { SeqkitError } from '../../base/errors.js';
import { isPlainObject } from '../../base/schema/index.js';
import type { Intent, Intents, Slot } from './intents.js';

/** `@city` or `%city%` in an utterance. */
const PLACE = /@([\p{L}\p{N}_]+)|%([\p{L}\p{N}_]+)%/gu;

/** The intent of node-nlp's corpora that stands for what is none. */
const NONE = 'None';

/**
 * Intents of a corpus of node-nlp: `data` with its utterances and answers, `entities` with their options.
 * @throws SeqkitError `bad-file`
 */
export function intentsOfCorpus(file: Readonly<Record<string, unknown>>, source: string): Intents {
  const values = optionsOf(file['entities']);
  const data = file['data'];
  if (!Array.isArray(data) || !data.every(isPlainObject)) {
    throw new SeqkitError(`${source}: data should be a list of intents.`, { code: 'bad-file' });
  }
  const outOfScope: string[] = [];
  const intents: Intent[] = [];
  for (const item of data) {
    const patterns = texts(item['utterances']).map((utterance) => filled(utterance, values));
    const responses = texts(item['answers']);
    const slots = slotsOf(item['slotFilling']);
    if (item['intent'] === NONE) outOfScope.push(...patterns);
    else {
      intents.push({
        tag: item['intent'] as string,
        patterns,
        ...(responses.length > 0 && { responses: responses.map(withBraces) }),
        ...(slots.length > 0 && { slots }),
      });
    }
  }
  const locale = file['locale'];
  return {
    intents,
    entities: Object.fromEntries([...values].map(([name, options]) => [name, { values: options }])),
    ...(outOfScope.length > 0 && { outOfScope }),
    ...(typeof locale === 'string' && { language: locale.slice(0, 2).toLowerCase() }),
  };
}

function optionsOf(entities: unknown): Map<string, Record<string, string[]>> {
  const found = new Map<string, Record<string, string[]>>();
  for (const [name, entity] of Object.entries(isPlainObject(entities) ? entities : {})) {
    const options = isPlainObject(entity) && isPlainObject(entity['options']) ? entity['options'] : {};
    const spellings = Object.entries(options).map(([value, list]) => [value, texts(list)] as const);
    if (spellings.length > 0) found.set(name, Object.fromEntries(spellings));
  }
  return found;
}

/** Texts, or objects that have one as `answer`. */
function texts(value: unknown): string[] {
  return (Array.isArray(value) ? (value as unknown[]) : []).flatMap((item) => {
    const text = isPlainObject(item) ? item['answer'] : item;
    return typeof text === 'string' && text !== '' ? [text] : [];
  });
}

/** An utterance with a value, marked, where it names an entity. */
function filled(utterance: string, values: ReadonlyMap<string, Record<string, string[]>>): string {
  return utterance.replace(PLACE, (written, at?: string, percent?: string) => {
    const name = at ?? percent!;
    const [value, spellings] = Object.entries(values.get(name) ?? {})[0] ?? [];
    if (value === undefined) return written;
    const spelling = spellings[0] ?? value;
    return spelling === value ? `[${value}](${name})` : `[${spelling}](${name}:${value})`;
  });
}

/** node-nlp writes `{{ city }}`. */
function withBraces(answer: string): string {
  return answer.replace(/\{\{\s*([\p{L}\p{N}_]+)\s*\}\}/gu, '{$1}');
}

function slotsOf(filling: unknown): Slot[] {
  return Object.entries(isPlainObject(filling) ? filling : {}).flatMap(([name, question]) =>
    typeof question === 'string' ? [{ name, question }] : [],
  );
}
