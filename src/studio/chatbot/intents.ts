import type { Intents } from '../../tasks/index.js';
import { linesOf } from '../classifier/columns.js';

/** An intent as it is typed. */
export interface TypedIntent {
  readonly tag: string;
  /** A phrase a line. */
  readonly patterns: string;
  /** An answer a line. */
  readonly responses: string;
}

export interface TypedBot {
  readonly intents: readonly TypedIntent[];
  /** What it says to what it is not for, a line each. */
  readonly fallback: string;
  /** What else an opened file holds, which the page does not edit and keeps. */
  readonly rest: Readonly<Record<string, unknown>>;
}

export const FIRST_BOT: TypedBot = {
  intents: [
    {
      tag: 'hello',
      patterns: 'hi\nhello\ngood morning\nhey there\nhello, is anyone there?',
      responses: 'Hello! What can I do for you?',
    },
    {
      tag: 'hours',
      patterns:
        'when are you open\nwhat are your opening hours\nare you open on Sunday\nhow late are you open\nwhen do you close',
      responses: 'We are open from nine to six, and on Saturdays until two.',
    },
    {
      tag: 'where',
      patterns:
        'where are you\nhow do I get there\nwhat is your address\nis there parking\nwhich bus goes to you',
      responses: 'At the old mill, behind the station. Bus 4 stops at the door.',
    },
    {
      tag: 'thanks',
      patterns: 'thank you\nthanks a lot\nthat helped\ngreat, thanks\nmany thanks',
      responses: 'You are welcome.',
    },
  ],
  fallback: 'I do not know about that. Ask me when we are open, or where to find us.',
  rest: {},
};

export const isBot = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && Array.isArray((value as Partial<TypedBot>).intents);

/** What was typed as the contents of an intents.json. */
export function intentsOf({ intents, fallback, rest }: TypedBot): Intents {
  const { intents: more = {}, ...others } = rest as { intents?: Record<string, object> };
  return {
    ...others,
    intents: intents.map(({ tag, patterns, responses }) => ({
      ...(Object.hasOwn(more, tag) ? more[tag] : {}),
      tag: tag.trim(),
      patterns: linesOf(patterns),
      responses: linesOf(responses),
    })),
    ...(linesOf(fallback).length > 0 && { fallback: linesOf(fallback) }),
  };
}

/** The contents of an intents.json as they are typed. */
export function typedBot({ intents, fallback, ...others }: Intents): TypedBot {
  return {
    intents: intents.map(({ tag, patterns, responses = [] }) => ({
      tag,
      patterns: patterns.join('\n'),
      responses: responses.join('\n'),
    })),
    fallback: [fallback ?? []].flat().join('\n'),
    // All that an intent has besides, such as slots: what is typed stands over it.
    rest: { ...others, intents: Object.fromEntries(intents.map((intent) => [intent.tag, intent])) },
  };
}
