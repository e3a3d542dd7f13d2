import type { TuneModel } from '../../text/music/composition/tune-model.js';
import { someTextField, textField, wholeField } from '../api/body-fields.js';
import { jsonEndpoint, type Endpoint } from '../api/endpoint.js';
import { FLAG, listOfSchema, objectSchema, TEXT } from '../api/json-schemas.js';
import { MAX_SAMPLES } from '../api/request-bounds.js';
import { SAMPLING_FIELDS } from './text.js';

/** What can be asked of a model of tunes that knows their form: `/compose`. */
export function tuneEndpoints(model: TuneModel): Endpoint[] {
  return [
    jsonEndpoint({
      path: '/compose',
      summary: 'Tunes in ABC, in a form that is asked for.',
      fields: {
        key: someTextField('such as D, Bm or A Dorian'),
        meter: someTextField('such as 4/4 or 6/8'),
        type: someTextField('such as reel'),
        title: someTextField('what the tune is called'),
        form: someTextField('a letter for each section, twice where it is repeated, such as AABB'),
        bars: wholeField('bars of each section', { min: 2, max: 64 }),
        sections: wholeField('how many sections', { min: 1, max: 12 }),
        opening: textField('whole bars to go on from; key and meter are to be given with them'),
        count: wholeField('tunes to make; tune i has the seed + i', { min: 1, max: MAX_SAMPLES }),
        bestOf: wholeField(
          'so many are drawn for each tune; of those most like the training the likeliest is kept',
          {
            min: 1,
            max: 16,
          },
        ),
        ...SAMPLING_FIELDS,
      },
      answers: objectSchema({ tunes: listOfSchema(objectSchema({ title: TEXT, abc: TEXT, plays: FLAG })) }),
      example: { seed: 1 },
      async answer(options, { signal }) {
        const tunes = await model.compose({ ...options, signal });
        return { tunes: tunes.map(({ title, abc, plays }) => ({ title, abc, ...(plays && { plays }) })) };
      },
    }),
  ];
}
