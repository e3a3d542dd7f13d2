import { createElement, useState } from 'react';
import { createRoot } from 'react-dom/client';
import { useTriggerWord } from '../../examples/listening/use-trigger-word.js';

function App() {
  const [isOn, setOn] = useState(false);
  const [heard, setHeard] = useState([]);
  const { state, error } = useTriggerWord('/trigger.safetensors', isOn, ({ word }) =>
    setHeard([...heard, word]),
  );
  return createElement(
    'main',
    null,
    createElement('button', { onClick: () => setOn(!isOn) }, isOn ? 'off' : 'on'),
    createElement('output', { id: 'state' }, state),
    createElement('output', { id: 'error' }, error?.message ?? ''),
    createElement('output', { id: 'heard' }, heard.join(' ')),
  );
}

const root = createRoot(globalThis.document.body.appendChild(globalThis.document.createElement('div')));
root.render(createElement(App));
Object.assign(globalThis, { unmount: () => root.unmount() });
