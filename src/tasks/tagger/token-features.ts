/** What is seen of each token. */
export const FEATURES = ['word', 'ending', 'shape'] as const;
export type Feature = (typeof FEATURES)[number];

/** The numbers of padding and of what is not known; those of a table begin after them. */
const [PADDING, UNKNOWN, FIRST] = [0, 1, 2] as const;

/** How many characters an ending has. */
const ENDING = 3;

/** Values that come less often than this in training are unknown, so that unknown ones are learnt. */
export const LEAST_COUNT: Readonly<Record<Feature, number>> = { word: 2, ending: 2, shape: 1 };

const seen: Readonly<Record<Feature, (token: string) => string>> = {
  word: (token) => token.toLowerCase(),
  ending: (token) => [...token.toLowerCase()].slice(-ENDING).join(''),
  shape: shapeOf,
};

/** Its kind of characters, runs of a kind once: `Xx` for Rome, `d.d` for 3.14, `X` for NATO. */
function shapeOf(token: string): string {
  return token
    .replaceAll(/\p{Lu}+/gu, 'X')
    .replaceAll(/[\p{Ll}\p{Lo}\p{Lm}]+/gu, 'x')
    .replaceAll(/\p{N}+/gu, 'd')
    .slice(0, 16);
}

/** The values of one feature, numbered. */
export class FeatureTable {
  readonly #numbers: ReadonlyMap<string, number>;

  constructor(
    readonly feature: Feature,
    readonly values: readonly string[],
  ) {
    this.#numbers = new Map(values.map((value, i) => [value, i + FIRST]));
  }

  /** Those of some tokens, the most frequent first. */
  static of(feature: Feature, tokens: Iterable<string>): FeatureTable {
    const counts = new Map<string, number>();
    for (const token of tokens) {
      const value = seen[feature](token);
      counts.set(value, (counts.get(value) ?? 0) + 1);
    }
    const kept = [...counts]
      .filter(([, count]) => count >= LEAST_COUNT[feature])
      .sort(([, a], [, b]) => b - a);
    return new FeatureTable(
      feature,
      kept.map(([value]) => value),
    );
  }

  get size(): number {
    return FIRST + this.values.length;
  }

  /** Tokens as numbers, padded behind to a length. */
  encode(tokens: readonly string[], length: number): number[] {
    const numbers = tokens.map((token) => this.#numbers.get(seen[this.feature](token)) ?? UNKNOWN);
    return [...numbers, ...Array.from({ length: length - numbers.length }, () => PADDING)];
  }
}
