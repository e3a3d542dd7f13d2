import { expect, it } from 'vitest';
import { writtenOut } from '../../src/tasks/chatbot/chat-spelling.js';

it.each([
  ['Thx, cant log in', "thanks, can't log in"],
  ['whats ur addr?', "what's your address?"],
  ['I don\u2019t know', "I don't know"],
  ['gonna b4 8', 'going to before 8'],
  ["u're constructor toString", "u're constructor toString"],
  ['', ''],
  ['Zo\u0065\u0308 🙂', 'Zo\u00eb 🙂'],
])('writes out %j', (typed, meant) => {
  expect(writtenOut(typed)).toBe(meant);
});
