import { SeqkitError } from '../../base/errors.js';
import {
  either,
  isPlainObject,
  listOf,
  optional,
  optionsSchema,
  recordOf,
  someText,
  wrongValue,
  type Schema,
} from '../../base/schema/index.js';

/** What an intent must know before it answers. */
export interface Slot {
  /** What responses call it: `{date}`. */
  readonly name: string;
  /** What is asked where it is missing. */
  readonly question: string;
  /** The entity whose value fills it. @default its name */
  readonly entity?: string;
}

/** What a user may want, by phrases for it, and what is answered. */
export interface Intent {
  /** Its name. */
  readonly tag: string;
  /** Phrases that users may write; entities in them are marked as `[tomorrow](date)`. */
  readonly patterns: readonly string[];
  /** Answers, which take turns; `{date}` is the value of a slot or an entity. @default none: a handler answers */
  readonly responses?: readonly string[];
  /** It is only meant where one of these contexts is open. @default always */
  readonly contextIn?: string | readonly string[];
  /** Contexts that it opens, for five turns. @default none */
  readonly contextOut?: string | readonly string[];
  /** What it asks for before it answers, in this order. @default nothing */
  readonly slots?: readonly Slot[];
}

/** How values of an entity are found in messages, beside those that are marked in phrases. */
export interface EntityDescription {
  /** Its values, or lists of spellings by value. */
  readonly values?: readonly string[] | Readonly<Record<string, readonly string[]>>;
  /** A regular expression, such as `[A-Z]{2}\d{4}`. */
  readonly pattern?: string;
}

/** What a bot is for: the contents of an intents.json. */
export interface Intents {
  readonly intents: readonly Intent[];
  /** By name. @default those marked in phrases; number, date, time and email are known */
  readonly entities?: Readonly<Record<string, EntityDescription>>;
  /** Answers to what the bot is not for, which take turns. */
  readonly fallback?: string | readonly string[];
  /** Messages that the bot is not for. */
  readonly outOfScope?: readonly string[];
  /** The language of the phrases, such as `en`. @default 'en' */
  readonly language?: string;
}

/** An intent with all that may be left out. */
export interface FullIntent {
  readonly tag: string;
  readonly patterns: readonly string[];
  readonly responses: readonly string[];
  readonly contextIn: readonly string[];
  readonly contextOut: readonly string[];
  readonly slots: readonly Required<Slot>[];
}

/** What a bot is for, with all that may be left out. */
export interface FullIntents {
  readonly intents: readonly FullIntent[];
  readonly entities: Readonly<Record<string, EntityDescription>>;
  readonly fallback: readonly string[];
  readonly outOfScope: readonly string[];
  readonly language: string;
}

const DEFAULT_FALLBACK = 'Sorry, I did not understand that.';
const textList = listOf(someText);
const oneOrMore = either(someText, textList);

/** Other names of entries, as files of other bots have them. */
const ALSO: Readonly<Record<string, string>> = {
  context_filter: 'contextIn',
  context_set: 'contextOut',
  context_in: 'contextIn',
  context_out: 'contextOut',
};

const slot = optionsSchema<Slot>('a slot', {
  name: someText,
  question: someText,
  entity: optional(someText),
});

const intent: Schema<Intent> = withNames(
  optionsSchema<Intent>('an intent', {
    tag: someText,
    patterns: listOf(someText, { min: 1 }),
    responses: optional(textList),
    contextIn: optional(oneOrMore),
    contextOut: optional(oneOrMore),
    slots: optional(listOf(slot)),
  }),
);

const entity = optionsSchema<EntityDescription>('an entity', {
  values: optional(either(textList, recordOf(textList))),
  pattern: optional(someText),
});

const intentsSchema = optionsSchema<Intents>('intents', {
  intents: listOf(intent, { min: 1 }),
  entities: optional(recordOf(entity)),
  fallback: optional(oneOrMore),
  outOfScope: optional(textList),
  language: optional(someText),
});

/**
 * Checks intents, and puts in what was left out.
 * @param where what to call them in errors, such as the file's path
 * @throws SeqkitError `bad-value` or `usage`, with the place
 */
export function parseIntents(value: unknown, where = 'intents'): FullIntents {
  const given = intentsSchema.parse(Array.isArray(value) ? { intents: value as unknown } : value, where);
  const tags = new Set<string>();
  for (const { tag } of given.intents) {
    if (tags.has(tag)) {
      throw new SeqkitError(`${where}: there are two intents with the tag ${JSON.stringify(tag)}.`, {
        code: 'bad-value',
        hint: 'Put their patterns into one.',
      });
    }
    tags.add(tag);
  }
  const intents = given.intents.map((one) => ({
    tag: one.tag,
    patterns: one.patterns,
    responses: one.responses ?? [],
    contextIn: listed(one.contextIn),
    contextOut: listed(one.contextOut),
    slots: (one.slots ?? []).map((wanted) => ({ ...wanted, entity: wanted.entity ?? wanted.name })),
  }));
  for (const [name, { pattern }] of Object.entries(given.entities ?? {})) {
    if (pattern !== undefined) checkPattern(pattern, `${where}: entities[${JSON.stringify(name)}].pattern`);
  }
  const fallback = listed(given.fallback);
  return {
    intents,
    entities: given.entities ?? {},
    fallback: fallback.length === 0 ? [DEFAULT_FALLBACK] : fallback,
    outOfScope: given.outOfScope ?? [],
    language: given.language ?? 'en',
  };
}

function listed(value: string | readonly string[] | undefined): readonly string[] {
  if (value === undefined) return [];
  return typeof value === 'string' ? [value] : value;
}

function checkPattern(pattern: string, where: string): void {
  try {
    new RegExp(pattern, 'u');
  } catch (cause) {
    throw new SeqkitError(`${where} is no regular expression: ${(cause as Error).message}.`, {
      code: 'bad-value',
      cause,
    });
  }
}

/** Entries under the names that other bots' files have for them; an empty text or list is none. */
function withNames<T>(schema: Schema<T>): Schema<T> {
  return {
    expected: 'an object with a tag and patterns',
    parse(value, name) {
      if (!isPlainObject(value)) throw wrongValue(name, this.expected, value);
      const entries = Object.entries(value).flatMap(([key, entry]) => {
        const isEmpty =
          (entry === '' || (Array.isArray(entry) && entry.every((item) => item === ''))) &&
          key.startsWith('context');
        return isEmpty ? [] : [[Object.hasOwn(ALSO, key) ? ALSO[key] : key, entry] as const];
      });
      return schema.parse(Object.fromEntries(entries), name);
    },
  };
}
