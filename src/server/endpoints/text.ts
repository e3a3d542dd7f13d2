import type { TextModel } from '../../text/model/text-model.js';
import type { GenerateSamplesOptions } from '../../text/sampling/generation.js';
import { flagField, numberField, textField, textOrTextsField, wholeField } from '../api/body-fields.js';
import { jsonEndpoint, Streamed, type Endpoint } from '../api/endpoint.js';
import { listOfSchema, objectSchema, TEXT } from '../api/json-schemas.js';
import { MAX_GENERATED, MAX_SAMPLES } from '../api/request-bounds.js';

/** Entries that say how characters are drawn. */
export const SAMPLING_FIELDS = {
  temperature: numberField('how daring; 0 takes the likeliest', { min: 0, max: 100 }),
  topK: wholeField('draws among so many of the likeliest; 0 among all', { min: 0 }),
  topP: numberField('draws among the likeliest that together have this probability', { above: 0, max: 1 }),
  repetitionPenalty: numberField('above 1 speaks against what was just said', { above: 0, max: 100 }),
  repetitionWindow: wholeField('how many tokens back that looks', { min: 1, max: 100_000 }),
  seed: wholeField('the same seed gives the same answer', { min: 0, max: 2 ** 32 - 1 }),
};

/** What can be asked of a text model: `/generate`, whole or as it is made. */
export function textEndpoints(model: TextModel): Endpoint[] {
  return [
    jsonEndpoint({
      path: '/generate',
      summary: 'Text that goes on from a prime; with stream, pieces of what follows it as they are made.',
      fields: {
        prime: textField('what the text begins with'),
        length: wholeField('characters to make, at most', { min: 0, max: MAX_GENERATED }),
        ...SAMPLING_FIELDS,
        stop: textOrTextsField('a text ends before this', 100),
        count: wholeField('texts to make at once; text i has the seed + i', { min: 1, max: MAX_SAMPLES }),
        bestOf: wholeField('so many are drawn for each text, and the likeliest a character is kept', {
          min: 1,
          max: 16,
        }),
        stream: flagField('whether pieces come as they are made'),
      },
      answers: { oneOf: [objectSchema({ text: TEXT }), objectSchema({ texts: listOfSchema(TEXT) })] },
      example: { prime: 'The ', length: 100, seed: 1 },
      async answer({ stream = false, ...options }, { signal }) {
        const asked: GenerateSamplesOptions = { ...options, signal };
        if (stream) return new Streamed(model.streamSamples(asked));
        const texts = new Array<string>(options.count ?? 1).fill(options.prime ?? '');
        for await (const { sample, text } of model.streamSamples(asked)) texts[sample] += text;
        return options.count === undefined ? { text: texts[0] } : { texts };
      },
    }),
  ];
}
