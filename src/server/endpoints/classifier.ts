import { decodeWav } from '../../audio/signal/wav.js';
import type { SequenceClassifier } from '../../tasks/classifier/sequence-classifier.js';
import type { SequenceInput } from '../../tasks/examples/sequence-input.js';
import {
  anyField,
  needed,
  numberField,
  someTextField,
  textOrTextsField,
  wholeField,
} from '../api/body-fields.js';
import { jsonEndpoint, soundEndpoint, type Endpoint } from '../api/endpoint.js';
import { FLAG, listOfSchema, NUMBER, objectSchema, oneOrResults, TEXT } from '../api/json-schemas.js';
import { MAX_TEXTS } from '../api/request-bounds.js';

const SCORED = { label: TEXT, probability: NUMBER };
const CLASSIFICATION = objectSchema({
  ...SCORED,
  abstained: FLAG,
  alternatives: listOfSchema(objectSchema(SCORED)),
});

/** What can be asked of a classifier: `/classify`. */
export function classifierEndpoints(model: SequenceClassifier): Endpoint[] {
  const options = {
    top: wholeField('how many labels to give, the likeliest first', { min: 1 }),
    threshold: numberField('below this probability it abstains', { min: 0, max: 1 }),
  };
  const [path, summary] = ['/classify', 'The class of a sequence, with its probability.'];
  if (model.input === 'sound') {
    return [
      soundEndpoint({
        ...{ path, summary, fields: options, answers: CLASSIFICATION },
        answer: (wav, query) => model.classify(decodeWav(wav, 'the body'), query),
      }),
    ];
  }
  if (model.input === 'numbers') {
    return [
      jsonEndpoint({
        ...{ path, summary, answers: CLASSIFICATION },
        fields: {
          sequence: needed(
            anyField('numbers, one a time step, or a list of them for each', { type: 'array' }),
          ),
          ...options,
        },
        answer: ({ sequence, ...rest }) => model.classify(sequence as SequenceInput, rest),
      }),
    ];
  }
  return [
    jsonEndpoint({
      ...{ path, summary, answers: oneOrResults(CLASSIFICATION), example: { text: 'what a lovely film' } },
      fields: { text: needed(textOrTextsField('a text, or several', MAX_TEXTS)), ...options },
      async answer({ text, ...rest }) {
        if (typeof text === 'string') return model.classify(text, rest);
        return { results: await model.classifyAll(text, rest) };
      },
    }),
    jsonEndpoint({
      ...{ path: '/explain', summary: 'The words that decided.' },
      answers: objectSchema({ words: listOfSchema(objectSchema({ word: TEXT, influence: NUMBER })) }),
      fields: {
        text: needed(someTextField('a text')),
        label: someTextField('the label to explain; without it, the one that the text is given'),
        top: wholeField('how many words to give', { min: 1 }),
      },
      answer: async ({ text, ...options }) => ({ words: await model.explain(text, options) }),
    }),
  ];
}
