import { editDistance } from '../../base/edit-distance.js';
import type { EntityDescription } from './intents.js';
import type { MarkedEntity } from './entity-marks.js';
import { KNOWN_ENTITIES, KNOWN_WORDS } from './known-entities.js';

/** An entity's value in a message. */
export interface FoundEntity {
  readonly entity: string;
  /** What it stands for: the value that spellings of it have. */
  readonly value: string;
  /** As written. */
  readonly text: string;
  /** Where it stands: `message.slice(start, end)`. */
  readonly start: number;
  readonly end: number;
}

const WORD = /[\p{L}\p{N}\p{M}_]+(?:['’][\p{L}\p{N}\p{M}_]+)*/gu;
/** From this many letters on a word may be misspelled by one edit, and from so many by two. */
const SPELLABLE = 5;
const LONG = 8;

interface Spelling {
  readonly entity: string;
  readonly value: string;
  readonly words: readonly string[];
}

/** Finds values of entities: by their spellings, whole words in any case; and by regular expressions. */
export class EntityFinder {
  readonly #spellings: readonly Spelling[];
  readonly #patterns: readonly (readonly [entity: string, pattern: RegExp])[];
  readonly #ordinary: ReadonlySet<string>;

  /**
   * @param marked values that phrases have
   * @param names of all entities that are asked for, which may be of a known kind
   * @param phrases whose words are no misspellings
   */
  constructor(
    entities: Readonly<Record<string, EntityDescription>>,
    marked: readonly MarkedEntity[],
    names: readonly string[],
    phrases: readonly string[],
  ) {
    const spellings = new Map<string, Spelling>();
    const add = (entity: string, value: string, spelling: string): void => {
      const words = wordsOf(spelling).map(({ word }) => word);
      const key = JSON.stringify([entity, words]);
      if (words.length > 0 && !spellings.has(key)) spellings.set(key, { entity, value, words });
    };
    for (const [entity, { values = [] }] of Object.entries(entities)) {
      const lists = Array.isArray(values)
        ? (values as readonly string[]).map((value) => [value, []] as const)
        : Object.entries(values as Readonly<Record<string, readonly string[]>>);
      for (const [value, list] of lists)
        for (const spelling of [value, ...list]) add(entity, value, spelling);
    }
    for (const { entity, value, text } of marked) add(entity, value, text);
    for (const name of names) {
      if (Object.hasOwn(KNOWN_WORDS, name)) for (const word of KNOWN_WORDS[name]) add(name, word, word);
    }
    // The longest first, so that "New York" is not "York".
    this.#spellings = [...spellings.values()].sort((a, b) => b.words.length - a.words.length);
    const known = names.filter(
      (name) =>
        Object.hasOwn(KNOWN_ENTITIES, name) &&
        !(Object.hasOwn(entities, name) && entities[name].pattern !== undefined),
    );
    this.#patterns = [
      ...Object.entries(entities).flatMap(([name, { pattern }]) =>
        pattern === undefined ? [] : [[name, new RegExp(pattern, 'giu')] as const],
      ),
      ...known.map((name) => [name, new RegExp(KNOWN_ENTITIES[name], 'giu')] as const),
    ];
    this.#ordinary = new Set(phrases.flatMap((phrase) => wordsOf(phrase).map(({ word }) => word)));
  }

  /** Whether it knows how values of an entity look. */
  knows(entity: string): boolean {
    return (
      this.#spellings.some((spelling) => spelling.entity === entity) ||
      this.#patterns.some(([name]) => name === entity)
    );
  }

  /**
   * The values of a message in the order of the text; none reaches into another. The longest come first: "7 pm" is no
   * number, and "next friday" no "friday". Misspelled ones come last.
   */
  find(text: string): FoundEntity[] {
    const words = wordsOf(text);
    const exact = [...this.#spelled(words, true), ...this.#matched(text)];
    exact.sort((a, b) => b.end - b.start - (a.end - a.start));
    const found: FoundEntity[] = [];
    for (const { entity, value, start, end } of [...exact, ...this.#spelled(words, false)]) {
      if (end === start || found.some((one) => start < one.end && end > one.start)) continue;
      const written = text.slice(start, end);
      found.push({ entity, value: value ?? written, text: written, start, end });
    }
    return found.sort((a, b) => a.start - b.start);
  }

  #spelled(words: readonly PlacedWord[], isExact: boolean): Place[] {
    return this.#spellings.flatMap(({ entity, value, words: wanted }) =>
      words.flatMap((_, i) => {
        const run = words.slice(i, i + wanted.length);
        const isIt =
          run.length === wanted.length && run.every(({ word }, k) => this.#matches(word, wanted[k], isExact));
        return isIt ? [{ entity, value, start: run[0].start, end: run[run.length - 1].end }] : [];
      }),
    );
  }

  #matched(text: string): Place[] {
    return this.#patterns.flatMap(([entity, pattern]) =>
      [...text.matchAll(pattern)].map(({ 0: { length }, index }) => ({
        entity,
        value: undefined,
        start: index,
        end: index + length,
      })),
    );
  }

  #matches(word: string, wanted: string, isExact: boolean): boolean {
    if (word === wanted || isExact) return word === wanted;
    if (word.length < SPELLABLE || wanted.length < SPELLABLE || this.#ordinary.has(word)) return false;
    const farthest = wanted.length >= LONG ? 2 : 1;
    return editDistance(Array.from(word), Array.from(wanted), farthest) <= farthest;
  }
}

interface PlacedWord {
  readonly word: string;
  readonly start: number;
  readonly end: number;
}

interface Place {
  readonly entity: string;
  /** Undefined for what is written. */
  readonly value: string | undefined;
  readonly start: number;
  readonly end: number;
}

function wordsOf(text: string): PlacedWord[] {
  return [...text.matchAll(WORD)].map((match) => ({
    word: match[0].toLowerCase().replaceAll('’', "'"),
    start: match.index,
    end: match.index + match[0].length,
  }));
}
