import { openComposer } from '../../text/index.js';
import { Composing } from '../tunes/composing.js';
import { showPage } from './show-page.js';

showPage(
  'A network that was trained on tunes, and composes more of their kind.',
  (bytes) => openComposer(bytes, { engine: 'wasm' }),
  (model) => <Composing model={model} />,
);
