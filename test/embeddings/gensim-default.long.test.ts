import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { KeyedVectors } from '../../src/embeddings/index.js';
import golden from '../golden/default-analogies.json' with { type: 'json' };
import { gensim, hasGensim } from '../support/gensim.js';
import { needShared } from '../support/shared-data.js';

const folder = mkdtempSync(join(tmpdir(), 'seqkit-gensim-'));
afterAll(() => rmSync(folder, { recursive: true }));

describe('the default vectors', () => {
  it('answer questions-words.txt, section by section, as gensim does with the same numbers', async (context) => {
    const questions = needShared(context, 'words', 'questions-words.txt');
    const vectors = await KeyedVectors.default();
    const asked = await vectors.evaluateWordAnalogies(questions);
    const counts = asked.sections.map(({ section, correct, total }) => [section, correct, total]);
    const found = [...counts, ['Total accuracy', asked.correct, asked.total]];
    // What gensim counted once; on a machine that has it, it counts again.
    expect(vectors.size).toBe(golden.words);
    expect(found).toEqual(golden.analogies);
    if (!hasGensim()) return;
    const file = join(folder, 'default.bin');
    await vectors.save(file);
    const [result] = await gensim([{ file, format: 'word2vec-binary', analogies: questions }]);
    expect(found).toEqual(result.analogies);
  });
});
