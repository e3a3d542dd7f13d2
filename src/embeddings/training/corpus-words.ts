import { abortReason, type AbortSignalLike } from '../../base/abort-signal.js';
import { SeqkitError } from '../../base/errors.js';
import { EventLoopYielder, showsPage } from '../../base/host/yield-to-event-loop.js';
import { wordsOfBlock } from './blocks.js';
import type { Corpus } from './corpus.js';
import type { TrainingSettings } from './settings.js';
import { groupDigits } from '../../base/math/group-digits.js';

/** The words that vectors are trained for, the most frequent first, and how large their corpus is. */
export interface CorpusWords {
  readonly words: readonly string[];
  /** How often each comes; shape `(words.length)`. */
  readonly counts: Float64Array;
  /** All words of the corpus, known or not. */
  readonly corpusWords: number;
  /** Bytes of all blocks of the corpus. */
  readonly corpusBytes: number;
  /** What the user should know. */
  readonly notes: readonly string[];
}

/** A count that changes where it stands, so that a word is looked up once. */
interface Count {
  count: number;
}

/** How far counting has come, in words. */
export type CountingProgress = (words: number) => void;

/** Parts of longer strings keep the whole of them in memory; from this length on V8 makes parts. */
const SLICED_FROM = 13;

/**
 * Reads a corpus once and counts its words. Words that come less often than `minCount` are left
 * out; of those that come equally often the one that came first stands first.
 * @throws SeqkitError `too-little-data` where no word comes often enough
 */
export async function countWords(
  corpus: Corpus,
  settings: Pick<TrainingSettings, 'minCount' | 'maxFinalVocab' | 'maxVocabSize'>,
  {
    signal,
    onProgress,
  }: { signal?: AbortSignalLike | undefined; onProgress?: CountingProgress | undefined } = {},
): Promise<CorpusWords> {
  const { minCount, maxFinalVocab, maxVocabSize } = settings;
  const found = new Map<string, Count>();
  let corpusWords = 0;
  let corpusBytes = 0;
  let dropBelow = 1;
  const eventLoop = showsPage() ? new EventLoopYielder() : undefined;
  for await (const block of corpus.blocks()) {
    if (signal?.aborted) throw abortReason(signal, 'The counting of words');
    const words = wordsOfBlock(block, corpus.name);
    for (const word of words) {
      const known = found.get(word);
      if (known) known.count++;
      else found.set(word.length < SLICED_FROM ? word : copyOf(word), { count: 1 });
    }
    while (found.size > maxVocabSize) {
      dropBelow++;
      for (const [word, { count }] of found) if (count < dropBelow) found.delete(word);
    }
    corpusWords += words.length;
    corpusBytes += block.bytes.length;
    onProgress?.(corpusWords);
    await eventLoop?.give();
  }
  const running = runningText(found);
  let kept = [...found].filter(([, { count }]) => count >= minCount);
  kept.sort(([, a], [, b]) => b.count - a.count);
  if (maxFinalVocab !== undefined && kept.length > maxFinalVocab) {
    // gensim's rule: no word that comes as often as the first one left out.
    const bar = kept[maxFinalVocab][1].count;
    kept = kept.filter(([, { count }]) => count > bar);
  }
  if (kept.length === 0) {
    throw new SeqkitError(
      `${corpus.name} has ${corpusWords} word${corpusWords === 1 ? '' : 's'}, and none comes ${minCount === 1 ? 'once' : `${minCount} times`}, the least that counts.`,
      { code: 'too-little-data', hint: running ?? 'Give more text, or a lower minCount.' },
    );
  }
  const dropped =
    dropBelow === 1
      ? undefined
      : `The corpus has more than ${groupDigits(maxVocabSize)} different words; while they were counted, those seen less than ${dropBelow} times were dropped.`;
  const notes = [dropped, running].filter((line) => line !== undefined);
  return {
    words: kept.map(([word]) => word),
    counts: Float64Array.from(kept, ([, { count }]) => count),
    corpusWords,
    corpusBytes,
    notes,
  };
}

/** Scripts in which no spaces stand between words. */
const SPACELESS =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/u;

/** Words of these scripts are shorter than this on average, in characters, where spaces were put between them. */
const LONG_WORD = 6;

/** Words that are looked at, of those that came first. */
const LOOKED_AT = 10_000;

/** What to say of a text in which most words are whole phrases, since its script has no spaces; else undefined. */
function runningText(found: ReadonlyMap<string, Count>): string | undefined {
  let [words, phrases, characters] = [0, 0, 0];
  for (const word of found.keys()) {
    if (words >= LOOKED_AT) break;
    words++;
    if (!SPACELESS.test(word)) continue;
    phrases++;
    characters += Array.from(word).length;
  }
  if (phrases < words / 3 || characters < LONG_WORD * phrases || phrases === 0) return undefined;
  const length = (characters / phrases).toFixed(1);
  return (
    `Words without spaces between them, as Chinese or Thai has them, count as one: they are ${length} characters long ` +
    'on average. Take the tokens "segments", or put spaces between the words.'
  );
}

/** The same string in memory of its own. */
function copyOf(word: string): string {
  return new TextDecoder().decode(new TextEncoder().encode(word));
}
