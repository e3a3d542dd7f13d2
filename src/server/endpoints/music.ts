import type { MusicModel } from '../../text/music/composition/music-model.js';
import { someTextField, textField, wholeField } from '../api/body-fields.js';
import { jsonEndpoint, type Endpoint } from '../api/endpoint.js';
import { FLAG, listOfSchema, objectSchema, TEXT } from '../api/json-schemas.js';
import { MAX_SAMPLES } from '../api/request-bounds.js';
import { SAMPLING_FIELDS } from './text.js';

/** What can be asked of a model of tunes: `/compose`. */
export function musicEndpoints(model: MusicModel): Endpoint[] {
  return [
    jsonEndpoint({
      path: '/compose',
      summary: 'Tunes in ABC.',
      fields: {
        key: someTextField('such as D, Bm or A Dorian'),
        meter: someTextField('such as 4/4 or 6/8'),
        type: someTextField('such as reel'),
        title: someTextField('what the tune is called'),
        prompt: textField('opening bars to go on from'),
        maxBars: wholeField('the tune ends with the section in hand after so many bars', {
          min: 1,
          max: 256,
        }),
        count: wholeField('tunes to make; tune i has the seed + i', { min: 1, max: MAX_SAMPLES }),
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
