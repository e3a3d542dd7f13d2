import { decodeWav } from '../../audio/signal/wav.js';
import type { TriggerModel } from '../../audio/trigger-model.js';
import { choiceField, numberField, wholeField } from '../api/body-fields.js';
import {
  jsonEndpoint,
  soundEndpoint,
  soundStreamEndpoint,
  Streamed,
  type Endpoint,
} from '../api/endpoint.js';
import { ANY_OBJECT, listOfSchema, NUMBER, objectSchema, TEXT } from '../api/json-schemas.js';

const EVENT = objectSchema({ word: TEXT, timeSeconds: NUMBER, score: NUMBER });

/** What can be asked of a detector: `/detect` for a WAV file, `/listen` for sound as it comes, and `/words`. */
export function triggerEndpoints(model: TriggerModel): Endpoint[] {
  const threshold = numberField('the score at which it fires', { above: 0, max: 1 });
  return [
    soundEndpoint({
      path: '/detect',
      summary: 'The times at which a recording holds the word. The body is a WAV file.',
      fields: { threshold },
      answers: objectSchema({ events: listOfSchema(EVENT) }),
      answer: async (wav, query) => ({ events: await model.detect(decodeWav(wav, 'the body'), query) }),
    }),
    soundStreamEndpoint({
      path: '/listen',
      summary: 'Listens to raw samples as they come, and tells each time that the word is said.',
      fields: {
        threshold,
        sampleRate: wholeField('samples a second', { min: 1, max: 768_000 }),
        format: choiceField('how samples lie in bytes, little-endian', ['pcm16', 'float32']),
        channels: wholeField('interleaved', { min: 1, max: 256 }),
      },
      answers: EVENT,
      answer: (sound, query) => new Streamed(model.listen(sound, query)),
    }),
    jsonEndpoint({
      path: '/words',
      summary: 'The words that it listens for, with the score at which each fires.',
      fields: {},
      answers: objectSchema({ thresholds: ANY_OBJECT }),
      example: {},
      answer: () => ({ thresholds: model.thresholds }),
    }),
  ];
}
