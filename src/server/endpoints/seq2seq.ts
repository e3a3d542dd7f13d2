import type { Seq2Seq, Translation } from '../../tasks/seq2seq/seq2seq.js';
import { needed, numberField, textOrTextsField, wholeField } from '../api/body-fields.js';
import { jsonEndpoint, type Endpoint } from '../api/endpoint.js';
import { listOfSchema, NUMBER, objectSchema, oneOrResults, TEXT } from '../api/json-schemas.js';
import { MAX_BEAM, MAX_TEXTS } from '../api/request-bounds.js';

/** Texts whose answers are kept with their attention at once. */
const AT_ONCE = 32;

/** What can be asked of a `Seq2Seq`: `/translate`. */
export function seq2seqEndpoints(model: Seq2Seq): Endpoint[] {
  const scored = { text: TEXT, score: NUMBER };
  return [
    jsonEndpoint({
      path: '/translate',
      summary: 'What the model writes for a text.',
      fields: {
        text: needed(textOrTextsField('a source, or several', MAX_TEXTS)),
        beam: wholeField('answers followed side by side; 1 takes the likeliest token each time', {
          min: 1,
          max: MAX_BEAM,
        }),
        lengthPenalty: numberField('scores are divided by ((5 + length) / 6) to this power', {
          min: 0,
          max: 10,
        }),
        maxLength: wholeField('tokens of an answer, at most', { min: 1, max: 10_000 }),
      },
      answers: oneOrResults(
        objectSchema({ ...scored, logProbability: NUMBER, alternatives: listOfSchema(objectSchema(scored)) }),
      ),
      example: { text: '3 May 1979' },
      answer({ text, ...search }) {
        if (typeof text === 'string') return told(model.translate(text, search));
        // A few at a time, so that no more attention is kept.
        const parts = Array.from({ length: Math.ceil(text.length / AT_ONCE) }, (_, k) =>
          text.slice(k * AT_ONCE, (k + 1) * AT_ONCE),
        );
        return { results: parts.flatMap((part) => model.translateAll(part, search).map(told)) };
      },
    }),
  ];
}

/** A translation without its attention, which is larger than all the rest. */
function told({ text, score, logProbability, alternatives }: Translation) {
  return { text, score, logProbability, alternatives };
}
