import type { KeyedVectors } from '../../embeddings/index.js';

/** The four sets of a test, each as it is typed: a name, a colon, words. */
export interface TypedSets {
  readonly x: string;
  readonly y: string;
  readonly a: string;
  readonly b: string;
}

export const SET_NAMES = ['x', 'y', 'a', 'b'] as const;
export type SetName = (typeof SET_NAMES)[number];

export const isSets = (value: unknown): boolean =>
  typeof value === 'object' &&
  value !== null &&
  SET_NAMES.every((name) => typeof (value as Record<string, unknown>)[name] === 'string');

const PLEASANT =
  'pleasant: love peace happy pleasure friend wonderful joy heaven gift honest beautiful lucky';
const UNPLEASANT =
  'unpleasant: hatred war ugly pain death poison terrible sick accident crash evil abuse prison';

/** Tests to begin with, after those of Caliskan et al. 2017, of words that are frequent. */
export const EXAMPLES: readonly (readonly [name: string, sets: TypedSets])[] = [
  [
    'Instruments, weapons',
    {
      x: 'instruments: guitar piano drum bass horn organ bell',
      y: 'weapons: gun knife bomb rifle sword missile tank',
      a: PLEASANT,
      b: UNPLEASANT,
    },
  ],
  [
    'Names, career, family',
    {
      x: 'men: john paul mike kevin steve greg jeff bill',
      y: 'women: amy joan lisa sarah diana kate ann donna',
      a: 'career: executive management professional corporation salary office business career',
      b: 'family: home parents children family marriage wedding relatives mother',
    },
  ],
  [
    'Maths, arts, gender',
    {
      x: 'maths: math mathematics numbers science physics chemistry engineering computer',
      y: 'arts: poetry art dance literature novel symphony drama sculpture',
      a: 'male: male man boy brother he him his son',
      b: 'female: female woman girl sister she her daughter',
    },
  ],
];

interface WordSet {
  readonly name: string;
  readonly words: readonly string[];
}

/** What can be asked of the vectors. */
export interface BiasQuestion {
  readonly sets: Readonly<Record<SetName, WordSet>>;
  /** Words without a vector. */
  readonly unknown: readonly string[];
  /** Words of the larger of the two sets of targets that do not count: both need as many. */
  readonly surplus: readonly string[];
}

const DEFAULT_NAMES: Readonly<Record<SetName, string>> = { x: 'X', y: 'Y', a: 'A', b: 'B' };

/** Reads the sets. */
export function biasQuestion(typed: TypedSets, vectors: Pick<KeyedVectors, 'has'>): BiasQuestion {
  const unknown: string[] = [];
  const read = (set: SetName): WordSet => {
    const [, name, rest] = /^([^:]*):([^]*)$/.exec(typed[set]) ?? [undefined, '', typed[set]];
    const words = [...new Set(rest.split(/[\s,]+/).filter(Boolean))];
    unknown.push(...words.filter((word) => !vectors.has(word)));
    return { name: name.trim() || DEFAULT_NAMES[set], words: words.filter((word) => vectors.has(word)) };
  };
  const [x, y, a, b] = SET_NAMES.map(read);
  const count = Math.min(x.words.length, y.words.length);
  const first = ({ name, words }: WordSet): WordSet => ({ name, words: words.slice(0, count) });
  return {
    sets: { x: first(x), y: first(y), a, b },
    unknown,
    surplus: [...x.words.slice(count), ...y.words.slice(count)],
  };
}

/** How much nearer a word is to A than to B: the difference of its mean cosines. */
export function association(
  vectors: Pick<KeyedVectors, 'similarity'>,
  word: string,
  { a, b }: Pick<BiasQuestion['sets'], 'a' | 'b'>,
): number {
  const nearness = ({ words }: WordSet): number =>
    words.reduce((sum, other) => sum + vectors.similarity(word, other), 0) / words.length;
  return nearness(a) - nearness(b);
}

/** From here on Cohen calls an effect small, medium and large. */
const SIZES = [
  [0.8, 'a large effect'],
  [0.5, 'a medium effect'],
  [0.2, 'a small effect'],
  [0, 'hardly any effect'],
] as const;

/** An effect size in the words of Cohen (1988). */
export const sizeInWords = (effectSize: number): string =>
  SIZES.find(([from]) => Math.abs(effectSize) >= from)?.[1] ?? 'none';
