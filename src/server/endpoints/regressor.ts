import type { SequenceRegressor } from '../../tasks/regressor/sequence-regressor.js';
import type { TimeSeries } from '../../tasks/regressor/time-series.js';
import { anyField, needed } from '../api/body-fields.js';
import { jsonEndpoint, type Endpoint } from '../api/endpoint.js';
import { ANY_OBJECT, listOfSchema, NUMBER, objectSchema } from '../api/json-schemas.js';

/** What can be asked of a `SequenceRegressor`: `/forecast`. */
export function regressorEndpoints(model: SequenceRegressor): Endpoint[] {
  const rows = { type: 'array', items: listOfSchema(NUMBER) };
  return [
    jsonEndpoint({
      path: '/forecast',
      summary: 'The values that follow a series, with an interval for each.',
      fields: {
        values: needed(anyField('the values up to now', listOfSchema(NUMBER))),
        known: anyField('inputs known ahead, a row a step, those of the steps to forecast too', rows),
        observed: anyField('inputs known up to now, a row a step', rows),
      },
      answers: objectSchema({
        values: listOfSchema(NUMBER),
        intervals: listOfSchema(ANY_OBJECT),
        baseline: listOfSchema(NUMBER),
      }),
      answer: (body) => model.forecast(body as unknown as TimeSeries),
    }),
  ];
}
