import {
  anything,
  choice,
  either,
  flag,
  listOf,
  number,
  optional,
  optionsSchema,
  someText,
  text,
  wholeNumber,
  type Bounds,
  type Schema,
} from '../../base/schema/index.js';

/** JSON Schema of a value, as OpenAPI 3.1 has it. */
export type JsonSchema = Readonly<Record<string, unknown>>;

/** An entry of a request's JSON: how it is checked, and how it is described. */
export interface BodyField<T = unknown, IsOptional extends boolean = boolean> {
  readonly schema: Schema<T>;
  readonly json: JsonSchema;
  readonly isOptional: IsOptional;
}

/** The entries of a request's JSON by their names. */
export type BodyFields = Readonly<Record<string, BodyField>>;

/** What a request's JSON is when it was checked. */
export type BodyOf<Fields extends BodyFields> = {
  readonly [Name in keyof Fields as Fields[Name] extends BodyField<unknown, false> ? Name : never]: ValueOf<
    Fields[Name]
  >;
} & {
  readonly [Name in keyof Fields as Fields[Name] extends BodyField<unknown, false> ? never : Name]?: ValueOf<
    Fields[Name]
  >;
};

type ValueOf<Field> = Field extends BodyField<infer T> ? T : never;

/** Checks a request's JSON. @throws SeqkitError `usage` or `bad-value` that names the entry */
export function parseBody(where: string, fields: BodyFields, body: unknown): Record<string, unknown> {
  const table = Object.fromEntries(
    Object.entries(fields).map(([name, { schema, isOptional }]) => [
      name,
      isOptional ? optional(schema) : schema,
    ]),
  );
  return optionsSchema<Record<string, unknown>>(where, table).parse(body);
}

/** JSON Schema of a whole request. */
export function bodySchema(fields: BodyFields): JsonSchema {
  const required = Object.keys(fields).filter((name) => !fields[name].isOptional);
  return {
    type: 'object',
    properties: Object.fromEntries(Object.entries(fields).map(([name, { json }]) => [name, json])),
    ...(required.length > 0 && { required }),
    additionalProperties: false,
  };
}

/** An entry that must be there. */
export function needed<T>({ schema, json }: BodyField<T>): BodyField<T, false> {
  return { schema, json, isOptional: false };
}

/** Any text, the empty one too. */
export function textField(description: string) {
  return field(text, { type: 'string', description });
}

/** Text that is not empty. */
export function someTextField(description: string) {
  return field(someText, { type: 'string', minLength: 1, description });
}

/** A list of texts that are not empty. */
export function textsField(description: string, max: number) {
  const items = { type: 'string', minLength: 1 };
  return field(listOf(someText, { min: 1, max }), {
    ...{ type: 'array', minItems: 1, maxItems: max, items, description },
  });
}

/** One text or several. */
export function textOrTextsField(description: string, max: number) {
  const [one, several] = [someTextField(description), textsField(description, max)];
  return field(either(one.schema, several.schema), { oneOf: [one.json, several.json] });
}

/** A whole number in a range. */
export function wholeField(description: string, bounds: Bounds) {
  return field(wholeNumber(bounds), { type: 'integer', ...rangeOf(bounds), description });
}

/** A number in a range. */
export function numberField(description: string, bounds: Bounds) {
  return field(number(bounds), { type: 'number', ...rangeOf(bounds), description });
}

export function flagField(description: string) {
  return field(flag, { type: 'boolean', description });
}

/** One of a few names. */
export function choiceField<const Name extends string>(description: string, names: readonly Name[]) {
  return field<Name>(choice(names), { type: 'string', enum: names, description });
}

/** What the model itself checks. */
export function anyField(description: string, json: JsonSchema = {}) {
  return field(anything(), { ...json, description });
}

function field<T>(schema: Schema<T>, json: JsonSchema): BodyField<T, true> {
  return { schema, json, isOptional: true };
}

function rangeOf({ min, max, above, below }: Bounds): JsonSchema {
  return {
    ...(min !== undefined && { minimum: min }),
    ...(max !== undefined && { maximum: max }),
    ...(above !== undefined && { exclusiveMinimum: above }),
    ...(below !== undefined && { exclusiveMaximum: below }),
  };
}
