import { SeqkitError } from '../../base/errors.js';
import { isPlainObject } from '../../base/schema/index.js';

/** A stretch of a phrase that is an entity's value, as written. */
export interface MarkedEntity {
  readonly entity: string;
  /** What it stands for; as written where nothing else is given. */
  readonly value: string;
  readonly text: string;
}

/** A phrase without its marks. */
export interface MarkedPhrase {
  readonly text: string;
  readonly entities: readonly MarkedEntity[];
}

/** `[tomorrow](date)`, and Rasa's `[NYC]{"entity": "city", "value": "New York"}`. */
const MARK = /\[([^[\]]+)\](?:\(([^()]+)\)|(\{[^{}]*\}))/gu;

/**
 * Takes the marks out of a phrase such as `a table for [tomorrow](date)`; `[tomorrow](date:2026-01-02)` gives the value
 * that it stands for.
 * @param where what to call it in errors
 * @throws SeqkitError `bad-value` for a mark that is none
 */
export function readMarks(phrase: string, where: string): MarkedPhrase {
  const entities: MarkedEntity[] = [];
  const text = phrase.replace(MARK, (_, marked: string, named?: string, json?: string) => {
    entities.push({
      ...(named === undefined ? ofJson(json!, marked, where) : ofName(named, marked)),
      text: marked,
    });
    return marked;
  });
  return { text, entities };
}

function ofName(named: string, marked: string): { entity: string; value: string } {
  const colon = named.indexOf(':');
  if (colon < 0) return { entity: named.trim(), value: marked };
  return { entity: named.slice(0, colon).trim(), value: named.slice(colon + 1).trim() };
}

function ofJson(json: string, marked: string, where: string): { entity: string; value: string } {
  let given: unknown;
  try {
    given = JSON.parse(json);
  } catch {
    given = undefined;
  }
  const { entity, value = marked } = isPlainObject(given) ? given : {};
  if (typeof entity === 'string' && entity !== '' && typeof value === 'string') return { entity, value };
  throw new SeqkitError(`${where}: the mark ${json} names no entity.`, {
    code: 'bad-value',
    hint: 'Write it as [tomorrow](date), or as [NYC]{"entity": "city", "value": "New York"}.',
  });
}
