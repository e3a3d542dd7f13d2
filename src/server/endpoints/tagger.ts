import type { SequenceTagger } from '../../tasks/tagger/sequence-tagger.js';
import { needed, textsField } from '../api/body-fields.js';
import { jsonEndpoint, type Endpoint } from '../api/endpoint.js';
import { ANY_OBJECT, listOfSchema, objectSchema, TEXT } from '../api/json-schemas.js';

/** What can be asked of a tagger: `/tag`. */
export function taggerEndpoints(model: SequenceTagger): Endpoint[] {
  return [
    jsonEndpoint({
      path: '/tag',
      summary: 'The tag of each token, and the entities that the tags mark.',
      fields: { tokens: needed(textsField('the tokens of a sequence', 100_000)) },
      answers: objectSchema({
        tokens: listOfSchema(TEXT),
        tags: listOfSchema(TEXT),
        entities: listOfSchema(ANY_OBJECT),
      }),
      example: { tokens: ['fly', 'to', 'Oslo'] },
      answer: ({ tokens }) => model.tag(tokens),
    }),
  ];
}
