import type { JsonSchema } from './body-fields.js';

/** Shapes of answers, for OpenAPI. */
export const TEXT: JsonSchema = { type: 'string' };
export const NUMBER: JsonSchema = { type: 'number' };
export const FLAG: JsonSchema = { type: 'boolean' };
export const ANY_OBJECT: JsonSchema = { type: 'object' };

export function listOfSchema(items: JsonSchema): JsonSchema {
  return { type: 'array', items };
}

export function objectSchema(properties: Readonly<Record<string, JsonSchema>>): JsonSchema {
  return { type: 'object', properties };
}

/** One answer, or a list of them where a list was asked for. */
export function oneOrResults(one: JsonSchema): JsonSchema {
  return { oneOf: [one, objectSchema({ results: listOfSchema(one) })] };
}
