import type { Chatbot } from '../../tasks/chatbot/chatbot.js';
import { anyField, needed, textField } from '../api/body-fields.js';
import { jsonEndpoint, type Endpoint } from '../api/endpoint.js';
import { ANY_OBJECT, listOfSchema, NUMBER, objectSchema, TEXT } from '../api/json-schemas.js';

const UNDERSTANDING = {
  intent: { type: ['string', 'null'] },
  confidence: NUMBER,
  alternatives: listOfSchema(objectSchema({ intent: TEXT, confidence: NUMBER })),
  entities: listOfSchema(ANY_OBJECT),
};

/** What can be asked of a chatbot: `/reply`, with the state of the conversation to and fro, and `/understand`. */
export function chatbotEndpoints(bot: Chatbot): Endpoint[] {
  return [
    jsonEndpoint({
      path: '/reply',
      summary: 'The next reply of a conversation. Nothing is kept here: send the state that came last.',
      fields: {
        text: needed(textField('what the user says')),
        state: anyField('the state that came with the last reply; none for a new conversation', {
          type: 'object',
        }),
      },
      answers: objectSchema({ reply: TEXT, ...UNDERSTANDING, state: ANY_OBJECT }),
      example: { text: 'hello' },
      answer: ({ text, state }) => bot.session(state).reply(text),
    }),
    jsonEndpoint({
      path: '/understand',
      summary: 'What a message means, without a reply.',
      fields: { text: needed(textField('what the user says')) },
      answers: objectSchema(UNDERSTANDING),
      example: { text: 'hello' },
      answer: ({ text }) => bot.understand(text),
    }),
  ];
}
