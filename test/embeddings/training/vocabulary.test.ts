import { describe, expect, it } from 'vitest';
import { hashOf } from '../../support/fnv.js';
import { subwordBuckets } from '../../../src/embeddings/vectors/subwords.js';
import { textCorpus } from '../../../src/embeddings/training/corpus.js';
import { countWords } from '../../../src/embeddings/training/corpus-words.js';
import { aliasTable, keepShares, noiseShares } from '../../../src/embeddings/training/noise.js';
import golden from '../../golden/word2vec.json' with { type: 'json' };

describe('the vocabulary against gensim', () => {
  it.each(golden.vocabularies)('$options', async ({ options, words, counts, keep, cumulative }) => {
    const found = await countWords(textCorpus(golden.text), {
      minCount: options.min_count,
      maxFinalVocab: 'max_final_vocab' in options ? options.max_final_vocab : undefined,
      maxVocabSize: 10_000_000,
    });
    expect(found.corpusWords).toBe(golden.corpusWords);
    expect(Array.from(found.counts)).toEqual(counts);
    expect(Array.from(keepShares(found.counts, options.sample))).toEqual(keep);
    // Words that come equally often stand in no fixed order in gensim.
    const byCount = (list: readonly string[]) => list.map((word, i) => [counts[i], word]).sort();
    expect(byCount(found.words)).toEqual(byCount(words));

    const shares = noiseShares(found.counts, options.ns_exponent ?? 0.75);
    let sum = 0;
    shares.forEach((share, i) => {
      sum += share;
      // gensim rounds its table to whole numbers up to 2^31 - 1.
      expect(Math.abs(sum * (2 ** 31 - 1) - cumulative[i])).toBeLessThan(0.51);
    });
    // What the alias table really draws: each row as likely, itself below its threshold, else its alias.
    const drawn = new Float64Array(shares.length);
    const table = aliasTable(shares);
    shares.forEach((_, row) => {
      const own = table[2 * row] / 2 ** 32;
      drawn[row] += own / shares.length;
      drawn[table[2 * row + 1]] += (1 - own) / shares.length;
    });
    drawn.forEach((share, i) => expect(Math.abs(share - shares[i])).toBeLessThan(1e-9));
  });

  it('drops the rarest where there are too many to count, and says so', async () => {
    const text = 'a a a a b b b c c d\n'.repeat(2) + 'e f g h i\n';
    // The block is counted whole, then words seen less than twice, 3 times ... go until 3 are left.
    const { words, notes } = await countWords(textCorpus(text), {
      minCount: 1,
      maxFinalVocab: undefined,
      maxVocabSize: 3,
    });
    expect(words).toEqual(['a', 'b', 'c']);
    expect(notes).toEqual([expect.stringContaining('seen less than 3 times were dropped')]);
  });

  it('refuses a corpus without a word that counts', async () => {
    const count = countWords(textCorpus('a b\nc'), {
      minCount: 2,
      maxFinalVocab: undefined,
      maxVocabSize: 9,
    });
    await expect(count).rejects.toMatchObject({
      code: 'too-little-data',
      message: 'the text has 3 words, and none comes 2 times, the least that counts.',
    });
  });
});

describe('n-grams', () => {
  it.each(golden.ngrams)('of $word, $minn to $maxn, as gensim has them', ({ word, minn, maxn, buckets }) => {
    expect(subwordBuckets(word, { minn, maxn, bucket: 2_000_000 })).toEqual(buckets);
  });

  it('are those of "where" that the paper prints: <wh, whe, her, ere, re>', () => {
    const bucket = 2 ** 31;
    expect(subwordBuckets('where', { minn: 3, maxn: 3, bucket })).toEqual(
      ['<wh', 'whe', 'her', 'ere', 're>'].map((piece) => hashOf(piece) % bucket),
    );
  });

  it('have the published hash: FNV-1a of ASCII, with signed bytes elsewhere', () => {
    // Test vectors of FNV-1a in 32 bits (Fowler, Noll and Vo): "", "a", "foobar".
    expect(['', 'a', 'foobar'].map(hashOf)).toEqual([0x811c9dc5, 0xe40c292c, 0xbf9cf968]);
    for (const { text, hash } of golden.hashes) expect(hashOf(text)).toBe(hash);
  });
});
