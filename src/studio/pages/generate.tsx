import { TextModel } from '../../text/index.js';
import { Writing } from '../text/writing.js';
import { showPage } from './show-page.js';

showPage(
  'A network that was trained on a text, and writes on, character by character.',
  (bytes) => TextModel.load(bytes, { engine: 'wasm' }),
  (model) => <Writing model={model} text="" />,
);
