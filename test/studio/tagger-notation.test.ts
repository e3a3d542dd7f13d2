import { describe, expect, it } from 'vitest';
import { FIRST_EXAMPLES } from '../../src/studio/tagger/first-examples.js';
import { readExamples, tokensOf, typesOf, writeExamples } from '../../src/studio/tagger/notation.js';
import { joined, spansOf } from '../../src/studio/tagger/spans.js';
import { entitiesOf, parseConll } from '../../src/tasks/index.js';

const words = (text: string): string[] => tokensOf(text).map((token) => token.text);

describe('the notation of the tagger', () => {
  it('parts marks from words at their ends, and nowhere else', () => {
    expect(words('Is it "far" (3.14 km), isn\'t it?!')).toEqual([
      ...['Is', 'it', '"', 'far', '"', '(', '3.14', 'km', ')', ',', "isn't", 'it', '?', '!'],
    ]);
    expect(words(' ... ')).toEqual(['.', '.', '.']);
    expect(tokensOf('to Rome.')).toEqual([
      { text: 'to', start: 0, end: 2 },
      { text: 'Rome', start: 3, end: 7 },
      { text: '.', start: 7, end: 8 },
    ]);
  });

  it('reads what is marked, with brackets that are none', () => {
    expect(readExamples('fly to [New Delhi](place), [today]( day )!\n\nan array a\\[0\\] here')).toEqual([
      {
        tokens: ['fly', 'to', 'New', 'Delhi', ',', 'today', '!'],
        tags: ['O', 'O', 'B-place', 'I-place', 'O', 'B-day', 'O'],
      },
      { tokens: ['an', 'array', 'a[0', ']', 'here'], tags: ['O', 'O', 'O', 'O', 'O'] },
    ]);
  });

  it.each(['to [Rome', 'x\nto Rome](place)', '[Rome] here ['])('refuses %j, and names the line', (typed) => {
    expect(() => readExamples(typed)).toThrow(
      `Example ${typed.split('\n').length}: its brackets do not fit.`,
    );
  });

  it('writes columns as it reads them', () => {
    const columns = 'New B-place\nDelhi I-place\nOslo B-place\n[ O\n\nnone O\n';
    const written = writeExamples(parseConll(columns), entitiesOf);
    expect(written).toBe('[New Delhi](place) [Oslo](place) \\[\nnone');
    expect(readExamples(written)).toEqual(parseConll(columns));
    // Parts of speech: each token by its own.
    expect(writeExamples(parseConll('the DET\ncat NOUN\n'), entitiesOf)).toBe('[the](DET) [cat](NOUN)');
  });

  it('begins with examples that it understands', () => {
    const examples = readExamples(FIRST_EXAMPLES);
    expect(examples).toHaveLength(40);
    expect(typesOf(examples.flatMap(({ tags }) => tags))).toEqual(['day', 'place']);
  });

  it('finds the places of entities in the text', () => {
    const text = 'to New Delhi!';
    const tags = ['O', 'B-place', 'I-place', 'O'];
    expect(spansOf(tokensOf(text), tags, entitiesOf(tags))).toEqual([{ type: 'place', start: 3, end: 12 }]);
    const own = joined(['the', 'cat']);
    expect(own.text).toBe('the cat');
    expect(spansOf(own.tokens, ['DET', 'NOUN'], [])).toEqual([
      { type: 'DET', start: 0, end: 3 },
      { type: 'NOUN', start: 4, end: 7 },
    ]);
  });
});
