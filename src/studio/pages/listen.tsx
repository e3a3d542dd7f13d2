import { useState } from 'preact/hooks';
import { TriggerModel } from '../../audio/detect.js';
import { MOST_FIRINGS, type Firing } from '../wake-word/firing.js';
import { Trying } from '../wake-word/trying.js';
import { showPage } from './show-page.js';

function Listen({ model }: { model: TriggerModel }) {
  const [firings, setFirings] = useState<readonly Firing[]>([]);
  const log = {
    firings,
    add: (firing: Firing): void => setFirings((before) => [...before, firing].slice(-MOST_FIRINGS)),
    remove: (): void => setFirings([]),
  };
  return <Trying model={model} figures={undefined} log={log} onThreshold={() => undefined} />;
}

showPage(
  ({ words }: TriggerModel) => `It hears ${words.map((word) => `“${word}”`).join(', ')}.`,
  (bytes) => TriggerModel.load(bytes, { engine: 'wasm', threads: 1 }),
  (model) => <Listen model={model} />,
);
