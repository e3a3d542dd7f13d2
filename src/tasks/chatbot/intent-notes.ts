import { quoted } from '../../base/schema/index.js';
import { readMarks } from './entity-marks.js';
import type { FullIntents } from './intents.js';
import { PLACEHOLDER } from './placeholders.js';

/** So many notes of one kind are told. */
const MOST_NOTES = 5;

/** What a user would rather know of intents that can be trained on, and hold what can never take effect. */
export function intentNotes(given: FullIntents): string[] {
  return [
    ...strangePlaceholders(given),
    ...slotsTwice(given),
    ...closedContexts(given),
    ...sharedPhrases(given),
  ];
}

/** Names between braces that no slot and no entity has. */
function strangePlaceholders({ intents, entities }: FullIntents): string[] {
  const marked = intents.flatMap(({ tag, patterns }) =>
    patterns.flatMap((pattern, i) => readMarks(pattern, `${tag}: patterns[${i}]`).entities),
  );
  const slots = intents.flatMap((intent) => intent.slots);
  const known = new Set([
    ...Object.keys(entities),
    ...marked.map(({ entity }) => entity),
    ...slots.flatMap(({ name, entity }) => [name, entity]),
  ]);
  const strange = intents.flatMap(({ tag, responses, slots: asked }) =>
    [...responses, ...asked.map(({ question }) => question)].flatMap((text) =>
      [...text.matchAll(PLACEHOLDER)].flatMap(([, name]) =>
        known.has(name)
          ? []
          : [`The intent ${quoted(tag)} says {${name}} as it stands: no slot and no entity is called so.`],
      ),
    ),
  );
  return first([...new Set(strange)]);
}

/** Slots whose name an earlier one of the same intent has. */
function slotsTwice({ intents }: FullIntents): string[] {
  return first(
    intents.flatMap(({ tag, slots }) =>
      slots.flatMap(({ name }, i) =>
        slots.findIndex((one) => one.name === name) === i
          ? []
          : [`The intent ${quoted(tag)} has the slot ${quoted(name)} twice: the second is never asked for.`],
      ),
    ),
  );
}

/** Contexts that are waited for, and that nothing opens. */
function closedContexts({ intents }: FullIntents): string[] {
  const opened = new Set(intents.flatMap(({ contextOut }) => contextOut));
  return first(
    intents.flatMap(({ tag, contextIn }) =>
      contextIn.length === 0 || contextIn.some((name) => opened.has(name))
        ? []
        : [
            `The intent ${quoted(tag)} waits for the context ${contextIn.map(quoted).join(' or ')}, which no intent opens.`,
          ],
    ),
  );
}

/** Phrases that two intents have, in letters and digits. */
function sharedPhrases({ intents }: FullIntents): string[] {
  const owners = new Map<string, string>();
  const notes = intents.flatMap(({ tag, patterns }) =>
    patterns.flatMap((pattern, i) => {
      const { text } = readMarks(pattern, `${tag}: patterns[${i}]`);
      const bare = text
        .toLowerCase()
        .replace(/[^\p{L}\p{N}]+/gu, ' ')
        .trim();
      const owner = owners.get(bare);
      if (bare !== '' && owner === undefined) owners.set(bare, tag);
      return owner === undefined || owner === tag
        ? []
        : [`The phrase ${quoted(text)} is one of ${quoted(owner)} and of ${quoted(tag)}: it tells neither.`];
    }),
  );
  return first(notes);
}

function first(notes: readonly string[]): string[] {
  const more = notes.length - MOST_NOTES;
  return more <= 0 ? [...notes] : [...notes.slice(0, MOST_NOTES), `There are ${more} more such.`];
}
