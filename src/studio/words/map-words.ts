import type { KeyedVectors } from '../../embeddings/index.js';

/** Words of one colour. */
export interface WordGroup {
  readonly name: string;
  readonly words: readonly string[];
}

/** What the user typed for a map. */
export interface TypedMap {
  /** Each word in the first group that has it; only words that have vectors. */
  readonly groups: readonly WordGroup[];
  /** From one word to another, both of which have vectors. */
  readonly arrows: readonly (readonly [from: string, to: string])[];
  /** Words without a vector. */
  readonly unknown: readonly string[];
  /** What was typed for arrows and is none. */
  readonly notArrows: readonly string[];
}

/** The name of words that only arrows have. */
const OF_ARROWS = 'of arrows';

/**
 * Reads groups and arrows.
 * @param typed a group a line, its words after its name and a colon, or without one
 * @param arrows pairs such as man:woman or man -> woman
 */
export function typedMap(typed: string, arrows: string, vectors: Pick<KeyedVectors, 'has'>): TypedMap {
  const unknown = new Set<string>();
  const isKnown = (word: string): boolean => {
    if (vectors.has(word)) return true;
    unknown.add(word);
    return false;
  };
  const taken = new Set<string>();
  const take = (words: readonly string[]): string[] =>
    words.filter((word) => isKnown(word) && !taken.has(word) && taken.add(word));
  const groups = typed.split('\n').flatMap((line) => {
    const [, name, rest] = /^([^:]*):(.*)$/.exec(line) ?? [undefined, '', line];
    const words = take(rest.split(/[\s,]+/).filter(Boolean));
    return words.length === 0 ? [] : [{ name: name.trim() || `${words[0]} …`, words }];
  });
  const notArrows: string[] = [];
  const pairs = arrows
    .replace(/\s*(->|→|:|>)\s*/g, ':')
    .split(/[\s,;]+/)
    .filter(Boolean)
    .flatMap((pair): (readonly [string, string])[] => {
      const [from, to, more] = pair.split(':');
      if (more !== undefined || !from || !to || from === to) {
        notArrows.push(pair);
        return [];
      }
      // Both are asked, so that both are told of.
      return [from, to].map(isKnown).every(Boolean) ? [[from, to]] : [];
    });
  const others = take(pairs.flat());
  if (others.length > 0) groups.push({ name: OF_ARROWS, words: others });
  return { groups, arrows: pairs, unknown: [...unknown], notArrows };
}

/**
 * How far each arrow points as the first one does: the cosine of the differences of the unit vectors, in all numbers.
 * @returns for each arrow, from -1 to 1; NaN for two words that have the same direction
 */
export function parallels(
  vectors: Pick<KeyedVectors, 'get'>,
  arrows: readonly (readonly [from: string, to: string])[],
): number[] {
  const unit = (word: string): Float64Array => {
    const vector = Float64Array.from(vectors.get(word));
    const length = Math.sqrt(dot(vector, vector)) || 1;
    return vector.map((x) => x / length);
  };
  const steps = arrows.map(([from, to]) => {
    const start = unit(from);
    return unit(to).map((x, i) => x - start[i]);
  });
  return steps.map((step) => dot(step, steps[0]) / Math.sqrt(dot(step, step) * dot(steps[0], steps[0])));
}

const dot = (a: Float64Array, b: Float64Array): number => a.reduce((sum, x, i) => sum + x * b[i], 0);
