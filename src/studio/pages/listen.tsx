import { TriggerModel } from '../../audio/detect.js';
import { Trying } from '../wake-word/trying.js';
import { showPage } from './show-page.js';

showPage(
  ({ words }: TriggerModel) => `It hears ${words.map((word) => `“${word}”`).join(', ')}.`,
  (bytes) => TriggerModel.load(bytes, { engine: 'wasm', threads: 1 }),
  (model) => <Trying model={model} figures={null} onThreshold={() => undefined} />,
);
