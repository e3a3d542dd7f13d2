import { listOf, text } from '../../base/schema/index.js';

/** Tokens that belong together, such as the name of a place. */
export interface Entity {
  /** What stands behind `B-`. */
  readonly type: string;
  /** The first token, from 0. */
  readonly start: number;
  /** Behind the last token. */
  readonly end: number;
}

/** How well entities are found. */
export interface EntityFigures {
  /** Right ones over those found; 0 where none is found. */
  readonly precision: number;
  /** Right ones over those there; 0 where there are none. */
  readonly recall: number;
  /** The harmonic mean of both. */
  readonly f1: number;
  /** How many there are. */
  readonly support: number;
}

/** How well a tagger tags. */
export interface TagFigures {
  readonly tokens: number;
  /** The share of tokens with the right tag. */
  readonly accuracy: number;
  /** Over entities of all types, as conlleval counts; undefined where the tags mark none. */
  readonly entities: EntityFigures | undefined;
  readonly types: Readonly<Record<string, EntityFigures>>;
}

/** A tag as `B-place`: where in an entity, and which type. */
const TAG = /^([BIES])-(.+)$/s;

const tagTexts = listOf(text);

/** Whether tags mark entities. */
export function marksEntities(tags: readonly string[]): boolean {
  return tags.some((tag) => TAG.test(tag)) && tags.every((tag) => tag === 'O' || TAG.test(tag));
}

/**
 * The entities that tags mark, in the forms IOB1, IOB2 and IOBES, as conlleval finds them (Tjong Kim Sang and Buchholz
 * 2000): one begins at `B` or `S`, and at `I` or `E` after `O`, after another type or after an end; it ends before
 * that, before `O`, and with `E` or `S`.
 * @throws SeqkitError `bad-value` for what is no array of texts
 */
export function entitiesOf(tags: readonly string[]): Entity[] {
  tagTexts.parse(tags, 'entitiesOf: tags');
  const found: Entity[] = [];
  let open: { type: string; start: number } | undefined;
  const close = (end: number): void => {
    if (open) found.push({ ...open, end });
    open = undefined;
  };
  tags.forEach((tag, t) => {
    const [, place, type] = TAG.exec(tag) ?? [];
    if (place === undefined) return close(t);
    if (place === 'B' || place === 'S' || open?.type !== type) {
      close(t);
      open = { type, start: t };
    }
    if (place === 'E' || place === 'S') close(t + 1);
  });
  close(tags.length);
  return found;
}

/** Compares tags with the right ones, sentence by sentence. */
export function tagFigures(
  right: readonly (readonly string[])[],
  found: readonly (readonly string[])[],
): TagFigures {
  let [tokens, hits] = [0, 0];
  const counts = new Map<string, { there: number; found: number; right: number }>();
  const of = (type: string) => {
    const known = counts.get(type) ?? { there: 0, found: 0, right: 0 };
    counts.set(type, known);
    return known;
  };
  right.forEach((tags, n) => {
    tags.forEach((tag, t) => {
      tokens++;
      if (tag === found[n][t]) hits++;
    });
    const key = ({ type, start, end }: Entity): string => `${start} ${end} ${type}`;
    const [there, given] = [entitiesOf(tags), entitiesOf(found[n])];
    const known = new Set(there.map(key));
    for (const { type } of there) of(type).there++;
    for (const entity of given) {
      of(entity.type).found++;
      if (known.has(key(entity))) of(entity.type).right++;
    }
  });
  const total = { there: 0, found: 0, right: 0 };
  for (const { there, found: given, right: good } of counts.values()) {
    total.there += there;
    total.found += given;
    total.right += good;
  }
  const types = [...counts].sort(([a], [b]) => (a < b ? -1 : 1)).map(([type, c]) => [type, figuresOf(c)]);
  return {
    tokens,
    accuracy: tokens === 0 ? 0 : hits / tokens,
    entities: counts.size > 0 ? figuresOf(total) : undefined,
    types: Object.fromEntries(types) as Record<string, EntityFigures>,
  };
}

function figuresOf({ there, found, right }: { there: number; found: number; right: number }): EntityFigures {
  const precision = found === 0 ? 0 : right / found;
  const recall = there === 0 ? 0 : right / there;
  const f1 = precision + recall === 0 ? 0 : (2 * precision * recall) / (precision + recall);
  return { precision, recall, f1, support: there };
}
