import { Chatbot } from '../../tasks/index.js';
import { Chat } from '../chatbot/chat.js';
import { showPage } from './show-page.js';

showPage(
  'Write to it as you would to a person.',
  (bytes) => Chatbot.load(bytes),
  (bot) => <Chat bot={bot} />,
);
