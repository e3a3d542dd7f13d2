import { SequenceClassifier } from '../../tasks/index.js';
import { Trying } from '../classifier/trying.js';
import { showPage } from './show-page.js';

showPage(
  ({ labels }: SequenceClassifier) => `It tells these apart: ${labels.join(', ')}.`,
  (bytes) => SequenceClassifier.load(bytes, { engine: 'wasm' }),
  (model) => <Trying model={model} />,
);
