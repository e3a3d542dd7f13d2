import type { FastTextOptions } from '../../embeddings/index.js';

/** What the user chooses of a training of vectors. */
export interface VectorChoices {
  readonly model: 'word2vec' | 'fasttext';
  /** Numbers in a vector. */
  readonly vectorSize: number;
  /** Words that come less often are left out. */
  readonly minCount: number;
  /** Over the text; undefined for as many as its length asks for. */
  readonly passes?: number | undefined;
}

export const FIRST_CHOICES: VectorChoices = { model: 'word2vec', vectorSize: 50, minCount: 3 };

export const isChoices = (value: unknown): boolean => {
  const { model, vectorSize, minCount, passes } = (value ?? {}) as Record<string, unknown>;
  return (
    (model === 'word2vec' || model === 'fasttext') &&
    typeof vectorSize === 'number' &&
    typeof minCount === 'number' &&
    (passes === undefined || typeof passes === 'number')
  );
};

/** What a training was begun with. */
export interface BegunTraining extends VectorChoices {
  /** The {@link fingerprint} of its text. */
  readonly text: string;
}

export const isBegun = (value: unknown): boolean =>
  isChoices(value) && typeof (value as { text?: unknown }).text === 'string';

/** Tells one text from another: its length, and its FNV-1a. */
export function fingerprint(text: string): string {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return `${text.length}-${hash >>> 0}`;
}

/** Characters below which words have no company to learn from. */
export const LEAST_CHARACTERS = 200;
export const MOST_PASSES = 100;
/** What a training reads in all, in characters: the shorter the text, the more often it is read. */
const READ_IN_ALL = 3_000_000;

/** How often a text of this length is read: 5 times at least, as gensim does, and a short one more often. */
export const passesFor = (characters: number): number =>
  Math.max(5, Math.min(MOST_PASSES, Math.round(READ_IN_ALL / Math.max(1, characters))));

/** Scripts that put no spaces between words. */
const WITHOUT_SPACES =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/u;

/** How words are found in a text. */
export const tokensOf = (text: string): 'words' | 'segments' =>
  WITHOUT_SPACES.test(text) ? 'segments' : 'words';

/** Rows of subwords: enough for the texts that one pastes, in a file of a few megabytes. */
const BUCKETS = 20_000;

/** Skip-gram, which makes more of a small text than CBOW. */
export function modelOptions(
  { model, vectorSize, minCount, passes }: VectorChoices,
  characters: number,
): FastTextOptions {
  return {
    ...{ vectorSize, minCount, sg: 1, seed: 1, epochs: passes ?? passesFor(characters) },
    ...(model === 'fasttext' && { bucket: BUCKETS }),
  };
}
