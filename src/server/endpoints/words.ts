import { safeAnswers } from '../../embeddings/analysis/safe-answers.js';
import type { KeyedVectors, ScoredWord } from '../../embeddings/keyed-vectors/keyed-vectors.js';
import { flagField, needed, someTextField, textsField, wholeField } from '../api/body-fields.js';
import { jsonEndpoint, type Endpoint } from '../api/endpoint.js';
import { listOfSchema, NUMBER, objectSchema, TEXT } from '../api/json-schemas.js';
import { MAX_ANSWERS, MAX_TEXTS } from '../api/request-bounds.js';

const ANSWERS = objectSchema({ answers: listOfSchema(objectSchema({ word: TEXT, score: NUMBER })) });

const SEARCH_FIELDS = {
  topn: wholeField('answers to give', { min: 1, max: MAX_ANSWERS }),
  safe: flagField('whether slurs are left out'),
};

/** What can be asked of word vectors: `/analogy`, `/neighbors`, `/similarity`, `/odd-one-out` and `/vectors`. */
export function wordEndpoints(vectors: KeyedVectors): Endpoint[] {
  const ask = (
    { topn = 10, safe = false }: { topn?: number; safe?: boolean },
    search: (topn: number) => ScoredWord[],
  ) => ({ answers: safe ? safeAnswers(search, topn) : search(topn) });
  const word = needed(someTextField('a word, as it is spelled in the vectors'));
  return [
    jsonEndpoint({
      path: '/analogy',
      summary: 'a - b + c, such as king - man + woman.',
      fields: { a: word, b: word, c: word, ...SEARCH_FIELDS },
      answers: ANSWERS,
      example: { a: 'king', b: 'man', c: 'woman' },
      answer: ({ a, b, c, ...options }) =>
        ask(options, (topn) => vectors.mostSimilar({ positive: [a, c], negative: [b], topn })),
    }),
    jsonEndpoint({
      path: '/neighbors',
      summary: 'The words nearest to a word.',
      fields: { word, ...SEARCH_FIELDS },
      answers: ANSWERS,
      example: { word: 'king' },
      answer: ({ word, ...options }) => ask(options, (topn) => vectors.similarByWord(word, topn)),
    }),
    jsonEndpoint({
      path: '/similarity',
      summary: 'The cosine of two words.',
      fields: { a: word, b: word },
      answers: objectSchema({ similarity: NUMBER }),
      example: { a: 'king', b: 'queen' },
      answer: ({ a, b }) => ({ similarity: vectors.similarity(a, b) }),
    }),
    jsonEndpoint({
      path: '/odd-one-out',
      summary: 'The word that does not belong.',
      fields: { words: needed(textsField('words, two at least', MAX_TEXTS)) },
      answers: objectSchema({ word: TEXT }),
      example: { words: ['breakfast', 'lunch', 'dinner', 'car'] },
      answer: ({ words }) => ({ word: vectors.doesntMatch(words) }),
    }),
    jsonEndpoint({
      path: '/vectors',
      summary: 'The numbers of words.',
      fields: { words: needed(textsField('words', MAX_TEXTS)) },
      answers: objectSchema({
        vectors: listOfSchema(objectSchema({ word: TEXT, vector: listOfSchema(NUMBER) })),
      }),
      example: { words: ['king'] },
      answer: ({ words }) => ({
        vectors: words.map((word) => ({ word, vector: Array.from(vectors.get(word)) })),
      }),
    }),
  ];
}
